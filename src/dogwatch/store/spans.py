"""Times of events and review items, as playback and retention need them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, literal, or_, select, union_all

from dogwatch.store.tables import LONG_REVIEWS, LONG_S, events, exports, reviews

RETAINED = "retained"


class ItemSpan(NamedTuple):
    """The time of an event, a review item or an export of one camera; `end_time` is None while it is in progress."""

    camera: str
    start_time: float
    end_time: float | None
    severity: str = ""


def event(connection: Connection, event_id: str) -> ItemSpan | None:
    """Return the time of an event, None if there is no such event."""
    query = select(events.c.camera, events.c.start_time, events.c.end_time).where(events.c.id == event_id)
    row = connection.execute(query).first()
    return ItemSpan(*row) if row is not None else None


def review(connection: Connection, review_id: str) -> ItemSpan | None:
    """Return the time of a review item, None if there is no such item."""
    columns = (reviews.c.camera, reviews.c.start_time, reviews.c.end_time, reviews.c.severity)
    row = connection.execute(select(*columns).where(reviews.c.id == review_id)).first()
    return ItemSpan(*row) if row is not None else None


def items_between(connection: Connection, camera: str, start: float, end: float) -> list[ItemSpan]:
    """Return the review items of `camera` that overlap `start` to `end` (epoch s)."""
    columns = (reviews.c.camera, reviews.c.start_time, reviews.c.end_time, reviews.c.severity)
    mine = select(reviews.c.id).where(reviews.c.camera == camera, reviews.c.start_time < end)
    ways = (mine.where(*way) for way in ways_until(reviews.c.end_time >= start, literal(edge_of(start))))
    query = select(*columns).where(reviews.c.id.in_(union_all(*ways)))
    return [ItemSpan(*row) for row in connection.execute(query)]


def ways_until(
    ends: ColumnElement[bool], edge: ColumnElement[float]
) -> tuple[tuple[ColumnElement[bool], ...], tuple[ColumnElement[bool], ...]]:
    """Return two lists of conditions; a review item that meets `ends`, or goes on, meets one of them.

    `ends` selects items that end at a time or later, whose `edge_of` is `edge`. Most of these began not long before,
    and meet the first; an index has the others, which began earlier.
    """
    ongoing_or_late = or_(reviews.c.end_time.is_(None), ends)
    return (reviews.c.start_time > edge, ongoing_or_late), (LONG_REVIEWS, reviews.c.start_time <= edge, ongoing_or_late)


def edge_of(time: float) -> float:
    """Return a time before which only long review items began that end at `time` or later."""
    return time - LONG_S - 1


def events_between(connection: Connection, camera: str, start: float, end: float) -> list[ItemSpan]:
    """Return the events of `camera` that keep footage by themselves and overlap `start` to `end`.

    These are manual events, which begin before their review item if more footage was asked for, and events that a user
    retained, which have the severity `RETAINED`.
    """
    columns = (events.c.camera, events.c.start_time, events.c.end_time, events.c.severity, events.c.retain_indefinitely)
    lasts = or_(events.c.end_time.is_(None), events.c.end_time >= start)
    keeps = or_(events.c.retain_indefinitely.is_(True), events.c.type == "api")
    mine = (events.c.camera == camera, events.c.start_time < end, keeps, events.c.has_clip.is_(True))
    rows = connection.execute(select(*columns).where(*mine, lasts))
    return [
        ItemSpan(name, first, last, RETAINED if retained else severity or "")
        for name, first, last, severity, retained in rows
    ]


def exporting_between(connection: Connection, camera: str, start: float, end: float) -> list[ItemSpan]:
    """Return the ranges of exports in progress of `camera` that overlap `start` to `end`, as `RETAINED`."""
    columns = (exports.c.camera, exports.c.date, exports.c.end_time)
    mine = (exports.c.camera == camera, exports.c.date < end, exports.c.end_time >= start)
    query = select(*columns).where(*mine, exports.c.in_progress.is_(True))
    return [ItemSpan(*row, RETAINED) for row in connection.execute(query)]
