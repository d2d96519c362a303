"""Live video for browsers: one feed a camera input, shared by all who watch it.

Ingest muxes an input only while it is told that somebody watches, so a feed is opened for its first viewer and closed
a little after its last. Whoever joins gets the init section and everything since the last keyframe at once; whoever
is too slow goes on at the next keyframe.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

from dogwatch.bus.links import LIVE, WorkerGone
from dogwatch.bus.messages import LiveFragment, LiveInit, Message, StreamOpened, Watch, WorkerReady
from dogwatch.config.connections import CameraConnection, connections
from dogwatch.config.inputs import restream_name
from dogwatch.live.pictures import TooManyViewersError

if TYPE_CHECKING:
    from dogwatch.auth.caller import Caller
    from dogwatch.config import Config

LINGER_S = 10.0
QUEUE_LIMIT = 64  # fragments; about a minute of one-second fragments
GOP_BYTES = 16 << 20
MAX_VIEWERS = 64


class StreamChangedError(Exception):
    """The stream has begun anew with other parameters; viewers have to connect again."""


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
        """
        init = await self._feed.init()
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
        self._began, self._over = asyncio.Event(), False
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
        if not self.open and not self._over:
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
            if self._over:
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
        self._over = True
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


@dataclass(frozen=True, slots=True)
class StreamNames:
    """What can be played: the connections of each camera, and camera and input of each stream by its name.

    Of cameras that are off (not `enabled`) nothing comes.
    """

    connections: Mapping[str, Sequence[CameraConnection]]
    inputs: Mapping[str, Sequence[tuple[str, int]]]
    enabled: frozenset[str]

    def input(self, camera: str, index: int) -> CameraConnection | None:
        """Return the connection of an input, None if none comes."""
        known = self.connections.get(camera, ())
        return known[index] if camera in self.enabled and index < len(known) else None


def streams_of(config: Config) -> StreamNames:
    """Return what can be played. Inputs are numbered as ingest numbers them: those of one address are one."""
    found = {name: connections(config, name) for name in config.cameras}
    enabled = frozenset(name for name, camera in config.cameras.items() if camera.enabled)
    return StreamNames(found, _inputs(config, found), enabled)


def _inputs(config: Config, found_by: dict[str, list[CameraConnection]]) -> dict[str, list[tuple[str, int]]]:
    """Map the names of streams to cameras and inputs; a camera's own name means the input that is recorded."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name, camera in config.cameras.items():
        inputs = found_by[name]
        main = next((index for index, one in enumerate(inputs) if "record" in one.roles), 0)
        found.setdefault(name, []).insert(0, (name, main))
        for stream in camera.live.streams.values():
            if stream == name:
                continue
            addresses = config.go2rtc.streams.get(stream, [])
            index = next(
                (
                    index
                    for index, one in enumerate(inputs)
                    if any(restream_name(path) == stream or path in addresses for path in one.paths)
                ),
                main,
            )
            found.setdefault(stream, []).append((name, index))
    return found


class LiveStreams:
    """All feeds, and which stream's name means which camera and input. For the event loop."""

    def __init__(self, names: StreamNames, tell: Callable[[str, Message], object]) -> None:
        """Use `tell` to say to the ingest process of a camera what is watched, when that changes."""
        self._names, self._tell = names, tell
        self._feeds: dict[tuple[str, int], Feed] = {}
        self._opened: dict[tuple[str, frozenset[str]], StreamOpened] = {}

    def configure(self, names: StreamNames) -> None:
        """Play these streams from now on; viewers of inputs that are gone or have changed have to connect again."""
        before, self._names = self._names, names
        for key in [key for key in self._feeds if before.input(*key) != names.input(*key)]:
            self._feeds.pop(key).end()
        changed = {name for name in before.connections if before.connections[name] != names.connections.get(name)}
        self._opened = {key: opened for key, opened in self._opened.items() if key[0] not in changed}

    def on_opened(self, message: StreamOpened) -> None:
        """Keep what an input consists of."""
        self._opened[message.camera, frozenset(message.roles)] = message

    def on_ready(self, message: WorkerReady) -> None:
        """Say to an ingest process that has just come what is watched."""
        if message.kind == "ingest" and self._watched(message.name):
            self._tell_watched(message.name)

    def on_gone(self, message: WorkerGone) -> None:
        """Wait for a new beginning of what came over a link that has ended."""
        if message.kind == LIVE:
            for (camera, _), feed in self._feeds.items():
                if camera == message.name:
                    feed.interrupt()

    def on_live(self, message: LiveInit | LiveFragment) -> None:
        """Take in what an ingest process sends of an input that is watched."""
        feed = self._feeds.get((message.camera, message.input))
        if feed is not None and feed.open:
            feed.take(message)

    def path(self, camera: str, index: int) -> str:
        """Return the address of an input as it is configured; it may hold credentials."""
        return self._names.connections[camera][index].paths[0]

    def medias(self, camera: str, index: int) -> list[str]:
        """Return what an input consists of, such as `video, recvonly, H264`; empty if it was never opened."""
        roles = frozenset(self._names.connections[camera][index].roles)
        opened = self._opened.get((camera, roles))
        if opened is None:
            return []
        found = (("video", opened.video_codec), ("audio", opened.audio_codec))
        return [f"{kind}, recvonly, {codec.upper()}" for kind, codec in found if codec]

    def names(self, caller: Caller) -> list[str]:
        """Return every stream that `caller` may play."""
        return [name for name in self._names.inputs if self.find(name, caller)]

    def find(self, stream: str, caller: Caller) -> tuple[str, int] | None:
        """Return camera and input of `stream`, or None; of several cameras the first that `caller` may see.

        A camera plays the stream of its own name and those of its `live.streams`.
        """
        return next((one for one in self._names.inputs.get(stream, ()) if caller.may_see(one[0])), None)

    def watch(self, stream: str, caller: Caller) -> Viewer:
        """Return a viewer of `stream`; enter it to begin.

        Raises:
            KeyError: There is no such stream for `caller`.
            TooManyViewersError: There are `MAX_VIEWERS` already.
        """
        key = self.find(stream, caller)
        if key is None:
            raise KeyError(stream)
        if sum(feed.count for feed in self._feeds.values()) >= MAX_VIEWERS:
            raise TooManyViewersError
        if key not in self._feeds:
            self._feeds[key] = Feed(partial(self._tell_watched, key[0]))
        return Viewer(self._feeds[key])

    def close(self) -> None:
        """Close all feeds."""
        for feed in self._feeds.values():
            feed.close()

    def _watched(self, camera: str) -> tuple[int, ...]:
        return tuple(index for (name, index), feed in self._feeds.items() if name == camera and feed.open)

    def _tell_watched(self, camera: str) -> None:
        self._tell(camera, Watch(self._watched(camera)))
