"""Queues of what is sent: each destination has its own, so that one that is slow or away delays no other."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto

log = logging.getLogger(__name__)

QUEUE_LIMIT = 20
DESTINATIONS = 25_000
PARALLEL = 8
ATTEMPT_S = 40.0
LONGEST_WAIT_S = 300.0
DELAYS_S = (3.0, 20.0, 90.0)
"""How long it takes until a message is tried again; after the last time it is given up."""


class DeliveryOutcome(Enum):
    """What has become of an attempt."""

    DELIVERED = auto()
    GONE = auto()
    """The destination does not exist any more."""
    LATER = auto()
    """It is worth another attempt."""
    REFUSED = auto()
    """It would be refused again."""
    WITHDRAWN = auto()
    """It is not to be delivered any more."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt and, unless it was delivered, why not; `wait_s` is what the other side wants us to wait."""

    outcome: DeliveryOutcome
    error: str = ""
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One thing to send.

    `topic` names what it is about: of two with the same, only the later one is worth sending. `send` tries it once;
    `settled` is called in the event loop with the last attempt.
    """

    topic: str
    send: Callable[[], Awaitable[Attempt]]
    settled: Callable[[Attempt], None]


@dataclass(slots=True)
class _Line:
    waiting: deque[Dispatch] = field(default_factory=deque)
    task: asyncio.Task[None] | None = None


class DeliveryQueues:
    """The queues of all destinations. For one event loop."""

    def __init__(self, delays_s: tuple[float, ...] = DELAYS_S, attempt_s: float = ATTEMPT_S) -> None:
        """Begin with nothing to do; try again after `delays_s`, and give an attempt up after `attempt_s`."""
        self._delays_s, self._attempt_s = delays_s, attempt_s
        self._lines: dict[str, _Line] = {}
        self._slots = asyncio.Semaphore(PARALLEL)
        self.sent = self.failed = self.dropped = 0

    def put(self, destination: str, dispatch: Dispatch) -> None:
        """Send something to a destination, after what waits for it; a full queue drops its oldest."""
        line = self._lines.setdefault(destination, _Line())
        if any(one.topic == dispatch.topic for one in line.waiting):
            line.waiting = deque(one for one in line.waiting if one.topic != dispatch.topic)
        if len(line.waiting) >= QUEUE_LIMIT:
            line.waiting.popleft()
            self.dropped += 1
        line.waiting.append(dispatch)
        if line.task is None:
            line.task = asyncio.create_task(self._work(destination, line))

    def forget(self, destination: str) -> None:
        """Drop what waits for a destination that is no more."""
        if (line := self._lines.get(destination)) is not None:
            line.waiting.clear()

    @property
    def waiting(self) -> int:
        """How many wait to be sent."""
        return sum(len(line.waiting) for line in self._lines.values())

    async def close(self) -> None:
        """Send nothing any more."""
        tasks = [line.task for line in self._lines.values() if line.task is not None]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        self._lines.clear()

    async def _work(self, destination: str, line: _Line) -> None:
        try:
            while line.waiting:
                await self._deliver(line.waiting.popleft(), line)
        finally:
            self._lines.pop(destination, None)

    async def _deliver(self, dispatch: Dispatch, line: _Line) -> None:
        attempt = await self._attempt(dispatch)
        for delay_s in self._delays_s:
            if attempt.outcome is not DeliveryOutcome.LATER or any(one.topic == dispatch.topic for one in line.waiting):
                break
            wait_s = min(max(delay_s, attempt.wait_s), LONGEST_WAIT_S)
            await asyncio.sleep(wait_s * random.uniform(1.0, 1.2))  # noqa: S311 - apart from one another
            attempt = await self._attempt(dispatch)
        if attempt.outcome is DeliveryOutcome.DELIVERED:
            self.sent += 1
        elif attempt.outcome is DeliveryOutcome.WITHDRAWN:
            self.dropped += 1
        else:
            self.failed += 1
        dispatch.settled(attempt)

    async def _attempt(self, dispatch: Dispatch) -> Attempt:
        """Try once; whatever goes wrong is an answer, because one message must not end the queue."""
        async with self._slots:
            try:
                async with asyncio.timeout(self._attempt_s):
                    return await dispatch.send()
            except TimeoutError:
                return Attempt(DeliveryOutcome.LATER, "there was no answer in time")
            except Exception:
                log.exception("a notification could not be sent")
                return Attempt(DeliveryOutcome.REFUSED, "an error of Dogwatch, which is in its log")
