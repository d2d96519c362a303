"""Deletes events: their rows, their timeline, why they were made, and their entries in review items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from dogwatch.store import event_reasons, event_texts
from dogwatch.store.event_groups import batches, count
from dogwatch.store.review_entries import listing
from dogwatch.store.reviews import change_data
from dogwatch.store.tables import events, reviews, timeline

BATCH = 500  # bound parameters a statement; SQLite's oldest limit is 999


class _Gone(NamedTuple):
    id: str
    camera: str
    start_time: float
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
        event_texts.remove(connection, batch)
        event_reasons.remove(connection, batch)
        connection.execute(delete(events).where(events.c.id.in_(batch)))
    count(connection, [], ((one.group_id, one.start_time) for one in gone if one.group_id is not None))
    _unlist(connection, [one.id for one in gone])
    return [(one.id, one.camera) for one in gone]


def _unlist(connection: Connection, gone: Sequence[str]) -> None:
    """Remove events from the review items that list them."""
    ids = set(gone)
    for some in batches(gone):
        query = select(reviews.c.id, reviews.c.data).where(listing(some))
        for review_id, data in connection.execute(query).all():
            left = [event_id for event_id in data["detections"] if event_id not in ids]
            change_data(connection, review_id, data, {**data, "detections": left})
