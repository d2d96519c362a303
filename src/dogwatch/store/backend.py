"""What the writer thread and the readers need of a kind of database: see `database_file` and `database_server`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from dogwatch.errors import DogwatchError, StoreAwayError
from dogwatch.store.mending import Mending

LOST = "what happens now may not be remembered"


class Backend(Protocol):
    """One open database. `transaction`, `reconnect`, `mend` and the notes are for the writer thread alone."""

    @property
    def url(self) -> str:
        """The address without secrets."""

    @property
    def path(self) -> Path | None:
        """The file; None if there is no file that this program could replace."""

    @property
    def problem(self) -> str:
        """Why nothing can be written now; empty if writing works."""

    @property
    def away(self) -> bool:
        """Whether the server is known not to answer: what is asked now fails at once."""

    @property
    def age(self) -> int:
        """How often the database was replaced."""

    @property
    def outlasts(self) -> bool:
        """Whether jobs wait while the server is away."""

    @property
    def unsure(self) -> bool:
        """Whether it is not known if the last transaction, which was cut off, was committed."""

    @property
    def mark(self) -> float:
        """What the last transaction leaves in the database if it is committed; 0 if nothing outlasts."""

    @property
    def returns(self) -> int:
        """How often the server came back after it was away."""

    @property
    def mendings(self) -> Sequence[Mending]:
        """The replacements of the file since the start, oldest first."""

    def prepare(self, *, owns: bool) -> None:
        """Get ready for the first write; `owns` as for `Database.migrate`.

        Raises:
            StoreError: The database cannot be used.
        """

    def opened(self) -> None:
        """Note that the tables are there."""

    def read(self, *, once: bool = False) -> AbstractContextManager[Connection]:
        """Give a read-only connection that sees one consistent state; for any thread. `once` as for `Database.read`."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """Give the writer's connection in a transaction, which is committed at the end."""

    def reconnect(self) -> bool:
        """Connect again after a `StoreAwayError`; return whether the transaction that was cut off was committed.

        Raises:
            StoreError: The server is still away.
        """

    def fault(self, error: BaseException) -> DogwatchError | None:
        """Return the fault behind `error`, in words for the user; None if it is an error of the statement."""

    def moved(self) -> str:
        """Return what happened to the open files, as the end of a sentence; empty if they are in place."""

    def suspect(self, cause: str, age: int) -> bool:
        """Have the file replaced, if it is still the one of `age`; return whether the writer thread has to be woken."""

    def follow_suspicion(self) -> None:
        """Replace a file that was found to be damaged or missing outside of the writer thread."""

    def mend(self, cause: str) -> bool:
        """Replace the file; return whether that succeeded."""

    def note_away(self, fault: StoreAwayError) -> None:
        """Log that the server is away; only the first time."""

    def note_failure(self, problem: str, effect: str = LOST) -> None:
        """Log that writing has started to fail, and what that costs; only the first time."""

    def note_success(self) -> None:
        """Log that writing works again, once something has been written."""

    def disconnect(self) -> None:
        """Close the connection that writes."""

    def dispose(self) -> None:
        """Close everything."""
