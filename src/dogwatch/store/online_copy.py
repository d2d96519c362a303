"""Copies a whole SQLite database that may be in use.

All steps of a copy read the same state, in one transaction, so that the writer never waits and the copy never has to
begin anew. Meanwhile SQLite keeps in the write-ahead log what is written.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from dogwatch.errors import StoreDamagedError, StoreError, StoreFullError
from dogwatch.store.connections import PARTS, make_private, uri

STEP_PAGES = 256  # 1 MiB with SQLite's usual pages
CHECK_STEPS = 100_000  # of SQLite's machine
TELL_S = 10.0
SPARE = 64 << 20  # bytes that must stay free on the disk
_NO_ACCESS = {
    "sessions": "DELETE FROM sessions",
    "shares": (
        "UPDATE shares SET state = 'ended', ended_at = CAST(strftime('%s', 'now') AS REAL), "
        "reason = 'the database was restored' WHERE state <> 'ended'"
    ),
}
"""What takes access away in a copy, by the table in which it is kept."""
_log = logging.getLogger(__name__)


class Pace:
    """What a copy does between two steps: it rests, reports, and ends when it is told to."""

    def __init__(self, what: str, *, rests: bool = False, stop: Callable[[], bool] = lambda: False) -> None:
        """Set the pace.

        Args:
            what: What the log calls the work.
            rests: Whether to rest after a step for as long as it took, as recording needs the disk too.
            stop: Says when to give up.
        """
        self._what, self._rests, self._stop = what, rests, stop
        self._stepped = self._told = time.monotonic()

    def copied(self, _status: int, remaining: int, total: int) -> None:
        """Follow a step of the copy (`sqlite3.Connection.backup`); an exception ends it."""
        if self.checked():
            raise StoreError(f"{self._what} was given up")
        if time.monotonic() - self._told >= TELL_S:
            self._told = time.monotonic()
            _log.info("%s: %d %% done", self._what, 100 * (total - remaining) // max(total, 1))

    def checked(self) -> bool:
        """Follow some steps of the check (`sqlite3.Connection.set_progress_handler`); return whether to end it."""
        if self._rests:
            time.sleep(min(time.monotonic() - self._stepped, 0.1))
        self._stepped = time.monotonic()
        return self._stop()


def copy(source: Path, target: Path, pace: Pace, *, without_access: bool = True) -> None:
    """Copy the database at `source` to `target`, where no file is; check the copy and sync it to disk.

    Args:
        source: The database, which may be in use.
        target: Gets the owner and the permissions of `source`.
        pace: What to do between two steps.
        without_access: Whether to leave out the logins, and to end the links that need none: one that has ended since
            must not come back with a copy.

    Raises:
        StoreDamagedError: The copy does not pass SQLite's check, as the source would not.
        sqlite3.Error: The source cannot be read, or the target cannot be written.
        OSError: The target cannot be written.
    """
    make_private(target)
    with (
        closing(sqlite3.connect(uri(source, "mode=ro"), uri=True, isolation_level=None)) as reader,
        closing(sqlite3.connect(uri(target, "mode=rw"), uri=True, isolation_level=None)) as writer,
    ):
        writer.execute("PRAGMA synchronous=OFF")  # nobody else uses it yet, and it is synced as a whole
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()  # only now does the transaction begin
        reader.backup(writer, pages=STEP_PAGES, progress=pace.copied)
        reader.execute("ROLLBACK")
        writer.execute("PRAGMA journal_mode=DELETE")  # one file, which can be read where nothing can be written
        if without_access:
            names = {name for (name,) in writer.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for table, statement in _NO_ACCESS.items():
                if table in names:
                    writer.execute(statement)
        writer.set_progress_handler(pace.checked, CHECK_STEPS)
        [(found,)] = writer.execute("PRAGMA quick_check(1)").fetchall()
        if found != "ok":
            raise StoreDamagedError(f"the copy of the database is damaged: {found}")
    make_alike(target, source)
    flush(target)


def make_alike(target: Path, source: Path) -> None:
    """Give `target` the permissions of `source`, and if this user may do so, its owner.

    Raises:
        OSError: The permissions cannot be set.
    """
    stat = source.stat()
    with suppress(OSError):
        os.chown(target, stat.st_uid, stat.st_gid)
    target.chmod(stat.st_mode & 0o666)


def flush(path: Path) -> None:
    """Sync a file to disk.

    Raises:
        OSError: The disk fails or is full.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def size(database: Path) -> int:
    """Return the bytes of a database and its log, 0 if it cannot be looked at."""
    found = 0
    for part in PARTS:
        with suppress(OSError):
            found += Path(f"{database}{part}").stat().st_size
    return found


def require_room(place: Path, bytes_: int, what: str) -> None:
    """Check that `bytes_` fit into the directory `place`, and some more.

    Raises:
        StoreFullError: They do not.
        OSError: The directory cannot be looked at.
    """
    if _free(place) < bytes_ + SPARE:
        raise StoreFullError(f"there is no room for {what} in {place}")


def _free(place: Path) -> int:
    stat = os.statvfs(place)
    return stat.f_bavail * stat.f_frsize
