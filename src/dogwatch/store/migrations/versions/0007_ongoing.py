"""What goes on now, so that a new core takes it over."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ongoing",
        sa.Column("id", sa.String(length=40), nullable=False, comment="of a tracked object or a review item"),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False, comment="object or review"),
        sa.Column("end_time", sa.Float(), nullable=True, comment="null while it goes on"),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ongoing")),
        comment="what a new core must know of objects and review items that go on, see events.takeover",
    )


def downgrade() -> None:
    op.drop_table("ongoing")
