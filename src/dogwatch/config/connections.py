"""Which connections a camera's inputs become. Workers and live streams both count inputs by these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dogwatch.config.inputs import InputOptions, input_options, resolved

if TYPE_CHECKING:
    from dogwatch.config import Config


@dataclass(frozen=True, slots=True)
class CameraConnection:
    """One connection: its resolved address, the roles and paths of all inputs that it serves, and how it is opened.

    `sound` is whether its sound is wanted.
    """

    url: str
    roles: tuple[str, ...]
    paths: tuple[str, ...]
    options: InputOptions
    sound: bool = True


def connections(config: Config, camera: str) -> list[CameraConnection]:
    """Return the connections of `camera`, in the order of its inputs; inputs of one address become one.

    How it is opened says the last of these inputs.
    """
    ffmpeg = config.cameras[camera].ffmpeg
    found: dict[str, CameraConnection] = {}
    for source in ffmpeg.inputs:
        url = resolved(source.path, config.go2rtc.streams)
        options = input_options(url, source.input_args or ffmpeg.input_args)
        before = found.get(url)
        roles = dict.fromkeys((*(before.roles if before else ()), *source.roles))
        paths = (*(before.paths if before else ()), source.path)
        found[url] = CameraConnection(url, tuple(roles), paths, options)
    return list(found.values())
