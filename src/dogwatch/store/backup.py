"""Backs up the database: whole copies of it, which can take its place as they are."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import Connection

from dogwatch.errors import StoreError
from dogwatch.store import faults, online_copy
from dogwatch.store.connections import uri
from dogwatch.store.online_copy import Pace
from dogwatch.volume import sync_directory

KEPT, NEWEST = 7, 2  # backups kept: of them, how many are the newest ones, and not each the last of its day
_NAME = re.compile(r"-(\d{8})-(\d{6})(?:-(\d+))?(-before-\d+)?\.db\Z")
_PART = re.compile(r"\.backup-(\d+)\.part")
_ACCOUNTS = "SELECT username, role, password_hash FROM users ORDER BY username"
Account = tuple[str, str, str]


def folder(database: Path) -> Path:
    """Return the directory of the backups of `database`."""
    return database.parent / "backups"


def existing(database: Path) -> list[Path]:
    """Return the backups of `database`, newest first."""
    try:
        found = [path for path in folder(database).iterdir() if path.name.startswith(f"{database.stem}-")]
    except OSError:
        return []
    return sorted((path for path in found if _NAME.search(path.name) and path.is_file()), key=_parts, reverse=True)


def make(database: Path, now: float, pace: Pace | None = None, *, before: str = "") -> Path:
    """Back up `database`, which may be in use, and delete old backups; return the new one.

    Args:
        database: Its file.
        now: The time (epoch s), for the name.
        pace: What to do between two steps.
        before: The revision to which the database is about to be migrated, for the name.

    Raises:
        StoreFullError: There is no room for a backup.
        StoreError: The database cannot be read, or the backup cannot be written.
    """
    place = folder(database)
    try:
        _make_folder(place)
        target = name_for(database, now, before)
    except OSError as error:
        raise StoreError(f"the database cannot be backed up: {error}") from error
    write(database, target, pace)
    remove_old(database)
    return target


def write(database: Path, target: Path, pace: Pace | None = None) -> None:
    """Copy `database`, which may be in use, to `target`, which appears only once it is whole and on the disk.

    Raises:
        StoreFullError: There is no room for it.
        StoreError: The database cannot be read, or `target` exists or cannot be written.
    """
    place = target.parent
    part = part_path(place)
    try:
        if target.exists():
            raise StoreError(f"{target} exists already")
        _remove_leftovers(place)
        online_copy.require_room(place, 2 * online_copy.size(database), "a backup of the database")
        try:
            online_copy.copy(database, part, pace or Pace(f"backing up {database.name}"))
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        sync_directory(place)
    except (OSError, sqlite3.Error) as error:
        raise faults.of(error, part) or StoreError(f"the database cannot be backed up: {error}") from error


def part_path(place: Path) -> Path:
    """Return where this program makes a backup in the directory `place` before it is given its name."""
    return place / f".backup-{os.getpid()}.part"


def name_for(database: Path, now: float, before: str = "") -> Path:
    """Return the path of a backup made at `now` (epoch s), where none is: names have whole seconds."""
    stem = f"{database.stem}-{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}"
    ending = f"-before-{before}.db" if before else ".db"
    number = 0
    while (found := folder(database) / f"{stem}{f'-{number}' if number else ''}{ending}").exists():
        number += 1
    return found


def remove_old(database: Path) -> None:
    """Delete the backups of `database` that are not worth keeping.

    Raises:
        OSError: One cannot be deleted.
    """
    found = existing(database)
    for old in set(found) - set(worth_keeping(found)):
        old.unlink(missing_ok=True)


def worth_keeping(backups: Iterable[Path]) -> list[Path]:
    """Return which of `backups`, newest first, are kept. Pure.

    These are the newest ones, the newest from before a migration, and the last ones of earlier days.
    """
    ordered = list(backups)
    migrated = [path for path in ordered if _parts(path)[3]][:1]
    kept = {*ordered[:NEWEST], *migrated}
    days = {_parts(path)[0] for path in ordered[:NEWEST]}
    for path in ordered:
        if len(kept) < KEPT and _parts(path)[0] not in days:
            days.add(_parts(path)[0])
            kept.add(path)
    return [path for path in ordered if path in kept]


def accounts(backup: Path) -> list[Account]:
    """Return the users of a backup with their roles and password hashes, for comparisons.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    with closing(sqlite3.connect(uri(backup, "mode=ro"), uri=True)) as connection:
        return connection.execute(_ACCOUNTS).fetchall()


def accounts_now(connection: Connection) -> list[Account]:
    """Return the users as `accounts` does."""
    return [tuple(row) for row in connection.exec_driver_sql(_ACCOUNTS)]


def _make_folder(place: Path) -> None:
    """Make the directory of the backups; it belongs to the owner of the one above, also if root makes it."""
    if not place.exists():
        place.mkdir(mode=0o700)
        above = place.parent.stat()
        with suppress(OSError):
            os.chown(place, above.st_uid, above.st_gid)


def _remove_leftovers(place: Path) -> None:
    """Remove what killed programs have left; a number that another process has now keeps a file a while longer."""
    for path in place.glob(".backup-*.part*"):
        found = _PART.match(path.name)
        if found and (int(found[1]) == os.getpid() or not psutil.pid_exists(int(found[1]))):
            path.unlink(missing_ok=True)


def _parts(path: Path) -> tuple[str, str, int, str]:
    """Return the day, the time, the number and the migration in a backup's name."""
    found = _NAME.search(path.name)
    return (found[1], found[2], int(found[3] or 0), found[4] or "") if found else ("", "", 0, "")
