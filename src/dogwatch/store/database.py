"""The database: many readers, one writer.

SQLite lets one connection write at a time; others wait or fail. So one thread does all the writing. It owns the only
writing connection and takes jobs from a bounded queue, so that no code ever waits for a lock. Jobs that wait together
are committed together; a job that fails, fails alone. Readers have connections of their own and, thanks to write-ahead
logging, see the last committed state at any time. A database on a PostgreSQL server works the same way.

When the file is found to be damaged or missing, the writer thread makes a new one (see `database_file`) and continues
with the jobs in the queue. When a server does not answer, the writer thread waits for it (see `database_server`). So it
does while another program locks the file.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from dogwatch.errors import StoreAwayError, StoreDamagedError, StoreError, StoreLockedError, StoreTakenError
from dogwatch.store import mending, schema
from dogwatch.store.database_file import DatabaseFile
from dogwatch.store.job_queue import JobQueue, QueuedWrite
from dogwatch.store.mending import Mending

if TYPE_CHECKING:
    from dogwatch.store.backend import Backend
    from dogwatch.store.spool import Spool

T = TypeVar("T")
_log = logging.getLogger(__name__)

QUEUE_LIMIT = 10_000  # about a quarter of an hour of eight busy cameras
BATCH, BATCH_S = 512, 0.05  # the most jobs in one transaction, and the most seconds for which it takes more
CLOSE_S = 3.0  # how long `close` waits: a locked database or a hung disk must not prevent the shutdown
START_S, TAKEN_S = 30.0, 5.0  # how long the start waits for a server, and for another program to let go of it
UNSURE_S = 5.0  # how long who waits is not told that his write is perhaps committed
CUTS = 5  # how often a job may lose its connection
KEEP_S = 1.0  # between looks for what is to be kept on disk while the server is away
TRY_S, TRY_LATER_S = 0.25, 5.0  # between two attempts to reach a server: at first, and at most
FULL = "the database cannot keep up with the writes"
CLOSED = "the database is closed, or does not answer"
HINT = "if it is damaged, `dogwatch run` sets it aside and makes a new one from its backup and the recordings"


class Database:
    """An open database; one for a process, shared by its threads.

    `sqlite://` (no file) makes a temporary file that `close` removes: tests use it.
    """

    def __init__(self, url: str, *, queue_limit: int = QUEUE_LIMIT, spool: Spool | None = None) -> None:
        """Open the database at `url` and start the writer thread; the file is made by the first write.

        Args:
            url: An address as SQLAlchemy takes it.
            queue_limit: How many jobs may wait.
            spool: Keeps on disk what waits for a server that is away.

        Raises:
            StoreError: The address is none, or the driver of the server is not installed.
        """
        parsed = _parsed(url)
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
            self._scratch = tempfile.TemporaryDirectory(prefix="dogwatch-db-")
            parsed = parsed.set(database=str(Path(self._scratch.name) / "dogwatch.db"))
        self.dropped = 0
        self._backend = _backend(parsed)
        self.url, self.path = self._backend.url, self._backend.path
        """`path` is the file; None if the database is not SQLite."""
        self._queue = JobQueue(queue_limit)
        self._spool = spool
        self._together = threading.local()  # `jobs`: what the thread has submitted in `together`
        self._running: Sequence[QueuedWrite[Any]] = ()
        self._next: Sequence[QueuedWrite[Any]] = ()  # jobs that were taken from the queue, and are not running yet
        self._leaving = self._abandoned = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="db-writer", daemon=True)
        self._thread.start()

    @property
    def mendings(self) -> Sequence[Mending]:
        """The replacements of the file since the start, oldest first."""
        return self._backend.mendings

    @property
    def problem(self) -> str:
        """Why nothing can be written now; empty if writing works."""
        return self._backend.problem

    @property
    def away(self) -> bool:
        """Whether the database's server is known not to answer."""
        return self._backend.away

    @property
    def returns(self) -> int:
        """How often the database's server came back after it had been away."""
        return self._backend.returns

    @contextmanager
    def read(self, *, once: bool = False) -> Iterator[Connection]:
        """Give a read-only connection that sees one consistent state; for any thread.

        Args:
            once: Only one statement is run, for which a server needs no transaction: that saves two of three answers.

        Raises:
            StoreError: The file or its disk fails, or the server is away; a damaged file will be replaced.
            RefusedError: The server cannot take a value.
        """
        age = self._backend.age
        try:
            with self._backend.read(once=once) as connection:
                yield connection
        except Exception as error:
            fault = self._backend.fault(error)
            if fault is None or fault is error:
                raise
            if isinstance(fault, StoreDamagedError | StoreAwayError):
                self._suspect(str(fault), age)
            else:
                self.look()
            raise fault from error

    def submit(self, fn: Callable[[Connection], T], *, keep: bool = True) -> Future[T]:
        """Queue `fn` for the writer thread and return at once; the future is done when it is committed.

        `fn` may only read and write through its connection, because it may run several times: if another job in its
        transaction fails, it is rolled back and run again. If the queue is full, the job is dropped and counted in
        `dropped`, and the future holds a `StoreError`. While a server is away, jobs wait for it, unless `keep` is
        false: then they fail, which is for callers that wait for the result.
        """
        job = QueuedWrite(fn, keep)
        jobs: list[QueuedWrite[Any]] | None = getattr(self._together, "jobs", None)
        if jobs is not None:
            jobs.append(job)
            return job.future
        try:
            self._enqueue(job, wait=None)
        except StoreError as error:
            self.dropped += 1
            job.future.set_exception(error)
        return job.future

    @contextmanager
    def together(self) -> Iterator[None]:
        """Queue at its end what this thread submits within: the writer thread is woken once, and finds all of it.

        A thread that is woken competes for the interpreter, so many small jobs cost both threads more than their work.
        Nothing within may wait for the result of such a job.
        """
        if getattr(self._together, "jobs", None) is not None:
            yield
            return
        jobs: list[QueuedWrite[Any]] = []
        self._together.jobs = jobs
        try:
            yield
        finally:
            self._together.jobs = None
            if jobs:
                self._enqueue_all(jobs)

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Run `fn` in a transaction on the writer thread; return or raise what it does; see `submit`.

        Raises:
            StoreError: The queue stays full, the database is closed, or the writer thread calls this itself.
        """
        if threading.current_thread() is self._thread:
            raise StoreError("the writer thread cannot wait for itself; pass the connection on instead")
        job = QueuedWrite(fn, kept=False)
        self._enqueue(job, wait=30.0)
        return job.future.result()

    async def awrite(self, fn: Callable[[Connection], T]) -> T:
        """Like `write`, from the event loop."""
        return await asyncio.wrap_future(self.submit(fn, keep=False))

    def migrate(self, *, owns: bool = False, wait_s: float | None = None) -> None:
        """Bring the schema up to date; a file of an older version is backed up before.

        Args:
            owns: Whether this is the one process that owns the database. It replaces a damaged or missing file, now and
                later, waits for a server that starts, and lets no other program own the database.
            wait_s: How long it waits for a server; None for `START_S`.

        Raises:
            StoreAwayError: The server is away.
            StoreError: The database cannot be opened or migrated, was made by a newer version of Dogwatch, or must be
                restored.
        """
        self._backend.prepare(owns=owns)
        began = time.monotonic()
        while True:
            try:
                self.write(schema.bring_up_to_date)
                if owns and self._spool is not None:
                    self.write(self._spool.replay)
                    self._spool.clear()
            except StoreAwayError as error:
                taken = isinstance(error, StoreTakenError)
                limit = TAKEN_S if taken else START_S if wait_s is None else wait_s
                if not owns or time.monotonic() - began > limit:
                    kind = StoreError if taken else StoreAwayError
                    raise kind(f"cannot open the database {self.url}: {error.detail or error}") from error
                time.sleep(TRY_S)
            except (StoreError, SQLAlchemyError) as error:
                reason = str(getattr(error, "orig", None) or error)
                hint = f"; {HINT}" if self.path is not None else ""
                raise StoreError(f"cannot open the database {self.url}: {reason}{hint}") from error
            else:
                break
        self._backend.opened()

    def look(self) -> None:
        """Check that the file is still in place; if not, a new one is made from the open one."""
        age = self._backend.age
        if moved := self._backend.moved():
            self._suspect(moved, age)

    def inspect(self) -> None:
        """Check the whole file for damage, which may take minutes; a damaged file is replaced."""
        age = self._backend.age
        if self.path is not None and (cause := mending.examine(self.path, self._closing.is_set)):
            self._suspect(cause, age)

    def close(self) -> None:
        """Finish the queued jobs, then close everything; jobs that are not done within `CLOSE_S` fail."""
        if self._closing.is_set():
            return
        self._closing.set()
        with contextlib.suppress(queue.Full):
            self._queue.put(None, timeout=CLOSE_S)
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            self._abandoned = True
            kept = self._keep(self._running)
            _log.error("the database does not answer: %d changes are not written", self._queue.qsize() - kept)
            self._empty(work=False)
            self._queue.put(None)
        else:
            self._empty(work=False)  # jobs queued after the thread last looked
        self._backend.dispose()
        if self._spool is not None:
            self._spool.close()
        if self._scratch is not None:
            self._scratch.cleanup()

    def _suspect(self, cause: str, age: int) -> None:
        """Have the writer thread replace the file before its next job, or look for the server."""
        if self._backend.suspect(cause, age):
            self.submit(lambda _: None)

    def _enqueue_all(self, jobs: Sequence[QueuedWrite[Any]]) -> None:
        """Queue jobs at once; those that cannot be queued fail, and are counted."""
        accepted = [job for job in jobs if self._refusal(job) is None]
        taken = self._queue.put_all(accepted)
        if taken < len(jobs):
            queued = set(accepted[:taken])
            for job in (job for job in jobs if job not in queued):
                self.dropped += 1
                job.turn_away(self._refusal(job) or StoreError(FULL))  # unless its caller has cancelled it meanwhile
        if not self._thread.is_alive():  # closed since the first check
            self._empty(work=False)

    def _enqueue(self, job: QueuedWrite[Any], wait: float | None) -> None:
        if (fault := self._refusal(job)) is not None:
            raise fault
        try:
            self._queue.put(job, block=wait is not None, timeout=wait)
        except queue.Full:
            raise StoreError(FULL) from None
        if not self._thread.is_alive():  # closed since the first check
            self._empty(work=False)

    def _refusal(self, job: QueuedWrite[Any]) -> StoreError | None:
        """Return why a job cannot be queued now."""
        if self._closing.is_set():
            return StoreError("the database is closed")
        return StoreAwayError(self._backend.problem) if self._backend.away and not job.kept else None

    def _run(self) -> None:
        while not self._leaving and (job := self._queue.get()) is not None:
            self._backend.follow_suspicion()
            self._work(job)
            self._backend.follow_suspicion()  # the job that was to wake the thread for it may be done already
        self._empty(work=True)  # a job queued just before `close`, whose caller waits
        self._backend.disconnect()

    def _work(self, first: QueuedWrite[Any]) -> None:
        """Run `first` and the jobs after it in one transaction, which costs more than most jobs in it."""
        if not first.future.set_running_or_notify_cancel():
            return
        self._run_all([first], self._waiting())

    def _run_all(
        self, jobs: list[QueuedWrite[Any]], more: Iterable[QueuedWrite[Any]] = (), *, mends: bool = True
    ) -> None:
        """Run `jobs` and `more` in one transaction; again, if the server was away meanwhile, or the file locked."""
        cuts = 0
        while jobs:
            jobs = self._attempt(jobs, more, mends=mends, outlasts=cuts < (CUTS if len(jobs) == 1 else 1))
            more, cuts = (), cuts + 1

    def _attempt(
        self, jobs: list[QueuedWrite[Any]], more: Iterable[QueuedWrite[Any]], *, mends: bool, outlasts: bool
    ) -> list[QueuedWrite[Any]]:
        """Run `jobs`, to which it adds `more`, in one transaction; return what is to be run again.

        Args:
            jobs: Jobs whose futures are running.
            more: Jobs to run after them.
            mends: Whether a damaged file may be replaced.
            outlasts: Whether to wait for a server that is away. A job that cuts the connection each time has to end.
        """
        if self._abandoned:
            return self._turn_away(jobs)
        results: list[Any] = []
        self._running = jobs
        try:
            with self._backend.transaction() as connection:
                results.extend([job.fn(connection) for job in jobs])
                for job in more:
                    jobs.append(job)
                    results.append(job.fn(connection))
                if self._spool is not None:
                    self._spool.note(connection, jobs)
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever waits for the future
            fault = self._backend.fault(error)
            if isinstance(fault, StoreAwayError) and self._backend.outlasts and (outlasts or self._backend.unsure):
                return self._outlast(jobs, results, fault)
            if isinstance(fault, StoreLockedError) and not self._closing.is_set():
                fault.__cause__ = error
                return self._outwait(jobs, fault)
            mended = mends and isinstance(fault, StoreDamagedError) and self._backend.mend(str(fault))
            if len(jobs) == 1 and not mended:
                self._refuse(jobs[0], error)
            else:
                self._run_parts(jobs)
            return []
        self._backend.note_success()
        self._settle(jobs, results, noted=True)
        return []

    def _run_parts(self, jobs: Sequence[QueuedWrite[Any]]) -> None:
        """Run the halves of `jobs` in a transaction each: so the one that fails is soon alone."""
        rest, half = self._next, len(jobs) // 2
        for part, others in ((jobs[:half], jobs[half:]), (jobs[half:], ())):
            self._next = [*others, *rest]
            self._run_all([job for job in part if not job.future.done()], mends=False)

    def _refuse(self, job: QueuedWrite[Any], error: BaseException) -> None:
        fault = self._backend.fault(error)
        if fault is not None and fault is not error:
            fault.__cause__ = error
            if isinstance(fault, StoreError):
                self._backend.note_failure(str(fault))
        if self._spool is not None:
            self._spool.done([job], noted=False)
        job.future.set_exception(fault or error)

    def _outwait(self, jobs: Sequence[QueuedWrite[Any]], fault: StoreLockedError) -> list[QueuedWrite[Any]]:
        """Turn away the jobs that somebody waits for; return those of `jobs` that wait until the lock has gone.

        The driver has waited for some seconds already, and waits again in the next transaction.
        """
        self._backend.note_failure(str(fault), "what happens now is written when the lock has gone")
        for job in [*jobs, *self._next, *self._queue.take_unkept()]:
            if not job.kept:
                job.turn_away(fault)
        return [job for job in jobs if job.kept]

    def _outlast(
        self, jobs: list[QueuedWrite[Any]], results: list[Any], fault: StoreAwayError
    ) -> list[QueuedWrite[Any]]:
        """Wait until the server is back; return which of `jobs` are to be run again."""
        pause, began = 0.0, time.monotonic()
        while not self._leaves_within(pause, jobs):
            try:
                committed = self._backend.reconnect()
            except StoreError as error:
                fault = error if isinstance(error, StoreAwayError) else StoreAwayError(str(error))
            else:
                if committed:
                    self._settle(jobs, results, noted=False)
                return [] if committed else [job for job in jobs if not job.future.done()]
            self._backend.note_away(fault)
            # While it is not known if they are done, who waits for them is told after a while.
            if not self._backend.unsure or time.monotonic() - began > UNSURE_S:
                for job in jobs:
                    if not job.kept:
                        job.turn_away(fault)
            for job in [*self._next, *self._queue.take_unkept()]:
                if not job.kept:
                    job.turn_away(fault)
            pause = min(max(TRY_S, pause * 2), TRY_LATER_S)
        self._leaving = True
        if kept := self._keep(jobs):
            _log.warning("the database does not answer: %d changes are kept on disk for the next start", kept)
        return self._turn_away([*jobs, *self._next])

    def _leaves_within(self, seconds: float, jobs: Sequence[QueuedWrite[Any]]) -> bool:
        """Wait; meanwhile keep on disk what cannot be written; return whether the database is closed."""
        end = time.monotonic() + seconds
        while seconds > 0:
            self._keep(jobs)
            if self._closing.wait(min(KEEP_S, seconds)):
                break
            seconds = end - time.monotonic()
        return self._closing.is_set()

    def _keep(self, running: Sequence[QueuedWrite[Any]]) -> int:
        """Keep on disk what cannot be written; return how much of it is there."""
        if self._spool is None or not self._backend.outlasts:
            return 0
        return self._spool.keep([*running, *self._next, *self._queue.waiting()], running, self._backend.mark)

    def _turn_away(self, jobs: Sequence[QueuedWrite[Any]]) -> list[QueuedWrite[Any]]:
        """Let `jobs` fail, and all that wait."""
        for job in jobs:
            job.turn_away(StoreAwayError(CLOSED))
        self._empty(work=False)
        return []

    def _settle(self, jobs: Sequence[QueuedWrite[Any]], results: Sequence[Any], *, noted: bool) -> None:
        """Tell who waits for them the results of `jobs`; `noted` as for `Spool.done`."""
        self._running = ()
        if self._spool is not None:
            self._spool.done(jobs, noted=noted)
        # Who waits is told last: what follows from the other jobs is queued by then.
        for kept in (True, False):
            with self.together():
                for job, result in zip(jobs, results, strict=True):
                    if job.kept == kept and not job.future.done():  # else its caller was told that it is not known
                        job.future.set_result(result)

    def _waiting(self) -> Iterator[QueuedWrite[Any]]:
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
                else:
                    job.turn_away(StoreError(CLOSED))


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):  # their texts hold the password
        raise StoreError("the address of the database is not like postgresql://user:password@host:port/name") from None


def _backend(url: URL) -> Backend:
    if url.get_backend_name() == "sqlite":
        return DatabaseFile(url)
    from dogwatch.store.database_server import DatabaseServer  # costs memory, and needs a driver

    return DatabaseServer(url)
