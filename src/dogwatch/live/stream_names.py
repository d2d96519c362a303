"""Which camera and input a stream's name means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dogwatch.config.connections import CameraConnection, connections
from dogwatch.config.inputs import restream_name

if TYPE_CHECKING:
    from dogwatch.config import Config


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
