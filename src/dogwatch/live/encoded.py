"""Which live outputs are encoded by a process of their own, and with which settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dogwatch.bus import encoded_names
from dogwatch.bus.encoded_names import BIRDSEYE
from dogwatch.config.connections import connections
from dogwatch.live.birdseye.settings import offered

if TYPE_CHECKING:
    from dogwatch.config import Config

BIRDSEYE_FPS = 10.0
CAMERA_FPS = 30.0
TRANSCODED_HEIGHT = 1080


@dataclass(frozen=True, slots=True)
class EncodedOutput:
    """One output; when anything of it changes, its process and its viewers begin anew.

    `camera` is empty for the picture of several. `height` (pixels) is the greatest, `quality` that of MPEG-1. `input`
    is the number of the input whose packets are encoded; None if the pictures come from frame rings.
    """

    camera: str
    height: int
    quality: int = 8
    width: int = 0
    most_fps: float = CAMERA_FPS
    heartbeat_fps: float = 0.0
    input: int | None = None


def encoded_of(config: Config) -> dict[str, EncodedOutput]:
    """Return every output of cameras that can be watched, by the name of its process."""
    found: dict[str, EncodedOutput] = {}
    for name, camera in config.cameras.items():
        if not camera.enabled:
            continue
        found[encoded_names.of_pictures(name)] = EncodedOutput(name, camera.live.height, camera.live.quality)
        for index, _ in enumerate(connections(config, name)):
            found[encoded_names.of_input(name, index)] = EncodedOutput(name, TRANSCODED_HEIGHT, input=index)
    if offered(config):
        own = config.birdseye
        found[BIRDSEYE] = EncodedOutput(
            "", own.height // 2 * 2, own.quality, own.width // 2 * 2, BIRDSEYE_FPS, own.idle_heartbeat_fps
        )
    return found
