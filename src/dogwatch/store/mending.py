"""Replaces a database that is damaged, missing or of a newer version.

The damaged file is set aside and kept. The new one is made from the best source: the file that is still open, then the
readable part of the damaged file, then the newest intact backup. If the table of footage cannot be read, that of a
backup is taken. What it lacks is indexed later from the disk, which takes time in proportion to its amount.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from dogwatch.errors import DogwatchError, StoreDamagedError, StoreFullError
from dogwatch.store import backup, faults, online_copy, salvage, schema
from dogwatch.store.connections import PARTS, make_private, uri
from dogwatch.store.online_copy import Pace
from dogwatch.store.tables import metadata
from dogwatch.volume import sync_directory

CHECK_S = 2.0  # recording waits for this check; the rest is checked while it runs
PROGRESS = 10_000  # steps of SQLite's machine between two checks of the clock
ASIDE_KEPT = 5
NEWER = "the database was made by a newer version of Dogwatch"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mending:
    """One replacement of the file: the cause, the source of the new one (empty: none), and the old one's new name."""

    time: float
    cause: str
    restored_from: str
    aside: str


def examine(database: Path, stop: Callable[[], bool] | None = None) -> str:
    """Return what is wrong with `database`, empty if nothing; a missing file without backups is a new database.

    The check ends when `stop` says so (by default after `CHECK_S`): in a large file damage may then go unnoticed.
    """
    late = time.monotonic() + CHECK_S
    if not database.is_symlink() and not database.exists():
        return "the database is missing" if backup.existing(database) else ""
    if not database.is_file():
        return "the database is not a file"
    with suppress(OSError):
        make_private(database)
    if not os.access(database, os.R_OK | os.W_OK):
        return "the database may not be read and written"
    if database.stat().st_size == 0:
        return "the database is empty" if backup.existing(database) else ""
    try:
        return _look_inside(database, stop or (lambda: time.monotonic() > late))
    except sqlite3.Error as error:
        if isinstance(faults.of(error, database), StoreDamagedError):
            return f"the database is damaged ({error})"
        return ""  # such as a lock: opening the database will report it


def _look_inside(database: Path, stop: Callable[[], bool]) -> str:
    # Read-only: closing a writing connection would write a log into the file that may not belong to it.
    with closing(sqlite3.connect(uri(database, "mode=ro"), uri=True)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "alembic_version" not in tables:
            return "the database has no tables" if backup.existing(database) or tables else ""
        revision = connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()[0]
        if revision is not None and revision > schema.head():
            return NEWER
        if revision == schema.head() and (lacking := sorted(metadata.tables.keys() - tables)):
            return f"the database is damaged (it lacks the table {lacking[0]})"
        connection.set_progress_handler(stop, PROGRESS)
        try:
            for table in sorted(tables, key=lambda name: (name in salvage.FOOTAGE, name)):
                found = connection.execute(f'PRAGMA quick_check("{table}")').fetchone()
                if found is None or found[0] != "ok":
                    return f"the database is damaged ({table}: {found and found[0]})"
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return ""
    return ""


def mend(database: Path, cause: str) -> Mending:
    """Set aside the file at `database`, which nothing has open, and put a new one there.

    Raises:
        OSError: The directory cannot be written.
    """
    fresh = fresh_path(database)
    sources = [*_readable(database)] if database.is_file() else []
    restored = _restore(database, fresh, sources, newer=cause == NEWER)
    aside = set_aside(database)  # only now: if the program is killed before this, everything is as it was
    put_in_place(fresh, database)
    return Mending(time.time(), cause, restored, aside.name if aside else "")


def rescue(database: Path, opened: sqlite3.Connection | None) -> tuple[Path, str]:
    """Make a new file, to be put in place later, while `database` is in use; return it and its source in words.

    `opened` is a connection to a file that is no longer in place: it still has all the data.

    Raises:
        OSError: The directory cannot be written.
    """
    fresh = fresh_path(database)
    if opened is not None:
        try:
            make_private(fresh)
            with closing(sqlite3.connect(fresh)) as target:
                opened.backup(target)
            online_copy.flush(fresh)
        except sqlite3.Error as error:
            _log.error("the open file of the database cannot be copied: %s", error)
            fresh = fresh_path(database)
        else:
            return fresh, "the file that was still open"
    sources = [] if opened is not None else [(uri(database, "mode=ro"), "what could be read of it")]
    return fresh, _restore(database, fresh, sources)


def put_in_place(fresh: Path, database: Path) -> None:
    """Make `fresh` the database; if there is no such file, there is no database then.

    Raises:
        OSError: The directory cannot be written.
    """
    if fresh.exists():
        fresh.replace(database)
    sync_directory(database.parent)


def set_aside(database: Path) -> Path | None:
    """Rename the file at `database` and its log; return the new name, None if there was no file.

    Of the files set aside, the first and the newest few are kept.

    Raises:
        OSError: The directory cannot be written.
    """
    while os.path.lexists(aside := database.with_name(f"{database.name}.aside-{_stamp()}")):
        time.sleep(0.001)
    found = False
    for part in PARTS:
        path = Path(f"{database}{part}")
        if os.path.lexists(path):
            path.rename(f"{aside}{part}")
            found = found or part == ""
    known = sorted(path for path in database.parent.glob(f"{database.name}.aside-*") if path.name[-4:] not in PARTS)
    for old in known[1 : 1 - ASIDE_KEPT]:
        for part in PARTS:
            with suppress(OSError):  # a directory stays
                Path(f"{old}{part}").unlink(missing_ok=True)
    return aside if found else None


def _readable(database: Path) -> Iterator[tuple[str, str]]:
    yield uri(database, "mode=ro"), "what could be read of it"
    if Path(f"{database}-wal").exists():  # a log that does not belong to the file would damage a good one
        yield uri(database, "immutable=1"), "what could be read of it without its log"


def _restore(database: Path, fresh: Path, sources: Iterable[tuple[str, str]], *, newer: bool = False) -> str:
    """Make `fresh` from the first readable one of `sources`, then of the backups; return which, in words."""
    full = False
    backups = backup.existing(database)
    attempts: list[tuple[str, str, Callable[[], None]]] = [
        (source, words, partial(salvage.salvage, source, fresh, ours=newer)) for source, words in sources
    ]
    for path in backups:
        words = f"the backup {path.name}"
        copy = partial(online_copy.copy, path, fresh, Pace(f"restoring the database from {words}"))
        attempts.append((uri(path, "mode=ro"), words, copy))
    for source, words, attempt in attempts:
        try:
            attempt()
            if (revision := schema.revision_of(fresh)) > schema.head():
                raise StoreDamagedError(NEWER)
            if revision == schema.head():
                salvage.make_tables(fresh)  # the missing ones
            salvage.restore_footage([source, *(uri(path, "mode=ro") for path in backups)], fresh)
        except (OSError, sqlite3.Error, DogwatchError) as error:
            _log.warning("the database cannot be restored from %s: %s", words, error)
            full = full or isinstance(faults.of(error, database), StoreFullError)
            fresh_path(database)
        else:
            return words
    for path in backups if full else ():  # renaming a backup needs no room
        if not examine(path):
            path.replace(fresh)
            return f"the backup {path.name}"
    return ""


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"[:-3]


def fresh_path(database: Path) -> Path:
    """Return where a new file for `database` is made; what an earlier attempt has left there is removed.

    Raises:
        OSError: It cannot be removed.
    """
    fresh = database.with_name(f".{database.name}.new")
    for part in (*PARTS, "-journal"):
        Path(f"{fresh}{part}").unlink(missing_ok=True)
    return fresh
