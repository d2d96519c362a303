"""Where something moved in each segment, and the ranges of each quarter of an hour that are recorded without a gap."""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from itertools import groupby

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
STRETCHES = "the ranges that are recorded without a gap; null without any"
GAP_S, QUARTER_S = 1.0, 900
READ = "SELECT camera, start_time, end_time FROM segments WHERE NOT deleting ORDER BY camera, start_time"
SET = "UPDATE quarters SET stretches = :stretches WHERE camera = :camera AND number = :number"
TOGETHER = 5000
_log = logging.getLogger("dogwatch.store.migrations")


def upgrade() -> None:
    _log.warning("the database is brought up to date: motion and gaps of recordings")
    op.add_column("quarters", sa.Column("stretches", sa.LargeBinary(), nullable=True, comment=STRETCHES))
    some: list[dict[str, object]] = []
    for row in [*_stretches(), None]:
        if row is not None:
            some.append(row)
        if some and (row is None or len(some) == TOGETHER):
            op.get_bind().execute(sa.text(SET), some)
            some = []
    op.add_column("segments", sa.Column("cells", sa.LargeBinary(), nullable=True, comment=COMMENT))
    op.drop_index(NAME, "segments")
    op.create_index(NAME, "segments", [*COLUMNS, "cells"])


def _stretches() -> Iterator[dict[str, object]]:
    # For this statement alone: as an option of the connection it would make cursors of all later statements too.
    rows = op.get_bind().execute(sa.text(READ), execution_options={"yield_per": 10_000})
    for (camera, number), mine in groupby(rows, key=lambda row: (row[0], int(row[1] // QUARTER_S))):
        found: list[float] = []
        for _, start, end in mine:
            if found and start - found[-1] < GAP_S:
                found[-1] = max(found[-1], end)
            else:
                found += (start, end)
        yield {"camera": camera, "number": number, "stretches": struct.pack(f"<{len(found)}d", *found)}


def downgrade() -> None:
    op.drop_column("quarters", "stretches")
    op.drop_index(NAME, "segments")
    op.create_index(NAME, "segments", COLUMNS)
    op.drop_column("segments", "cells")
