"""How much footage came and went: what the forecast of a full disk is made of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from dogwatch.store.localtime import QUARTER_S
from dogwatch.store.tables import deletions, quarters, recorded, segments


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


def since(connection: Connection, time: float) -> Growth:
    """Return what has changed since `time` (epoch s)."""
    recent = and_(quarters.c.camera == recorded.c.camera, quarters.c.number >= int(time // QUARTER_S))
    added = connection.scalar(select(func.sum(quarters.c.size_bytes)).select_from(recorded.join(quarters, recent)))
    first = connection.scalar(select(func.min(segments.c.start_time)).where(segments.c.start_time >= time))
    for_space = deletions.c.reason == "free_space"  # one parameter: to PostgreSQL two would be two expressions
    gone = select(for_space, func.sum(deletions.c.size_bytes))
    older = gone.where(deletions.c.time >= time, deletions.c.start_time < time).group_by(for_space)
    deleted = {bool(early): int(size) for early, size in connection.execute(older)}
    return Growth(int(added or 0), deleted.get(False, 0), deleted.get(True, 0), first)
