"""Rows of the tables `reviews` and `review_views`: review items, and which user has seen them.

Readers get rows in the form of docs/api/review.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from dogwatch.store import review_entries, review_sums
from dogwatch.store.deferred import at_end, known, run
from dogwatch.store.driver_rows import driver_rows
from dogwatch.store.event_groups import batches
from dogwatch.store.few import listed
from dogwatch.store.json_text import dumps
from dogwatch.store.localtime import DAY_S, QUARTER_S, Periods, day_number, day_text, periods
from dogwatch.store.many_rows import insert_rows, update_rows, write
from dogwatch.store.review_entries import NO_ENTRIES, Entries
from dogwatch.store.review_rows import as_json, as_row, columns
from dogwatch.store.review_sums import ALL, Begun, Counted
from dogwatch.store.spans import ways_until
from dogwatch.store.tables import events, ongoing, review_views, reviews

Row = dict[str, Any]
BATCH = 500
SUMMARY_DAYS = 30
_TALLIES = ("reviewed_alert", "reviewed_detection", "total_alert", "total_detection")
_COUNTED = (reviews.c.camera, reviews.c.severity, reviews.c.start_time)
_PLACED = select(reviews.c.id, *_COUNTED, reviews.c.data).where(listed(reviews.c.id, "keys"))
_SEEN_BY = select(review_views.c.username).where(review_views.c.review_id == bindparam("key"))
_NAMES = frozenset(reviews.c.keys())
_KNOWN = select(events.c.id).where(listed(events.c.id, "ids"))
RUNNING_KNOWN = 256
"""Of how many running items it is known what was written of them, which saves reading it."""
AFTER_EVENTS = 1
"""The stage of the end of a transaction (see `deferred`) in which items are written: they list events."""


class _Written(NamedTuple):
    """What is counted of an item as it was written, and what that lists."""

    camera: str
    severity: str
    start_time: float
    entries: Entries

    @property
    def counted(self) -> Counted:
        """Where it is counted."""
        return Counted(self.camera, self.severity, ALL, self.start_time)


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
    """Insert or update a row, at the end of the transaction."""
    at_end(connection, _put_all, (values, None), stage=AFTER_EVENTS)


def change_data(connection: Connection, review_id: str, before: Mapping[str, Any], data: Mapping[str, Any]) -> None:
    """Replace an item's `data`, which was `before`."""
    connection.execute(update(reviews).where(reviews.c.id == review_id).values(data=dict(data)))
    entries = review_entries.entries
    review_entries.change(connection, [(review_id, entries(before), entries(data))])


def put_with_known(connection: Connection, values: Mapping[str, Any]) -> list[str]:
    """Like `put`, but list only events that have a row: clients ask for each listed event.

    An event may have been deleted, or may not have been stored. Returned is a list that holds these at the end of the
    transaction.
    """
    kept: list[str] = []
    at_end(connection, _put_all, (values, kept), stage=AFTER_EVENTS)
    return kept


def add_all(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert rows, but none whose id is there; return the ids of those that are new.

    They list only events that have a row, as `put_with_known` does.
    """
    fresh = {row["id"]: row for row in rows}
    for some in batches(list(fresh)):
        for key in connection.scalars(select(reviews.c.id).where(reviews.c.id.in_(some))).all():
            del fresh[key]
    for row in fresh.values():
        put_with_known(connection, row)
    return set(fresh)


def find(connection: Connection, wanted: ReviewFilter, username: str) -> list[Row]:
    """Return the rows that `wanted` selects, newest first; `username` decides which count as seen."""
    return [as_row(found) for found in _fetch(connection, wanted, username)]


def listed_json(connection: Connection, wanted: ReviewFilter, username: str) -> bytes:
    """Return the JSON text of what `find` returns."""
    return as_json(list(_fetch(connection, wanted, username)))


def many(connection: Connection, ids: Sequence[str], username: str) -> list[Row]:
    """Return the rows of `ids`, newest first; unknown ids are ignored."""
    rows: list[Row] = []
    for start in range(0, len(ids), BATCH):
        query = _with_views(username).where(reviews.c.id.in_(ids[start : start + BATCH]))
        rows.extend(as_row(found) for found in driver_rows(connection, query))
    return sorted(rows, key=lambda row: row["start_time"], reverse=True)


def of_event(connection: Connection, event_id: str, username: str) -> Row | None:
    """Return the item that lists the event."""
    query = _with_views(username).where(review_entries.listing([event_id])).order_by(reviews.c.start_time.desc())
    found = connection.execute(query.limit(1)).first()
    return as_row(found) if found else None


def view(connection: Connection, ids: Sequence[str], username: str, *, seen: bool) -> int:
    """Mark items as seen or unseen by `username`; unknown ids are ignored. Return for how many that was new."""
    total = 0
    for start in range(0, len(ids), BATCH):
        query = select(*_COUNTED, reviews.c.id).where(reviews.c.id.in_(ids[start : start + BATCH]))
        query = query.where(~_seen(username) if seen else _seen(username))
        changed = connection.execute(query).all()
        if not changed:
            continue
        total += len(changed)
        keys = [row.id for row in changed]
        if seen:
            connection.execute(insert(review_views), [{"review_id": key, "username": username} for key in keys])
        else:
            mine = and_(review_views.c.username == username, review_views.c.review_id.in_(keys))
            connection.execute(delete(review_views).where(mine))
        if username != ALL:
            items = [Counted(row.camera, row.severity, username, row.start_time) for row in changed]
            review_sums.count(connection, *((items, []) if seen else ([], items)))
    return total


def remove(connection: Connection, ids: Sequence[str]) -> list[Row]:
    """Delete items; return those that existed, with `id`, `camera`, `start_time` and `end_time`."""
    gone: list[Row] = []
    columns = (reviews.c.id, reviews.c.camera, reviews.c.severity, reviews.c.start_time, reviews.c.end_time)
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        rows = connection.execute(select(*columns).where(reviews.c.id.in_(batch))).all()
        gone.extend({"id": row[0], "camera": row[1], "start_time": row[3], "end_time": row[4]} for row in rows)
        counted = {row.id: Counted(row.camera, row.severity, ALL, row.start_time) for row in rows}
        viewed = connection.execute(select(review_views).where(review_views.c.review_id.in_(batch))).all()
        seen = [counted[key]._replace(username=name) for key, name in viewed if name != ALL and key in counted]
        review_sums.count(connection, [], [*counted.values(), *seen])
        review_entries.remove(connection, batch)
        connection.execute(delete(review_views).where(review_views.c.review_id.in_(batch)))
        connection.execute(delete(ongoing).where(ongoing.c.id.in_(batch)))
        connection.execute(delete(reviews).where(reviews.c.id.in_(batch)))
    return gone


def running(connection: Connection) -> list[Row]:
    """Return the items without an end; whether anybody has seen them is not looked up."""
    query = select(*columns(literal(value=False))).where(reviews.c.end_time.is_(None))
    return [as_row(found) for found in driver_rows(connection, query)]


def end_running(connection: Connection, time: float, alive: Collection[str] = ()) -> int:
    """End items that were open when the program stopped, except those in `alive`; return how many."""
    running = and_(reviews.c.end_time.is_(None), reviews.c.id.not_in(list(alive)))
    done = connection.execute(update(reviews).where(running).values(end_time=time))
    return done.rowcount


def summary(
    connection: Connection, wanted: ReviewFilter, username: str, zone: tzinfo, now: float
) -> dict[str, dict[str, Any]]:
    """Return counts of the last 30 days, by day of `zone`, newest first, after `last24Hours`.

    Only the filters by camera, label and zone are heeded.
    """
    start = now - SUMMARY_DAYS * DAY_S
    cuts = periods(zone, start // QUARTER_S * QUARTER_S, now)
    days: dict[int, dict[str, int]] = {}
    last = dict.fromkeys(_TALLIES, 0)
    begun: Iterable[Begun]
    latest: Iterable[Begun]
    if wanted.labels is None and wanted.zones is None:
        begun = review_sums.since(connection, start, wanted.cameras, username, cuts)
        latest = review_sums.since(connection, now - DAY_S, wanted.cameras, username, cuts)
    else:
        begun = _begun(connection, wanted, start, username, cuts)
        latest = _begun(connection, wanted, now - DAY_S, username, cuts)
    for one in begun:
        _add(days.setdefault(one.day, dict.fromkeys(_TALLIES, 0)), one)
    for one in latest:
        _add(last, one)
    named = {day_text(day): {"day": day_text(day), **days[day]} for day in sorted(days, reverse=True)}
    return {"last24Hours": last, **named}


def _put_all(connection: Connection, changes: Sequence[tuple[Mapping[str, Any], list[str] | None]]) -> None:
    """Insert or update rows, of which those with the same id are states of one item.

    With a row comes the list to fill with those of its events that are there, None to take all as they are.
    """
    newest = {values["id"]: values for values, _ in changes}
    running: dict[str, _Written] = known(connection, "review items")
    there = {key: running.pop(key) for key in newest if key in running}
    if unknown := [key for key in newest if key not in there]:
        for key, camera, severity, start_time, data in connection.execute(_PLACED, {"keys": dumps(unknown)}):
            there[key] = _Written(camera, severity, start_time, review_entries.entries(data))
    # An event that a row lists is there: whoever deletes an event removes it from the rows.
    listed_before = set[str]().union(*(was.entries.events for was in there.values()))
    new = {key for values, kept in changes if kept is not None for key in values["data"]["detections"]} - listed_before
    if new:
        run(connection)
        listed_before.update(connection.scalars(_KNOWN, {"ids": dumps(list(new))}))
    for values, kept in changes:
        if kept is not None:
            kept.extend(key for key in values["data"]["detections"] if key in listed_before)
            newest[values["id"]] = {**values, "data": {**values["data"], "detections": kept}}
        else:
            newest[values["id"]] = values
    came: list[Counted] = []
    left: list[Counted] = []
    entries: list[tuple[str, Entries, Entries]] = []
    for key, values in newest.items():
        written = _Written(
            values["camera"], values["severity"], values["start_time"], review_entries.entries(values["data"])
        )
        was = there.get(key)
        if was is None or written.counted != was.counted:
            seen_by = connection.scalars(_SEEN_BY, {"key": key}) if was else ()
            names = [ALL, *(name for name in seen_by if name != ALL)]
            came.extend(written.counted._replace(username=name) for name in names)
            left.extend(was.counted._replace(username=name) for name in names if was)
        entries.append((key, was.entries if was else NO_ENTRIES, written.entries))
        if values["end_time"] is None and len(running) < RUNNING_KNOWN:
            running[key] = written
    write(connection, insert_rows(reviews, _NAMES), [row for key, row in newest.items() if key not in there])
    write(connection, update_rows(reviews, _NAMES), [row for key, row in newest.items() if key in there])
    review_sums.count(connection, came, left)
    review_entries.change(connection, entries)


def _begun(connection: Connection, wanted: ReviewFilter, start: float, username: str, cuts: Periods) -> Iterator[Begun]:
    """Yield what `review_sums.since` does, of the items that `wanted` selects: each of them is read."""
    day = day_number(reviews.c.start_time, cuts).label("day")
    seen = func.sum(case((_seen(username), 1), else_=0))
    query = select(day, reviews.c.severity, func.count(), seen)
    query = query.where(reviews.c.start_time >= start, *_conditions(wanted)).group_by(day, reviews.c.severity)
    for number, severity, count, viewed in connection.execute(query):
        yield Begun(number, severity, False, count)
        yield Begun(number, severity, True, int(viewed))


def _add(tally: dict[str, int], begun: Begun) -> None:
    name = f"{'reviewed' if begun.seen else 'total'}_{begun.severity}"
    if name in tally:
        tally[name] += begun.items


def _seen(username: str) -> ColumnElement[bool]:
    return exists(
        select(1).where(review_views.c.review_id == reviews.c.id, review_views.c.username == username)
    ).correlate(reviews)


def _with_views(username: str) -> Select[Any]:
    return select(*columns(_seen(username)))


def _fetch(connection: Connection, wanted: ReviewFilter, username: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that `wanted` selects, newest first, as `review_rows` takes them."""
    query = _with_views(username).where(*_conditions(wanted))
    if wanted.reviewed is not None:
        query = query.where(_seen(username) if wanted.reviewed else ~_seen(username))
    ways: Iterable[tuple[ColumnElement[bool], ...]] = ((),)
    if wanted.after is not None:
        ways = ways_until(reviews.c.end_time > wanted.after, wanted.after)
    query = query.order_by(reviews.c.start_time.desc(), reviews.c.id.desc()).limit(wanted.limit)
    rows = (row for way in ways for row in driver_rows(connection, query.where(*way)))  # the second has older ones
    return islice(rows, wanted.limit)


def _conditions(wanted: ReviewFilter) -> Iterable[ColumnElement[bool]]:
    """Yield what follows from all filters but `after` and `reviewed`."""
    if wanted.cameras is not None:
        yield reviews.c.camera.in_(wanted.cameras)
    if wanted.severity is not None:
        yield reviews.c.severity == wanted.severity
    if wanted.labels is not None:
        yield review_entries.with_labels(wanted.labels)
    if wanted.zones is not None:
        yield review_entries.in_zones(wanted.zones)
    if wanted.before is not None:
        yield reviews.c.start_time < wanted.before
