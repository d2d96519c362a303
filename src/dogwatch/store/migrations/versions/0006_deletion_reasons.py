"""Why a segment is being deleted, so that a deletion that was interrupted is completed under its own reason."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "segments",
        sa.Column("deleting_for", sa.String(length=40), nullable=True, comment="the reason, while `deleting`"),
    )


def downgrade() -> None:
    op.drop_column("segments", "deleting_for")
