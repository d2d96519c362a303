"""The rows of footage that is being placed, as the process that makes them hands them over.

They carry the same values as those of a live camera. All of them become visible in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from dogwatch.errors import MediaError
from dogwatch.model import Segment
from dogwatch.recordings.preview_job import add_row
from dogwatch.store import event_reasons, events, reviews, segment_deletion, segments, timeline

Row = dict[str, Any]
MOST_BYTES = 64 << 20  # two days of a busy street: they are written in one transaction, for which all others wait
BATCH = 500  # segments in one statement


class PlacedSegment(msgspec.Struct, frozen=True):
    """A segment with its row's id, and the packed cells in which something moved."""

    id: str
    segment: Segment
    cells: bytes | None = None


class PlacedPreview(msgspec.Struct, frozen=True):
    """A preview's file below the media root, from `start` to `end` (epoch s)."""

    path: str
    start: float
    end: float


class PlacedRows(msgspec.Struct, frozen=True):
    """Everything that is to become visible.

    `pictures` are the files of events and review items below the media root, `sizes` what was learnt of the objects
    (`events.region_grids.Sample`).
    """

    camera: str
    segments: tuple[PlacedSegment, ...]
    inits: dict[str, bytes]
    events: tuple[Row, ...] = ()
    moments: tuple[Row, ...] = ()
    reasons: dict[str, Row] = {}
    reviews: tuple[Row, ...] = ()
    previews: tuple[PlacedPreview, ...] = ()
    pictures: tuple[str, ...] = ()
    sizes: tuple[tuple[int, float, float], ...] = ()

    @property
    def files(self) -> list[str]:
        """All files, relative to the media root; footage last."""
        return [*self.pictures, *(one.path for one in self.previews), *(one.segment.path for one in self.segments)]


def read(path: Path) -> PlacedRows:
    """Read rows that `write` has written.

    Raises:
        MediaError: They are not whole, or too many.
        OSError: They cannot be read.
    """
    if path.stat().st_size > MOST_BYTES:
        raise MediaError("its events and segments take too much room")
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=PlacedRows)
    except msgspec.MsgspecError as error:
        raise MediaError(f"what was made of it cannot be read: {error}") from error


def write(path: Path, rows: PlacedRows) -> None:
    """Write rows to a file.

    Raises:
        OSError: There is no room.
    """
    path.write_bytes(msgspec.msgpack.encode(rows))


def put(connection: Connection, rows: PlacedRows) -> None:
    """Write all rows; those that are there already stay, so that this may be repeated."""
    for start in range(0, len(rows.segments), BATCH):
        _put_segments(connection, rows.segments[start : start + BATCH], rows.inits)
    events.add_all(connection, rows.events)
    timeline.add(connection, timeline.missing(connection, rows.moments))
    for event_id, why in rows.reasons.items():
        event_reasons.put(connection, event_id, why)
    reviews.add_all(connection, rows.reviews)
    for preview in rows.previews:
        add_row(connection, rows.camera, preview.path, preview.start, preview.end)


def _put_segments(connection: Connection, some: Sequence[PlacedSegment], inits: dict[str, bytes]) -> None:
    there = segments.there(connection, [one.id for one in some], [one.segment.path for one in some])
    if there.ids:
        return
    segment_deletion.drop_paths(connection, list(there.ends))  # a look through the disk may just have found the files
    cells = {one.segment.path: one.cells for one in some if one.cells}
    segments.add_all(connection, {one.id: one.segment for one in some}, inits, cells)
