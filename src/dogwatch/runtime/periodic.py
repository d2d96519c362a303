"""Work that is repeated as long as the core runs. A round that fails is logged, and the next one follows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from dogwatch.errors import unexpected

log = logging.getLogger(__name__)


async def every(seconds: float, *jobs: Callable[[], None]) -> None:
    """Run `jobs` at whole multiples of `seconds` on the loop's clock, so that timers end together and wake it once."""
    loop, due = asyncio.get_running_loop(), 0.0
    while True:
        due = max(due, loop.time() // seconds * seconds) + seconds
        await asyncio.sleep(due - loop.time())
        for job in jobs:
            guarded(job)


async def every_in_thread(seconds: float | Callable[[], float], job: Callable[[], object]) -> None:
    """Run `job` in a thread at once, and again `seconds` after each time it has ended."""
    while True:
        await asyncio.to_thread(guarded, job)
        await asyncio.sleep(seconds() if callable(seconds) else seconds)


def guarded(job: Callable[[], object]) -> None:
    """Run a periodic job; a failure is logged and the next round tries again."""
    try:
        job()
    except Exception as error:
        log.error("a periodic job failed: %s", error, exc_info=unexpected(error))
