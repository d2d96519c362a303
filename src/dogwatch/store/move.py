"""Carries a whole database into another one, of SQLite or PostgreSQL: table by table, in the order of the keys.

Until everything is there and counted, nobody takes the new database for a whole one: an SQLite file has another name,
and there is a table `unfinished_move`. A move that was cut off goes on where it was, see `move_target`, unless the old
database was written to meanwhile: then it begins again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import JSON, Connection, Table, Text, cast, make_url, select, type_coerce
from sqlalchemy.exc import SQLAlchemyError

from dogwatch.errors import StoreError
from dogwatch.store import move_target, postgres
from dogwatch.store.database import Database
from dogwatch.store.move_source import held
from dogwatch.store.move_target import count
from dogwatch.store.tables import metadata

BATCH = 2_000  # rows; those of segments take a few kilobytes each

Progress = Callable[[int], object]
"""Called with the number of rows that were copied since the last call."""


def total(source: Database) -> tuple[int, int]:
    """Return how many rows a move of `source` copies, and how many indexes it makes."""
    with source.read() as connection:
        rows = sum(count(connection, table) for table in metadata.sorted_tables)
    return rows, sum(len(table.indexes) for table in metadata.sorted_tables)


def move(
    source: Database,
    target: str,
    progress: Progress = lambda _: None,
    indexed: Callable[[], object] = lambda: None,
) -> int:
    """Copy everything from `source` into the database at the URL `target`; nobody can write to `source` meanwhile.

    Args:
        source: The old database, which stays as it is.
        target: Where there is no database yet.
        progress: Is told how many rows are there.
        indexed: Called for each index, when all rows are there.

    Returns:
        How many rows there are.

    Raises:
        ConflictError: The target is not empty.
        StoreError: The target cannot be used, or does not hold the same number of rows in the end.
    """
    with held(source) as (reader, state):
        try:
            return _move(reader, state, target, progress, indexed)
        except Exception as error:
            # Here already: outside, a fault of the new database would be taken for one of the old one.
            if not (isinstance(error, SQLAlchemyError | sqlite3.Error) or postgres.is_own(error)):
                raise
            raise StoreError(f"the database cannot be moved: {postgres.said(error)}") from error


def _move(reader: Connection, state: str, target: str, progress: Progress, indexed: Callable[[], object]) -> int:
    copied = 0
    with move_target.opened(make_url(target), state) as made:
        for table in metadata.sorted_tables:
            there = move_target.there(made, table)
            progress(there)
            copied += there
            for rows in move_target.fill(made, table, _batches(reader, table, there)):
                copied += rows
                progress(rows)
        move_target.complete(made, indexed)
        with made.begin():
            _compare(reader, made.connection)
            move_target.whole(made.connection)
        made.finish()
    return copied


def _compare(old: Connection, new: Connection) -> None:
    for table in metadata.sorted_tables:
        before, after = count(old, table), count(new, table)
        if before != after:
            raise StoreError(f"{after} of {before} rows of the table {table.name} have arrived")


def _batches(connection: Connection, table: Table, after: int) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield the rows in the order of the keys but for the first, without reading all at once; JSON as its text."""
    server = connection.dialect.name == "postgresql"
    columns = [
        (cast(column, Text) if server else type_coerce(column, Text)) if isinstance(column.type, JSON) else column
        for column in table.c
    ]
    query = select(*columns).order_by(*table.primary_key.columns).offset(after)
    with connection.execution_options(yield_per=BATCH).execute(query) as found:
        yield from found.partitions()
