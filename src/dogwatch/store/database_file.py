"""A database in a file (SQLite): the connection that writes, readers, and a new file for a damaged one.

A file that is found to be damaged or missing is replaced (see `mending`), but not one after the other without end: a
file that is damaged again at once is on a bad disk, where a new one does not help.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from dogwatch.errors import DogwatchError, StoreAwayError, StoreError
from dogwatch.store import backup, deferred, faults, mending, schema, upgrade
from dogwatch.store.backend import LOST
from dogwatch.store.checkpoints import Checkpoints
from dogwatch.store.connections import ConnectionPool
from dogwatch.store.mending import Mending

_log = logging.getLogger(__name__)

MENDINGS_KEPT = 20
MEND_REST_S = 10.0  # a file that is damaged again within this is on a bad disk
MEND_DOUBLINGS = 9  # each new file doubles that time, up to an hour and a half


class DatabaseFile:
    """An SQLite database: a `Backend`."""

    away = outlasts = unsure = False
    returns, mark = 0, 0.0

    def __init__(self, url: URL) -> None:
        """Open nothing yet."""
        self.url = url.render_as_string()
        self._connections = ConnectionPool(url)
        self.path = self._connections.path
        self._checkpoints = Checkpoints(self._connections)
        self.mends = False
        """Whether a damaged or missing file is replaced."""
        self.age = 0
        """How often it was replaced."""
        self.mendings: deque[Mending] = deque(maxlen=MENDINGS_KEPT)
        self.problem = ""
        self.connection: Connection | None = None
        self._changes = -1
        self._mended_at = float("-inf")
        self._suspicion: tuple[str, int] | None = None

    def prepare(self, *, owns: bool) -> None:
        """Replace a damaged or missing file, now and later, if this process owns the database.

        Raises:
            StoreError: The file cannot be made anew, or must be restored.
        """
        self.mends = owns
        if self.mends and (cause := mending.examine(self.path)):
            try:
                self.note_mended(mending.mend(self.path, cause))
            except OSError as error:
                raise StoreError(f"{cause}, and {self.path} cannot be made anew: {error.strerror}") from error
        elif not self.path.exists() and backup.existing(self.path):
            raise StoreError(f"there is no database {self.path}, but backups of one; `dogwatch run` restores them")
        if upgrade.is_older(self.path):
            (upgrade.upgrade if owns else upgrade.back_up_before)(self.path)

    @contextmanager
    def read(self, *, once: bool = False) -> Iterator[Connection]:  # noqa: ARG002 - a file answers at once
        """Give a read-only connection that sees one consistent state; for any thread.

        Raises:
            StoreError: The file is being replaced, and that takes too long.
        """
        with self._connections.read() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give the writer's connection in a transaction, which is committed at the end.

        Raises:
            StoreError: The file cannot be made.
        """
        connection = self.connect()
        try:
            with connection.begin():
                deferred.begin(connection)
                yield connection
                deferred.send(connection)
        except BaseException:  # also of the commit: a disk may be full only then
            deferred.forget(connection)
            if not connection.invalidated:  # SQLAlchemy does not roll back what could not be committed
                with contextlib.suppress(sqlite3.Error):
                    connection.connection.rollback()
            raise
        self._checkpoints.look()

    def opened(self) -> None:
        """Do nothing."""

    def note_away(self, fault: StoreAwayError) -> None:
        """Do nothing: a file is never away."""

    def reconnect(self) -> bool:
        """Tell that a transaction that was cut off was rolled back; a file is never away."""
        return False

    def fault(self, error: BaseException) -> StoreError | None:
        """Return the fault of file or disk behind `error`, in words for the user; None for any other error."""
        return faults.of(error, self.path)

    def moved(self) -> str:
        """Return what happened to the open files, as the end of a sentence; empty if they are in place."""
        return self._connections.moved()

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

    def dispose(self) -> None:
        """Close everything."""
        self._checkpoints.close()
        self._connections.dispose()

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
        if not self.mends:
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

    def note_failure(self, problem: str, effect: str = LOST) -> None:
        """Log that writing has started to fail, and what that costs; only the first time."""
        if not self.problem:
            _log.error("%s; %s", problem, effect)
        self.problem, self._changes = problem, self._total_changes()

    def note_success(self) -> None:
        """Log that writing works again, once something has been written."""
        if self.problem and self._total_changes() != self._changes:
            _log.warning("the database can be written again")
            self.problem = ""

    def _total_changes(self) -> int:
        if self.connection is None:
            return -1
        changes: int = self.connection.connection.driver_connection.total_changes  # type: ignore[union-attr]
        return changes
