"""How much was going on, in buckets of time, from the table of segments (docs/api/review.md)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, select

from dogwatch.store.segments import usage
from dogwatch.store.tables import segments
from dogwatch.store.whole_seconds import whole

CHUNK_S = 3600


def motion(
    connection: Connection, cameras: Iterable[str] | None, after: float, before: float, scale: int
) -> list[dict[str, Any]]:
    """Return the largest motion in each bucket of `scale` seconds, relative to its hour, 0 to 100."""
    bucket = (whole(segments.c.start_time) // scale).label("bucket")
    query = select(bucket, func.max(segments.c.motion)).where(
        segments.c.start_time >= after,
        segments.c.start_time <= before,
        segments.c.end_time <= before,
        segments.c.motion > 0,
        ~segments.c.deleting,
    )
    query = query.group_by(bucket)
    buckets: dict[int, tuple[int, set[str]]] = {}
    for camera in usage(connection) if cameras is None else set(cameras):  # each along an index alone
        for number, amount in connection.execute(query.where(segments.c.camera == camera)):
            known, names = buckets.get(number * scale, (0, set()))
            buckets[number * scale] = (max(known, amount), names | {camera})
    starts = sorted(buckets)
    levels = _relative({start: buckets[start][0] for start in starts}, max(1, CHUNK_S // scale))
    return [{"start_time": s, "motion": levels[s], "camera": ",".join(sorted(buckets[s][1]))} for s in starts]


def audio(
    connection: Connection, cameras: Iterable[str] | None, after: float, before: float, scale: int
) -> list[dict[str, Any]]:
    """Return the mean loudness of each bucket, from -100 (the quietest) to 0 (the loudest, or with objects)."""
    query = select(segments.c.start_time, segments.c.dbfs, segments.c.objects).where(
        segments.c.start_time >= after, segments.c.end_time <= before, segments.c.dbfs.is_not(None)
    )
    buckets: dict[int, list[float]] = {}
    for start, dbfs, objects in connection.execute(_of(query, cameras)):
        buckets.setdefault(int(start // scale) * scale, []).append(0.0 if objects else dbfs)
    means = {start: math.fsum(values) / len(values) for start, values in sorted(buckets.items())}
    if not means:
        return []
    low, high = min(means.values()), max(means.values())
    width = high - low
    return [
        {"start_time": start, "audio": round((mean - high) / width * 100, 2) if width else 0.0}
        for start, mean in means.items()
    ]


def _of(query: Any, cameras: Iterable[str] | None) -> Any:
    query = query.where(~segments.c.deleting)
    return query if cameras is None else query.where(segments.c.camera.in_(list(cameras)))


def _relative(amounts: dict[int, int], size: int) -> dict[int, float]:
    levels: dict[int, float] = {}
    starts = list(amounts)
    for first in range(0, len(starts), size):
        chunk = starts[first : first + size]
        low, high = min(amounts[s] for s in chunk), max(amounts[s] for s in chunk)
        for start in chunk:
            levels[start] = round((amounts[start] - low) / (high - low) * 100, 2) if high > low else 0.0
    return levels
