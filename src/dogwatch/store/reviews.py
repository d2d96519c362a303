"""Rows of the tables `reviews` and `review_views`: review items, and which user has seen them.

Readers get rows in the form of docs/api/review.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from dogwatch.store.json_entries import holds
from dogwatch.store.localtime import day_number, day_text, periods
from dogwatch.store.tables import events, ongoing, review_views, reviews

Row = dict[str, Any]
BATCH = 500
THUMB_ROOT = "/media/frigate/"
DAY_S = 86_400
SUMMARY_DAYS = 30
VERIFIED = "-verified"
_UPDATE = update(reviews).where(reviews.c.id == bindparam("key"))
_INSERT = insert(reviews)
_KNOWN = select(events.c.id).where(events.c.id.in_(bindparam("listed", expanding=True)))


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """Selects review items; None means no filter. Items overlap the time from `after` to `before` (epoch s)."""

    cameras: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    zones: tuple[str, ...] | None = None
    after: float | None = None
    before: float | None = None
    severity: str | None = None
    reviewed: bool | None = None
    limit: int | None = None


def put(connection: Connection, values: Mapping[str, Any]) -> None:
    """Insert or update a row."""
    if not connection.execute(_UPDATE, {**values, "key": values["id"]}).rowcount:
        connection.execute(_INSERT, dict(values))


def put_with_known(connection: Connection, values: Mapping[str, Any]) -> list[str]:
    """Like `put`, but list only events that have a row, and return these: clients ask for each listed event.

    An event may have been deleted, or may not have been stored.
    """
    listed = values["data"]["detections"]
    known = set(connection.scalars(_KNOWN, {"listed": listed})) if listed else set()
    kept = [one for one in listed if one in known]
    put(connection, {**values, "data": {**values["data"], "detections": kept}})
    return kept


def find(connection: Connection, wanted: ReviewFilter, username: str) -> list[Row]:
    """Return the rows that `wanted` selects, newest first; `username` decides which count as seen."""
    query = _with_views(username).where(*_conditions(wanted))
    if wanted.reviewed is not None:
        query = query.where(_seen(username) if wanted.reviewed else ~_seen(username))
    query = query.order_by(reviews.c.start_time.desc(), reviews.c.id.desc())
    if wanted.limit is not None:
        query = query.limit(wanted.limit)
    return [_as_row(found) for found in connection.execute(query).mappings()]


def many(connection: Connection, ids: Sequence[str], username: str) -> list[Row]:
    """Return the rows of `ids`, newest first; unknown ids are ignored."""
    rows: list[Row] = []
    for start in range(0, len(ids), BATCH):
        query = _with_views(username).where(reviews.c.id.in_(ids[start : start + BATCH]))
        rows.extend(_as_row(found) for found in connection.execute(query).mappings())
    return sorted(rows, key=lambda row: row["start_time"], reverse=True)


def of_event(connection: Connection, event_id: str, username: str) -> Row | None:
    """Return the item that lists the event."""
    query = (
        _with_views(username)
        .where(holds(reviews.c.data, "detections", (event_id,)))
        .order_by(reviews.c.start_time.desc())
    )
    found = connection.execute(query.limit(1)).mappings().first()
    return _as_row(found) if found else None


def view(connection: Connection, ids: Sequence[str], username: str, *, seen: bool) -> None:
    """Mark items as seen or unseen by `username`; unknown ids are ignored."""
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        known = set(connection.execute(select(reviews.c.id).where(reviews.c.id.in_(batch))).scalars())
        mine = and_(review_views.c.username == username, review_views.c.review_id.in_(known))
        connection.execute(delete(review_views).where(mine))
        if seen and known:
            rows = [{"review_id": review_id, "username": username} for review_id in known]
            connection.execute(insert(review_views), rows)


def remove(connection: Connection, ids: Sequence[str]) -> list[Row]:
    """Delete items; return those that existed, with `id`, `camera`, `start_time` and `end_time`."""
    gone: list[Row] = []
    columns = (reviews.c.id, reviews.c.camera, reviews.c.start_time, reviews.c.end_time)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        gone.extend(dict(row) for row in connection.execute(select(*columns).where(reviews.c.id.in_(batch))).mappings())
        connection.execute(delete(review_views).where(review_views.c.review_id.in_(batch)))
        connection.execute(delete(ongoing).where(ongoing.c.id.in_(batch)))
        connection.execute(delete(reviews).where(reviews.c.id.in_(batch)))
    return gone


def running(connection: Connection) -> list[Row]:
    """Return the items without an end; whether anybody has seen them is not looked up."""
    query = select(reviews, literal(value=False).label("seen")).where(reviews.c.end_time.is_(None))
    return [_as_row(found) for found in connection.execute(query).mappings()]


def end_running(connection: Connection, time: float, alive: Collection[str] = ()) -> int:
    """End items that were open when the program stopped, except those in `alive`; return how many."""
    running = and_(reviews.c.end_time.is_(None), reviews.c.id.not_in(list(alive)))
    done = connection.execute(update(reviews).where(running).values(end_time=time))
    return done.rowcount


def summary(
    connection: Connection, wanted: ReviewFilter, username: str, zone: tzinfo, now: float
) -> dict[str, dict[str, Any]]:
    """Return counts of the last 30 days, by day of `zone`, newest first, after `last24Hours`."""
    start = now - SUMMARY_DAYS * DAY_S
    day = day_number(reviews.c.start_time, periods(zone, start, now)).label("day")
    base = and_(reviews.c.start_time >= start, *_conditions(wanted))
    found = connection.execute(_counts(username, day).where(base).group_by(day).order_by(day.desc())).mappings()
    days = {day_text(each["day"]): {"day": day_text(each["day"]), **_tally(each)} for each in found}
    last = _counts(username).where(base, reviews.c.start_time >= now - DAY_S)
    return {"last24Hours": _tally(connection.execute(last).mappings().one()), **days}


def _counts(username: str, *columns: ColumnElement[Any]) -> Select[Any]:
    seen = _seen(username)
    sums = [
        func.sum(case((and_(reviews.c.severity == severity, *extra), 1), else_=0)).label(f"{name}_{severity}")
        for severity in ("alert", "detection")
        for name, extra in (("reviewed", (seen,)), ("total", ()))
    ]
    return select(*columns, *sums)


def _tally(found: RowMapping) -> dict[str, int]:
    names = ("reviewed_alert", "reviewed_detection", "total_alert", "total_detection")
    return {name: int(found[name] or 0) for name in names}


def _seen(username: str) -> ColumnElement[bool]:
    return exists(
        select(1).where(review_views.c.review_id == reviews.c.id, review_views.c.username == username)
    ).correlate(reviews)


def _with_views(username: str) -> Select[Any]:
    return select(reviews, _seen(username).label("seen"))


def _conditions(wanted: ReviewFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.cameras is not None:
        yield reviews.c.camera.in_(wanted.cameras)
    if wanted.severity is not None:
        yield reviews.c.severity == wanted.severity
    if wanted.labels is not None:
        names = [*wanted.labels, *(label + VERIFIED for label in wanted.labels)]
        yield or_(holds(reviews.c.data, "objects", names), holds(reviews.c.data, "audio", wanted.labels))
    if wanted.zones is not None:
        yield holds(reviews.c.data, "zones", wanted.zones)
    if wanted.before is not None:
        yield reviews.c.start_time < wanted.before
    if wanted.after is not None:
        yield or_(reviews.c.end_time.is_(None), reviews.c.end_time > wanted.after)


def _as_row(found: RowMapping) -> Row:
    return {
        "id": found["id"],
        "camera": found["camera"],
        "severity": found["severity"],
        "start_time": found["start_time"],
        "end_time": found["end_time"],
        "has_been_reviewed": bool(found["seen"]),
        "thumb_path": THUMB_ROOT + found["thumb_path"],
        "data": found["data"],
    }
