"""Deletes the recordings of a range of time, as an administrator asks for it (docs/api/recordings.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from dogwatch.recordings import removal
from dogwatch.recordings.rules import SOUND_DBFS, satisfies
from dogwatch.store import segment_deletion, segments, spans
from dogwatch.store.database import Database
from dogwatch.store.segments import SegmentRow

HOUR_S = 3600.0
Kept = Literal["motion", "object", "audio"]
KINDS: tuple[Kept, ...] = get_args(Kept)


@dataclass(frozen=True, slots=True)
class RangeDeletion:
    """How many segments were deleted, how many stay, and the bytes that were freed."""

    deleted: int = 0
    kept: int = 0
    size_bytes: int = 0


def delete_range(
    db: Database, media_root: Path, cameras: Iterable[str], start: float, end: float, keep: Collection[Kept]
) -> RangeDeletion:
    """Delete the segments of `cameras` that overlap `start` to `end` (epoch s). For worker threads.

    Those stay that hold one of the kinds in `keep`, or may hold it because they were not analysed; that belong to an
    event which a user has retained; and that an export in progress needs. The reason in the log and in the table of
    deletions is `api`.

    Raises:
        RecordingError: The disk is missing: nothing is deleted.
    """
    db.write(lambda _: None)  # wait for rows in the write queue
    found = RangeDeletion()
    for camera in cameras:
        for since, until in _hours(start, end):
            found = _add(found, _delete(db, media_root, camera, since, until, keep))
    if found.deleted:
        db.write(segment_deletion.drop_unused_inits)
    return found


def _delete(
    db: Database, media_root: Path, camera: str, start: float, end: float, keep: Collection[Kept]
) -> RangeDeletion:
    with db.read() as connection:
        rows = segments.spans(connection, camera, start, end)
        if not rows:
            return RangeDeletion()
        first, last = rows[0].start_time, max(row.end_time for row in rows)
        items = spans.events_between(connection, camera, first, last)
        items += spans.exporting_between(connection, camera, first, last)
    needed = [(one.start_time, one.end_time) for one in items if one.severity == spans.RETAINED]
    gone = [row for row in rows if not (_holds(row, keep) or _overlaps(row, needed))]
    size = removal.remove(db, media_root, gone, "api", "a range of time was deleted")
    return RangeDeletion(len(gone), len(rows) - len(gone), size)


def _holds(row: SegmentRow, keep: Collection[Kept]) -> bool:
    sound = row.has_audio if row.dbfs is None else row.dbfs > SOUND_DBFS
    return (
        ("motion" in keep and (row.motion is None or row.motion > 0))
        or ("object" in keep and satisfies(row, "active_objects"))
        or ("audio" in keep and sound)
    )


def _overlaps(row: SegmentRow, ranges: Iterable[tuple[float, float | None]]) -> bool:
    return any(start < row.end_time and (end is None or end > row.start_time) for start, end in ranges)


def _hours(start: float, end: float) -> Iterator[tuple[float, float]]:
    """Yield the parts of a range: a month of segments in memory would be large."""
    while start < end:
        yield start, min(start + HOUR_S, end)
        start += HOUR_S


def _add(one: RangeDeletion, other: RangeDeletion) -> RangeDeletion:
    return RangeDeletion(one.deleted + other.deleted, one.kept + other.kept, one.size_bytes + other.size_bytes)
