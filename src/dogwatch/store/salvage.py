"""Copies what can be read of a damaged database into a new file, table by table."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from dogwatch.errors import StoreDamagedError
from dogwatch.store import online_copy, schema
from dogwatch.store.connections import make_private, uri

FOOTAGE = ("init_sections", "segments", "quarters", "recorded")
"""Tables that are filled from the recorded files if they are lost. They fit together, so all come from one source."""
_log = logging.getLogger(__name__)


def salvage(source: str, target: Path, *, ours: bool = False) -> None:
    """Make a new database at `target` from the SQLite URI `source`, which may be damaged; `FOOTAGE` stays empty.

    Args:
        source: The database to read, in one transaction. A table that fails SQLite's check is not read.
        target: A path where no file is.
        ours: Whether to make the tables of this version, from a source that another version has made.

    Raises:
        StoreDamagedError: The source cannot be read, or is no database of Dogwatch.
        sqlite3.Error: The target cannot be written.
        OSError: The target cannot be written.
    """
    make_private(target)
    with closing(_joined(source, target)) as connection:
        names = _tables(connection, "source")
        if "users" not in names or "alembic_version" not in names:
            raise StoreDamagedError("it is no database of Dogwatch")
        if ours:
            make_tables(target)
        connection.execute("BEGIN")
        if not ours:
            _copy_schema(connection, "table")
        for name in sorted(_tables(connection, "main") & names - set(FOOTAGE)):
            _check(connection, "source", name)
            if not (ours and name == "alembic_version"):
                _copy_rows(connection, name)
        if not ours:
            _copy_schema(connection, "index")
        connection.execute("COMMIT")
        connection.execute("DETACH source")
        if connection.execute("SELECT count(*) FROM alembic_version").fetchone() != (1,):
            raise StoreDamagedError("it does not say which version has made it")
        _check(connection, "main")
    online_copy.flush(target)


def restore_footage(sources: Iterable[str], target: Path) -> None:
    """If `target` has no footage, fill `FOOTAGE` from the first of the SQLite URIs `sources` that can be read and has.

    Raises:
        sqlite3.Error: The target cannot be read.
        OSError: The target cannot be written.
    """
    for source in sources:
        with closing(_joined(source, target)) as connection:
            try:
                names = [name for name in FOOTAGE if name in _tables(connection, "main")]  # an older version has fewer
                if "segments" not in names or _has_footage(connection, "main"):
                    return
                if _version(connection, "source") == _version(connection, "main") and _has_footage(
                    connection, "source"
                ):
                    _copy_footage(connection, names)
                    break
            except (sqlite3.Error, StoreDamagedError) as error:
                _log.warning("the table of footage cannot be restored from %s: %s", source, error)
    online_copy.flush(target)


def make_tables(target: Path) -> None:
    """Make the missing tables of the database at `target`, in the schema of this version."""
    engine = create_engine(f"sqlite:///{target}", poolclass=NullPool)
    with engine.begin() as connection:
        schema.create(connection)


def _joined(source: str, target: Path) -> sqlite3.Connection:
    """Return a connection to `target`, which nobody else uses, with `source` attached."""
    connection = sqlite3.connect(uri(target, "mode=rw"), uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=OFF")  # it is synced as a whole
        connection.execute("ATTACH ? AS source", (source,))
    except BaseException:
        connection.close()
        raise
    return connection


def _copy_footage(connection: sqlite3.Connection, names: Iterable[str]) -> None:
    for name in names:
        _check(connection, "source", name)
    with connection:
        connection.execute("BEGIN")
        for name in names:
            connection.execute(f"DELETE FROM main.{_quoted(name)}")  # noqa: S608 - quoted
            _copy_rows(connection, name)


def _has_footage(connection: sqlite3.Connection, where: str) -> bool:
    return connection.execute(f"SELECT 1 FROM {where}.segments LIMIT 1").fetchone() is not None  # noqa: S608


def _version(connection: sqlite3.Connection, where: str) -> list[tuple[str]]:
    return connection.execute(f"SELECT version_num FROM {where}.alembic_version").fetchall()  # noqa: S608


def _tables(connection: sqlite3.Connection, where: str) -> set[str]:
    query = f"SELECT name FROM {where}.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"  # noqa: S608
    return {name for (name,) in connection.execute(query)}


def _copy_schema(connection: sqlite3.Connection, kind: str) -> None:
    query = "SELECT sql FROM source.sqlite_master WHERE type = ? AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    for (sql,) in connection.execute(query, (kind,)).fetchall():
        connection.execute(sql)


def _copy_rows(connection: sqlite3.Connection, table: str) -> None:
    def columns(where: str) -> list[str]:
        return [row[1] for row in connection.execute(f"PRAGMA {where}.table_info({_quoted(table)})")]

    both = [_quoted(name) for name in columns("main") if name in columns("source")]
    listed = ", ".join(both)
    connection.execute(
        f"INSERT INTO main.{_quoted(table)} ({listed}) SELECT {listed} FROM source.{_quoted(table)}"  # noqa: S608 - quoted
    )


def _check(connection: sqlite3.Connection, where: str, table: str | None = None) -> None:
    pragma = f"PRAGMA {where}.quick_check" + (f"({_quoted(table)})" if table else "(1)")
    found = connection.execute(pragma).fetchone()
    if found is None or found[0] != "ok":
        raise StoreDamagedError(f"the table {table or 'list'} is damaged: {found and found[0]}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
