"""Rows of the tables `reviews` and `review_views`: review items, and which user has seen them.

Readers get rows in the form of docs/api/review.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from itertools import islice
from math import inf, nextafter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    insert,
    literal,
    select,
    update,
)

from dogwatch.store import compiled, review_entries, review_sums
from dogwatch.store.deferred import at_end, known, run
from dogwatch.store.driver_rows import driver_rows
from dogwatch.store.event_groups import batches
from dogwatch.store.events import WITH_ROW
from dogwatch.store.few import listed
from dogwatch.store.json_text import dumps
from dogwatch.store.localtime import DAY_S, QUARTER_S, day_text, periods
from dogwatch.store.many_rows import insert_rows, update_rows, write
from dogwatch.store.review_entries import NO_ENTRIES, Entries
from dogwatch.store.review_rows import as_json, as_row, columns
from dogwatch.store.review_sets import Sets, sets_in, sets_of
from dogwatch.store.review_sums import ALL, Begun, Counted, SummaryChoice
from dogwatch.store.spans import edge_of, ways_until
from dogwatch.store.tables import events, ongoing, review_views, reviews

Row = dict[str, Any]
BATCH = 500
SUMMARY_DAYS = 30
_TALLIES = ("reviewed_alert", "reviewed_detection", "total_alert", "total_detection")
_PLACE = tuple(reviews.c[name] for name in ("id", "camera", "severity", "start_time"))
_COUNTED = select(*_PLACE, reviews.c.end_time, cast(reviews.c.data, Text).label("listed"))
_SEEN_BY = select(review_views.c.review_id, review_views.c.username).where(listed(review_views.c.review_id, "keys"))
_PLACED: Select[Any] = select(*_PLACE, reviews.c.data).where(listed(reviews.c.id, "keys"))
_NAMES = frozenset(reviews.c.keys())
_KNOWN = select(events.c.id).where(listed(events.c.id, "ids"))
RUNNING_KNOWN = 256
"""Of how many running items it is known what was written of them, which saves reading it."""
AFTER_EVENTS = 1
"""The stage of the end of a transaction (see `deferred`) in which items are written: they list events."""


class _Written(NamedTuple):
    """As what an item is counted as it was written, what that lists, and which users have seen it."""

    counted: Counted
    entries: Entries
    seen_by: tuple[str, ...] = ()

    @classmethod
    def of(cls, camera: str, severity: str, start_time: float, data: Mapping[str, Any]) -> _Written:
        """Return what follows from an item's columns."""
        entries = review_entries.entries(data)
        return cls(Counted(camera, severity, ALL, start_time, sets_of(entries)), entries)

    def counts(self) -> list[Counted]:
        """Return as what the item is counted: for all, and for each user who has seen it."""
        return [self.counted, *(self.counted._replace(username=name) for name in self.seen_by)]


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
    was, now = review_entries.entries(before), review_entries.entries(data)
    review_entries.change(connection, [(review_id, was, now)])
    if (old := sets_of(was)) != (new := sets_of(now)):
        row = connection.execute(_COUNTED.where(reviews.c.id == review_id)).one()
        names = [ALL, *(name for _, name in _seen_by(connection, [review_id]))]
        came, left = ([_counted(row, name, sets) for name in names] for sets in (new, old))
        review_sums.count(connection, came, left)


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
        query = _COUNTED.where(reviews.c.id.in_(ids[start : start + BATCH]))
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
            items = [_counted(row, username, sets_in(row.listed)) for row in changed]
            review_sums.count(connection, *((items, []) if seen else ([], items)))
    return total


def remove(connection: Connection, ids: Sequence[str]) -> list[Row]:
    """Delete items; return those that existed, with `id`, `camera`, `start_time` and `end_time`."""
    gone: list[Row] = []
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        rows = connection.execute(_COUNTED.where(reviews.c.id.in_(batch))).all()
        names = ("id", "camera", "start_time", "end_time")
        gone.extend({name: getattr(row, name) for name in names} for row in rows)
        counted = {row.id: _counted(row, ALL, sets_in(row.listed)) for row in rows}
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
    choices = [
        SummaryChoice(since, wanted.cameras, username, wanted.labels, wanted.zones) for since in (start, now - DAY_S)
    ]
    if wanted.labels is None and wanted.zones is None:
        begun, latest = review_sums.since(connection, choices, cuts)
    else:
        from dogwatch.store import review_kinds  # loads NumPy

        begun, latest = review_kinds.since(connection, choices, cuts)
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
    there |= _stored(connection, [key for key in newest if key not in there])
    # An event that a row lists is there: whoever deletes an event removes it from the rows.
    listed_before = set[str]().union(*(was.entries.events for was in there.values()))
    new = {key for values, kept in changes if kept is not None for key in values["data"]["detections"]} - listed_before
    with_row = known(connection, WITH_ROW).keys() & new
    listed_before |= with_row
    if unknown := new - with_row:
        run(connection)
        listed_before.update(connection.scalars(_KNOWN, {"ids": dumps(list(unknown))}))
    for values, kept in changes:
        if kept is not None:
            kept.extend(key for key in values["data"]["detections"] if key in listed_before)
            newest[values["id"]] = {**values, "data": {**values["data"], "detections": kept}}
        else:
            newest[values["id"]] = values
    written = {
        key: _Written.of(values["camera"], values["severity"], values["start_time"], values["data"])
        for key, values in newest.items()
    }
    written = {key: now._replace(seen_by=there[key].seen_by) if key in there else now for key, now in written.items()}
    changed = [key for key, now in written.items() if key not in there or now.counted != there[key].counted]
    came = [one for key in changed for one in written[key].counts()]
    left = [one for key in changed if key in there for one in there[key].counts()]
    entries = [(key, there[key].entries if key in there else NO_ENTRIES, now.entries) for key, now in written.items()]
    for key, now in written.items():
        if newest[key]["end_time"] is None and len(running) < RUNNING_KNOWN:
            running[key] = now
    write(connection, insert_rows(reviews, _NAMES), [row for key, row in newest.items() if key not in there])
    write(connection, update_rows(reviews, _NAMES), [row for key, row in newest.items() if key in there])
    review_sums.count(connection, came, left)
    review_entries.change(connection, entries)


def _stored(connection: Connection, ids: Sequence[str]) -> dict[str, _Written]:
    """Return of each of these items that is there what was written of it."""
    if not ids:
        return {}
    found = {
        key: _Written.of(camera, severity, start_time, data)
        for key, camera, severity, start_time, data in connection.execute(_PLACED, {"keys": dumps(list(ids))})
    }
    for key, name in _seen_by(connection, list(found)):
        found[key] = found[key]._replace(seen_by=(*found[key].seen_by, name))
    return found


def _counted(row: Any, username: str, sets: Sets) -> Counted:
    """Return as what an item with this row is counted."""
    return Counted(row.camera, row.severity, username, row.start_time, sets)


def _seen_by(connection: Connection, ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return which users have seen items, as pairs of an item and a user."""
    if not ids:
        return []
    return [(key, name) for key, name in connection.execute(_SEEN_BY, {"keys": dumps(ids)}) if name != ALL]


def _add(tally: dict[str, int], begun: Begun) -> None:
    name = f"{'reviewed' if begun.seen else 'total'}_{begun.severity}"
    if name in tally:
        tally[name] += begun.items


def _seen(username: str | ColumnElement[str]) -> ColumnElement[bool]:
    return exists(
        select(1).where(review_views.c.review_id == reviews.c.id, review_views.c.username == username)
    ).correlate(reviews)


def _with_views(username: str) -> Select[Any]:
    return select(*columns(_seen(username)))


def _fetch(connection: Connection, wanted: ReviewFilter, username: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows that `wanted` selects, newest first, as `review_rows` takes them."""
    values = {
        **{name: dumps(list(getattr(wanted, name) or ())) for name in ("cameras", "labels", "zones")},
        **{name: getattr(wanted, name) for name in ("severity", "after", "before", "limit")},
        "username": username,
    }
    given = tuple(name for name in values if getattr(wanted, name, None) is not None)
    is_on_server = connection.dialect.name == "postgresql"
    rows = (
        row
        for way, times in _ways(connection, wanted)
        for row in compiled.rows(
            connection,
            ("reviews", way, wanted.reviewed, given),
            partial(_query, wanted, way, is_on_server),
            {**values, **times},
        )
    )
    return islice(rows, wanted.limit)


def _ways(connection: Connection, wanted: ReviewFilter) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield the ways to read the items of a time, those of newer items first, with the times that `_query` takes."""
    if wanted.after is None:
        yield "all", {}
        return
    edge = edge_of(wanted.after)
    if wanted.before is None or (wanted.labels is None and wanted.zones is None):
        yield "late", {"edge": edge}
    else:
        from dogwatch.store import review_kinds  # loads NumPy

        chosen = SummaryChoice(edge, wanted.cameras, ALL, wanted.labels, wanted.zones)
        for start, end in reversed(review_kinds.spans(connection, chosen, wanted.before)):
            just_before = nextafter(start, -inf)  # one bound on each side: databases use one for an index
            yield "late", {"edge": max(edge, just_before), "before": min(end, wanted.before)}
    yield "long", {"edge": edge}


def _query(wanted: ReviewFilter, way: str, is_on_server: bool) -> Select[Any]:
    """Return the query of one of `_ways`."""
    c = reviews.c
    seen = _seen(bindparam("username", type_=Text))
    query = select(c.id)
    if wanted.cameras is not None:
        query = query.where(listed(c.camera, "cameras"))
    if wanted.severity is not None:
        query = query.where(c.severity == bindparam("severity", type_=Text))
    if wanted.before is not None:
        query = query.where(c.start_time < bindparam("before", type_=Float))
    if wanted.reviewed is not None:
        query = query.where(seen if wanted.reviewed else ~seen)
    if way != "all":
        late, long = ways_until(c.end_time > bindparam("after", type_=Float), bindparam("edge", type_=Float))
        query = query.where(*(long if way == "long" else late))
    bounds_ids = is_on_server and way == "late" and wanted.limit is None  # with a limit, few items are looked at
    within = review_entries.ends(query) if bounds_ids else None
    if wanted.labels is not None:
        query = query.where(review_entries.with_labels("labels", within))
    if wanted.zones is not None:
        query = query.where(review_entries.in_zones("zones", within))
    query = query.with_only_columns(*columns(seen)).order_by(c.start_time.desc(), c.id.desc())
    return query if wanted.limit is None else query.limit(bindparam("limit", type_=Integer))
