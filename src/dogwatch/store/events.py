"""Rows of the table `events`: read with every filter of the API, written by the hub.

Readers get rows as mappings in the form of docs/api/events.md, without `thumbnail`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, true, update

from dogwatch.store import event_filter
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.localtime import day_number, day_text, periods, span
from dogwatch.store.tables import events

Row = dict[str, Any]
BATCH = 500  # bound parameters a statement; SQLite's oldest limit is 999

_SET_BY_USERS = frozenset({"retain_indefinitely", "plus_id"})
_CONSTANT = frozenset({"id", "camera", "label", "type", "start_time"})  # writing them again would rewrite indexes
_NOT_UPDATED = _SET_BY_USERS | _CONSTANT
_UPDATE = update(events).where(
    events.c.id == bindparam("key")
)  # built once, because building it takes longer than running it
_INSERT = insert(events)
_EXPLORE_FIELDS = frozenset(
    {
        "type", "score", "top_score", "description", "sub_label_score", "average_estimated_speed", "velocity_angle",
        "path_data", "recognized_license_plate", "recognized_license_plate_score",
    }
)  # fmt: skip


def put(connection: Connection, values: Mapping[str, Any]) -> None:
    """Insert a row, or update it, without the columns that never change or that only users set."""
    if not connection.execute(_UPDATE, _changes(values)).rowcount:
        connection.execute(_INSERT, dict(values))


def put_all(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Like `put`, for rows with the same keys, most of which exist: one statement for all."""
    if connection.execute(_UPDATE, [_changes(values) for values in rows]).rowcount < len(rows):
        for values in rows:
            put(connection, values)


def find(connection: Connection, wanted: EventFilter) -> list[Row]:
    """Return the rows that `wanted` selects, sorted and limited."""
    query = event_filter.apply(connection, select(events), wanted)
    return [as_row(found) for found in connection.execute(query).mappings()]


def one(connection: Connection, event_id: str) -> Row | None:
    """Return one row, or None."""
    found = connection.execute(select(events).where(events.c.id == event_id)).mappings().first()
    return as_row(found) if found else None


def many(connection: Connection, ids: Sequence[str]) -> list[Row]:
    """Return the rows of `ids`, newest first; unknown ids are ignored."""
    rows: list[Row] = []
    for batch in _batches(ids):
        found = connection.execute(select(events).where(events.c.id.in_(batch))).mappings()
        rows.extend(as_row(each) for each in found)
    return sorted(rows, key=lambda row: row["start_time"], reverse=True)


def latest(connection: Connection, camera: str, label: str, *, has: str | None = None) -> Row | None:
    """Return the newest row of `camera` with `label` (or `any`), and with the flag `has` if given."""
    query = select(events).where(events.c.camera == camera)
    if label != "any":
        query = query.where(events.c.label == label)
    if has is not None:
        query = query.where(events.c[has].is_(True))
    found = connection.execute(query.order_by(events.c.start_time.desc(), events.c.id.desc()).limit(1)).mappings()
    row = found.first()
    return as_row(row) if row else None


def explore(connection: Connection, cameras: Iterable[str] | None, limit: int) -> list[Row]:
    """Return each label's newest `limit` rows with an `event_count`, most frequent label first."""
    seen = true() if cameras is None else events.c.camera.in_(list(cameras))
    count = func.count()
    counts = select(events.c.label, count).where(seen).group_by(events.c.label)
    rows: list[Row] = []
    # One query a label uses the index; ranking all rows in SQL took 2.5 s for 100,000.
    for label, total in connection.execute(counts.order_by(count.desc(), events.c.label)).all():
        newest = select(events).where(events.c.label == label, seen).order_by(events.c.start_time.desc()).limit(limit)
        for found in connection.execute(newest).mappings():
            row = as_row(found)
            row["data"] = {key: value for key, value in row["data"].items() if key in _EXPLORE_FIELDS}
            rows.append({**row, "event_count": total})
    return rows


def summary(connection: Connection, wanted: EventFilter) -> list[Row]:
    """Return counts by camera, label, sub label, zones and day of `wanted.zone`, oldest day first."""
    times = connection.execute(select(func.min(events.c.start_time), func.max(events.c.start_time))).one()
    cuts = periods(wanted.zone, *span(times))
    day = day_number(events.c.start_time, cuts).label("day")
    columns = (events.c.camera, events.c.label, events.c.sub_label, events.c.zones, day)
    query = event_filter.where(connection, select(*columns, func.count().label("count")), wanted)
    found = connection.execute(query.group_by(*columns).order_by(day, events.c.camera, events.c.label)).mappings()
    return [{**each, "day": day_text(each["day"])} for each in found]


def labels(connection: Connection, cameras: Iterable[str] | None) -> list[str]:
    """Return the labels that have events, sorted."""
    return _distinct(connection, "label", cameras)


def sub_labels(connection: Connection, cameras: Iterable[str] | None, *, split: bool) -> list[str]:
    """Return the sub-labels, sorted; `split` separates joined ones."""
    return _names(_distinct(connection, "sub_label", cameras), split=split)


def plates(connection: Connection, cameras: Iterable[str] | None, *, split: bool) -> list[str]:
    """Return the recognised licence plates, sorted."""
    return _names(_distinct(connection, "recognized_license_plate", cameras), split=split)


def retain(connection: Connection, event_id: str, *, on: bool) -> bool:
    """Protect a row from expiry, or stop protecting it; False if there is no such row."""
    done = connection.execute(update(events).where(events.c.id == event_id).values(retain_indefinitely=on))
    return bool(done.rowcount)


def change(connection: Connection, event_id: str, columns: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Set `columns`, and keys of `data` (None removes a key); False if there is no such row."""
    present = connection.execute(select(events.c.data).where(events.c.id == event_id)).scalar()
    if present is None:
        return False
    merged = {key: value for key, value in {**present, **data}.items() if value is not None or key not in data}
    connection.execute(update(events).where(events.c.id == event_id).values(**columns, data=merged))
    return True


def running(connection: Connection) -> list[Row]:
    """Return the rows without an end."""
    return [as_row(found) for found in connection.execute(select(events).where(events.c.end_time.is_(None))).mappings()]


def manual_until(connection: Connection, after: float) -> list[Row]:
    """Return the manual events that are to end later than `after` (epoch s)."""
    query = select(events).where(events.c.type == "api", events.c.end_time > after)
    return [as_row(found) for found in connection.execute(query).mappings()]


def end(connection: Connection, event_id: str, end_time: float, *, has_snapshot: bool) -> None:
    """End a row that was running when the program stopped."""
    values = {"end_time": end_time, "has_snapshot": has_snapshot}
    connection.execute(update(events).where(events.c.id == event_id).values(**values))


def as_row(found: RowMapping) -> Row:
    """Return a table row in the form of docs/api/events.md."""
    data = {
        "type": found["type"],
        "score": found["score"],
        "top_score": found["top_score"],
        "average_estimated_speed": found["average_speed"] or 0.0,
        "max_severity": found["severity"],
        "recognized_license_plate": found["recognized_license_plate"],
        **found["data"],
    }
    return {
        "id": found["id"],
        "camera": found["camera"],
        "label": found["label"],
        "labels": [found["label"]],
        "sub_label": found["sub_label"],
        "zones": list(found["zones"]),
        "start_time": found["start_time"],
        "end_time": found["end_time"],
        "has_clip": found["has_clip"],
        "has_snapshot": found["has_snapshot"],
        "retain_indefinitely": found["retain_indefinitely"],
        "plus_id": found["plus_id"],
        "top_score": found["top_score"],
        "false_positive": None,
        "box": None,
        "data": data,
    }


def _changes(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": values["id"]} | {name: value for name, value in values.items() if name not in _NOT_UPDATED}


def _distinct(connection: Connection, name: str, cameras: Iterable[str] | None) -> list[str]:
    column = events.c[name]
    query = select(column).distinct().where(column.is_not(None))
    if cameras is not None:
        query = query.where(events.c.camera.in_(list(cameras)))
    return [value for (value,) in connection.execute(query.order_by(column))]


def _names(values: list[str], *, split: bool) -> list[str]:
    return sorted({part for value in values for part in event_filter.items(value)}) if split else sorted(values)


def _batches(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
