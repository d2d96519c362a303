"""Where something moved in each segment, in the index that lists of segments are made of."""

import logging

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAME = "ix_segments_camera_start"
COLUMNS = [
    *("camera", "start_time", "end_time", "init_id", "has_audio", "size_bytes", "deleting", "motion", "objects"),
    *("id", "dbfs"),
]
COMMENT = "where something moved, see recordings.motion_cells; null = unknown or nowhere"
_log = logging.getLogger("dogwatch.store.migrations")


def upgrade() -> None:
    _log.warning("the database is brought up to date: motion of segments")
    op.add_column("segments", sa.Column("cells", sa.LargeBinary(), nullable=True, comment=COMMENT))
    op.drop_index(NAME, "segments")
    op.create_index(NAME, "segments", [*COLUMNS, "cells"])


def downgrade() -> None:
    op.drop_index(NAME, "segments")
    op.create_index(NAME, "segments", COLUMNS)
    op.drop_column("segments", "cells")
