"""Live video: a feed of each form for a camera input, opened for its first viewer and closed a little after its last.

Ingest sends an input only while it is told that somebody watches, and only in the forms that are watched.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from dogwatch.bus import encoded_names
from dogwatch.bus.encoded_names import BIRDSEYE
from dogwatch.bus.links import LIVE, WorkerGone
from dogwatch.bus.messages import (
    Live,
    LiveFragment,
    LiveInit,
    Message,
    PacketsBegin,
    StreamOpened,
    Watch,
    WorkerReady,
)
from dogwatch.errors import NotFoundError
from dogwatch.live.feeds import (
    PACKET_LIMIT,
    B,
    Feed,
    FragmentFeed,
    FragmentViewer,
    P,
    PacketFeed,
    PacketViewer,
    StreamChangedError,
    StreamConsumer,
    Viewer,
)
from dogwatch.live.pictures import TooManyOfUserError, TooManyViewersError
from dogwatch.live.stream_names import PREFIX, StreamNames

if TYPE_CHECKING:
    from dogwatch.auth.caller import Caller
    from dogwatch.config.connections import CameraConnection
    from dogwatch.live.encoded import EncodedOutput

MAX_VIEWERS = 256
MAX_STREAM_VIEWERS = 128  # of one input, in one form

NO_LIMIT = 1 << 30
ENCODER = "encoder"

Key = tuple[str, int]


class LiveStreams:
    """All feeds, and which stream's name means which camera and input. For the event loop."""

    def __init__(
        self,
        names: StreamNames,
        tell: Callable[[str, Message], object],
        tell_encoder: Callable[[str, Message], object] = lambda _name, _message: None,
    ) -> None:
        """Use `tell` to say to the ingest process of a camera what is watched, when that changes.

        `tell_encoder` says it to the process that encodes an output.
        """
        self._names, self._tell, self._tell_encoder = names, tell, tell_encoder
        self._encoded: Mapping[str, EncodedOutput] = {}
        self._fragments: dict[Key, FragmentFeed] = {}
        self._packets: dict[Key, PacketFeed] = {}
        self._opened: dict[tuple[str, frozenset[str]], StreamOpened] = {}
        self._sent: dict[Key, str] = {}  # what an input was seen to send, by its libav name
        self.user_limit = NO_LIMIT
        """How many streams one user may watch at once, over all forms; who needs no login is no user."""
        self.on_demand: Callable[[], None] = lambda: None
        """Called when `demanded` or `encoded` may have changed."""

    @property
    def viewers(self) -> int:
        """How many watch, in both forms."""
        fragments = sum(feed.count for feed in self._fragments.values())
        return fragments + sum(feed.count for feed in self._packets.values())

    def demanded(self) -> dict[str, Sequence[CameraConnection]]:
        """Return the addresses of streams that somebody watches and no camera reads, by the names of their inputs."""
        watched = {camera for (camera, _), feed in self._fragments.items() if feed.open}
        watched |= {camera for (camera, _), feed in self._packets.items() if feed.open}
        return {
            name: known
            for name, known in self._names.connections.items()
            if name.startswith(PREFIX) and name in watched
        }

    def configure(self, names: StreamNames) -> None:
        """Play these streams from now on; viewers of inputs that are gone or have changed have to connect again."""
        before, self._names = self._names, names
        for feeds in (self._fragments, self._packets):
            for key in [key for key in feeds if before.input(*key) != names.input(*key)]:
                feeds.pop(key).end()
        changed = {name for name in before.connections if before.connections[name] != names.connections.get(name)}
        self._opened = {key: opened for key, opened in self._opened.items() if key[0] not in changed}
        self._sent = {key: codec for key, codec in self._sent.items() if key[0] not in changed}
        if any(name.startswith(PREFIX) for name in changed):
            self.on_demand()

    def on_opened(self, message: StreamOpened) -> None:
        """Keep what an input consists of."""
        self._opened[message.camera, frozenset(message.roles)] = message

    def on_ready(self, message: WorkerReady) -> None:
        """Say to an ingest process that has just come what is watched."""
        if message.kind in ("ingest", "encoding") and self._watched(message.name) != Watch(()):
            self._tell_watched(message.name)

    def on_gone(self, message: WorkerGone) -> None:
        """Wait for a new beginning of what came over a link that has ended."""
        if message.kind == LIVE:
            for feeds in (self._fragments, self._packets):
                for (camera, _), feed in feeds.items():
                    if camera == message.name:
                        feed.interrupt()

    def on_live(self, message: Live) -> None:
        """Take in what an ingest process sends of an input that is watched."""
        key = message.camera, message.input
        if isinstance(message, LiveInit | LiveFragment):
            fragments = self._fragments.get(key)
            if fragments is not None and fragments.open:
                fragments.start(message) if isinstance(message, LiveInit) else fragments.take(message)
        else:
            packets = self._packets.get(key)
            if packets is not None and packets.open:
                packets.start(message) if isinstance(message, PacketsBegin) else packets.take(message)

    def producers(self, camera: str, index: int) -> list[tuple[str, list[str]]]:
        """Return the address of an input as it is configured, with its media, and those that may stand in for it.

        Addresses hold credentials.
        """
        if camera in self._names.encoded:
            return [(camera, self.medias(camera, index))]
        known = self._names.connections[camera]
        places = range(len(known)) if camera.startswith(PREFIX) else (index,)
        return [(known[place].paths[0], self.medias(camera, place)) for place in places]

    def sources(self, camera: str, index: int) -> list[str]:
        """Return the addresses that `producers` lists as they are read; none of a camera that is off.

        They hold credentials.
        """
        if camera not in self._names.connections or self._names.input(camera, index) is None:
            return []
        known = self._names.connections[camera]
        return [one.url for one in (known if camera.startswith(PREFIX) else (known[index],))]

    def consumers(self, camera: str, index: int) -> list[StreamConsumer]:
        """Return who plays an input now, also encoded anew, the longest first."""
        keys = [(camera, index)]
        if camera == BIRDSEYE:
            keys.append((camera, encoded_names.JSMPEG))
        else:
            keys.append((encoded_names.of_input(camera, index), encoded_names.H264))
            keys.append((encoded_names.of_pictures(camera), encoded_names.JSMPEG))
        found = [
            one
            for key in keys
            if key in self._fragments
            for viewer in self._fragments[key].viewers
            for one in viewer.consumers()
        ]
        found += [
            one
            for key in keys
            if key in self._packets
            for viewer in self._packets[key].viewers
            for one in viewer.consumers()
        ]
        people = [one for one in found if one.protocol != ENCODER]  # who gets what it makes is among them
        return sorted(people, key=lambda one: one.since)

    def medias(self, camera: str, index: int) -> list[str]:
        """Return what an input consists of, such as `video, recvonly, H264`; empty if it was never opened."""
        if camera in self._names.encoded:
            return ["video, recvonly, H264"]
        roles = frozenset(self._names.connections[camera][index].roles)
        opened = self._opened.get((camera, roles))
        if opened is None:
            return []
        found = (("video", opened.video_codec), ("audio", opened.audio_codec))
        return [f"{kind}, recvonly, {codec.upper()}" for kind, codec in found if codec]

    def _codec(self, key: Key) -> str:
        """Return what video an input sends; empty if it was never opened."""
        camera, index = key
        if camera not in self._names.connections:
            return ""
        opened = self._opened.get((camera, frozenset(self._names.connections[camera][index].roles)))
        return opened.video_codec if opened is not None else self._sent.get(key, "")

    def names(self, caller: Caller) -> list[str]:
        """Return every stream that `caller` may play, in an order that tells nothing of other cameras."""
        place = {camera: number for number, camera in enumerate((*self._names.connections, BIRDSEYE))}
        found = {name: one for name in self._names.inputs if (one := self.find(name, caller))}
        return sorted(found, key=lambda name: (place[found[name][0]], name))

    def find(self, stream: str, caller: Caller) -> tuple[str, int] | None:
        """Return camera and input of `stream`, or None; of several cameras the first that `caller` may see.

        A camera plays the stream of its own name and those of its `live.streams`.
        """
        return self._names.find(stream, caller)

    def watch(self, stream: str, caller: Caller, protocol: str = "mse", video: str = "") -> FragmentViewer:
        """Return a viewer of the fragments of `stream`, by the name of a protocol; enter it to begin.

        With `video` `h264`, its video is encoded anew as H.264; otherwise it is as the camera sends it.

        Raises:
            NotFoundError: There is no such stream for `caller`.
            TooManyViewersError: There are `MAX_VIEWERS` already, `MAX_STREAM_VIEWERS` of this input, or as many of
                `caller` as one user may have.
        """
        return self._viewer(self._fragment_feed(self._wanted(stream, caller, video)), protocol, caller)

    def watch_packets(self, stream: str, caller: Caller, protocol: str = "rtsp", video: str = "") -> PacketViewer:
        """Return a viewer of the packets of `stream` as the camera sends them; see `watch`."""
        return self._viewer(self._packet_feed(self._wanted(stream, caller, video)), protocol, caller)

    def _found(self, stream: str, caller: Caller) -> Key:
        key = self.find(stream, caller)
        if key is None:
            raise NotFoundError(f"{stream}: there is no such stream")
        return key

    def _wanted(self, stream: str, caller: Caller, video: str) -> Key:
        """Return what sends `stream` in this codec, or in the one that its source asks for."""
        key = self._found(stream, caller)
        if not video and stream in self._names.h264 and self._codec(key) != "h264":
            video = "h264"
        if not video or key[0] in self._names.encoded:
            return key
        return encoded_names.of_input(*key), encoded_names.H264

    def played(self, stream: str, caller: Caller) -> Key:
        """Return what `watch_packets` would watch: streams of one input differ if one of them is to be H.264.

        Raises:
            NotFoundError: There is no such stream for `caller`.
        """
        return self._wanted(stream, caller, "")

    async def settle(self, stream: str, caller: Caller) -> None:
        """Open a source if what it sends decides whether its stream is encoded, and nobody knows that yet.

        Raises:
            NotFoundError: There is no such stream for `caller`.
            NoVideoError: Nothing comes in time.
            TooManyViewersError: See `watch`.
        """
        key = self._found(stream, caller)
        if stream not in self._names.h264 or key[0] in self._names.encoded or self._codec(key):
            return
        with contextlib.suppress(StreamChangedError):
            async with self._viewer(self._packet_feed(key), ENCODER, caller) as viewer:
                self._sent[key] = (await viewer.begin()).tracks[0].codec

    def _viewer(self, feed: Feed[B, P], protocol: str, caller: Caller) -> Viewer[B, P]:
        admit = partial(self._check_room, feed, caller)
        admit()
        viewer = Viewer(feed, protocol, caller.username, admit)
        viewer.limited = bool(caller.session)
        return viewer

    def _check_room(self, feed: Feed[B, P], caller: Caller) -> None:
        if feed.count >= MAX_STREAM_VIEWERS or self.viewers >= MAX_VIEWERS:
            raise TooManyViewersError
        if caller.session and self._watched_by(caller.username) >= self.user_limit:
            raise TooManyOfUserError

    def _watched_by(self, user: str) -> int:
        fragments = sum(viewer.counts_for(user) for feed in self._fragments.values() for viewer in feed.joined)
        return fragments + sum(viewer.counts_for(user) for feed in self._packets.values() for viewer in feed.joined)

    def watch_jsmpeg(self, camera: str, caller: Caller) -> FragmentViewer:
        """Return a viewer of the MPEG-1 of a camera, or of `birdseye`: its fragments are pieces of a transport stream.

        Raises:
            NotFoundError: There is no such camera for `caller`, or it is off.
            TooManyViewersError: See `watch`.
        """
        name = camera if camera == BIRDSEYE else encoded_names.of_pictures(camera)
        if name not in self._names.encoded or not caller.may_see(camera):
            raise NotFoundError(f"{camera}: there is no such camera")
        return self._viewer(self._fragment_feed((name, encoded_names.JSMPEG)), "jsmpeg", caller)

    def packet_viewer(self, camera: str, index: int) -> PacketViewer:
        """Return a viewer of the packets of an input, for Dogwatch itself."""
        return Viewer(self._packet_feed((camera, index)), ENCODER)

    def encoded(self) -> Mapping[str, EncodedOutput]:
        """Return the outputs that somebody watches and a process has to encode, by the names of the processes."""
        opened = {name for (name, _), feed in self._fragments.items() if feed.open}
        opened |= {name for (name, _), feed in self._packets.items() if feed.open}
        return {name: output for name, output in self._names.encoded.items() if name in opened}

    async def gone(self, stream: str, caller: Caller) -> None:
        """Wait until the input that `stream` means for `caller` is gone or has changed."""
        key = self.find(stream, caller)
        if key is not None:
            await self._fragment_feed(key).ended.wait()

    def close(self) -> None:
        """Close all feeds."""
        for feeds in (self._fragments, self._packets):
            for feed in feeds.values():
                feed.close()

    def _fragment_feed(self, key: Key) -> FragmentFeed:
        if key not in self._fragments:
            self._fragments[key] = Feed(partial(self._tell_watched, key[0]))
        return self._fragments[key]

    def _packet_feed(self, key: Key) -> PacketFeed:
        if key not in self._packets:
            self._packets[key] = Feed(partial(self._tell_watched, key[0]), PACKET_LIMIT)
        return self._packets[key]

    def _watched(self, camera: str) -> Watch:
        inputs = tuple(index for (name, index), feed in self._fragments.items() if name == camera and feed.open)
        packets = tuple(index for (name, index), feed in self._packets.items() if name == camera and feed.open)
        return Watch(inputs, packets)

    def _tell_watched(self, camera: str) -> None:
        if camera in self._names.connections or not encoded_names.is_one(camera):
            self._tell(camera, self._watched(camera))
            if camera.startswith(PREFIX):
                self.on_demand()
            return
        before, self._encoded = self._encoded, self.encoded()
        if self._encoded != before:
            self.on_demand()
        self._tell_encoder(camera, self._watched(camera))
