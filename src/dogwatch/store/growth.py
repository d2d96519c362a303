"""How much footage came and went: what the forecast of a full disk is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Float, Select, bindparam, func, select

from dogwatch.store import compiled, segments, tables
from dogwatch.store.compiled import Question
from dogwatch.store.tables import deletions


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes of footage since a time: `added`, and `deleted` of what was there before then.

    `first` is when the oldest of what was added began (epoch s); None if there is nothing.
    `for_space` is what was deleted only because the disk was full.
    """

    added: int
    deleted: int
    for_space: int
    first: float | None


@dataclass(frozen=True, slots=True)
class StorageSums:
    """Bytes of each camera, its bytes and recorded seconds since a time, and what came and went since then."""

    used: dict[str, int]
    recent: dict[str, tuple[int, float]]
    grown: Growth


def since(connection: Connection, time: float) -> StorageSums:
    """Return what there is, and what has changed since `time` (epoch s), to the quarter of an hour."""
    asked = (Question("first segment", _first, {"time": time}), Question("deleted", _deleted, {"time": time}))
    used, sums, ((first,),), gone = compiled.rows_of_all(connection, (segments.used(), segments.recent(time), *asked))
    recent = {camera: (int(size), float(seconds)) for camera, size, seconds in sums}
    deleted = {bool(early): int(size) for early, size in gone}
    added = sum(size for size, _ in recent.values())
    return StorageSums(dict(used), recent, Growth(added, deleted.get(False, 0), deleted.get(True, 0), first))


def _first() -> Select[Any]:
    begin = tables.segments.c.start_time
    return select(func.min(begin)).where(begin >= _TIME)


def _deleted() -> Any:
    for_space = deletions.c.reason == "free_space"  # one parameter: to PostgreSQL two would be two expressions
    gone = select(for_space, func.sum(deletions.c.size_bytes))
    return gone.where(deletions.c.time >= _TIME, deletions.c.start_time < _TIME).group_by(for_space)


_TIME = bindparam("time", type_=Float)
