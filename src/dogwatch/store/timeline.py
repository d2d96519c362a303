"""Rows of the table `timeline`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Text, cast, insert, select, update

from dogwatch.store.driver_rows import driver_rows
from dogwatch.store.json_text import compact
from dogwatch.store.tables import timeline

_COLUMNS = [
    *(timeline.c[name] for name in ("timestamp", "camera", "source", "source_id", "class_type")),
    cast(timeline.c.data, Text),
]
_INSERT = insert(timeline)


def add(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows."""
    if entries:
        connection.execute(_INSERT, [dict(entry) for entry in entries])


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
    query: Select[Any] = select(*_COLUMNS)
    if cameras is not None:
        query = query.where(timeline.c.camera.in_(list(cameras)))
    if source_ids is not None:
        query = query.where(timeline.c.source_id.in_(source_ids))
    if labels is not None:
        query = query.where(timeline.c.data["label"].as_string().in_(labels))
    if after is not None:
        query = query.where(timeline.c.timestamp > after)
    if before is not None:
        query = query.where(timeline.c.timestamp < before)
    order = (timeline.c.timestamp.desc(), timeline.c.id.desc()) if newest else (timeline.c.timestamp, timeline.c.id)
    rows = [(row[0], _text(*row)) for row in driver_rows(connection, query.order_by(*order).limit(limit))]
    return rows[::-1] if newest else rows


def rename(connection: Connection, source_id: str, sub_label: str | None) -> None:
    """Set the sub-label in every row of one source."""
    found = connection.execute(select(timeline.c.id, timeline.c.data).where(timeline.c.source_id == source_id)).all()
    for row_id, data in found:
        changed = {**data, "sub_label": sub_label}
        connection.execute(update(timeline).where(timeline.c.id == row_id).values(data=changed))


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
