"""Brings the file of an older database up to date: a copy is migrated, and takes the file's place if that succeeds.

So a migration that fails, or that the program does not survive, leaves the file as it was. The file from before is kept
as a backup.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from dogwatch.errors import StoreDamagedError, StoreError, StoreFullError
from dogwatch.store import backup, faults, mending, online_copy, schema
from dogwatch.store.connections import ConnectionPool, uri
from dogwatch.store.online_copy import Pace
from dogwatch.store.tables import metadata
from dogwatch.volume import sync_directory

COPIES = 3  # the room that is needed, in sizes of the database: the copy, and what the migration writes
_log = logging.getLogger(__name__)


def is_older(database: Path) -> bool:
    """Whether the file at `database` is of an older version; not if there is none, or none that can be read."""
    try:
        return database.is_file() and "" < schema.revision_of(database) < schema.head()
    except sqlite3.Error:
        return False


def upgrade(database: Path) -> None:
    """Bring the file at `database` up to date; nobody else may have it open.

    Without room for a copy nothing is done: the file has to be migrated in its place.

    Raises:
        StoreError: It is in use, or cannot be migrated; the file is as it was.
    """
    head, began = schema.head(), time.monotonic()
    try:
        online_copy.require_room(database.parent, COPIES * online_copy.size(database), "a copy of the database")
    except StoreFullError as error:
        _log.warning("%s: it is migrated without one", error)
        return
    _log.info(
        "bringing the database up to date (from %s to %s): a copy is migrated", schema.revision_of(database), head
    )
    try:
        with _alone(database):
            fresh = mending.fresh_path(database)
            online_copy.copy(database, fresh, Pace("copying the database"), without_access=False)
            _migrate(fresh)
            _check(fresh, database)
            kept = _put_in_place(fresh, database)
    except Exception as error:
        with contextlib.suppress(OSError):
            mending.fresh_path(database)
        raise _failure(database, error) from error
    backup.remove_old(database)
    _log.info(
        "the database was brought up to date in %.1f s; as it was, it is kept as %s", time.monotonic() - began, kept
    )


def back_up_before(database: Path) -> None:
    """Back up a database that is about to be migrated in its place; if there is no room, only log that.

    Raises:
        StoreError: It cannot be backed up for another reason.
    """
    try:
        backup.make(database, time.time(), before=schema.head())
    except StoreFullError as error:
        _log.warning("%s: it is migrated without one", error)


@contextlib.contextmanager
def _alone(database: Path) -> Iterator[None]:
    """Lock out all other programs, with everything in the one file and no log beside it."""
    with closing(sqlite3.connect(uri(database, "mode=rw"), uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


def _migrate(fresh: Path) -> None:
    pool = ConnectionPool(make_url(f"sqlite:///{fresh}"))
    try:
        with closing(pool.write()) as connection, connection.begin():
            schema.migrate(connection)
    finally:
        pool.dispose()


def _check(fresh: Path, database: Path) -> None:
    """Check the migrated copy; rows without the row that they refer to are no fault of the migration if all had none.

    Raises:
        StoreDamagedError: It is not as it should be.
    """
    with closing(sqlite3.connect(uri(fresh, "mode=rw"), uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        [(found,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
        if found != "ok":
            raise StoreDamagedError(f"the migrated copy is damaged: {found}")
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if lacking := sorted(metadata.tables.keys() - tables):
            raise StoreDamagedError(f"the migrated copy lacks the table {lacking[0]}")
        broken = len(connection.execute("PRAGMA foreign_key_check").fetchall())
    with closing(sqlite3.connect(uri(database, "mode=ro"), uri=True)) as connection:
        if broken > len(connection.execute("PRAGMA foreign_key_check").fetchall()):
            raise StoreDamagedError(f"{broken} rows of the migrated copy refer to rows that do not exist")
    online_copy.flush(fresh)


def _put_in_place(fresh: Path, database: Path) -> str:
    """Put the migrated copy in the file's place, and the file among the backups; return what it is called then.

    There is a database at any moment. The name of a backup is only given once the file is not the database any more:
    until then a program of the older version could still write to it.
    """
    target = backup.name_for(database, time.time(), schema.head())
    held = backup.part_path(target.parent)
    try:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        held.unlink(missing_ok=True)
        os.link(database, held)
    except OSError:  # a disk of its own, or one without hard links
        try:
            backup.write(database, target)
        except StoreError as error:
            _log.error("the database from before the migration is not kept: %s", error)
            target = Path("nothing")
    fresh.replace(database)
    sync_directory(database.parent)
    if held.exists():
        held.replace(target)
        sync_directory(target.parent)
    return target.name


def _failure(database: Path, error: Exception) -> StoreError:
    fault = faults.of(error, database)
    newest = next((f", and its newest backup is {path.name}" for path in backup.existing(database)), "")
    locked = isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    advice = "Stop that program" if locked else "Make room" if isinstance(fault, StoreFullError) else schema.GO_BACK
    reason = str(fault or getattr(error, "orig", None) or error)
    return StoreError(f"{database} cannot be brought up to date: {reason}. The file is as it was{newest}. {advice}")
