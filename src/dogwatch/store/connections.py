"""Opens connections to an SQLite file for readers and the one writer, and closes them when the file is replaced."""

from __future__ import annotations

import math
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from dogwatch.errors import StoreError
from dogwatch.store import deferred, json_text

READERS = 8
BUSY_TIMEOUT_MS = 5_000  # another program, such as a backup, may hold the lock for a moment
LOG_PAGES = 16_384  # of 4 KiB: from this length of the log on, the writer copies it itself, see `checkpoints`
PATIENCE_S = 5.0  # how long readers wait while the file is replaced, and a replacement waits for readers
PARTS = ("", "-wal", "-shm")  # the files that are one SQLite database
Identity = tuple[int, int]


class ConnectionPool:
    """The connections of one process to the file at a URL.

    Only `write` makes a file, and only the first time: a file that vanished must not become an empty one
    because a reader opens it.
    """

    def __init__(self, url: URL) -> None:
        """Make the engines; no connection is opened yet."""
        self.path = Path(url.database or "").absolute()
        self._readers = create_engine(
            url, creator=self._open, pool_size=READERS, max_overflow=READERS * 4, hide_parameters=True
        )
        self._writer = create_engine(
            url, creator=self._open, poolclass=NullPool, hide_parameters=True, json_serializer=json_text.dumps
        )
        _tune(self._readers, "BEGIN", read_only=True)
        _tune(self._writer, "BEGIN IMMEDIATE", read_only=False)
        deferred.watch(self._writer)
        self._gate = threading.Condition()
        self._shut = False
        self._reading: dict[object, Connection | None] = {}
        self._identities: dict[str, Identity] = {}
        self._identifying = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading.

        Raises:
            StoreError: The file is being replaced, and that takes too long.
        """
        me = object()
        with self._gate:
            if not self._gate.wait_for(lambda: not self._shut, PATIENCE_S):
                raise StoreError("the database is being mended")
            self._reading[me] = None
        try:
            with self._readers.connect() as connection:
                self._reading[me] = connection
                yield connection
        finally:
            with self._gate:
                del self._reading[me]
                self._gate.notify_all()

    def write(self) -> Connection:
        """Open the writer's connection; the first time, make the file if there is none.

        Raises:
            OSError: The file cannot be made.
        """
        if not self._identities:
            make_private(self.path)
        connection = self._writer.connect()
        with self._identifying:
            self._identities = self._present()
        return connection

    def moved(self) -> str:
        """Return what happened to the open files, as the end of a sentence; empty if they are in place."""
        with self._identifying:
            present = self._present()
            for part, identity in self._identities.items():
                if present.get(part) != identity:
                    return f"{self.path.name}{part} was {'replaced' if part in present else 'deleted'}"
            if self._identities:
                self._identities = present  # the log is made by the first write
        return ""

    @contextmanager
    def exchange(self) -> Iterator[None]:
        """Block readers and close all connections, so that the file can be replaced; the writer's was closed before.

        When the last connection is closed, SQLite deletes the database's log by its name. If a connection to the old
        file outlived the replacement, it would delete the new file's log.
        """
        with self._gate:
            self._shut = True
            if not self._gate.wait_for(lambda: not self._reading, PATIENCE_S):
                for connection in self._reading.values():
                    with suppress(Exception):  # it may be about to close
                        connection.connection.driver_connection.interrupt()  # type: ignore[union-attr]
                self._gate.wait_for(lambda: not self._reading, PATIENCE_S)
        self._readers.dispose()
        try:
            yield
        finally:
            with self._identifying:
                self._identities = {}
            with self._gate:
                self._shut = False
                self._gate.notify_all()

    def dispose(self) -> None:
        """Close everything."""
        self._readers.dispose()
        self._writer.dispose()

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(uri(self.path, "mode=rw"), uri=True, check_same_thread=False)

    def _present(self) -> dict[str, Identity]:
        found = {}
        for part in PARTS:
            with suppress(OSError):
                stat = Path(f"{self.path}{part}").stat()
                found[part] = (stat.st_dev, stat.st_ino)
        return found


def uri(path: Path, how: str) -> str:
    """Return the SQLite URI of `path` with the parameters `how`, such as `mode=ro`."""
    return f"file:{quote(str(path))}?{how}"


def make_private(path: Path) -> None:
    """Make the file at `path` if there is none, readable by its owner alone: it holds password hashes.

    An existing file and its log become writable for their owner. Whether others may read them is checked in
    `runtime.private`.

    Raises:
        OSError: It cannot be made.
    """
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for part in PARTS:
        file = Path(f"{path}{part}")
        with suppress(OSError):  # it belongs to another user, or does not exist
            if file.is_file() and (mode := file.stat().st_mode) & 0o600 != 0o600:
                file.chmod(mode & 0o7777 | 0o600)


def _tune(engine: Engine, begin: str, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for a consistent read
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        if not read_only:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()
        connection.create_function("floor", 1, math.floor, deterministic=True)  # not every SQLite has it built in

    def do_begin(connection: Any) -> None:
        connection.execute(begin)

    # In place of a listener for `begin`: with one, SQLAlchemy looks for listeners of every statement.
    engine.dialect.do_begin = do_begin  # type: ignore[assignment]
