"""Rows of the table `timeline`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from dogwatch.store.tables import timeline

Row = dict[str, Any]
_COLUMNS = [column for column in timeline.c if column.name != "id"]
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
) -> list[Row]:
    """Return rows, oldest first; `newest` takes the last `limit` ones instead of the first."""
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
    rows = [dict(found) for found in connection.execute(query.order_by(*order).limit(limit)).mappings()]
    return rows[::-1] if newest else rows


def rename(connection: Connection, source_id: str, sub_label: str | None) -> None:
    """Set the sub-label in every row of one source."""
    found = connection.execute(select(timeline.c.id, timeline.c.data).where(timeline.c.source_id == source_id)).all()
    for row_id, data in found:
        changed = {**data, "sub_label": sub_label}
        connection.execute(update(timeline).where(timeline.c.id == row_id).values(data=changed))
