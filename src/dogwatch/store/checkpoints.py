"""Copies SQLite's log into the database file, in a thread of its own.

By default SQLite does so at the end of a transaction, which then takes as long as the disk: a tenth of a second, now
and then, in which no other write gets on.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from dogwatch.errors import StoreError
from dogwatch.store.connections import ConnectionPool

_log = logging.getLogger(__name__)

LOG_BYTES = 16 << 20  # how long the log is when it is copied
REST_S = 0.1  # between two copies, while readers of old states keep the log from starting again
PASSES = 5  # each copies what was written during the one before
CLOSE_S = 2.0
HEADER, FRAME_HEADER = 32, 24  # bytes of the log, and of each page in it


class Checkpoints:
    """Watches the length of the log; `look` is for the writer thread."""

    def __init__(self, connections: ConnectionPool) -> None:
        """Do nothing yet."""
        self._connections = connections
        self._log_path = f"{connections.path}-wal"
        self._thread: threading.Thread | None = None
        self._rests_until = 0.0

    def look(self) -> None:
        """Begin to copy the log, if it is long; call it after a commit."""
        if time.monotonic() < self._rests_until or not is_long(self._log_path, LOG_BYTES):
            return
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._copy, name="db-checkpoint", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Wait until a copy that has begun is done, for a while."""
        if self._thread is not None:
            self._thread.join(CLOSE_S)

    def _copy(self) -> None:
        try:
            with self._connections.read() as connection:  # so that the file is not replaced meanwhile
                driver = connection.connection.driver_connection
                for _ in range(PASSES):
                    busy, length, copied = driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()  # type: ignore[union-attr]
                    if busy or length == copied:
                        break
        except (StoreError, SQLAlchemyError, sqlite3.Error) as error:  # the writer does it, and tells what is wrong
            _log.debug("the log of the database was not copied: %s", error)
        finally:
            self._rests_until = time.monotonic() + REST_S


def is_long(path: str, size: int) -> bool:
    """Whether the log at `path` has more than about `size` bytes since it last began again.

    It is overwritten from its beginning then, but keeps its size. Each frame has two numbers of the log's header, which
    change when it begins again: a frame with those of now has been written since (https://sqlite.org/walformat.html).
    """
    try:
        if os.stat(path).st_size < size:  # noqa: PTH116 - after every commit; a `Path` takes three times as long
            return False
        log = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        header = os.pread(log, HEADER, 0)
        frame = FRAME_HEADER + int.from_bytes(header[8:12], "big")
        return os.pread(log, 8, HEADER + (size - HEADER) // frame * frame - frame + 8) == header[16:24]
    except OSError:
        return False
    finally:
        os.close(log)
