"""Rows of recorded segments."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Select,
    and_,
    bindparam,
    case,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    update,
)

from dogwatch.model import LONGEST_SEGMENT_S, Fragment, Segment, new_id
from dogwatch.store import compiled
from dogwatch.store.compiled import Question
from dogwatch.store.localtime import QUARTER_S
from dogwatch.store.quarters import places, recount
from dogwatch.store.tables import init_sections, quarters, recorded, segments

_PACKED = struct.Struct("<IIddB")  # offset, size, start, duration, keyframe + 2 * plain


class SegmentSummary(NamedTuple):
    """The columns of a segment that a playlist needs; read from an index alone."""

    start_time: float
    end_time: float
    init_id: str
    has_audio: bool


EntryTuple = tuple[float, float, str, bool, bool]
"""The fields of a `SegmentSummary`, and whether it is a part only, as playlists take them: there may be thousands."""


class SegmentRow(NamedTuple):
    """A segment's row without its fragments: cheap enough to read ten thousands of them."""

    id: str
    camera: str
    path: str
    start_time: float
    end_time: float
    size_bytes: int
    init_id: str
    has_audio: bool
    dbfs: float | None
    motion: int | None
    objects: int | None

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end_time - self.start_time


ListedSegment = tuple[str, float, float, int, int | None, int | None, bytes | None]
"""Id, start, end, bytes, motion, objects, and the packed cells with motion; read from an index alone."""
_LISTED_COLUMNS = [
    segments.c[name] for name in ("id", "start_time", "end_time", "size_bytes", "motion", "objects", "cells")
]
_KNOWN_COLUMNS = [segments.c[name] for name in ("id", "start_time", "end_time", "dbfs", "motion", "objects", "cells")]
_SUMMARY_COLUMNS = [segments.c[name] for name in SegmentSummary._fields]
ROW_COLUMNS = [segments.c[name] for name in SegmentRow._fields]
"""The columns of a `SegmentRow`, in order."""


def pack(fragments: Sequence[Fragment]) -> bytes:
    """Return the blob that stores `fragments`: 25 bytes each."""
    packed = _PACKED.pack
    return b"".join(
        packed(f.offset, f.size_bytes, f.start_time, f.duration, f.keyframe | f.plain << 1) for f in fragments
    )


def unpack(blob: bytes) -> tuple[Fragment, ...]:
    """Return the fragments that `pack` has stored."""
    unpacked = _PACKED.iter_unpack(blob)
    return tuple(Fragment(o, n, start, length, flags & 1 == 1, flags > 1) for o, n, start, length, flags in unpacked)


def add(connection: Connection, segment: Segment, init: bytes) -> None:
    """Insert a segment and, if it is new, its init section; a row with the same path is replaced.

    A worker whose core was killed tells of its last segments again. What is known of the same segment stays: nobody
    will tell of its activity again.
    """
    if connection.scalar(select(init_sections.c.id).where(init_sections.c.id == segment.init_id)) is None:
        connection.execute(insert(init_sections).values(id=segment.init_id, data=init))
    changed = [(segment.camera, segment.start_time)]
    row = {"id": new_id(segment.start_time), **_values(segment)}
    before = connection.execute(select(*_KNOWN_COLUMNS).where(segments.c.path == segment.path)).first()
    if before is not None:
        connection.execute(delete(segments).where(segments.c.path == segment.path))
        changed.append((segment.camera, before.start_time))
        if (before.start_time, before.end_time) == (segment.start_time, segment.end_time):
            row |= {name: value for name, value in before._mapping.items() if name == "id" or row.get(name) is None}
    connection.execute(insert(segments).values(row))
    recount(connection, changed)


class There(NamedTuple):
    """What is there of some segments: their ids, and the end of each path's segment."""

    ids: set[str]
    ends: dict[str, float]


def there(connection: Connection, ids: Sequence[str], paths: Sequence[str]) -> There:
    """Return which of some ids and paths (a few hundred) have rows."""
    found = set(connection.scalars(select(segments.c.id).where(segments.c.id.in_(ids))))
    rows = connection.execute(select(segments.c.path, segments.c.end_time).where(segments.c.path.in_(paths)))
    return There(found, {path: end for path, end in rows})  # noqa: C416 - rows are no pairs


def add_all(
    connection: Connection,
    found: Mapping[str, Segment],
    inits: Mapping[str, bytes],
    cells: Mapping[str, bytes] | None = None,
) -> None:
    """Insert segments by their ids; neither these nor their paths may be there.

    `inits` are their init sections, `cells` by path the packed cells with motion.
    """
    known = set(connection.scalars(select(init_sections.c.id).where(init_sections.c.id.in_(list(inits)))))
    fresh = [{"id": key, "data": data} for key, data in inits.items() if key not in known]
    if fresh:
        connection.execute(insert(init_sections), fresh)
    if found:
        moved = cells or {}
        rows = [{"id": key, **_values(one), "cells": moved.get(one.path)} for key, one in found.items()]
        connection.execute(insert(segments), rows)
        recount(connection, [(one.camera, one.start_time) for one in found.values()])


def set_activity(
    connection: Connection, path: str, motion: int | None, objects: int | None, cells: bytes | None = None
) -> None:
    """Store the sums of the analysis of a whole segment, and the packed cells with motion; None for what is unknown."""
    found = {"motion": motion, "objects": objects, "cells": cells}
    connection.execute(update(segments).where(segments.c.path == path).values(found))
    recount(connection, places(connection, segments.c.path == path))


def overlapping(connection: Connection, camera: str, start: float, end: float) -> list[Segment]:
    """Return the segments of `camera` that overlap `start` to `end`, oldest first."""
    rows = connection.execute(_within(select(*ROW_COLUMNS, segments.c.fragments), camera, start, end))
    return [_segment(row) for row in rows]


def spans(connection: Connection, camera: str, start: float, end: float) -> list[SegmentRow]:
    """Like `overlapping`, without fragments."""
    return [SegmentRow._make(row) for row in connection.execute(_within(select(*ROW_COLUMNS), camera, start, end))]


def listed(connection: Connection, camera: str, start: float, end: float) -> list[ListedSegment]:
    """Return of each segment of `camera` that overlaps `start` to `end` what lists show, oldest first."""

    def make() -> Select[Any]:
        begin, last = (bindparam(name, type_=Float) for name in ("start", "end"))
        mine = and_(segments.c.camera == bindparam("camera"), segments.c.start_time < last, segments.c.end_time > begin)
        near = segments.c.start_time >= bindparam("near", type_=Float)
        return select(*_LISTED_COLUMNS).where(mine, near, ~segments.c.deleting).order_by(segments.c.start_time)

    values = {"camera": camera, "start": start, "end": end, "near": start - LONGEST_SEGMENT_S}
    return compiled.rows(connection, "listed segments", make, values)


def whole(connection: Connection, camera: str, start: float, end: float) -> list[EntryTuple]:
    """Return the segments of `camera` that are wholly between `start` and `end`, oldest first."""
    begin = segments.c.start_time
    inside = and_(segments.c.camera == camera, begin >= start, begin < end, segments.c.end_time <= end)
    query: Select[Any] = select(*_SUMMARY_COLUMNS, false()).where(inside, ~segments.c.deleting).order_by(begin)
    return list(connection.execute(query))


def first(connection: Connection, camera: str, start: float, end: float, init_id: str = "") -> SegmentSummary | None:
    """Return the first segment of `camera` that overlaps `start` to `end`, or the first that uses `init_id`."""
    query = _within(select(*_SUMMARY_COLUMNS), camera, start, end).limit(1)
    if init_id:
        query = query.where(segments.c.init_id == init_id)
    row = connection.execute(query).first()
    return SegmentSummary._make(row) if row is not None else None


def peak(connection: Connection, camera: str, start: float, end: float, shortest_s: float) -> float:
    """Return the highest rate of a segment that overlaps `start` to `end`, in bytes a second.

    Segments shorter than `shortest_s` count as that long: a keyframe alone in a short file is no rate.
    """
    length = segments.c.end_time - segments.c.start_time
    rate = segments.c.size_bytes / case((length > shortest_s, length), else_=shortest_s)
    query = select(func.max(rate)).where(segments.c.camera == camera, overlap(start, end), ~segments.c.deleting)
    return connection.scalar(query) or 0.0


def init(connection: Connection, init_id: str) -> bytes | None:
    """Return an init section (`ftyp` + `moov`), None if there is none with this id."""
    data: bytes | None = connection.scalar(select(init_sections.c.data).where(init_sections.c.id == init_id))
    return data


def ended_before(
    connection: Connection, camera: str, time: float, after: float = 0.0, limit: int = 5000
) -> list[SegmentRow]:
    """Return up to `limit` segments of `camera` that ended before `time` and began after `after`, oldest first."""
    mine = and_(segments.c.camera == camera, segments.c.start_time > after, segments.c.start_time < time)
    query = select(*ROW_COLUMNS).where(mine, segments.c.end_time < time, ~segments.c.deleting)
    return [SegmentRow._make(row) for row in connection.execute(query.order_by(segments.c.start_time).limit(limit))]


def unseen(connection: Connection, camera: str, start: float, end: float) -> list[tuple[float, float]]:
    """Return the times of segments between `start` and `end` whose motion or objects are unknown, oldest first."""
    unknown = or_(segments.c.motion.is_(None), segments.c.objects.is_(None))
    query = _within(select(segments.c.start_time, segments.c.end_time), camera, start, end).where(unknown)
    return [(first, last) for first, last in connection.execute(query)]


def oldest(
    connection: Connection, limit: int, camera: str | None = None, since: float | None = None
) -> list[SegmentRow]:
    """Return the `limit` oldest segments of one camera, or of all, that begin at `since` (epoch s) or later."""
    query = select(*ROW_COLUMNS).where(~segments.c.deleting).order_by(segments.c.start_time).limit(limit)
    if camera is not None:
        query = query.where(segments.c.camera == camera)
    if since is not None:
        query = query.where(segments.c.start_time >= since)
    return [SegmentRow._make(row) for row in connection.execute(query)]


def folders(connection: Connection) -> Iterator[str]:
    """Yield `recordings/YYYY-MM-DD` for every day that has rows, by skipping along the index of paths."""
    after = ""
    while (path := connection.scalar(select(func.min(segments.c.path)).where(segments.c.path > after))) is not None:
        folder = "/".join(path.split("/")[:2])
        yield folder
        after = folder + "0"  # "0" follows "/"


def paths_below(connection: Connection, folder: str) -> dict[str, SegmentRow]:
    """Return the rows whose files are below `folder`, by path."""
    inside = and_(segments.c.path > folder + "/", segments.c.path < folder + "0")
    return {row.path: SegmentRow._make(row) for row in connection.execute(select(*ROW_COLUMNS).where(inside))}


def count(connection: Connection) -> int:
    """Return how many segments there are."""
    return connection.scalar(select(func.count()).select_from(segments)) or 0


def usage(connection: Connection, camera: str | None = None) -> dict[str, int]:
    """Return the bytes of each camera's segments, or only those of `camera`."""
    return dict(compiled.rows(connection, *used(camera)))


def used(camera: str | None = None) -> Question:
    """Ask for the bytes of each camera's segments, or only for those of `camera`."""

    def make() -> Select[Any]:
        query = select(recorded.c.camera, recorded.c.size_bytes).order_by(recorded.c.camera)
        return query if camera is None else query.where(recorded.c.camera == bindparam("camera"))

    return Question(("usage", camera is None), make, {"camera": camera})


def recent(since: float) -> Question:
    """Ask for each camera's bytes and recorded seconds since the quarter of an hour of `since`."""

    def make() -> Select[Any]:
        mine = and_(quarters.c.camera == recorded.c.camera, quarters.c.number >= bindparam("number"))
        sums = func.sum(quarters.c.size_bytes), func.sum(quarters.c.duration)
        # Grouped, so that SQLite looks up each camera's quarters instead of reading all.
        query = select(recorded.c.camera, *sums).select_from(recorded.join(quarters, mine))
        return query.group_by(recorded.c.camera)

    return Question("recent", make, {"number": int(since // QUARTER_S)})


def bandwidth(connection: Connection, since: float) -> dict[str, float]:
    """Return each camera's bytes per recorded second since the quarter of an hour of `since`."""
    rows = compiled.rows(connection, *recent(since))
    return {camera: int(size) / float(seconds) for camera, size, seconds in rows if seconds}


def _values(segment: Segment) -> dict[str, Any]:
    return {
        "camera": segment.camera,
        "path": segment.path,
        "start_time": segment.start_time,
        "end_time": segment.end_time,
        "size_bytes": segment.size_bytes,
        "init_id": segment.init_id,
        "fragments": pack(segment.fragments),
        "has_audio": segment.has_audio,
        "dbfs": segment.dbfs,
        "motion": segment.motion,
        "objects": segment.objects,
        "deleting": False,
    }


def _segment(row: Any) -> Segment:
    return Segment(
        camera=row.camera,
        path=row.path,
        start_time=row.start_time,
        end_time=row.end_time,
        size_bytes=row.size_bytes,
        init_id=row.init_id,
        fragments=unpack(row.fragments),
        has_audio=row.has_audio,
        dbfs=row.dbfs,
        motion=row.motion,
        objects=row.objects,
    )


def _within(query: Select[Any], camera: str, start: float, end: float) -> Select[Any]:
    return query.where(segments.c.camera == camera, overlap(start, end), ~segments.c.deleting).order_by(
        segments.c.start_time
    )


def overlap(start: float, end: float) -> ColumnElement[bool]:
    """Return the condition that a segment overlaps `start` to `end`.

    The lower bound on `start_time` lets the index find the place; without it, every older row would be read.
    """
    begin = segments.c.start_time
    return and_(begin < end, segments.c.end_time > start, begin >= start - LONGEST_SEGMENT_S)
