"""Tells faults of the database's file or disk from errors in a statement."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from dogwatch.errors import StoreDamagedError, StoreError, StoreFullError, StoreLockedError

ROOM = 256 << 10  # bytes; a disk with less counts as full when a file cannot be opened or grown
FULL = "the disk of the database is full"
WORDS = {
    sqlite3.SQLITE_READONLY: "the database cannot be written: its disk or its file is read-only",
    sqlite3.SQLITE_PERM: "the database cannot be written: permission denied",
    sqlite3.SQLITE_IOERR: "the disk of the database does not work",
    sqlite3.SQLITE_CANTOPEN: "the file of the database cannot be opened",
}
LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def of(error: BaseException, path: Path | None = None) -> StoreError | None:
    """Return the fault of file or disk behind `error`, in words for the user; None for any other error.

    `path` is the database's file. SQLite reports a full disk only when it writes. When it cannot make a file, it
    reports that it cannot open the file: so the free space is checked here.
    """
    if isinstance(error, StoreError):
        return error
    if isinstance(error, OSError):
        return StoreFullError(FULL) if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    driver = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(driver, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_FULL:
        return StoreFullError(FULL)
    if primary in DAMAGED:
        return StoreDamagedError(f"the database is damaged: {driver}")
    if primary in LOCKED:
        return StoreLockedError(f"the database is locked by another program ({driver})")
    if primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and path is not None and _is_full(path):
        return StoreFullError(FULL)
    return StoreError(f"{WORDS[primary]} ({driver})") if primary in WORDS else None


def _is_full(path: Path) -> bool:
    try:
        stat = os.statvfs(path.parent)
    except OSError:
        return False
    return stat.f_bavail * stat.f_frsize < ROOM
