"""Live video for browsers: one feed a camera input, opened for its first viewer and closed a little after its last.

Ingest muxes an input only while it is told that somebody watches.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from dogwatch.bus.links import LIVE, WorkerGone
from dogwatch.bus.messages import LiveFragment, LiveInit, Message, StreamOpened, Watch, WorkerReady
from dogwatch.errors import NotFoundError
from dogwatch.live.feeds import Feed, Viewer
from dogwatch.live.pictures import TooManyViewersError
from dogwatch.live.stream_names import StreamNames

if TYPE_CHECKING:
    from dogwatch.auth.caller import Caller

MAX_VIEWERS = 64


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
        """Return every stream that `caller` may play, in an order that tells nothing of other cameras."""
        place = {camera: number for number, camera in enumerate(self._names.connections)}
        found = {name: one for name in self._names.inputs if (one := self.find(name, caller))}
        return sorted(found, key=lambda name: (place[found[name][0]], name))

    def find(self, stream: str, caller: Caller) -> tuple[str, int] | None:
        """Return camera and input of `stream`, or None; of several cameras the first that `caller` may see.

        A camera plays the stream of its own name and those of its `live.streams`.
        """
        return next((one for one in self._names.inputs.get(stream, ()) if caller.may_see(one[0])), None)

    def watch(self, stream: str, caller: Caller) -> Viewer:
        """Return a viewer of `stream`; enter it to begin.

        Raises:
            NotFoundError: There is no such stream for `caller`.
            TooManyViewersError: There are `MAX_VIEWERS` already.
        """
        key = self.find(stream, caller)
        if key is None:
            raise NotFoundError(f"{stream}: there is no such stream")
        if sum(feed.count for feed in self._feeds.values()) >= MAX_VIEWERS:
            raise TooManyViewersError
        return Viewer(self._feed(key))

    async def gone(self, stream: str, caller: Caller) -> None:
        """Wait until the input that `stream` means for `caller` is gone or has changed."""
        key = self.find(stream, caller)
        if key is not None:
            await self._feed(key).ended.wait()

    def close(self) -> None:
        """Close all feeds."""
        for feed in self._feeds.values():
            feed.close()

    def _feed(self, key: tuple[str, int]) -> Feed:
        if key not in self._feeds:
            self._feeds[key] = Feed(partial(self._tell_watched, key[0]))
        return self._feeds[key]

    def _watched(self, camera: str) -> tuple[int, ...]:
        return tuple(index for (name, index), feed in self._feeds.items() if name == camera and feed.open)

    def _tell_watched(self, camera: str) -> None:
        self._tell(camera, Watch(self._watched(camera)))
