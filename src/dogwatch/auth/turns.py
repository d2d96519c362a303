"""Work that takes a processor core for a while: one piece at a time, places take turns."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dogwatch.auth.limits import TooManyTriesError

WAITING_AT_A_PLACE = 8
WAITING = 64


class Turns:
    """Lets one in at a time; for the event loop.

    Places take turns, so that who comes from another one waits for one piece of each place at most, however many wait
    there. At most `WAITING` wait, `WAITING_AT_A_PLACE` of one place; when nobody more may, the last one of the fullest
    place makes room for who comes from elsewhere.
    """

    def __init__(self) -> None:
        """Begin with nobody."""
        self._busy = False
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, place: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it until the end of the block.

        Raises:
            TooManyTriesError: Too many wait.
        """
        if self._busy:
            await self._wait(place)
        self._busy = True
        try:
            yield
        finally:
            self._next()

    async def _wait(self, place: str) -> None:
        queue = self._waiting.get(place, deque())
        if len(queue) >= WAITING_AT_A_PLACE:
            raise TooManyTriesError(f"{WAITING_AT_A_PLACE} at once")
        if sum(map(len, self._waiting.values())) >= WAITING:
            self._make_room(len(queue))
        self._waiting.setdefault(place, queue)
        mine = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            await mine
        except BaseException:
            if mine in queue:
                self._drop(place, mine)
            elif mine.done() and not mine.cancelled() and mine.exception() is None:
                self._next()  # it was this one's turn already
            raise

    def _make_room(self, mine: int) -> None:
        fullest = max(self._waiting, key=lambda place: len(self._waiting[place]))
        if len(self._waiting[fullest]) <= mine + 1:
            raise TooManyTriesError(f"{WAITING} at once")
        last = self._waiting[fullest][-1]
        self._drop(fullest, last)
        last.set_exception(TooManyTriesError(f"{WAITING} at once"))

    def _drop(self, place: str, one: asyncio.Future[None]) -> None:
        self._waiting[place].remove(one)
        if not self._waiting[place]:
            del self._waiting[place]

    def _next(self) -> None:
        """Give the turn to the next place, whose turn comes last from then on."""
        while self._waiting:
            place, queue = self._waiting.popitem(last=False)
            one = queue.popleft()
            if queue:
                self._waiting[place] = queue
            if not one.done():
                one.set_result(None)  # `_busy` stays: nobody may come in between
                return
        self._busy = False
