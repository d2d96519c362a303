"""What a sort of work has to offer, and what it may ask while it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Connection

from dogwatch.errors import DogwatchError
from dogwatch.store.jobs import Job


class JobError(DogwatchError):
    """A job has failed; the message is fit for a user."""


class CancelledError(DogwatchError):
    """A job ends because somebody has cancelled it, or because the program leaves."""


class Control:
    """What a running job may ask and tell. For the job's own thread."""

    def __init__(self, stopping: Callable[[], bool], tell: Callable[[str, float], None]) -> None:
        """Ask `stopping` whether to end; `tell` takes a step and its progress (0 to 100)."""
        self._stopping, self._tell = stopping, tell

    def check(self) -> None:
        """Call this at least once a second.

        Raises:
            CancelledError: The job has to end now.
        """
        if self._stopping():
            raise CancelledError("cancelled")

    def step(self, name: str, progress: float) -> None:
        """Tell how far the job is.

        Raises:
            CancelledError: The job has to end now.
        """
        self.check()
        self._tell(name, min(max(progress, 0.0), 100.0))


class Kind(Protocol):
    """A sort of work. Its methods are called from worker threads."""

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

    def run(self, job: Job, control: Control) -> dict[str, Any]:
        """Do the work and return its result; nothing half done may be where a whole result belongs.

        Raises:
            JobError: It cannot be done.
            CancelledError: `control` says so.
        """
        ...

    def undo(self, job: Job) -> None:
        """Remove what `run` may have left: before it is repeated, and when the job has not succeeded."""
        ...

    def settle(self, connection: Connection, job: Job) -> None:
        """Change rows of one's own in the very transaction in which `job` ends; it may be run twice."""
        ...
