"""Previews of hours."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "previews",
        sa.Column("id", sa.String(length=140), nullable=False),
        sa.Column("camera", sa.String(length=100), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False, comment="relative to the media root"),
        sa.Column("start_time", sa.Float(), nullable=False),
        sa.Column("end_time", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_previews")),
        comment="a small video of each camera and hour",
    )
    op.create_index("ix_previews_camera_start", "previews", ["camera", "start_time"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_previews_camera_start", "previews")
    op.drop_table("previews")
