"""Rows of the table `events`: read with every filter of the API, written by the hub.

Readers get rows as mappings in the form of docs/api/events.md, without `thumbnail`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Float, literal, select, true, update

from dogwatch.store import event_filter, event_sums, event_texts
from dogwatch.store.deferred import at_end, known
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.event_groups import Group, batches, count, group_of, settle
from dogwatch.store.event_rows import LISTED, ROW, ListedEvent, as_listed, as_row, groups_of
from dogwatch.store.few import listed as is_listed
from dogwatch.store.json_text import dumps
from dogwatch.store.many_rows import insert_new, insert_rows, update_rows, write
from dogwatch.store.tables import events

Row = dict[str, Any]

_SET_BY_USERS = frozenset({"retain_indefinitely", "plus_id", "false_positive"})
_CONSTANT = frozenset({"id", "camera", "label", "type", "start_time"})  # writing them again would rewrite indexes
_OF_GROUP = frozenset({"sub_label", "zones", "has_clip", "has_snapshot", "group_id"})
_NEVER_SET = (_SET_BY_USERS | _CONSTANT) - {"id"}
RUNNING_KNOWN = 4096
"""Of how many running events it is known in which group they are and when they began, which saves reading them."""
WITH_ROW, ROWS_KNOWN = "events with a row", 4096
"""What it is called in `deferred.known` which events have a row, as far as it is known, and of how many it is."""
_NOT_MOVED = _NEVER_SET | _OF_GROUP
_PLACED = (
    select(events.c.id, events.c.group_id, events.c.start_time).where(is_listed(events.c.id, "keys")).with_for_update()
)
_EXPLORE_FIELDS = frozenset(
    {
        "type", "score", "top_score", "description", "sub_label_score", "average_estimated_speed", "velocity_angle",
        "path_data", "recognized_license_plate", "recognized_license_plate_score",
    }
)  # fmt: skip


def put(connection: Connection, values: Mapping[str, Any]) -> None:
    """Insert a row, or update it, without the columns that never change or that only users set.

    This is done at the end of the transaction.
    """
    at_end(connection, _put_all, values)


def add_all(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert rows with the same keys, but none whose id is there; return the ids of those that are new."""
    fresh = {row["id"]: row for row in rows}
    for some in batches(list(fresh)):
        for key in connection.scalars(_IDS.where(events.c.id.in_(some))).all():
            del fresh[key]
    for row in fresh.values():
        put(connection, row)
    return set(fresh)


def find(connection: Connection, wanted: EventFilter) -> list[Row]:
    """Return the rows that `wanted` selects, sorted and limited."""
    return [as_row(found) for found in event_filter.fetch(connection, ROW, wanted)]


def listed(connection: Connection, wanted: EventFilter) -> list[ListedEvent]:
    """Return the events that `wanted` selects, sorted and limited."""
    return as_listed(connection, event_filter.fetch(connection, LISTED, wanted))


def with_cameras(connection: Connection, wanted: EventFilter) -> list[tuple[str, ListedEvent]]:
    """Return the events that `wanted` selects, sorted and limited, each with its camera."""
    rows = event_filter.fetch(connection, LISTED, wanted)
    cameras = (group.kind[0] for group in groups_of(connection, rows))
    return list(zip(cameras, as_listed(connection, rows), strict=True))


def one(connection: Connection, event_id: str) -> Row | None:
    """Return one row, or None."""
    found = connection.execute(_ROWS.where(events.c.id == event_id)).first()
    return as_row(found) if found else None


def many(connection: Connection, ids: Sequence[str]) -> list[Row]:
    """Return the rows of `ids`, newest first; unknown ids are ignored."""
    rows: list[Row] = []
    for batch in batches(ids):
        rows.extend(as_row(found) for found in connection.execute(_ROWS.where(events.c.id.in_(batch))))
    return sorted(rows, key=lambda row: row["start_time"], reverse=True)


def latest(connection: Connection, camera: str, label: str, *, has: str | None = None) -> Row | None:
    """Return the newest row of `camera` with `label` (or `any`), and with the flag `has` if given."""
    query = _ROWS.where(events.c.camera == camera)
    if label != "any":
        query = query.where(events.c.label == label)
    if has is not None:
        query = query.where(events.c[has].is_(True))
    row = connection.execute(query.order_by(events.c.start_time.desc(), events.c.id.desc()).limit(1)).first()
    return as_row(row) if row else None


def explore(connection: Connection, cameras: Iterable[str] | None, limit: int) -> list[Row]:
    """Return each label's newest `limit` rows with an `event_count`, most frequent label first."""
    seen = true() if cameras is None else events.c.camera.in_(list(cameras))
    rows: list[Row] = []
    # One query a label uses the index; ranking all rows in SQL took 2.5 s for 100,000.
    for label, total in event_sums.by_label(connection, cameras):
        newest = _ROWS.where(events.c.label == label, seen).order_by(events.c.start_time.desc()).limit(limit)
        for found in connection.execute(newest):
            row = as_row(found)
            row["data"] = {key: value for key, value in row["data"].items() if key in _EXPLORE_FIELDS}
            rows.append({**row, "event_count": total})
    return rows


def plates(connection: Connection, cameras: Iterable[str] | None, *, split: bool) -> list[str]:
    """Return the recognised licence plates, sorted."""
    column = events.c.recognized_license_plate
    query = select(column).distinct().where(column.is_not(None))
    if cameras is not None:
        query = query.where(events.c.camera.in_(list(cameras)))
    return event_sums.names(list(connection.scalars(query)), split=split)


def retain(connection: Connection, event_id: str, *, on: bool) -> bool:
    """Protect a row from expiry, or stop protecting it; False if there is no such row."""
    done = connection.execute(update(events).where(events.c.id == event_id).values(retain_indefinitely=on))
    return bool(done.rowcount)


def submitted(connection: Connection, event_id: str, plus_id: str, *, wrong: bool) -> bool:
    """Note that an event's picture was sent to be labelled, and whether its box is wrong; False without such a row."""
    values: dict[str, Any] = {"plus_id": plus_id} | ({"false_positive": True} if wrong else {})
    return bool(connection.execute(update(events).where(events.c.id == event_id).values(**values)).rowcount)


def change(connection: Connection, event_id: str, columns: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Set `columns`, and keys of `data` (None removes a key); False if there is no such row."""
    present = connection.execute(_CHANGED.where(events.c.id == event_id)).first()
    if present is None:
        return False
    merged = {key: value for key, value in {**present.data, **data}.items() if value is not None or key not in data}
    connection.execute(update(events).where(events.c.id == event_id).values(**_lasting(columns), data=merged))
    settle(connection, [event_id])
    plate = columns.get("recognized_license_plate", present.recognized_license_plate)
    event_texts.settle(connection, event_id, present.start_time, event_texts.text_of(plate, merged))
    return True


def running(connection: Connection) -> list[Row]:
    """Return the rows without an end."""
    return [as_row(found) for found in connection.execute(_ROWS.where(events.c.end_time.is_(None)))]


def manual_until(connection: Connection, after: float) -> list[Row]:
    """Return the manual events that are to end later than `after` (epoch s)."""
    query = _ROWS.where(events.c.type == "api", events.c.end_time > after)
    return [as_row(found) for found in connection.execute(query)]


def end(connection: Connection, event_id: str, end_time: float, *, has_snapshot: bool) -> None:
    """End a row that was running when the program stopped."""
    values = _lasting({"end_time": end_time, "has_snapshot": has_snapshot})
    connection.execute(update(events).where(events.c.id == event_id).values(**values))
    settle(connection, [event_id])


def _put_all(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert or update rows, of which those with the same id are states of one event."""
    newest: dict[str, dict[str, Any]] = {}
    for values in rows:
        first = newest.get(values["id"], {})
        newest[values["id"]] = {**values, **{name: first[name] for name in _NEVER_SET & first.keys()}}
    groups = {key: group_of(row) for key, row in newest.items()}
    for key, row in newest.items():
        row |= {"duration": _duration(row), "group_id": groups[key].id}
    running: dict[str, tuple[int | None, float]] = known(connection, "running events")
    there = {key: running.pop(key) for key in newest if key in running}
    unknown = [key for key in newest if key not in there]
    # One that SQLite's only writer does not know is new; of a server, nothing is known.
    may_be_new = len(unknown) == 1 and connection.dialect.name == "sqlite"
    new = unknown if may_be_new and _insert_new(connection, newest[unknown[0]]) else []
    if unknown and not new:
        there |= {key: place for key, *place in connection.execute(_PLACED, {"keys": dumps(unknown)})}
    _note_rows(connection, newest)
    came: list[tuple[Group, float]] = []
    left: list[tuple[int, float]] = []
    inserted: dict[frozenset[str], list[dict[str, Any]]] = {}
    updated: dict[frozenset[str], list[dict[str, Any]]] = {}
    for key, row in newest.items():
        before, start = there.get(key, (None, row["start_time"]))
        if row.get("end_time") is None and len(running) < RUNNING_KNOWN:
            running[key] = row["group_id"], start
        if before != row["group_id"]:
            came.append((groups[key], start))
            left.extend([] if before is None else [(before, start)])
        if key in there:  # writing again what has not changed would rewrite indexes
            changes = row.keys() - (_NOT_MOVED if before == row["group_id"] else _NEVER_SET)
            updated.setdefault(frozenset(changes), []).append({name: row[name] for name in changes})
        elif key not in new:
            inserted.setdefault(frozenset(row), []).append(row)
    for names, some in inserted.items():
        write(connection, insert_rows(events, names), some)
    for names, some in updated.items():
        write(connection, update_rows(events, names), some)
    for row in newest.values():
        event_texts.note(connection, row)
    count(connection, came, left)


def _note_rows(connection: Connection, ids: Iterable[str]) -> None:
    """Note for this transaction and those after it that these events have rows."""
    with_row: dict[str, None] = known(connection, WITH_ROW)
    if len(with_row) > ROWS_KNOWN:
        with_row.clear()
    with_row.update(dict.fromkeys(ids))


def _insert_new(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Insert a row unless it is there; return whether it was inserted."""
    return bool(connection.execute(insert_new(events, frozenset(row)), row).rowcount)


def _duration(values: Mapping[str, Any]) -> float | None:
    end_time = values.get("end_time")
    return None if end_time is None else end_time - values["start_time"]


def _lasting(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return new values of columns, with the duration that follows from a new end."""
    if "end_time" not in columns:
        return dict(columns)
    return {**columns, "duration": literal(columns["end_time"], Float) - events.c.start_time}


_ROWS = select(*ROW.all)
_CHANGED = select(events.c.data, events.c.recognized_license_plate, events.c.start_time)
_IDS = select(events.c.id)
