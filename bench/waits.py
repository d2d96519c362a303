"""How long the writes of a database wait, and for what."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from dogwatch.store.database import Database


@dataclass(slots=True)
class Wait:
    """One write: when it was asked for, ran, and was committed (monotonic seconds), and its processor seconds."""

    asked: float
    began: float = 0.0
    ended: float = 0.0
    committed: float = 0.0
    spent: float = 0.0


class Waits:
    """Notes every write that is submitted to `db` from now on."""

    def __init__(self, db: Database) -> None:
        self.all: list[Wait] = []
        self._submit, self._writer = db.submit, db._thread.native_id
        self._queued = self._for_processor()
        self._began = time.monotonic()
        db.submit = self.submit  # type: ignore[method-assign]

    def submit(self, fn: Callable[[Connection], Any], *, keep: bool = True) -> Future[Any]:
        """Note `fn` and queue it."""
        wait = Wait(time.monotonic())

        def timed(connection: Connection) -> Any:
            wait.began, spent = time.monotonic(), time.thread_time()
            try:
                return fn(connection)
            finally:
                wait.ended, wait.spent = time.monotonic(), time.thread_time() - spent

        def note(_: Future[Any]) -> None:
            wait.committed = time.monotonic()

        future: Future[Any] = self._submit(timed, keep=keep)
        future.add_done_callback(note)
        self.all.append(wait)
        return future

    async def come(self, count: int) -> None:
        """Wait until so many writes have been asked for, and forget these."""
        async with asyncio.timeout(30):
            while len(self.all) < count:  # noqa: ASYNC110 - the writer knows no events
                await asyncio.sleep(0.05)
        self.all.clear()
        self._began, self._queued = time.monotonic(), self._for_processor()

    def report(self, goal_ms: float) -> str:
        """Return what was noted, in words."""
        done = [wait for wait in self.all if wait.committed and wait.ended]
        passed = time.monotonic() - self._began
        total = parted([wait.committed - wait.asked for wait in done])
        busy, spent = sum(wait.ended - wait.began for wait in done), sum(wait.spent for wait in done)
        processor = (self._for_processor() - self._queued) / 1e9
        return "\n".join(
            (
                f"{len(done)} writes, {len(done) / passed:.0f} a second, waited {total} (goal: p99 {goal_ms})",
                f"  until they began {parted([wait.began - wait.asked for wait in done])}",
                f"  their own statements {parted([wait.ended - wait.began for wait in done])}",
                f"  the rest of their transaction {parted([wait.committed - wait.ended for wait in done])}",
                f"  a second: {busy / passed * 1000:.0f} ms in statements, of which {spent / passed * 1000:.0f} ran; "
                f"the thread waited {processor / passed * 1000:.0f} ms for a processor",
            )
        )

    def _for_processor(self) -> int:
        return int(Path(f"/proc/self/task/{self._writer}/schedstat").read_text().split()[1])


def parted(seconds: list[float]) -> str:
    """Return median and 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    return f"{statistics.median(ordered) * 1000:.1f} ms, p99 {ordered[int(len(ordered) * 0.99)] * 1000:.1f} ms"
