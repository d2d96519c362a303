"""The file of a database, as its writer thread sees it: the connection that writes, and a new file for a damaged one.

A file that is found to be damaged or missing is replaced (see `mending`), but not one after the other without end: a
file that is damaged again at once is on a bad disk, where a new one does not help.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections import deque

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from dogwatch.errors import DogwatchError, StoreError
from dogwatch.store import faults, mending, schema
from dogwatch.store.connections import ConnectionPool
from dogwatch.store.mending import Mending

_log = logging.getLogger(__name__)

MENDINGS_KEPT = 20
MEND_REST_S = 10.0  # a file that is damaged again within this is on a bad disk
MEND_DOUBLINGS = 9  # each new file doubles that time, up to an hour and a half


class DatabaseFile:
    """The file behind `connections`. All methods but `suspect` are for the writer thread."""

    def __init__(self, connections: ConnectionPool) -> None:
        """Open nothing yet."""
        self.path = connections.path
        self.mends = False
        """Whether a damaged or missing file is replaced."""
        self.age = 0
        """How often it was replaced."""
        self.mendings: deque[Mending] = deque(maxlen=MENDINGS_KEPT)
        self.problem = ""
        self.connection: Connection | None = None
        self._connections = connections
        self._changes = -1
        self._mended_at = float("-inf")
        self._suspicion: tuple[str, int] | None = None

    def connect(self) -> Connection:
        """Return the connection that writes.

        Raises:
            StoreError: The file cannot be made.
        """
        if self.connection is None or self.connection.invalidated:
            self.disconnect()
            try:
                self.connection = self._connections.write()
            except OSError as error:
                raise faults.of(error) or StoreError(f"its file cannot be made: {error.strerror}") from error
        return self.connection

    def disconnect(self) -> None:
        """Close the connection that writes."""
        connection, self.connection = self.connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError):  # the file fails
                connection.close()

    def suspect(self, cause: str, age: int) -> bool:
        """Have the file replaced, if it is still the one of `age`; return whether the writer thread has to be woken."""
        if not self.mends or self._suspicion is not None or age != self.age:
            return False
        self._suspicion = (cause, age)
        return True

    def follow_suspicion(self) -> None:
        """Replace a file that was found to be damaged or missing outside of the writer thread."""
        suspicion, self._suspicion = self._suspicion, None
        if suspicion is not None and suspicion[1] == self.age:
            self.mend(suspicion[0])

    def mend(self, cause: str) -> bool:
        """Replace the file; return whether that succeeded."""
        if not self.mends or self.path is None:
            return False
        moved = self._connections.moved()
        rest = MEND_REST_S * 2 ** min(self.age, MEND_DOUBLINGS)
        if not moved and time.monotonic() - self._mended_at < rest:
            return False
        self._mended_at = time.monotonic()
        opened: sqlite3.Connection | None = None
        if moved and self.connection is not None and not self.connection.invalidated:
            opened = self.connection.connection.driver_connection
        try:
            fresh, restored = mending.rescue(self.path, opened)
            self.disconnect()
            with self._connections.exchange():
                aside = mending.set_aside(self.path)
                mending.put_in_place(fresh, self.path)
            with self.connect().begin() as transaction:
                schema.bring_up_to_date(transaction.connection)
        except (OSError, SQLAlchemyError, sqlite3.Error, DogwatchError) as error:
            _log.critical("the database cannot be replaced (%s): %s", cause, error)
            return False
        self.note_mended(Mending(time.time(), cause, restored, aside.name if aside else ""))
        return True

    def note_mended(self, done: Mending) -> None:
        """Log that the file was replaced."""
        self.age += 1
        self.mendings.append(done)
        kept = f"what was there is kept as {done.aside}" if done.aside else "nothing of it was left"
        made = f"made of {done.restored_from}" if done.restored_from else "empty: there is no backup"
        _log.error("%s; %s. The new one is %s. Footage is indexed again from the disk", done.cause, kept, made)

    def note_failure(self, problem: str) -> None:
        """Log that writing has started to fail; only the first time."""
        if not self.problem:
            _log.error("%s; what happens now may not be remembered", problem)
        self.problem, self._changes = problem, self._total_changes()

    def note_success(self) -> None:
        """Log that writing works again, once something has been written."""
        if self.problem and self._total_changes() != self._changes:
            _log.warning("the database can be written again")
            self.problem = ""

    def _total_changes(self) -> int:
        if self.connection is None or self.path is None:
            return -1
        changes: int = self.connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
        return changes
