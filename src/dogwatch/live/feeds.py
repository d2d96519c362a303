"""What comes live from one input of a camera, shared by all who watch it.

Whoever joins gets the init section and everything since the last keyframe at once; whoever is too slow goes on at the
next keyframe.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from types import TracebackType

from dogwatch.bus.messages import LiveFragment, LiveInit
from dogwatch.errors import MediaError

LINGER_S = 10.0
INIT_TIMEOUT_S = 15.0
QUEUE_LIMIT = 64  # fragments; about a minute of one-second fragments
GOP_BYTES = 16 << 20


class StreamChangedError(Exception):
    """The stream has begun anew with other parameters; viewers have to connect again."""


class NoVideoError(MediaError):
    """The camera has sent no video for `INIT_TIMEOUT_S`."""

    status = 503

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the camera sends no video")


class Viewer:
    """One who watches; a queue that skips to the next keyframe instead of growing."""

    def __init__(self, feed: Feed) -> None:
        """Watch `feed`; use `LiveStreams.watch` instead."""
        self._feed = feed
        self._queue: deque[LiveFragment] = deque()
        self._event = asyncio.Event()
        self._skipping = True
        self._init: LiveInit | None = None
        self.skipped = 0

    async def init(self) -> LiveInit:
        """Wait for the init section.

        Raises:
            StreamChangedError: The input has gone.
            NoVideoError: None comes in time.
        """
        try:
            async with asyncio.timeout(INIT_TIMEOUT_S):
                init = await self._feed.init()
        except TimeoutError:
            raise NoVideoError from None
        self._init = init
        for fragment in self._feed.gop:
            self.offer(fragment)
        self._feed.viewers.add(self)
        return init

    def offer(self, fragment: LiveFragment) -> None:
        """Take the feed's next fragment."""
        if len(self._queue) >= QUEUE_LIMIT:
            self.skipped += len(self._queue)
            self._queue.clear()
            self._skipping = True
        if self._skipping and not fragment.keyframe:
            self.skipped += 1
            return
        self._skipping = False
        self._queue.append(fragment)
        self._event.set()

    def wake(self) -> None:
        """Look whether the stream has changed."""
        self._event.set()

    async def fragment(self) -> LiveFragment:
        """Wait for the next fragment.

        Raises:
            StreamChangedError: The stream has begun anew.
        """
        while True:
            if self._feed.current is not self._init:
                raise StreamChangedError
            if self._queue:
                return self._queue.popleft()
            self._event.clear()
            await self._event.wait()

    async def __aenter__(self) -> Viewer:
        self._feed.join()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._feed.viewers.discard(self)
        self._feed.leave()


class Feed:
    """What comes from one input of one camera; `changed` is told when it is opened and closed."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """Nothing is opened before somebody joins."""
        self._changed = changed
        self._closing: asyncio.TimerHandle | None = None
        self._count = 0
        self._began, self.ended = asyncio.Event(), asyncio.Event()
        self.open = False
        self.viewers: set[Viewer] = set()
        self.current: LiveInit | None = None
        self.gop: list[LiveFragment] = []

    @property
    def count(self) -> int:
        """How many have joined."""
        return self._count

    def join(self) -> None:
        """Count one more viewer; open the feed for the first."""
        self._count += 1
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        if not self.open and not self.ended.is_set():
            self.open = True
            self._changed()

    def leave(self) -> None:
        """Count one viewer less; close a little after the last."""
        self._count -= 1
        if self._count == 0:
            self._closing = asyncio.get_running_loop().call_later(LINGER_S, self.close)

    async def init(self) -> LiveInit:
        """Wait for the init section.

        Raises:
            StreamChangedError: The input has gone.
        """
        while self.current is None:
            if self.ended.is_set():
                raise StreamChangedError
            await self._began.wait()
        return self.current

    def close(self) -> None:
        """Close the feed now."""
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        if self.open:
            self.open = False
            self._changed()
            self.interrupt()

    def interrupt(self) -> None:
        """Forget what is kept: what comes next begins anew, and would not fit to it."""
        self.current, self.gop = None, []
        self._began.clear()
        for viewer in list(self.viewers):
            viewer.wake()

    def end(self) -> None:
        """Close the feed for good, and send all viewers away."""
        self.ended.set()
        self.close()
        self._began.set()

    def take(self, message: LiveInit | LiveFragment) -> None:
        """Keep a message for those who come later and hand it to those who are here."""
        if isinstance(message, LiveInit):
            # Even an equal one means that the muxer has begun anew, and its times with it.
            self.current, self.gop = message, []
            self._began.set()
            for viewer in list(self.viewers):
                viewer.wake()
            return
        if self.current is None:
            return  # of the muxer before
        if message.keyframe or sum(len(fragment.data) for fragment in self.gop) > GOP_BYTES:
            self.gop = []
        if message.keyframe or self.gop:
            self.gop.append(message)
        for viewer in self.viewers:
            viewer.offer(message)
