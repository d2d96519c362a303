"""Makes all pictures that clients of the core ask for: in a few threads, fairly, within a memory budget.

Making one picture takes tens of megabytes. So two are made at a time, and one more in a thread for thumbnails. A job
that takes much memory asks for it with `need`, and waits while all jobs together would exceed `WORK_BYTES`; a job that
needs more than that runs alone. Callers are served round robin, however many pictures one of them asks for. A finished
picture counts against its caller until it is delivered: a caller who does not read gets no more.

Threads start with the first job. They end, and free their memory, after `IDLE_S` without one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sized
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial, wraps
from typing import Any, Generic, ParamSpec, TypeVar

from dogwatch.errors import DogwatchError

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
QUICK_THREADS = 1  # a thumbnail does not wait until large pictures are made
WORK_BYTES = 96 << 20
UNDELIVERED_BYTES = 64 << 20
UNDELIVERED_EACH = 24 << 20
WAITING = 256
WAITING_EACH = 64
IDLE_S = 5.0
INTERNAL_CALLER = ""
"""The caller of pictures that Dogwatch itself needs."""


class ThreadKind(StrEnum):
    """Which jobs a thread takes."""

    ANY = "any"
    QUICK = "quick"


class TooManyWaitingError(DogwatchError):
    """Too many pictures are waiting already; `each` if the limit is the caller's own, not the one for all."""

    status = 503

    def __init__(self, limit: int, *, each: bool) -> None:
        """Say what the limit is."""
        super().__init__(f"{limit} pictures are waiting to be made")
        self.limit, self.each = limit, each


class PictureJob(Generic[T]):
    """A job that waits, runs or is done, as `future` tells; `release` it once the result is delivered or unwanted."""

    def __init__(self, pool: PicturePool, caller: str, make: Callable[[], T]) -> None:
        """Made by `PicturePool.submit`."""
        self.future: Future[T] = Future()
        self.caller, self.make = caller, make
        self.held = 0
        self.over = False
        self._pool = pool

    def release(self) -> None:
        """Cancel the job if it still waits; free what its result counts for."""
        self._pool.release(self)


@dataclass(slots=True)
class _CallerQueue:
    """The jobs of one caller, the quick ones first."""

    quick: deque[PictureJob[Any]] = field(default_factory=deque)
    slow: deque[PictureJob[Any]] = field(default_factory=deque)
    held: int = 0

    @property
    def waiting(self) -> int:
        return len(self.quick) + len(self.slow)


class PicturePool:
    """Runs jobs that make pictures. Safe to use from any thread."""

    def __init__(self, threads: int = THREADS, work_bytes: int = WORK_BYTES, idle_s: float = IDLE_S) -> None:
        """Set the limits; threads start with the first job."""
        self._limits = {ThreadKind.ANY: threads, ThreadKind.QUICK: QUICK_THREADS}
        self._budget, self._idle_s = work_bytes, idle_s
        self._changed = threading.Condition()
        self._queues: OrderedDict[str, _CallerQueue] = OrderedDict()
        self._threads = dict.fromkeys(ThreadKind, 0)
        self._idle = dict.fromkeys(ThreadKind, 0)
        self._waiting = self._held = self._needed = 0
        self._here = threading.local()

    def submit(self, caller: str, make: Callable[[], T], *, quick: bool = False) -> PictureJob[T]:
        """Queue `make`, a job of `caller`; a `quick` one goes before the caller's others.

        Raises:
            TooManyWaitingError: The caller's queue is full, or all queues together are.
        """
        job = PictureJob(self, caller, make)
        with self._changed:
            queue = self._queues.setdefault(caller, _CallerQueue())
            if queue.waiting >= WAITING_EACH:
                raise TooManyWaitingError(WAITING_EACH, each=True)
            if self._waiting >= WAITING:
                raise TooManyWaitingError(WAITING, each=False)
            (queue.quick if quick else queue.slow).append(job)
            self._waiting += 1
            if not self._start(ThreadKind.ANY) and quick:
                self._start(ThreadKind.QUICK)
            self._changed.notify_all()
        return job

    def run(self, caller: str, make: Callable[[], T], *, quick: bool = False) -> T:
        """Queue `make` and wait for its result; call it at once if this is a thread of the pool.

        Raises:
            TooManyWaitingError: See `submit`.
        """
        if self.at_work():
            return make()
        job = self.submit(caller, make, quick=quick)
        try:
            return job.future.result()
        finally:
            job.release()

    def at_work(self) -> bool:
        """Whether the calling thread is one of the pool's."""
        return getattr(self._here, "needed", None) is not None

    def need(self, size: int) -> None:
        """Wait until the running job may take `size` bytes until its end; jobs call this before they take much memory.

        Only the first call of a job waits: two jobs that waited for each other would wait for ever.
        """
        if not self.at_work() or size <= self._here.needed:
            return
        with self._changed:
            if not self._here.needed:
                self._changed.wait_for(lambda: not self._needed or self._needed + size <= self._budget)
            self._needed += size - self._here.needed
            self._here.needed = size

    def release(self, job: PictureJob[Any]) -> None:
        """Release a job; see `PictureJob.release`."""
        with self._changed:
            if job.over:
                return
            job.over = True
            queue = self._queues.get(job.caller)
            if queue is not None and job.future.cancel():
                for jobs in (queue.quick, queue.slow):
                    if job in jobs:
                        jobs.remove(job)
                        self._waiting -= 1
            self._hold(job, 0)
            self._changed.notify_all()

    def statistics(self) -> dict[str, int]:
        """Return the numbers of `threads`, `waiting` jobs and `callers`, and bytes `undelivered` and `needed`."""
        with self._changed:
            return {
                "threads": sum(self._threads.values()),
                "waiting": self._waiting,
                "callers": len(self._queues),
                "undelivered": self._held,
                "needed": self._needed,
            }

    def _start(self, kind: ThreadKind) -> bool:
        """Start a thread if fewer are idle than jobs wait; False if there are as many threads as there may be."""
        if self._waiting <= self._idle[kind]:
            return True
        if self._threads[kind] >= self._limits[kind]:
            return False
        self._threads[kind] += 1
        threading.Thread(target=self._work, args=(kind,), name=f"pictures {kind}", daemon=True).start()
        return True

    def _work(self, kind: ThreadKind) -> None:
        self._here.needed = 0
        while (job := self._next(kind)) is not None:
            try:
                result = job.make()
            except BaseException as error:  # noqa: BLE001 - whoever waits for the result decides
                job.future.set_exception(error)
            else:
                with self._changed:
                    if not job.over:
                        self._hold(job, len(result) if isinstance(result, Sized) else 0)
                job.future.set_result(result)
                del result
            del job  # it would keep its result alive until the next job comes
            with self._changed:
                self._needed -= self._here.needed
                self._here.needed = 0
                self._changed.notify_all()

    def _next(self, kind: ThreadKind) -> PictureJob[Any] | None:
        """Wait for a job and take it; None when none came for `IDLE_S`."""
        with self._changed:
            self._idle[kind] += 1
            found: list[PictureJob[Any]] = []
            self._changed.wait_for(lambda: found or self._take(kind, found), self._idle_s)
            self._idle[kind] -= 1
            if not found:
                self._threads[kind] -= 1
                return None
            return found[0]

    def _take(self, kind: ThreadKind, found: list[PictureJob[Any]]) -> bool:
        """Take a job of the caller who was served longest ago."""
        if self._held >= UNDELIVERED_BYTES:
            return False
        for caller, queue in self._queues.items():
            jobs = queue.quick or (queue.slow if kind is ThreadKind.ANY else None)
            if jobs and queue.held < UNDELIVERED_EACH:
                job = jobs.popleft()
                self._waiting -= 1
                self._queues.move_to_end(caller)
                if job.future.set_running_or_notify_cancel():  # else the caller has just left
                    found.append(job)
                return bool(found)
        return False

    def _hold(self, job: PictureJob[Any], size: int) -> None:
        """Count `size` bytes for `job`; forget its caller when nothing of theirs is left."""
        queue = self._queues.get(job.caller)
        if queue is None:
            return
        queue.held += size - job.held
        self._held += size - job.held
        job.held = size
        if not queue.held and not queue.waiting:
            del self._queues[job.caller]


POOL = PicturePool()


def pooled(make: Callable[P, T]) -> Callable[P, T]:
    """Return a function that runs `make` in the pool; a call from outside a job counts as Dogwatch's own."""

    @wraps(make)
    def run_in_pool(*args: P.args, **kwargs: P.kwargs) -> T:
        return POOL.run(INTERNAL_CALLER, partial(make, *args, **kwargs), quick=True)

    return run_in_pool
