"""Deletes events: their rows, their timeline, and their entries in review items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, or_, select, update

from dogwatch.store.event_groups import count
from dogwatch.store.tables import events, reviews, timeline

BATCH = 500  # bound parameters a statement; SQLite's oldest limit is 999


class _Gone(NamedTuple):
    id: str
    camera: str
    start_time: float
    end_time: float | None
    group_id: int | None


def remove(connection: Connection, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Delete events; return `(id, camera)` of those that existed.

    Review items stay, because their footage does, but no longer list the events.
    """
    gone: list[_Gone] = []
    columns = [events.c[name] for name in _Gone._fields]
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        gone.extend(_Gone(*row) for row in connection.execute(select(*columns).where(events.c.id.in_(batch))))
        connection.execute(delete(timeline).where(timeline.c.source_id.in_(batch)))
        connection.execute(delete(events).where(events.c.id.in_(batch)))
    count(connection, [], ((one.group_id, one.start_time) for one in gone if one.group_id is not None))
    by_camera: dict[str, list[_Gone]] = defaultdict(list)
    for one in gone:
        by_camera[one.camera].append(one)
    for camera, mine in by_camera.items():
        _unlist(connection, camera, mine)
    return [(one.id, one.camera) for one in gone]


def _unlist(connection: Connection, camera: str, gone: Sequence[_Gone]) -> None:
    """Remove events from the camera's review items, searching only items of the same time."""
    ids = {one.id for one in gone}
    first = min(one.start_time for one in gone)
    last = max(float("inf") if one.end_time is None else one.end_time for one in gone)
    query = select(reviews.c.id, reviews.c.data).where(
        reviews.c.camera == camera,
        reviews.c.start_time <= last,
        or_(reviews.c.end_time.is_(None), reviews.c.end_time >= first),
    )
    for review_id, data in connection.execute(query).all():
        before = data.get("detections", [])
        listed = [event_id for event_id in before if event_id not in ids]
        if len(listed) < len(before):
            changed = {**data, "detections": listed}
            connection.execute(update(reviews).where(reviews.c.id == review_id).values(data=changed))
