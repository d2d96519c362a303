"""Carries a whole database into another one, of SQLite or PostgreSQL: table by table, in the order of the keys.

Until everything is there and counted, nobody takes the new database for a whole one: an SQLite file has another name,
and a server's schema holds the table `unfinished_move`. A move that was cut off begins again from nothing.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Column,
    Connection,
    MetaData,
    Table,
    Text,
    cast,
    func,
    inspect,
    make_url,
    select,
    type_coerce,
)
from sqlalchemy.exc import SQLAlchemyError

from dogwatch.errors import ConflictError, StoreError
from dogwatch.store import postgres, schema
from dogwatch.store.connections import PARTS, ConnectionPool
from dogwatch.store.database import Database
from dogwatch.store.tables import metadata
from dogwatch.volume import sync_directory

BATCH = 2_000  # rows; those of segments take a few kilobytes each
NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # in JSON text: behind an even number of backslashes
LOST = "\ufffd"  # the character that stands for one that cannot be stored
_MARK = Table(schema.UNFINISHED, MetaData(), Column("source", Text))

Progress = Callable[[int], object]
"""Called with the number of rows that were copied since the last call."""


@dataclass(frozen=True, slots=True)
class _Target:
    """The new database, as `move` fills it."""

    connection: Connection
    finish: Callable[[], None]


def count(source: Database) -> int:
    """Return how many rows a move of `source` copies."""
    with source.read() as connection:
        return sum(_count(connection, table) for table in metadata.sorted_tables)


def move(source: Database, target: str, progress: Progress = lambda _: None) -> int:
    """Copy everything from `source`, which nobody writes to, into the database at the URL `target`.

    Returns:
        How many rows there are.

    Raises:
        ConflictError: The target is not empty.
        StoreError: The target cannot be used, or does not hold the same number of rows in the end.
    """
    url = make_url(target)
    copied = 0
    try:
        with _opened(url, source.url) as made, source.read() as reader:
            with made.connection.begin():
                _make_tables(made.connection)
            for table in metadata.sorted_tables:
                for rows in _batches(reader, table):
                    with made.connection.begin():
                        _insert(made.connection, table, rows)
                    copied += len(rows)
                    progress(len(rows))
            with made.connection.begin():
                _complete(made.connection)
                _compare(reader, made.connection)
                schema.create(made.connection)
            made.finish()
    except Exception as error:
        if not (isinstance(error, SQLAlchemyError | sqlite3.Error) or postgres.is_own(error)):
            raise
        raise StoreError(f"the database cannot be moved: {postgres.said(error)}") from error
    return copied


@contextmanager
def _opened(url: URL, source: str) -> Iterator[_Target]:
    with _server(url, source) if postgres.is_server(url) else _file(url) as made:
        yield made


@contextmanager
def _file(url: URL) -> Iterator[_Target]:
    path = Path(url.database or "").absolute()
    if path.exists() and path.stat().st_size:
        raise ConflictError(f"{path} exists already: move it away first")
    unfinished = path.with_name(f"{path.name}.unfinished")
    for part in PARTS:
        Path(f"{unfinished}{part}").unlink(missing_ok=True)
    pool = ConnectionPool(url.set(database=str(unfinished)))
    try:
        connection = pool.write()

        def finish() -> None:
            connection.close()  # with the last connection the log goes, so that the file is all
            pool.dispose()
            unfinished.rename(path)
            sync_directory(path.parent)

        with contextlib.closing(connection):
            yield _Target(connection, finish)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        pool.dispose()


@contextmanager
def _server(url: URL, source: str) -> Iterator[_Target]:
    engine = postgres.writer(url)
    try:
        with engine.connect() as connection:
            if not connection.scalar(postgres.TRY_LOCK, {"lock": postgres.LOCK}):
                raise ConflictError(f"the new database: {postgres.TAKEN}")
            tables = inspect(connection).get_table_names()
            if tables and schema.UNFINISHED not in tables:
                raise ConflictError("the new database is not empty: give one without tables")
            quote = connection.dialect.identifier_preparer.quote_identifier
            for name in tables:
                connection.exec_driver_sql(f"DROP TABLE {quote(name)} CASCADE")
            _MARK.create(connection)
            connection.execute(_MARK.insert().values(source=source))
            connection.commit()

            def finish() -> None:
                with connection.begin():
                    _MARK.drop(connection)

            yield _Target(connection, finish)
    finally:
        engine.dispose()


def _make_tables(connection: Connection) -> None:
    """Make the tables; their indexes are made when the rows are there, which takes less time."""
    metadata.create_all(connection)
    for table in metadata.sorted_tables:
        for index in table.indexes:
            index.drop(connection)
    if connection.dialect.name == "postgresql":
        postgres.binary_order(connection)


def _complete(connection: Connection) -> None:
    """Make the indexes, and let numbers go on after the highest one."""
    server = connection.dialect.name == "postgresql"
    if server:
        postgres.without_limits(connection)
    for table in metadata.sorted_tables:
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            index.create(connection)
        counted = table.autoincrement_column
        if server and counted is not None:
            highest = select(func.coalesce(func.max(counted), 0) + 1).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, counted.name)
            connection.execute(select(func.setval(sequence, highest, False)))


def _compare(old: Connection, new: Connection) -> None:
    for table in metadata.sorted_tables:
        before, after = _count(old, table), _count(new, table)
        if before != after:
            raise StoreError(f"{after} of {before} rows of the table {table.name} have arrived")


def _count(connection: Connection, table: Table) -> int:
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield the rows in the order of the keys, without reading all of them at once; JSON as the text that it is."""
    server = connection.dialect.name == "postgresql"
    columns = [
        (cast(column, Text) if server else type_coerce(column, Text)) if isinstance(column.type, JSON) else column
        for column in table.c
    ]
    query = select(*columns).order_by(*table.primary_key.columns)
    with connection.execution_options(yield_per=BATCH).execute(query) as found:
        yield from found.partitions()


def _insert(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    quote = connection.dialect.identifier_preparer.quote_identifier
    names = ", ".join(quote(column.name) for column in table.c)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor().copy(f"COPY {quote(table.name)} ({names}) FROM STDIN") as target:
            kinds = [isinstance(column.type, JSON) for column in table.c]
            for row in rows:
                target.write_row([_storable(*one) for one in zip(row, kinds, strict=True)])
    else:
        marks = ", ".join("?" for _ in table.c)
        driver.executemany(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", rows)  # noqa: S608 - quoted


def _storable(value: Any, json: bool) -> Any:
    """Return a value, or `json` text, without NUL: PostgreSQL stores it in no text, and cannot read it from JSON."""
    if not isinstance(value, str):
        return value
    return NUL.sub(rf"\1{LOST}", value) if json else value.replace("\0", LOST)
