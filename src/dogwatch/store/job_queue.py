"""The queue of the writer thread."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class QueuedWrite(Generic[T]):
    """A job for the writer thread, and the future for its result.

    `kept` jobs wait while the server of the database is away, or its file locked. Of the others somebody waits for the
    result. `number` is that of a job which is on disk meanwhile (`store.spool`), else 0.
    """

    fn: Callable[[Connection], T]
    kept: bool
    future: Future[T] = field(default_factory=Future)
    number: int = 0

    def turn_away(self, error: Exception) -> None:
        """Let the job fail, unless it was cancelled or has failed already."""
        if self.future.done():
            return
        if self.future.running() or self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)


class JobQueue(queue.Queue["QueuedWrite[Any] | None"]):
    """A bounded queue of jobs; None tells the writer thread to leave."""

    def put_all(self, jobs: Sequence[QueuedWrite[Any]]) -> int:
        """Append jobs, and wake the writer thread once; return how many of them the queue has taken."""
        with self.mutex:
            taken = jobs[: max(0, self.maxsize - self._qsize())] if self.maxsize > 0 else jobs
            self.queue.extend(taken)
            self.unfinished_tasks += len(taken)
            self.not_empty.notify()
        return len(taken)

    def waiting(self) -> list[QueuedWrite[Any]]:
        """Return the jobs, oldest first; they stay."""
        with self.mutex:
            return [job for job in self.queue if job is not None]

    def take_unkept(self) -> list[QueuedWrite[Any]]:
        """Take the jobs that are not to wait while the server is away."""
        with self.mutex:
            taken = [job for job in self.queue if job is not None and not job.kept]
            if taken:
                self.queue = deque(job for job in self.queue if job is None or job.kept)
                self.not_full.notify_all()
        return taken
