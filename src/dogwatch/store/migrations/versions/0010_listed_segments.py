"""An index that lists of segments are made of alone."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


NAME = "ix_segments_camera_start"
COLUMNS = ["camera", "start_time", "end_time", "init_id", "has_audio", "size_bytes", "deleting"]


def upgrade() -> None:
    op.drop_index(NAME, "segments")
    op.create_index(NAME, "segments", [*COLUMNS, "motion", "objects", "id"], unique=False)


def downgrade() -> None:
    op.drop_index(NAME, "segments")
    op.create_index(NAME, "segments", COLUMNS, unique=False)
