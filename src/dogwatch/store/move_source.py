"""The database that is moved: nobody writes to it meanwhile, and a later move can tell whether anybody has since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text

from dogwatch.store import postgres, schema
from dogwatch.store.connections import PARTS
from dogwatch.store.database import Database
from dogwatch.store.tables import metadata

_NEWEST = text("SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)")


@contextmanager
def held(source: Database) -> Iterator[tuple[Connection, str]]:
    """Give a reader that keeps everybody from writing, and a text that differs once something has been written.

    Raises:
        StoreError: Somebody writes just now, or the database cannot be read.
    """
    with source.read() as reader:
        path = source.path
        with _server_held(reader) if path is None else _file_held(reader, path) as state:
            yield reader, f"{schema.head()} {source.url} {state}"


@contextmanager
def _file_held(reader: Connection, path: Path) -> Iterator[str]:
    for statement in ("ROLLBACK", "PRAGMA query_only=OFF", "BEGIN IMMEDIATE"):
        reader.exec_driver_sql(statement)
    found = [file.stat() for part in PARTS[:2] if (file := Path(f"{path}{part}")).exists()]
    try:
        yield " ".join(f"{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}" for stat in found if stat.st_size)
    finally:
        reader.exec_driver_sql("PRAGMA query_only=ON")


@contextmanager
def _server_held(reader: Connection) -> Iterator[str]:
    """Lock all tables; give the number of the server's newest transaction that wrote something."""
    postgres.without_limits(reader)
    quote = reader.dialect.identifier_preparer.quote_identifier
    names = ", ".join(quote(table.name) for table in metadata.sorted_tables)
    reader.exec_driver_sql(f"LOCK TABLE {names} IN SHARE MODE")
    yield str(reader.scalar(_NEWEST))
