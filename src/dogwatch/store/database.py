"""The database: many readers, one writer.

SQLite lets one connection write at a time; others wait or fail. So one thread does all the writing. It owns the only
writing connection and takes jobs from a bounded queue, so that no code ever waits for a lock. Jobs that wait together
are committed together; a job that fails, fails alone. Readers have connections of their own and, thanks to write-ahead
logging, see the last committed state at any time.

When the file is found to be damaged or missing, the writer thread makes a new one (see `database_file`) and continues
with the jobs in the queue.

Another SQLAlchemy URL (`postgresql+psycopg://...`) works the same way; only the pragmas are SQLite's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from dogwatch.errors import StoreDamagedError, StoreError
from dogwatch.store import backup, faults, mending, schema
from dogwatch.store.connections import ConnectionPool
from dogwatch.store.database_file import DatabaseFile
from dogwatch.store.mending import Mending

T = TypeVar("T")
_log = logging.getLogger(__name__)

QUEUE_LIMIT = 10_000  # about a quarter of an hour of eight busy cameras
BATCH, BATCH_S = 64, 0.05  # the most jobs in one transaction, and the most seconds for which it takes more
CLOSE_S = 3.0  # how long `close` waits: a locked database or a hung disk must not prevent the shutdown
HINT = "if it is damaged, `dogwatch run` sets it aside and makes a new one from its backup and the recordings"


@dataclass(frozen=True, slots=True)
class _Job(Generic[T]):
    """A job for the writer thread, and the future that its caller waits for."""

    fn: Callable[[Connection], T]
    future: Future[T] = field(default_factory=Future)


class Database:
    """An open database; one for a process, shared by its threads.

    `sqlite://` (no file) makes a temporary file that `close` removes: tests use it.
    """

    def __init__(self, url: str, *, queue_limit: int = QUEUE_LIMIT) -> None:
        """Open the database at `url` and start the writer thread; the file is made by the first write."""
        parsed = make_url(url)
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
            self._scratch = tempfile.TemporaryDirectory(prefix="dogwatch-db-")
            parsed = parsed.set(database=str(Path(self._scratch.name) / "dogwatch.db"))
        self.url = parsed.render_as_string(hide_password=True)
        self.dropped = 0
        self._connections = ConnectionPool(parsed)
        self.path = self._connections.path
        """The file; None if the database is not SQLite."""
        self._file = DatabaseFile(self._connections)
        self._queue: queue.Queue[_Job[Any] | None] = queue.Queue(queue_limit)
        self._closed = self._leaving = False
        self._thread = threading.Thread(target=self._run, name="db-writer", daemon=True)
        self._thread.start()

    @property
    def mendings(self) -> Sequence[Mending]:
        """The replacements of the file since the start, oldest first."""
        return self._file.mendings

    @property
    def problem(self) -> str:
        """Why nothing can be written now; empty if writing works."""
        return self._file.problem

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a read-only connection that sees one consistent state; for any thread.

        Raises:
            StoreError: The file or its disk fails; a damaged file will be replaced.
        """
        age = self._file.age
        try:
            with self._connections.read() as connection:
                yield connection
        except Exception as error:
            fault = faults.of(error, self.path)
            if fault is None or fault is error:
                raise
            if isinstance(fault, StoreDamagedError):
                self._suspect(str(fault), age)
            else:
                self.look()
            raise fault from error

    def submit(self, fn: Callable[[Connection], T]) -> Future[T]:
        """Queue `fn` for the writer thread and return at once; the future is done when it is committed.

        `fn` may only read and write through its connection, because it may run twice: if another job in its transaction
        fails, it is rolled back and run again. If the queue is full, the job is dropped and counted in `dropped`, and
        the future holds a `StoreError`.
        """
        job = _Job(fn)
        try:
            self._enqueue(job, wait=None)
        except StoreError as error:
            self.dropped += 1
            job.future.set_exception(error)
        return job.future

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in a transaction on the writer thread; return or raise what it does; see `submit`.

        Raises:
            StoreError: The queue stays full, the database is closed, or the writer thread calls this itself.
        """
        if threading.current_thread() is self._thread:
            raise StoreError("the writer thread cannot wait for itself; pass the connection on instead")
        job = _Job(fn)
        self._enqueue(job, wait=30.0)
        return job.future.result()

    async def awrite(self, fn: Callable[[Connection], T]) -> T:
        """Like `write`, from the event loop."""
        return await asyncio.wrap_future(self.submit(fn))

    def migrate(self, *, mends: bool = False) -> None:
        """Bring the schema up to date.

        Args:
            mends: Whether to replace a damaged or missing file, now and later; only for the one process that owns the
                database.

        Raises:
            StoreError: The database cannot be opened, was made by a newer version of Dogwatch, or must be restored.
        """
        self._file.mends = mends and self.path is not None
        if self._file.mends and self.path is not None and (cause := mending.examine(self.path)):
            try:
                self._file.note_mended(mending.mend(self.path, cause))
            except OSError as error:
                raise StoreError(f"{cause}, and {self.path} cannot be made anew: {error.strerror}") from error
        elif self.path is not None and not self.path.exists() and backup.existing(self.path):
            raise StoreError(f"there is no database {self.path}, but backups of one; `dogwatch run` restores them")
        try:
            self.write(schema.bring_up_to_date)
        except (StoreError, SQLAlchemyError) as error:
            reason = str(getattr(error, "orig", None) or error)
            raise StoreError(f"cannot open the database {self.url}: {reason}; {HINT}") from error

    def look(self) -> None:
        """Check that the file is still in place; if not, a new one is made from the open one."""
        age = self._file.age
        if moved := self._connections.moved():
            self._suspect(moved, age)

    def inspect(self) -> None:
        """Check the whole file for damage, which may take minutes; a damaged file is replaced."""
        age = self._file.age
        if self.path is not None and (cause := mending.examine(self.path, lambda: self._closed)):
            self._suspect(cause, age)

    def close(self) -> None:
        """Finish the queued jobs, then close everything; jobs that are not done within `CLOSE_S` fail."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=CLOSE_S)
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            _log.error("the database does not answer: %d changes are not written", self._queue.qsize())
            self._empty(work=False)
            self._queue.put(None)
        else:
            self._empty(work=False)  # jobs queued after the thread last looked
        self._connections.dispose()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _suspect(self, cause: str, age: int) -> None:
        """Have the writer thread replace the file before its next job, if it is still the file of `age`."""
        if self._file.suspect(cause, age):
            self.submit(lambda _: None)

    def _enqueue(self, job: _Job[Any], wait: float | None) -> None:
        if self._closed:
            raise StoreError("the database is closed")
        try:
            self._queue.put(job, block=wait is not None, timeout=wait)
        except queue.Full:
            raise StoreError("the database cannot keep up with the writes") from None
        if not self._thread.is_alive():  # closed since the first check
            self._empty(work=False)

    def _run(self) -> None:
        while not self._leaving and (job := self._queue.get()) is not None:
            self._file.follow_suspicion()
            self._work(job)
            self._file.follow_suspicion()  # the job that was to wake the thread for it may be done already
        self._empty(work=True)  # a job queued just before `close`, whose caller waits
        self._file.disconnect()

    def _work(self, first: _Job[Any]) -> None:
        """Run `first` and the jobs after it in one transaction, which costs more than most jobs in it."""
        if not first.future.set_running_or_notify_cancel():
            return
        jobs, results = [first], []
        try:
            with self._file.connect().begin() as transaction:
                connection = transaction.connection
                results.append(first.fn(connection))
                for job in self._waiting():
                    jobs.append(job)
                    results.append(job.fn(connection))
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the future
            self._failed(jobs, error)
        else:
            self._file.note_success()
            for job, result in zip(jobs, results, strict=True):
                job.future.set_result(result)

    def _failed(self, jobs: list[_Job[Any]], error: BaseException) -> None:
        """Run jobs again that failed together: one by one, or on a new file if the old one is damaged."""
        fault = faults.of(error, self.path)
        mended = isinstance(fault, StoreDamagedError) and self._file.mend(str(fault))
        if len(jobs) > 1 or mended:
            for job in jobs:
                self._alone(job)
            return
        self._refuse(jobs[0], error)

    def _alone(self, job: _Job[Any]) -> None:
        """Run a job in a transaction of its own."""
        try:
            with self._file.connect().begin() as transaction:
                result = job.fn(transaction.connection)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the future
            self._refuse(job, error)
        else:
            self._file.note_success()
            job.future.set_result(result)

    def _refuse(self, job: _Job[Any], error: BaseException) -> None:
        fault = faults.of(error, self.path)
        if fault is not None and fault is not error:
            self._file.note_failure(str(fault))
            fault.__cause__ = error
        job.future.set_exception(fault or error)

    def _waiting(self) -> Iterator[_Job[Any]]:
        """Yield the queued jobs, up to a limit: no result is known before the commit."""
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

    def _empty(self, *, work: bool) -> None:
        """Empty the queue: run the jobs, on the writer thread, or let them fail."""
        with contextlib.suppress(queue.Empty):
            while True:
                if (job := self._queue.get_nowait()) is None:
                    continue
                if work:
                    self._work(job)
                elif job.future.set_running_or_notify_cancel():
                    job.future.set_exception(StoreError("the database is closed, or does not answer"))
