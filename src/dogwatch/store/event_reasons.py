"""Rows of the table `event_reasons`: why each event is one. Lists of events do not read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select

from dogwatch.store.deferred import at_end
from dogwatch.store.event_groups import batches
from dogwatch.store.many_rows import upsert_rows, write
from dogwatch.store.tables import event_reasons

_PUT = upsert_rows(event_reasons, frozenset({"id", "data"}))


def put(connection: Connection, event_id: str, data: Mapping[str, Any]) -> None:
    """Insert or replace what is kept of an event, at the end of the transaction."""
    at_end(connection, _write, (event_id, data))


def many(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what is kept of events, by their ids."""
    found: dict[str, dict[str, Any]] = {}
    for batch in batches(ids):
        query = select(event_reasons.c.id, event_reasons.c.data).where(event_reasons.c.id.in_(batch))
        found.update((key, data) for key, data in connection.execute(query))
    return found


def remove(connection: Connection, ids: Sequence[str]) -> None:
    """Delete what is kept of events."""
    connection.execute(delete(event_reasons).where(event_reasons.c.id.in_(ids)))


def _write(connection: Connection, kept: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    write(connection, _PUT, [{"id": key, "data": data} for key, data in dict(kept).items()])
