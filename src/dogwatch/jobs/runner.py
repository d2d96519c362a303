"""Queues, runs, cancels and recovers jobs: the oldest first, a limited number of each kind at once."""

from __future__ import annotations

import logging
import platform
import threading
import time as time_module
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from dogwatch.errors import ConflictError, DogwatchError, NotFoundError, StoreError
from dogwatch.jobs.kinds import CancelledError, JobControl, JobKind
from dogwatch.store import jobs
from dogwatch.store.database import Database
from dogwatch.store.jobs import Job

log = logging.getLogger(__name__)

LEASE_S = 60.0
TELL_EVERY_S = 1.0
ATTEMPTS = 3  # a job that was cut off so often fails: it may be the job that kills the program
KEPT_S = 7 * 86_400.0  # results are kept for this long
CLOSE_S = 5.0


class QueueFullError(DogwatchError):
    """Too many jobs of one kind are waiting."""

    status = 503


class JobRunner:
    """Runs the jobs of one program. Safe to use from any thread; `submit` and `cancel` wait for the database."""

    def __init__(
        self,
        db: Database,
        kinds: Iterable[JobKind],
        changed: Callable[[Job], None] = lambda _: None,
        clock: Callable[[], float] = time_module.time,
        holder: str = "",
    ) -> None:
        """Prepare; nothing runs until `start`.

        Args:
            db: The database with the table of jobs.
            kinds: The kinds of jobs.
            changed: Called with each job whose state, step or progress has changed.
            clock: Gives the epoch time in seconds.
            holder: The name of this program among those that share the database; by default the machine's.
        """
        self._db, self._changed, self._clock = db, changed, clock
        self._kinds: Mapping[str, JobKind] = {kind.name: kind for kind in kinds}
        self._holder = holder or platform.node() or "localhost"
        self._lock = threading.Lock()
        self._busy: Counter[str] = Counter()
        self._unheard: set[str] = set()  # kinds that were woken while as many threads as may run were busy
        self._threads: set[threading.Thread] = set()
        self._cancelled: set[str] = set()
        self._running: set[str] = set()
        self._leaving = True  # until `start`

    def start(self) -> None:
        """Recover jobs that were cut off, and start to work."""
        self._leaving = False
        self._recover(self._holder)
        for kind in self._kinds.values():
            self._wake(kind)

    def tick(self) -> None:
        """Renew leases, take over jobs whose lease has expired, delete old results; call it every few seconds."""
        now = self._clock()
        with self._lock:
            running = frozenset(self._running)  # not a job whose end could not be written: its lease is to expire
        found = self._states()

        def work(connection: Connection) -> None:
            jobs.renew(connection, running, now + LEASE_S)
            jobs.prune(connection, now - KEPT_S)

        if running or any(state in jobs.ENDED for _, state in found):
            self._db.write(work)
        if any(state == "running" for _, state in found):
            self._recover("")
            found = self._states()
        for kind in self._kinds.values():
            if (kind.name, "queued") in found:
                self._wake(kind)

    def submit(
        self,
        kind: str,
        job_id: str,
        params: dict[str, Any],
        *,
        camera: str | None = None,
        owner: str = "",
        beside: Callable[[Connection], None] = lambda _: None,
    ) -> Job:
        """Queue a job; `beside` writes the kind's own rows in the same transaction.

        Raises:
            QueueFullError: Too many of its kind are waiting.
            StoreError: The row cannot be written.
        """
        limit = self._kinds[kind].queue_limit
        job = Job(
            job_id, kind, camera, owner, "queued", params, None, "", "queued", 0.0, 0, False, self._clock(), None, None
        )

        def work(connection: Connection) -> bool:
            if jobs.waiting(connection, kind) >= limit:
                return False
            jobs.add(connection, job)
            beside(connection)
            return True

        if not self._db.write(work):
            raise QueueFullError(f"{limit} jobs are waiting already; try again later")
        self._changed(job)
        self._wake(self._kinds[kind])
        return job

    def cancel(self, job_id: str) -> Job:
        """Cancel a job: a waiting one ends at once, a running one within about a second.

        Raises:
            NotFoundError: There is no such job.
            ConflictError: It has ended already.
        """
        now = self._clock()
        before = self.find(job_id)
        if before.state in jobs.ENDED:
            raise ConflictError(f"the job has ended already: {before.state}")

        def work(connection: Connection) -> Job | None:
            job = jobs.cancel(connection, job_id, now)
            if job is not None and job.state == "cancelled" and job.kind in self._kinds:
                self._kinds[job.kind].settle(connection, job)
            return job

        job = self._db.write(work)
        if job is None:
            raise NotFoundError("Job not found")
        if job.state in jobs.ENDED and job.state != "cancelled":
            raise ConflictError(f"the job has ended already: {job.state}")
        with self._lock:
            if job_id in self._running:
                self._cancelled.add(job_id)
        self._changed(job)
        return job

    def find(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            NotFoundError: There is no such job.
        """
        with self._db.read() as connection:
            job = jobs.one(connection, job_id)
        if job is None:
            raise NotFoundError("Job not found")
        return job

    def listed(self, kind: str, cameras: Iterable[str] | None, *, live: bool = False) -> list[Job]:
        """Return jobs of `kind`, newest first; see `store.jobs.listed`."""
        with self._db.read() as connection:
            return jobs.listed(connection, kind, cameras, live=live)

    def latest(self, kinds: Collection[str] | None, *, limit: int, live: bool = False) -> list[Job]:
        """Return jobs of all or some kinds, newest first; see `store.jobs.latest`."""
        with self._db.read() as connection:
            return jobs.latest(connection, kinds, limit=limit, live=live)

    def close(self) -> None:
        """Stop running jobs; they start again after the next start of the program."""
        self._leaving = True
        with self._lock:
            threads = list(self._threads)
        patience = time_module.monotonic() + CLOSE_S
        for thread in threads:
            thread.join(max(0.0, patience - time_module.monotonic()))

    # ------------------------------------------------------------ work

    def _wake(self, kind: JobKind) -> None:
        """Start a thread for `kind` if another may run."""
        with self._lock:
            if self._leaving:
                return
            if self._busy[kind.name] >= kind.workers:
                self._unheard.add(kind.name)
                return
            self._busy[kind.name] += 1
            thread = threading.Thread(target=self._drain, args=(kind,), name=f"job-{kind.name}", daemon=True)
            self._threads.add(thread)
            thread.start()  # while the lock is held: `close` joins the threads it finds, which must have started

    def _drain(self, kind: JobKind) -> None:
        """Run jobs of `kind` one after another until none is waiting."""
        try:
            while not self._leaving and (job := self._claim(kind)) is not None:
                self._wake(kind)  # there may be more jobs
                self._run(kind, job)
        except DogwatchError as error:
            log.error("jobs of kind %s have to wait: %s", kind.name, error)
        except Exception:
            log.exception("a thread for jobs of kind %s has ended", kind.name)
        finally:
            with self._lock:
                self._busy[kind.name] -= 1
                self._threads.discard(threading.current_thread())
                unheard = kind.name in self._unheard
                self._unheard.discard(kind.name)
            if unheard:  # a job may have been queued just after this thread found none
                self._wake(kind)

    def _claim(self, kind: JobKind) -> Job | None:
        now = self._clock()
        return self._db.write(lambda connection: jobs.claim(connection, kind.name, self._holder, now, now + LEASE_S))

    def _run(self, kind: JobKind, job: Job) -> None:
        with self._lock:
            self._running.add(job.id)
        try:
            if self.find(job.id).cancelled:  # cancelled between the claim and now; a later cancel finds it running
                with self._lock:
                    self._cancelled.add(job.id)
            self._changed(job)
            self._work(kind, job)
        finally:
            with self._lock:
                self._running.discard(job.id)
                self._cancelled.discard(job.id)

    def _work(self, kind: JobKind, job: Job) -> None:
        control = JobControl(lambda: self._leaving or job.id in self._cancelled, self._teller(job))
        error, result = "", None
        try:
            result = kind.run(job, control)
        except CancelledError:
            if job.id not in self._cancelled:
                return  # the program stops; the row still says that the job runs, so the next start recovers it
            error = "cancelled"
        except DogwatchError as failure:
            error = str(failure)
            log.warning("job %s has failed: %s", job.id, error)
        except Exception as failure:
            error = f"unexpected: {type(failure).__name__}"
            log.exception("job %s has failed", job.id)
        if result is None:
            self._undo(kind, job)
        state: jobs.State = "success" if result is not None else "cancelled" if error == "cancelled" else "failed"
        settled = self._settle(job, state, error, result)
        if result is not None and (settled is None or settled.state != "success"):
            log.warning("job %s has no row any more; its result is removed", job.id)
            self._undo(kind, job)

    def _settle(self, job: Job, state: jobs.State, error: str, result: dict[str, Any] | None) -> Job | None:
        """End a job in the table and return it; None if its row has gone, as with a new database."""
        now = self._clock()

        def end(connection: Connection) -> Job | None:
            jobs.end(connection, job.id, state, now, error=error, result=result)
            settled = jobs.one(connection, job.id)
            if settled is not None:
                self._kinds[job.kind].settle(connection, settled)
            return settled

        # Unlike `write`, this waits for a server that is away, or a file that is locked: the job's work is done.
        if (settled := self._db.submit(end).result()) is not None:
            self._changed(settled)
        return settled

    def _teller(self, job: Job) -> Callable[[str, float], None]:
        """Return a function that stores each step, and the progress within a step about once a second."""
        told: tuple[str, float] = ("", 0.0)

        def tell(step: str, progress: float) -> None:
            nonlocal told
            now = time_module.monotonic()
            if step == told[0] and now - told[1] < TELL_EVERY_S:
                return
            told = (step, now)

            def work(connection: Connection) -> Job | None:
                jobs.advance(connection, job.id, step, progress)
                return jobs.one(connection, job.id)

            try:
                current = self._db.write(work)
            except StoreError:
                return  # the job can do without
            # Another program that shares the database may have cancelled it, or a new database may lack it.
            if current is None or current.cancelled:
                with self._lock:
                    self._cancelled.add(job.id)
            if current is not None:
                self._changed(current)

        return tell

    def _states(self) -> set[tuple[str, str]]:
        with self._db.read() as connection:
            return jobs.states(connection)

    def _recover(self, holder: str) -> None:
        """Clean up after jobs that were cut off; queue them again, or let them fail after `ATTEMPTS`."""
        now = self._clock()
        with self._db.read() as connection:
            found = jobs.cut_off(connection, holder, now)
        for job in found:
            kind = self._kinds.get(job.kind)
            if kind is None or job.id in self._running:  # a slow database cost it the lease, but it is still running
                continue
            self._undo(kind, job)
            if job.cancelled:
                self._settle(job, "cancelled", "cancelled", None)
            elif job.attempts >= ATTEMPTS:
                self._settle(job, "failed", f"it was cut off {job.attempts} times", None)
            else:
                log.info("job %s was cut off; it starts again", job.id)
                self._requeue(job.id)

    def _requeue(self, job_id: str) -> None:
        self._db.write(lambda connection: jobs.requeue(connection, job_id))

    def _undo(self, kind: JobKind, job: Job) -> None:
        try:
            kind.undo(job)
        except (OSError, DogwatchError) as error:
            log.error("what job %s has left cannot be removed: %s", job.id, error)
        except Exception:  # one job that cannot be undone must not prevent the recovery of all others
            log.exception("what job %s has left cannot be removed", job.id)
