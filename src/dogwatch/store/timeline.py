"""Rows of the table `timeline`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Text, cast, select, union_all, update

from dogwatch.store.deferred import at_end
from dogwatch.store.driver_rows import driver_rows
from dogwatch.store.event_groups import batches
from dogwatch.store.json_text import compact
from dogwatch.store.many_rows import insert_rows, write
from dogwatch.store.tables import timeline

_COLUMNS = [
    *(timeline.c[name] for name in ("timestamp", "camera", "source", "source_id", "class_type")),
    cast(timeline.c.data, Text),
]
_INSERT = insert_rows(timeline, frozenset(column.name for column in timeline.c) - {"id"})
TOGETHER = 50
"""How many values of a filter are read one after the other, each along an index."""


def add(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, at the end of the transaction."""
    for entry in entries:
        at_end(connection, _insert, entry)


def missing(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return those of some entries that are not there, by the time, source and kind."""
    c, names = timeline.c, ("source_id", "timestamp", "class_type")
    there: set[tuple[Any, ...]] = set()
    for ids in batches(list({entry["source_id"] for entry in entries})):
        there |= {tuple(row) for row in connection.execute(select(*(c[n] for n in names)).where(c.source_id.in_(ids)))}
    fresh: list[Mapping[str, Any]] = []
    for entry in entries:
        key = tuple(entry[name] for name in names)
        if key not in there:
            there.add(key)
            fresh.append(entry)
    return fresh


def find(
    connection: Connection,
    *,
    cameras: Iterable[str] | None = None,
    source_ids: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    after: float | None = None,
    before: float | None = None,
    limit: int = 100,
    newest: bool = False,
) -> list[tuple[float, bytes]]:
    """Return time and JSON text of rows, oldest first; `newest` takes the last `limit` ones instead of the first."""
    c = timeline.c
    filters = ((c.source_id, source_ids), (c.label, labels), (c.camera, cameras))
    given = [(column, list(values)) for column, values in filters if values is not None]
    conditions: list[ColumnElement[bool]] = []
    if after is not None:
        conditions.append(c.timestamp > after)
    if before is not None:
        conditions.append(c.timestamp < before)
    if given:
        (along, values), *others = given
        conditions += [(column + "").in_(some) for column, some in others]  # so that the index of `along` is used
        several = along is not c.source_id and 1 < len(values) <= TOGETHER
        conditions = (
            [_first(along, values, conditions, newest=newest, limit=limit)]
            if several
            else [along.in_(values), *conditions]
        )
    query = select(*_COLUMNS).where(*conditions).order_by(*_order(c, newest=newest)).limit(limit)
    rows = [(row[0], _text(*row)) for row in driver_rows(connection, query)]
    return rows[::-1] if newest else rows


def _first(
    column: ColumnElement[str],
    values: Sequence[str],
    conditions: Sequence[ColumnElement[bool]],
    *,
    newest: bool,
    limit: int,
) -> ColumnElement[bool]:
    """Return the condition that a row is among the first `limit` rows that have one of `values` in `column`.

    Each value is read along an index. All together would have to be sorted, which may be a million rows.
    """
    query = select(timeline.c.id, timeline.c.timestamp).where(*conditions)
    query = query.order_by(*_order(timeline.c, newest=newest)).limit(limit)
    each = union_all(*(select(query.where(column == value).subquery()) for value in values)).subquery()
    return timeline.c.id.in_(select(each.c.id).order_by(*_order(each.c, newest=newest)).limit(limit))


def _order(columns: Any, *, newest: bool) -> tuple[ColumnElement[Any], ...]:
    return (columns.timestamp.desc(), columns.id.desc()) if newest else (columns.timestamp, columns.id)


def rename(connection: Connection, source_id: str, sub_label: str | None) -> None:
    """Set the sub-label in every row of one source."""
    found = connection.execute(select(timeline.c.id, timeline.c.data).where(timeline.c.source_id == source_id)).all()
    for row_id, data in found:
        changed = {**data, "sub_label": sub_label}
        connection.execute(update(timeline).where(timeline.c.id == row_id).values(data=changed))


def _insert(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    write(connection, _INSERT, [{**entry, "label": entry["data"].get("label")} for entry in entries])


def _text(timestamp: float, camera: str, source: str, source_id: str, class_type: str, data: str) -> bytes:
    return _encode(_Moment(timestamp, camera, source, source_id, class_type, msgspec.Raw(compact(data).encode())))


class _Moment(msgspec.Struct, gc=False):
    timestamp: float
    camera: str
    source: str
    source_id: str
    class_type: str
    data: msgspec.Raw


_encode = msgspec.json.Encoder().encode
