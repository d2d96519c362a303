"""The database: many readers, one writer.

SQLite lets one connection write at a time; whoever meets a busy database waits or fails. So all writing is done by
one thread that owns one connection and takes its work from a bounded queue, and nobody ever meets a lock. What has
come together is committed together; what fails, fails alone. Readers have connections of their own and, thanks to
write-ahead logging, see the last committed state at any time.

Another SQLAlchemy URL (`postgresql+psycopg://...`) works the same way; only the pragmas are SQLite's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from dogwatch.errors import StoreError
from dogwatch.store import schema

T = TypeVar("T")
_log = logging.getLogger(__name__)

QUEUE_LIMIT = 10_000  # about a quarter of an hour of eight busy cameras
BATCH, BATCH_S = 64, 0.05  # jobs of one transaction, and seconds after which it takes no more of them
READERS = 8
BUSY_TIMEOUT_MS = 5_000  # another program, such as a backup, may hold the lock for a moment
CLOSE_S = 3.0  # how long `close` waits: leaving must not take as long as a locked database or a hung disk likes
HINT = "if it is damaged, move it away: a new one is made, and recordings on the disk are indexed again"


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    """Work for the writer thread, and who waits for it."""

    fn: Callable[[Connection], T]
    future: Future[T] = field(default_factory=Future)

    def alone(self, connection: Connection) -> None:
        """Run in a transaction of its own."""
        try:
            with connection.begin():
                result = self.fn(connection)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the future
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Database:
    """An open database; make one a process and share it among threads.

    `sqlite://` (no file) makes a temporary file that `close` removes: tests use it.
    """

    def __init__(self, url: str, *, queue_limit: int = QUEUE_LIMIT) -> None:
        """Open the database at `url` and start the writer thread; nothing is created until something is written."""
        parsed = make_url(url)
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
            self._scratch = tempfile.TemporaryDirectory(prefix="dogwatch-db-")
            parsed = parsed.set(database=str(Path(self._scratch.name) / "dogwatch.db"))
        self.url = parsed.render_as_string(hide_password=True)
        self.dropped = 0
        self._sqlite = parsed.get_backend_name() == "sqlite"
        self._readers = create_engine(parsed, pool_size=READERS, max_overflow=READERS * 4)
        self._writer = create_engine(parsed, poolclass=NullPool)
        if self._sqlite:
            _tune(self._readers, "BEGIN", read_only=True)
            _tune(self._writer, "BEGIN IMMEDIATE", read_only=False)
        self._queue: queue.Queue[_Job[Any] | None] = queue.Queue(queue_limit)
        self._closed = self._leaving = False
        self._fault = "it does not answer"
        self._thread = threading.Thread(target=self._run, name="db-writer", daemon=True)
        self._thread.start()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one consistent state; for any thread, and for reading only."""
        with self._readers.connect() as connection:
            yield connection

    def submit(self, fn: Callable[[Connection], T]) -> Future[T]:
        """Queue `fn` for the writer thread and return at once; the future is done when it is committed.

        `fn` does nothing but read and write through its connection, because it may be run twice: when a neighbour in
        its transaction fails, it is rolled back and run again. When the queue is full the work is dropped and counted
        in `dropped`; the future then holds a `StoreError`.
        """
        job = _Job(fn)
        try:
            self._enqueue(job, wait=None)
        except StoreError as error:
            self.dropped += 1
            job.future.set_exception(error)
        return job.future

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in a transaction on the writer thread and wait for what it returns or raises; see `submit`.

        Raises:
            StoreError: The queue stays full, the database is closed, or the writer thread itself calls this.
        """
        if threading.current_thread() is self._thread:
            raise StoreError("the writer thread cannot wait for itself; pass the connection on instead")
        job = _Job(fn)
        self._enqueue(job, wait=30.0)
        return job.future.result()

    async def awrite(self, fn: Callable[[Connection], T]) -> T:
        """Do as `write`, from the event loop."""
        return await asyncio.wrap_future(self.submit(fn))

    def migrate(self) -> None:
        """Bring the schema up to date.

        Raises:
            StoreError: The database cannot be opened, or was made by a newer version of Dogwatch.
        """
        try:
            self.write(schema.bring_up_to_date)
        except SQLAlchemyError as error:
            raise StoreError(f"cannot open the database {self.url}: {_reason(error)}; {HINT}") from error

    def close(self) -> None:
        """Finish what is queued, then close everything; what is not written in `CLOSE_S` fails."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=CLOSE_S)
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            _log.error("the database does not answer: %d changes are not written", self._queue.qsize())
            self._empty(None)
            self._queue.put(None)
        else:
            self._empty(None)  # what somebody put behind the thread's last look
        self._readers.dispose()
        self._writer.dispose()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _enqueue(self, job: _Job[Any], wait: float | None) -> None:
        if self._closed:
            raise StoreError("the database is closed")
        try:
            self._queue.put(job, block=wait is not None, timeout=wait)
        except queue.Full:
            raise StoreError("the database does not keep up with what is to be written") from None
        if not self._thread.is_alive():  # closed between the two looks
            self._empty(None)

    def _run(self) -> None:
        connection: Connection | None = None
        while not self._leaving and (job := self._queue.get()) is not None:
            if connection is None or connection.invalidated:
                connection = self._connect()
            self._work(connection, job)
        self._empty(connection)  # somebody was quicker than `close`, and waits
        if connection is not None:
            connection.close()

    def _work(self, connection: Connection | None, first: _Job[Any]) -> None:
        """Run `first` and what waits behind it in one transaction, which costs more than most of what is done in it."""
        if not first.future.set_running_or_notify_cancel():
            return
        if connection is None:
            fault = f"cannot open the database {self.url}: {self._fault}; {HINT}"
            first.future.set_exception(StoreError(fault))
            return
        jobs, results = [first], []
        try:
            with connection.begin():
                results.append(first.fn(connection))
                for job in self._waiting():
                    jobs.append(job)
                    results.append(job.fn(connection))
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the future
            if len(jobs) == 1:
                first.future.set_exception(error)
                return
            for job in jobs:
                job.alone(connection)
        else:
            for job, result in zip(jobs, results, strict=True):
                job.future.set_result(result)

    def _waiting(self) -> Iterator[_Job[Any]]:
        """Yield what is queued by now; not without end, since nobody hears of a result before the commit."""
        late = time.monotonic() + BATCH_S
        for _ in range(BATCH - 1):
            if time.monotonic() >= late:
                return
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return
            if job is None:
                self._leaving = True
                return
            if job.future.set_running_or_notify_cancel():
                yield job

    def _empty(self, connection: Connection | None) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                if (job := self._queue.get_nowait()) is not None:
                    self._work(connection, job)

    def _connect(self) -> Connection | None:
        try:
            return self._writer.connect()
        except SQLAlchemyError as error:
            self._fault = _reason(error)
            return None


def _reason(error: SQLAlchemyError) -> str:
    """Return what the database itself says."""
    return str(getattr(error, "orig", None) or error)


def _tune(engine: Engine, begin: str, *, read_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late for a consistent read
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()
        connection.create_function("floor", 1, math.floor, deterministic=True)  # not every SQLite has it built in

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
