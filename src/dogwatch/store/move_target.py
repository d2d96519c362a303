"""The database to which another is moved: how it is opened, and how rows and indexes get into it.

A table `unfinished_move` tells that it is not whole. It holds what the source was then: if that is the same, a move
that was cut off goes on with the rows that are missing. On a server, a table is there with all of its rows or not at
all, because rows that are written with their table in one transaction need not be looked at again by a `VACUUM`. A file
takes some rows at a time: its log would grow as large as the table.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, URL, Column, Connection, MetaData, Table, Text, func, inspect, select

from dogwatch.errors import ConflictError, StoreError
from dogwatch.store import postgres, schema
from dogwatch.store.connections import PARTS, ConnectionPool, uri
from dogwatch.store.tables import metadata
from dogwatch.volume import sync_directory

TAKEN_S = 15.0  # a server may still be at the last statement of a move that was killed
INDEX_MEMORY = "256MB"
LOST = "\ufffd"  # the character that stands for one that cannot be stored
NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # in JSON text: behind an even number of backslashes
_MARK = Table(schema.UNFINISHED, MetaData(), Column("source", Text))
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Target:
    """The new database."""

    connection: Connection
    finish: Callable[[], None]

    @property
    def server(self) -> bool:
        """Whether it is a PostgreSQL server."""
        return self.connection.dialect.name == "postgresql"

    @contextmanager
    def begin(self) -> Iterator[None]:
        """Begin a transaction, which may take long, and commit it at the end."""
        with self.connection.begin():
            if self.server:
                postgres.without_limits(self.connection)
            yield


@contextmanager
def opened(url: URL, source: str) -> Iterator[Target]:
    """Open the database at `url`; what a move left there goes, unless it was one from the same state of `source`.

    Raises:
        ConflictError: There is a database already, or somebody uses it.
        StoreError: It cannot be written.
    """
    with _server(url, source) if postgres.is_server(url) else _file(url, source) as made:
        yield made


def there(target: Target, table: Table) -> int:
    """Return how many rows of a table are there."""
    with target.begin():
        if not inspect(target.connection).has_table(table.name):
            return 0
        return count(target.connection, table)


def count(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def fill(target: Target, table: Table, batches: Iterable[Rows]) -> Iterator[int]:
    """Write rows behind those that are there; yield how many, each time that some are written."""
    if target.server:
        yield from _fill_server(target, table, batches)
        return
    quote = target.connection.dialect.identifier_preparer.quote_identifier
    marks = ", ".join("?" for _ in table.c)
    statement = f"INSERT INTO {quote(table.name)} ({_names(table, quote)}) VALUES ({marks})"  # noqa: S608 - quoted
    with target.begin():
        _make(target.connection, table)
    driver: Any = target.connection.connection.driver_connection
    for rows in batches:
        with target.begin():
            driver.executemany(statement, rows)
        yield len(rows)


def complete(target: Target, done: Callable[[], object]) -> None:
    """Make the indexes, and let numbers go on after the highest one; call `done` after each index."""
    connection = target.connection
    for table in metadata.sorted_tables:
        for index in sorted(table.indexes, key=lambda one: str(one.name)):
            with target.begin():
                index.create(connection, checkfirst=True)
            done()
        counted = table.autoincrement_column
        if target.server and counted is not None:
            highest = select(func.coalesce(func.max(counted), 0) + 1).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, counted.name)
            with target.begin():
                connection.execute(select(func.setval(sequence, highest, False)))
    if target.server:
        with target.begin():
            postgres.keep_up(connection)
            connection.exec_driver_sql("ANALYZE")


def whole(connection: Connection) -> None:
    """Let the database be taken for a whole one, which has all tables and indexes."""
    schema.create(connection)
    _MARK.drop(connection)


@contextmanager
def _file(url: URL, source: str) -> Iterator[Target]:
    path = Path(url.database or "").absolute()
    if path.exists() and path.stat().st_size:
        raise ConflictError(f"{path} exists already: move it away first")
    unfinished = path.with_name(f"{path.name}.unfinished")
    if _source_of(unfinished) != source:
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
            _begin(connection, source)
            yield Target(connection, finish)
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        pool.dispose()


def _source_of(unfinished: Path) -> str | None:
    try:
        with contextlib.closing(sqlite3.connect(uri(unfinished, "mode=rw"), uri=True)) as connection:
            found = connection.execute(f"SELECT source FROM {_MARK.name}").fetchone()  # noqa: S608 - a constant
    except sqlite3.Error:
        return None
    return str(found[0]) if found else None


@contextmanager
def _server(url: URL, source: str) -> Iterator[Target]:
    engine = postgres.writer(url)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET maintenance_work_mem = '{INDEX_MEMORY}'")
            _lock(connection)
            tables = inspect(connection).get_table_names()
            if tables and _MARK.name not in tables:
                raise ConflictError("the new database is not empty: give one without tables")
            if tables and connection.scalar(select(_MARK.c.source)) != source:
                quote = connection.dialect.identifier_preparer.quote_identifier
                connection.exec_driver_sql(f"DROP TABLE {', '.join(quote(name) for name in tables)} CASCADE")
            connection.commit()
            _begin(connection, source)
            yield Target(connection, lambda: None)
    finally:
        engine.dispose()


def _lock(connection: Connection) -> None:
    deadline = time.monotonic() + TAKEN_S
    while not connection.scalar(postgres.TRY_LOCK, {"lock": postgres.LOCK}):
        if time.monotonic() > deadline:
            raise ConflictError(f"the new database: {postgres.TAKEN}")
        time.sleep(TAKEN_S / 50)


def _begin(connection: Connection, source: str) -> None:
    with connection.begin():
        if not inspect(connection).has_table(_MARK.name):
            _MARK.create(connection)
            connection.execute(_MARK.insert().values(source=source))


def _make(connection: Connection, table: Table) -> bool:
    """Make a table, if there is none; its indexes are made when the rows are there, which takes less time."""
    if inspect(connection).has_table(table.name):
        return False
    metadata.create_all(connection, [table])
    for index in table.indexes:
        index.drop(connection)
    return True


def _fill_server(target: Target, table: Table, batches: Iterable[Rows]) -> Iterator[int]:
    connection = target.connection
    quote = connection.dialect.identifier_preparer.quote_identifier
    json = frozenset(at for at, column in enumerate(table.c) if isinstance(column.type, JSON))
    with target.begin():
        if not _make(connection, table):
            return  # with all of its rows
        postgres.binary_order(connection)
        postgres.as_they_are(connection)
        driver: Any = connection.connection.driver_connection
        statement = f"COPY {quote(table.name)} ({_names(table, quote)}) FROM STDIN (FREEZE)"
        with driver.cursor() as cursor, cursor.copy(statement) as into:
            for rows in batches:
                for row in rows:
                    into.write_row(_storable(row, json))
                yield len(rows)


def _names(table: Table, quote: Callable[[str], str]) -> str:
    return ", ".join(quote(column.name) for column in table.c)


def _storable(row: Sequence[Any], json: frozenset[int]) -> Sequence[Any]:
    """Return a row without NUL: PostgreSQL stores it in no text, and cannot read it from JSON."""
    if not any(type(value) is str and ("\0" in value or "\\u0000" in value) for value in row):
        return row
    return [
        value
        if not isinstance(value, str)
        else NUL.sub(rf"\1{LOST}", value)
        if at in json
        else value.replace("\0", LOST)
        for at, value in enumerate(row)
    ]
