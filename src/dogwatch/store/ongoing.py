"""Rows of the table `ongoing`: what a new core must know of tracked objects and review items that go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, select

from dogwatch.store.deferred import at_end, later
from dogwatch.store.few import listed
from dogwatch.store.json_text import dumps
from dogwatch.store.many_rows import update_rows, upsert_rows, write
from dogwatch.store.tables import ongoing

Row = dict[str, Any]
_PUT = upsert_rows(ongoing, frozenset(ongoing.c.keys()), keep=frozenset({"told"}))
_TOLD_NEW = update_rows(ongoing, frozenset({"told"}))
_TOLD_END = update_rows(ongoing, frozenset({"told", "state"}))
_REMOVE = delete(ongoing).where(listed(ongoing.c.id, "ids"))


class _Change(NamedTuple):
    """A row that is put, that a message of it was `told`, or, with neither, that it is removed."""

    id: str
    row: Mapping[str, Any] | None = None
    told: str | None = None


def put(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert or update rows, without `told`, at the end of the transaction."""
    for row in rows:
        at_end(connection, _write, _Change(row["id"], row))


def note_told(connection: Connection, item_id: str, kind: str) -> None:
    """Note that the message `kind` was published: no later core does so again. After `end` no state is kept."""
    at_end(connection, _write, _Change(item_id, None, kind))


def remove(connection: Connection, item_id: str) -> None:
    """Delete a row, if it is there, at the end of the transaction."""
    at_end(connection, _write, _Change(item_id))


def load(connection: Connection) -> list[Row]:
    """Return all rows."""
    return [dict(found) for found in connection.execute(select(ongoing)).mappings()]


def forget_running(connection: Connection, known: Collection[str]) -> None:
    """Delete rows of what has no end and is not among `known`."""
    running = set(connection.scalars(select(ongoing.c.id).where(ongoing.c.end_time.is_(None))))
    for item_id in running.difference(known):
        remove(connection, item_id)


def forget_ended(connection: Connection, before: float) -> None:
    """Delete rows of what ended before `before` (epoch s)."""
    connection.execute(delete(ongoing).where(ongoing.c.end_time < before))


def _write(connection: Connection, changes: Sequence[_Change]) -> None:
    """Write what became of each row."""
    rows: dict[str, Mapping[str, Any]] = {}
    told: dict[str, str] = {}
    gone: dict[str, None] = {}
    for key, row, kind in changes:
        if row is not None:
            rows[key] = row
        elif kind is None:
            rows.pop(key, None)
            told.pop(key, None)
            gone[key] = None
        elif key in rows or key not in gone:
            told[key] = kind
            if kind == "end" and key in rows:
                rows[key] = {**rows[key], "state": {}}
    if gone:
        later(connection, _REMOVE, [{"ids": dumps(list(gone))}])
    write(connection, _PUT, [{**row, "told": told.pop(key, None)} for key, row in rows.items()])
    if told:
        begun = [{"id": key, "told": kind} for key, kind in told.items() if kind == "new"]
        ended = [{"id": key, "told": kind, "state": {}} for key, kind in told.items() if kind == "end"]
        write(connection, _TOLD_NEW, begun)
        write(connection, _TOLD_END, ended)
