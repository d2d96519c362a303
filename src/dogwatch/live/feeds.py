"""What comes live from one input of a camera, shared by all who watch it.

There are two forms: fragments, which begin with an init section, and the camera's own packets, which begin with a list
of tracks. Whoever joins gets that beginning and everything since the last keyframe at once; whoever is too slow goes on
at the next keyframe.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Generic, Protocol, TypeVar

from dogwatch.bus.messages import LiveFragment, LiveInit, LivePacket, PacketsBegin
from dogwatch.errors import MediaError

LINGER_S = 10.0
INIT_TIMEOUT_S = 15.0
QUEUE_LIMIT = 64  # fragments; about six seconds of tenths of a second
PACKET_LIMIT = 512  # as many seconds of video and sound, packet by packet
GOP_BYTES = 16 << 20


class LivePiece(Protocol):
    """One message of a live stream."""

    @property
    def keyframe(self) -> bool:
        """Whether a player can begin here."""
        ...

    @property
    def data(self) -> bytes:
        """The bytes themselves."""
        ...


B = TypeVar("B")
P = TypeVar("P", bound=LivePiece)


class StreamChangedError(Exception):
    """The stream has begun anew with other parameters; viewers have to connect again."""


class NoVideoError(MediaError):
    """The camera has sent no video for `INIT_TIMEOUT_S`."""

    status = 503

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the camera sends no video")


@dataclass(frozen=True, slots=True)
class StreamConsumer:
    """Who plays an input, since when (epoch s), and how many pieces were left out because that was too slow."""

    protocol: str
    user: str
    since: float
    skipped: int


class Viewer(Generic[B, P]):
    """One who watches; a queue that skips to the next keyframe instead of growing."""

    def __init__(
        self, feed: Feed[B, P], protocol: str = "", user: str = "", admit: Callable[[], None] | None = None
    ) -> None:
        """Watch `feed`; use `LiveStreams.watch` or `watch_packets` instead.

        `admit` is called at the last moment before it counts, and raises if there is no room: many may have been made,
        and none entered yet.
        """
        self._feed, self._admit = feed, admit
        self.limited = False
        """Whether its user may watch only some at once."""
        self._protocol, self._user, self._since = protocol, user, time.time()
        self._queue: deque[P] = deque()
        self._limit = feed.limit
        self._event = asyncio.Event()
        self._skipping = True
        self._beginning: B | None = None
        self.skipped = 0
        self.shared: Callable[[], list[StreamConsumer]] | None = None
        """Returns for whom it watches, if these are others."""

    def consumers(self) -> list[StreamConsumer]:
        """Return who this is, or who gets what it watches."""
        if self.shared is not None:
            return self.shared()
        return [StreamConsumer(self._protocol, self._user, self._since, self.skipped)]

    async def begin(self) -> B:
        """Wait for the beginning: the init section, or the tracks.

        Raises:
            StreamChangedError: The input has gone.
            NoVideoError: None comes in time.
        """
        try:
            async with asyncio.timeout(INIT_TIMEOUT_S):
                beginning = await self._feed.begin()
        except TimeoutError:
            raise NoVideoError from None
        self._beginning = beginning
        self._limit = self._feed.limit + len(self._feed.gop)
        for piece in self._feed.gop:
            self.offer(piece)
        self._feed.viewers.add(self)
        return beginning

    @property
    def user(self) -> str:
        """Who watches; empty for Dogwatch itself."""
        return self._user

    def counts_for(self, user: str) -> bool:
        """Whether it is one of the streams of which `user` may watch only some at once."""
        return self.limited and self._user == user

    def newest(self) -> P | None:
        """Return the newest piece that waits."""
        return self._queue[-1] if self._queue else None

    def again(self) -> bool:
        """Go on with everything since the last keyframe, instead of what waits; false if that is not kept."""
        if self._feed.current is not self._beginning or not self._feed.gop:
            return False
        self._queue = deque(self._feed.gop)
        self._limit = self._feed.limit + len(self._queue)
        self._skipping = False
        self._event.set()
        return True

    def offer(self, piece: P) -> None:
        """Take the feed's next piece."""
        if len(self._queue) >= self._limit:
            self.skipped += len(self._queue)
            self._queue.clear()
            self._skipping = True
        if self._skipping and not piece.keyframe:
            self.skipped += 1
            return
        self._skipping = False
        self._queue.append(piece)
        self._event.set()

    def wake(self) -> None:
        """Look whether the stream has changed."""
        self._event.set()

    async def next(self) -> P:
        """Wait for the next fragment or packet.

        Raises:
            StreamChangedError: The stream has begun anew.
        """
        while True:
            if self._feed.current is not self._beginning:
                raise StreamChangedError
            if self._queue:
                return self._queue.popleft()
            self._event.clear()
            await self._event.wait()

    def waiting(self) -> list[P]:
        """Return what waits already; after the first piece, that is what there was before the viewer came."""
        found = list(self._queue)
        self._queue.clear()
        self._limit = self._feed.limit
        return found

    async def __aenter__(self) -> Viewer[B, P]:
        if self._admit is not None:
            self._admit()
        self._feed.joined.add(self)
        self._feed.join()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._feed.viewers.discard(self)
        self._feed.joined.discard(self)
        self._feed.leave()


class Feed(Generic[B, P]):
    """What comes from one input of one camera; `changed` is told when it is opened and closed."""

    def __init__(self, changed: Callable[[], None], limit: int = QUEUE_LIMIT) -> None:
        """Open nothing before somebody joins; a viewer may be `limit` pieces behind, and those it began with."""
        self._changed, self.limit = changed, limit
        self._closing: asyncio.TimerHandle | None = None
        self._count = 0
        self._began, self.ended = asyncio.Event(), asyncio.Event()
        self.open = False
        self.joined: set[Viewer[B, P]] = set()
        """All viewers, those among them that have not begun yet."""
        self.viewers: set[Viewer[B, P]] = set()
        self.current: B | None = None
        self.gop: list[P] = []
        self._gop_bytes = 0

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

    async def begin(self) -> B:
        """Wait for the beginning.

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

    def start(self, beginning: B) -> None:
        """Begin anew, also if `beginning` equals the one before: its times are others."""
        self.current, self.gop = beginning, []
        self._began.set()
        for viewer in list(self.viewers):
            viewer.wake()

    def take(self, piece: P) -> None:
        """Keep a piece for those who come later and hand it to those who are here."""
        if self.current is None:
            return  # of the beginning before
        if piece.keyframe or self._gop_bytes > GOP_BYTES:
            self.gop, self._gop_bytes = [], 0
        if piece.keyframe or self.gop:
            self.gop.append(piece)
            self._gop_bytes += len(piece.data)
        for viewer in self.viewers:
            viewer.offer(piece)


FragmentFeed = Feed[LiveInit, LiveFragment]
FragmentViewer = Viewer[LiveInit, LiveFragment]
PacketFeed = Feed[PacketsBegin, LivePacket]
PacketViewer = Viewer[PacketsBegin, LivePacket]
