"""Backs up the tables that cannot be rebuilt from the disk: users, events, review items, timeline, switches, deletions.

The tables of footage can be rebuilt from the recorded files: so they are empty in a backup, which stays small. A backup
is an ordinary database of the same version, and can replace a lost one as it is.
"""

from __future__ import annotations

import logging
import os
import re
import sqlite3
from collections.abc import Collection, Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from dogwatch.errors import StoreDamagedError, StoreError, StoreFullError
from dogwatch.store import faults, schema
from dogwatch.store.connections import make_private, uri

FOOTAGE = frozenset({"init_sections", "segments", "quarters"})
ENDED = FOOTAGE | {"sessions"}
"""Tables that a backup leaves empty. A session that has ended since must not come back with it."""
NEWEST, DAYS = 2, 2  # backups kept: the newest ones, and the last of each of some earlier days
SPARE = 64 << 20  # bytes that must stay free on the disk
_NAME = re.compile(r"-(\d{8})-(\d{6})(?:-\d+)?\.db")
_log = logging.getLogger(__name__)


def folder(database: Path) -> Path:
    """Return the directory of the backups of `database`."""
    return database.parent / "backups"


def existing(database: Path) -> list[Path]:
    """Return the backups of `database`, newest first."""
    try:
        found = [path for path in folder(database).iterdir() if path.name.startswith(f"{database.stem}-")]
    except OSError:
        return []
    return sorted((path for path in found if _NAME.search(path.name) and path.is_file()), reverse=True)


def make(database: Path, now: float) -> Path:
    """Back up `database`, which may be in use, and delete old backups; return the new one.

    Readers and the writer continue meanwhile.

    Raises:
        StoreFullError: There is no room for a backup.
        StoreError: The database cannot be read, or the backup cannot be written.
    """
    place = folder(database)
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        before = existing(database)
        if before and _free(place) < before[0].stat().st_size * 2 + SPARE:
            raise StoreFullError(f"there is no room for a backup of the database in {place}")
        part = place / f".{database.stem}.part"
        part.unlink(missing_ok=True)
        try:
            copy(uri(database, "mode=ro"), part, without=ENDED)
            target = _unused(place / f"{database.stem}-{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}.db")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        flush(place)
    except (OSError, sqlite3.Error) as error:
        raise faults.of(error, database) or StoreError(f"the database cannot be backed up: {error}") from error
    for old in set(before) - set(worth_keeping([target, *before])):
        old.unlink(missing_ok=True)
    return target


def worth_keeping(backups: Iterable[Path]) -> list[Path]:
    """Return which of `backups`, newest first, are kept: the newest, and the last of earlier days. Pure."""
    ordered = list(backups)
    kept, days = ordered[:NEWEST], set[str]()
    for path in ordered[NEWEST:]:
        day = _day(path)
        if day not in days and day != _day(ordered[0]) and len(days) < DAYS:
            days.add(day)
            kept.append(path)
    return kept


def copy(source: str, target: Path, *, without: Collection[str], check_first: bool = False, ours: bool = False) -> None:
    """Make a new database at `target` from the SQLite URI `source`, but leave the tables `without` empty.

    Args:
        source: The database to read, in one transaction.
        target: A path where no file is.
        without: Tables whose rows are not copied.
        check_first: Whether the source may be damaged: a table that fails SQLite's check is not read.
        ours: Whether to make the tables of this version, from a source that another version has made.

    Raises:
        StoreDamagedError: The source cannot be read, or is no database of Dogwatch.
        sqlite3.Error: The target cannot be written.
        OSError: The target cannot be written.
    """
    make_private(target)
    with closing(sqlite3.connect(uri(target, "mode=rw"), uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")  # nobody else uses it yet, and it is flushed as a whole
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("ATTACH ? AS source", (source,))
        names = _tables(connection, "source")
        if "users" not in names or "alembic_version" not in names:
            raise StoreDamagedError("it is no database of Dogwatch")
        if ours:
            make_tables(target)
        connection.execute("BEGIN")
        if not ours:
            _copy_schema(connection, "table")
        for name in sorted(_tables(connection, "main") & names - set(without)):
            if check_first:
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
    flush(target)


def make_tables(target: Path) -> None:
    """Make the missing tables of the database at `target`, in the schema of this version."""
    engine = create_engine(f"sqlite:///{target}", poolclass=NullPool)
    with engine.begin() as connection:
        schema.create(connection)


def flush(path: Path) -> None:
    """Flush a file or a directory to the disk.

    Raises:
        OSError: The disk fails or is full.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


def _day(path: Path) -> str:
    found = _NAME.search(path.name)
    return found.group(1) if found else ""


def _free(place: Path) -> int:
    stat = os.statvfs(place)
    return stat.f_bavail * stat.f_frsize


def _unused(path: Path) -> Path:
    """Return `path`, or if it exists, a similar name that sorts after it: names have whole seconds."""
    number = 1
    found = path
    while found.exists():
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return found
