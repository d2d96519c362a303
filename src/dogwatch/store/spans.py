"""The times that events and review items take: all that playback and retention want of them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from dogwatch.store.tables import events, reviews


class Item(NamedTuple):
    """When something was going on in a camera's picture; `end_time` is None while it is."""

    camera: str
    start_time: float
    end_time: float | None
    severity: str = ""


def event(connection: Connection, event_id: str) -> Item | None:
    """Return the span of an event, None if there is no such event."""
    query = select(events.c.camera, events.c.start_time, events.c.end_time).where(events.c.id == event_id)
    row = connection.execute(query).first()
    return Item(*row) if row is not None else None


def review(connection: Connection, review_id: str) -> Item | None:
    """Return the span of a review item, None if there is no such item."""
    columns = (reviews.c.camera, reviews.c.start_time, reviews.c.end_time, reviews.c.severity)
    row = connection.execute(select(*columns).where(reviews.c.id == review_id)).first()
    return Item(*row) if row is not None else None


def items_before(connection: Connection, camera: str, time: float) -> list[Item]:
    """Return the review items of `camera` that began before `time`."""
    columns = (reviews.c.camera, reviews.c.start_time, reviews.c.end_time, reviews.c.severity)
    query = select(*columns).where(reviews.c.camera == camera, reviews.c.start_time < time)
    return [Item(*row) for row in connection.execute(query)]
