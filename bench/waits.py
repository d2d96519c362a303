"""How long the writes of a database wait, and for what.

Most jobs only note what is to be written: it is written at the end of their transaction (`store.deferred`). So
transactions are measured, not the statements of a job.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from dogwatch.store.database import Database


@dataclass(slots=True)
class Wait:
    """One write: when it was asked for, began, and was committed (monotonic seconds)."""

    asked: float
    began: float = 0.0
    committed: float = 0.0


@dataclass(frozen=True, slots=True)
class Transaction:
    """Its seconds until its end, and for what waited until then and the commit."""

    taking: float
    ending: float


class Waits:
    """Notes every write that is submitted to `db` from now on."""

    def __init__(self, db: Database) -> None:
        self.all: list[Wait] = []
        self.transactions: list[Transaction] = []
        self._db, self._writer = db, db._thread.native_id
        self._submit, self._begin = db.submit, db._backend.transaction
        self._before = self._schedule()
        self._began = time.monotonic()
        self._searches: list[float] = []  # for garbage: how long each took, in which no other thread ran
        self._searching = 0.0
        gc.callbacks.append(self.search)
        db.submit = self.submit  # type: ignore[method-assign]
        db._backend.transaction = self.transaction  # type: ignore[method-assign]

    def close(self) -> None:
        """Note no more of them."""
        self._db.submit = self._submit  # type: ignore[method-assign]
        self._db._backend.transaction = self._begin  # type: ignore[method-assign]
        gc.callbacks.remove(self.search)

    def search(self, phase: str, _: object) -> None:
        """Note that a search for garbage begins or ends."""
        if phase == "start":
            self._searching = time.monotonic()
        else:
            self._searches.append(time.monotonic() - self._searching)

    def submit(self, fn: Callable[[Connection], Any], *, keep: bool = True) -> Future[Any]:
        """Note `fn` and queue it."""
        wait = Wait(time.monotonic())

        def timed(connection: Connection) -> Any:
            wait.began = time.monotonic()
            return fn(connection)

        def note(_: Future[Any]) -> None:
            wait.committed = time.monotonic()

        future: Future[Any] = self._submit(timed, keep=keep)
        future.add_done_callback(note)
        self.all.append(wait)
        return future

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a transaction, and note how long it takes."""
        began = time.monotonic()
        with self._begin() as connection:
            yield connection
            taken = time.monotonic()
        self.transactions.append(Transaction(taken - began, time.monotonic() - taken))

    async def come(self, count: int) -> None:
        """Wait until so many writes have been asked for, and forget these."""
        async with asyncio.timeout(30):
            while len(self.all) < count:  # noqa: ASYNC110 - the writer knows no events
                await asyncio.sleep(0.05)
        self.all.clear()
        self.transactions.clear()
        self._searches.clear()
        self._began, self._before = time.monotonic(), self._schedule()

    def report(self, goal_ms: float) -> str:
        """Return what was noted, in words."""
        done = [wait for wait in self.all if wait.committed and wait.began]
        passed = time.monotonic() - self._began
        total = parted([wait.committed - wait.asked for wait in done])
        ran, waited = (
            (now - before) / passed / 1e6 for now, before in zip(self._schedule(), self._before, strict=True)
        )
        each = self.transactions
        longest = max(one.taking + one.ending for one in each) * 1000
        return "\n".join(
            (
                f"{len(done)} writes, {len(done) / passed:.0f} a second, waited {total} (goal: p99 {goal_ms})",
                f"  until they began {parted([wait.began - wait.asked for wait in done])}",
                f"  then for their transaction {parted([wait.committed - wait.began for wait in done])}",
                f"{len(each)} transactions, {len(done) / len(each):.1f} writes each",
                f"  taking jobs {parted([one.taking for one in each])}",
                f"  writing and committing {parted([one.ending for one in each])}",
                f"  the longest {longest:.0f} ms; the longest of {len(self._searches)} searches for garbage "
                f"{max(self._searches, default=0.0) * 1000:.0f} ms",
                f"  a second: the thread ran {ran:.0f} ms and waited {waited:.0f} ms for a processor",
            )
        )

    def _schedule(self) -> tuple[int, int]:
        """Return for how many nanoseconds the writer's thread has run, and waited for a processor."""
        ran, waited, _ = Path(f"/proc/self/task/{self._writer}/schedstat").read_text().split()
        return int(ran), int(waited)


def parted(seconds: list[float]) -> str:
    """Return median and 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    return f"{statistics.median(ordered) * 1000:.1f} ms, p99 {ordered[int(len(ordered) * 0.99)] * 1000:.1f} ms"
