"""Lets one job run at a time, and serves clients round robin."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dogwatch.auth.limits import TooManyTriesError

WAITING_EACH = 8
WAITING = 64


class FairQueue:
    """Lets one job run at a time; for the event loop.

    Clients are served round robin, so a job waits for at most one job of each other client. At most `WAITING` jobs
    wait, and `WAITING_EACH` of one client. When the queue is full, the last job of the client with the most makes room
    for a job of a client with fewer.
    """

    def __init__(self) -> None:
        """Start with an empty queue."""
        self._busy = False
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def slot(self, client: str) -> AsyncIterator[None]:
        """Wait until a job of `client` may run, which is then the block.

        Raises:
            TooManyTriesError: Too many are waiting.
        """
        if self._busy:
            await self._wait(client)
        self._busy = True
        try:
            yield
        finally:
            self._next()

    async def _wait(self, client: str) -> None:
        queue = self._waiting.get(client, deque())
        if len(queue) >= WAITING_EACH:
            raise TooManyTriesError(f"{WAITING_EACH} at once")
        if sum(map(len, self._waiting.values())) >= WAITING:
            self._make_room(len(queue))
        self._waiting.setdefault(client, queue)
        mine = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            await mine
        except BaseException:
            if mine in queue:
                self._drop(client, mine)
            elif mine.done() and not mine.cancelled() and mine.exception() is None:
                self._next()  # its turn had come already
            raise

    def _make_room(self, mine: int) -> None:
        fullest = max(self._waiting, key=lambda client: len(self._waiting[client]))
        if len(self._waiting[fullest]) <= mine + 1:
            raise TooManyTriesError(f"{WAITING} at once")
        last = self._waiting[fullest][-1]
        self._drop(fullest, last)
        last.set_exception(TooManyTriesError(f"{WAITING} at once"))

    def _drop(self, client: str, one: asyncio.Future[None]) -> None:
        self._waiting[client].remove(one)
        if not self._waiting[client]:
            del self._waiting[client]

    def _next(self) -> None:
        """Let the next client run a job; it then comes last."""
        while self._waiting:
            client, queue = self._waiting.popitem(last=False)
            one = queue.popleft()
            if queue:
                self._waiting[client] = queue
            if not one.done():
                one.set_result(None)  # `_busy` stays set, so that no other job can start in between
                return
        self._busy = False
