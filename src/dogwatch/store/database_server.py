"""A database on a PostgreSQL server: the connection that writes, readers, and what happens while the server is away.

While the server does not answer, readers fail at once, and so do writes that somebody waits for. Everything else waits
in the queue, and is written in order when the server is back. A transaction whose end is not known, because the
connection was lost while it was committed, left a mark if it was committed: so nothing is written twice.

The program that owns the database holds an advisory lock on it, for its schema, as long as it is connected.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import SQLAlchemyError

from dogwatch.errors import DogwatchError, StoreAwayError, StoreError, StoreTakenError
from dogwatch.redact import redact_url
from dogwatch.store import deferred, kept_times, postgres, silence
from dogwatch.store.backend import LOST
from dogwatch.store.mending import Mending
from dogwatch.store.spool import MARK
from dogwatch.store.tables import kept_times as times

_END_HOLDER = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = :lock AND pid = :pid"
)
_LEAVE_MARK = text(
    f"INSERT INTO {times.name} (name, time) VALUES (:mark, :time) ON CONFLICT (name) DO UPDATE SET time = excluded.time"  # noqa: S608
)
_log = logging.getLogger(__name__)


class DatabaseServer:
    """A PostgreSQL database: a `Backend`."""

    path = None
    age = 0

    def __init__(self, url: URL) -> None:
        """Open nothing yet.

        Raises:
            StoreError: The driver is not installed.
        """
        self.url = redact_url(url.render_as_string(hide_password=False))
        self.mendings: Sequence[Mending] = ()
        self.problem = ""
        self.away = False
        self.returns = 0
        self._pulse = postgres.pulse_of(url)
        self._readers, self._writer = postgres.readers(url, self._pulse), postgres.writer(url, self._pulse)
        self._connection: Connection | None = None
        self._owns = self._open = False
        self._pid = 0
        self._mark = 0.0
        self._unsure: float | None = None
        self._away_since = 0.0

    @property
    def outlasts(self) -> bool:
        """Whether jobs wait while the server is away: in the program that owns the database, once it is open."""
        return self._open

    def prepare(self, *, owns: bool) -> None:
        """Hold the lock of the database from now on, if this process owns it."""
        self._owns = owns

    def opened(self) -> None:
        """Note that the tables are there."""
        self._open = self._owns

    @contextmanager
    def read(self, *, once: bool = False) -> Iterator[Connection]:
        """Give a read-only connection that sees one consistent state; for any thread. `once` as for `Database.read`.

        Raises:
            StoreAwayError: The server is known to be away.
        """
        if self.away or self._pulse.is_lost:
            raise StoreAwayError(postgres.AWAY)
        with self._readers.connect() as connection:
            if not once:
                yield connection
                return
            driver: Any = connection.connection.driver_connection
            with driver.once():
                yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give the writer's connection in a transaction, which is committed at the end.

        Raises:
            StoreError: The server does not answer.
        """
        self._mark = max(time.time(), self._mark + 1e-3)
        connection = self._connect()
        transaction = connection.begin()

        def note() -> None:
            self._unsure = self._mark if self._open else None

        try:
            yield connection
            if self._open:  # it tells later whether this transaction was committed
                deferred.later(connection, _LEAVE_MARK, [{"mark": MARK, "time": self._mark}])
            deferred.commit(connection, note, has_written=self._open)
            transaction.commit()  # so SQLAlchemy knows
        except BaseException as error:
            deferred.forget(connection)
            if not isinstance(postgres.fault(error), StoreAwayError):
                self._unsure = None
            with contextlib.suppress(SQLAlchemyError):  # the connection has gone, and the transaction with it
                transaction.rollback()
            raise
        self._unsure = None

    def reconnect(self) -> bool:
        """Connect again after a `StoreAwayError`; return whether the transaction that was cut off was committed.

        Raises:
            StoreError: The server is still away, or another program has taken the database over.
        """
        self.disconnect()
        if self._pulse.is_lost and not self.away:  # to connect would take seconds, in which nobody is told
            raise StoreAwayError(postgres.AWAY, silence.WORDS)
        try:
            connection = self._connect()
            committed = self._unsure is not None and self._unsure == _stored(connection)
        except StoreError:
            raise
        except SQLAlchemyError as error:
            raise _absent(error) from error
        self._unsure = None
        self._readers.dispose()
        if self.away:
            _log.warning("the database answers again after %.0f s", time.monotonic() - self._away_since)
            self.returns += 1
        self.away, self.problem = False, ""
        return committed

    def fault(self, error: BaseException) -> DogwatchError | None:
        """Return the fault behind `error`, in words for the user; None if it is an error of the statement."""
        return postgres.fault(error)

    def moved(self) -> str:
        """Return nothing: the server looks after its files."""
        return ""

    def suspect(self, cause: str, age: int) -> bool:  # noqa: ARG002 - there is nothing to replace
        """Have the writer thread woken, which finds out whether the server is there."""
        return not self.away

    def follow_suspicion(self) -> None:
        """Do nothing: there is no file to replace."""

    def mend(self, cause: str) -> bool:  # noqa: ARG002
        """Replace nothing."""
        return False

    @property
    def unsure(self) -> bool:
        """Whether it is not known if the last transaction was committed."""
        return self._unsure is not None

    @property
    def mark(self) -> float:
        """What the last transaction leaves in the database if it is committed; for any thread."""
        return self._mark

    def note_away(self, fault: StoreAwayError) -> None:
        """Log that the server is away; only the first time."""
        if not self.away:
            self.away, self._away_since = True, time.monotonic()
            _log.error("%s (%s). Recording goes on; what happens now is written later", fault, fault.detail or self.url)
        self.problem = str(fault)

    def note_failure(self, problem: str, effect: str = LOST) -> None:
        """Log that writing has started to fail, and what that costs; only the first time."""
        if not self.problem:
            _log.error("%s; %s", problem, effect)
        self.problem = problem

    def note_success(self) -> None:
        """Log that writing works again."""
        if self.problem:
            _log.warning("the database can be written again")
            self.problem = ""

    def disconnect(self) -> None:
        """Close the connection that writes."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError):
                connection.close()

    def dispose(self) -> None:
        """Close everything."""
        self._readers.dispose()
        self._writer.dispose()

    def _connect(self) -> Connection:
        if self._connection is not None and not self._connection.invalidated and not self._connection.closed:
            return self._connection
        self.disconnect()
        try:
            connection = self._writer.connect()
        except SQLAlchemyError as error:
            raise _absent(error) from error
        try:
            if self._owns:
                self._lock(connection)
            connection.rollback()
        except BaseException as error:
            connection.close()
            if isinstance(error, SQLAlchemyError):
                raise _absent(error) from error
            raise
        self._connection = connection
        return connection

    def _lock(self, connection: Connection) -> None:
        """Take the lock; the server may not have noticed yet that the connection before this one has gone.

        Raises:
            StoreTakenError: Another program has it.
        """
        if not connection.scalar(postgres.TRY_LOCK, {"lock": postgres.LOCK}):
            if self._pid:
                connection.execute(_END_HOLDER, {"lock": postgres.LOCK, "pid": self._pid})
            raise StoreTakenError(postgres.TAKEN)
        self._pid = connection.scalar(text("SELECT pg_backend_pid()")) or 0


def _absent(error: SQLAlchemyError) -> StoreError:
    fault = postgres.fault(error)
    return fault if isinstance(fault, StoreError) else StoreAwayError(postgres.AWAY, type(error).__name__)


def _stored(connection: Connection) -> float | None:
    found = kept_times.load(connection, MARK)
    connection.rollback()
    return found
