"""Rows of the table `ongoing`: what a new core must know of tracked objects and review items that go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from dogwatch.store.deferred import later, send
from dogwatch.store.inserts import upsert
from dogwatch.store.tables import ongoing

Row = dict[str, Any]
_PUT = upsert(ongoing, frozenset({"id", "camera", "kind", "end_time", "state"}))
_TOLD_NEW = update(ongoing).where(ongoing.c.id == bindparam("key")).values(told="new")
_TOLD_END = update(ongoing).where(ongoing.c.id == bindparam("key")).values(told="end", state={})
_REMOVE = delete(ongoing).where(ongoing.c.id == bindparam("key"))


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert or update rows, without `told`."""
    if rows:
        later(connection, _PUT, rows)


def note_told(connection: Connection, item_id: str, kind: str) -> None:
    """Note that the message `kind` was published: no later core does so again. After `end` no state is kept."""
    later(connection, _TOLD_NEW if kind == "new" else _TOLD_END, [{"key": item_id}])


def load(connection: Connection) -> list[Row]:
    """Return all rows."""
    send(connection)
    return [dict(found) for found in connection.execute(select(ongoing)).mappings()]


def remove(connection: Connection, item_id: str) -> None:
    """Delete a row, if it is there."""
    later(connection, _REMOVE, [{"key": item_id}])


def forget_running(connection: Connection, known: Collection[str]) -> None:
    """Delete rows of what has no end and is not among `known`."""
    send(connection)
    running = set(connection.scalars(select(ongoing.c.id).where(ongoing.c.end_time.is_(None))))
    for item_id in running.difference(known):
        remove(connection, item_id)


def forget_ended(connection: Connection, before: float) -> None:
    """Delete rows of what ended before `before` (epoch s)."""
    send(connection)
    connection.execute(delete(ongoing).where(ongoing.c.end_time < before))
