"""The protocol of a kind of job, and what a running job may call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Connection

from dogwatch.errors import DogwatchError
from dogwatch.store.jobs import Job


class JobError(DogwatchError):
    """A job has failed; the message is for the user."""


class CancelledError(DogwatchError):
    """A job has to end, because it was cancelled or because the program stops."""


class JobControl:
    """Through it a running job asks whether to end, and reports progress. For the job's own thread."""

    def __init__(self, stopping: Callable[[], bool], tell: Callable[[str, float], None]) -> None:
        """`stopping` tells whether to end; `tell` takes a step and its progress (0 to 100)."""
        self._stopping, self._tell = stopping, tell

    def check(self) -> None:
        """Call this at least once a second.

        Raises:
            CancelledError: The job has to end now.
        """
        if self._stopping():
            raise CancelledError("cancelled")

    def step(self, name: str, progress: float) -> None:
        """Report how far the job is.

        Raises:
            CancelledError: The job has to end now.
        """
        self.check()
        self._tell(name, min(max(progress, 0.0), 100.0))


class JobKind(Protocol):
    """A kind of job. Its methods are called from worker threads."""

    @property
    def name(self) -> str:
        """The kind's name in the table and in the API."""
        ...

    @property
    def workers(self) -> int:
        """How many jobs of this kind may run at once."""
        ...

    @property
    def queue_limit(self) -> int:
        """How many may wait."""
        ...

    def run(self, job: Job, control: JobControl) -> dict[str, Any]:
        """Do the work and return its result; an unfinished file must not have the name of a finished one.

        Raises:
            JobError: The work cannot be done.
            CancelledError: Raised by `control`, and passed on.
        """
        ...

    def undo(self, job: Job) -> None:
        """Remove what `run` may have left; called before `run` is repeated, and when the job has not succeeded."""
        ...

    def settle(self, connection: Connection, job: Job) -> None:
        """Change the kind's own rows in the transaction in which `job` ends; it may run twice."""
        ...
