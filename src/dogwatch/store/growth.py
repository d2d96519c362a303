"""How much footage came and went: what the forecast of a full disk is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Float, Select, bindparam, func, select

from dogwatch.store import compiled
from dogwatch.store.tables import deletions, segments


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


def since(connection: Connection, time: float, added: int) -> Growth:
    """Return what has changed since `time` (epoch s), when `added` bytes came."""
    (first,) = compiled.rows(connection, "first segment", _first, {"time": time})[0]
    gone = compiled.rows(connection, "deleted", _deleted, {"time": time})
    deleted = {bool(early): int(size) for early, size in gone}
    return Growth(added, deleted.get(False, 0), deleted.get(True, 0), first)


def _first() -> Select[Any]:
    return select(func.min(segments.c.start_time)).where(segments.c.start_time >= _TIME)


def _deleted() -> Any:
    for_space = deletions.c.reason == "free_space"  # one parameter: to PostgreSQL two would be two expressions
    gone = select(for_space, func.sum(deletions.c.size_bytes))
    return gone.where(deletions.c.time >= _TIME, deletions.c.start_time < _TIME).group_by(for_space)


_TIME = bindparam("time", type_=Float)
