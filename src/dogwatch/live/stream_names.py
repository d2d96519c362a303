"""Which source a stream's name means: an input of a camera, or an address that no camera reads.

Such an address looks like the only input of a camera with a name that no camera can have: `stream:NAME`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dogwatch.bus.encoded_names import BIRDSEYE, H264, of_input
from dogwatch.config.connections import CameraConnection, connections
from dogwatch.config.inputs import as_restream, restream_name
from dogwatch.config.stream_sources import addresses, asks_for_h264, target
from dogwatch.live.birdseye.settings import offered
from dogwatch.live.encoded import TRANSCODED_HEIGHT, EncodedOutput, encoded_of

if TYPE_CHECKING:
    from dogwatch.auth.caller import Caller
    from dogwatch.config import Config

PREFIX = "stream:"
LIVE_ROLE = "live"
"""The role of what is read for viewers only."""


@dataclass(frozen=True, slots=True)
class PlayedInput:
    """An input that a stream's name means, for those who may see the camera `owner`; None for unlimited roles only."""

    owner: str | None
    camera: str
    index: int

    def open_to(self, caller: Caller) -> bool:
        """Whether `caller` may play it."""
        return caller.cameras is None if self.owner is None else caller.may_see(self.owner)


@dataclass(frozen=True, slots=True)
class StreamNames:
    """What can be played: the connections of each camera, and the inputs that each stream's name means.

    Of a source that no camera reads, all connections after the first are other addresses of the same stream. Of cameras
    that are off (not `enabled`) nothing comes.

    `encoded` are outputs that a process of their own encodes; to viewers, each is like a camera. `h264` are the streams
    whose video is encoded as H.264 if their source sends something else.
    """

    connections: Mapping[str, Sequence[CameraConnection]]
    inputs: Mapping[str, Sequence[PlayedInput]]
    enabled: frozenset[str]
    encoded: Mapping[str, EncodedOutput] = field(default_factory=dict)
    h264: frozenset[str] = frozenset()

    def input(self, camera: str, index: int) -> CameraConnection | EncodedOutput | None:
        """Return what an input is, which viewers have to connect again for when it changes; None if none comes."""
        if camera in self.encoded:
            return self.encoded[camera]
        known = self.connections.get(camera, ())
        return known[index] if camera in self.enabled and index < len(known) else None

    def find(self, stream: str, caller: Caller) -> tuple[str, int] | None:
        """Return camera and input of `stream`, or None; of several cameras the first that `caller` may see."""
        return next(((one.camera, one.index) for one in self.inputs.get(stream, ()) if one.open_to(caller)), None)


def streams_of(config: Config, changes: Mapping[str, Sequence[str] | None] | None = None) -> StreamNames:
    """Return what can be played. Inputs are numbered as ingest numbers them: those of one address are one.

    Args:
        config: The configuration in force.
        changes: The sources of streams that were added or changed at run time; None for one that was removed.
    """
    return _Names(config, changed_streams(config, changes or {})).made()


def changed_streams(config: Config, changes: Mapping[str, Sequence[str] | None]) -> dict[str, Sequence[str]]:
    """Return the sources of each stream of `go2rtc.streams`, with what was changed at run time."""
    given = {**config.go2rtc.streams, **changes}
    return {name: own_named(config, sources) for name, sources in given.items() if sources is not None}


def own_named(config: Config, sources: Sequence[str]) -> Sequence[str]:
    """Return sources with those that are read from our own RTSP server as names of other streams."""
    address = config.go2rtc.rtsp.address
    return sources if address is None else [as_restream(source, address[1]) for source in sources]


def camera_streams(config: Config) -> dict[str, tuple[str, int]]:
    """Return camera and input of each stream that is read anyway: cameras' own, and what their inputs name."""
    found: dict[str, tuple[str, int]] = {}
    given = config.go2rtc.streams
    for camera in config.cameras:
        own = connections(config, camera)
        index: int | None = _main(own) if camera not in given else _reading(own, camera, given[camera])
        if index is not None:
            found[camera] = camera, index
        for stream, sources in given.items():
            if stream not in config.cameras and (index := _reading(own, stream, sources)) is not None:
                found.setdefault(stream, (camera, index))
    return found


def _main(inputs: Sequence[CameraConnection]) -> int:
    return next((index for index, one in enumerate(inputs) if "record" in one.roles), 0)


def _reading(inputs: Sequence[CameraConnection], stream: str, sources: Sequence[str]) -> int | None:
    """Return which of a camera's inputs reads `stream`, preferably the one that is recorded."""
    order: tuple[int, ...] = (_main(inputs), *range(len(inputs)))
    for index in order:
        if any(restream_name(path) == stream or path in sources for path in inputs[index].paths):
            return index
    return None


def _roles(place: int) -> tuple[str, ...]:
    """Return the roles of the address at a place: what ingest tells of it is told by them."""
    return (LIVE_ROLE, str(place)) if place else (LIVE_ROLE,)


class _Names:
    """Makes the names of one configuration; `given` are the sources of each stream."""

    def __init__(self, config: Config, given: Mapping[str, Sequence[str]]) -> None:
        self._config, self._given = config, given
        self._read = camera_streams(config)
        self._connections: dict[str, Sequence[CameraConnection]] = {
            name: connections(config, name) for name in config.cameras
        }

    def made(self) -> StreamNames:
        inputs: dict[str, list[PlayedInput]] = {}
        for camera, section in self._config.cameras.items():
            for stream in dict.fromkeys((camera, *section.live.streams.values())):
                inputs.setdefault(stream, []).append(PlayedInput(camera, *self._of_camera(camera, stream)))
        for stream in self._given:
            if (found := self._key(stream)) is not None:  # first: unlimited roles get what is really meant
                inputs.setdefault(stream, []).insert(0, PlayedInput(None, *found))
        enabled = {name for name, camera in self._config.cameras.items() if camera.enabled}
        free = self._connections.keys() - self._config.cameras.keys()
        if offered(self._config) and self._config.birdseye.restream:
            inputs.setdefault(BIRDSEYE, [PlayedInput(None, BIRDSEYE, H264)])
        encoded = encoded_of(self._config) | {
            of_input(name, 0): EncodedOutput(name, TRANSCODED_HEIGHT, input=0) for name in free
        }
        h264 = frozenset(name for name in self._given if asks_for_h264(name, self._given, self._read))
        return StreamNames(self._connections, inputs, frozenset(enabled | free), encoded, h264)

    def _of_camera(self, camera: str, stream: str) -> tuple[str, int]:
        """Return what a stream of its own name, or in its `live.streams`, means for those who may see a camera only.

        One that none of its inputs reads means the input that is recorded, whether another camera reads it or nobody
        does: they must not learn of other cameras. Of its own name it may be read for viewers.
        """
        own = self._connections[camera]
        index = _reading(own, stream, self._given.get(stream, ()))
        if index is not None:
            return camera, index
        found = self._key(stream) if stream == camera else None
        return found if found is not None and found[0] not in self._config.cameras else (camera, _main(own))

    def _key(self, stream: str) -> tuple[str, int] | None:
        """Return camera and input of a stream, by the first of its sources; None if there is nothing to read."""
        name = target(stream, self._given, self._read)
        if name is None or name in self._read:
            return None if name is None else self._read[name]
        camera = PREFIX + name
        if camera not in self._connections:
            self._connections[camera] = [
                CameraConnection(one.url, _roles(place), (one.url,), one.options, one.sound)
                for place, one in enumerate(addresses(name, self._given))
            ]
        return camera, 0
