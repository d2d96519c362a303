"""The spec of an encoding process."""

from __future__ import annotations

from dogwatch.bus.spec import Spec


class EncodingSpec(Spec, frozen=True, kw_only=True):
    """One live output.

    `name` is as in `bus.encoded_names`. `quality` is that of MPEG-1, 1 (best) to 31. At most `most_fps` pictures a
    second are encoded, and at least `heartbeat_fps`, also if nothing changes. With `every_frame`, cameras are asked to
    decode every frame that is due, and not just keyframes while they are quiet. H.264 that is made of a camera's
    packets is at most `most_height` pixels high.
    """

    name: str
    ring_dir: str = ""
    quality: int = 8
    most_fps: float = 30.0
    heartbeat_fps: float = 0.0
    every_frame: bool = False
    most_height: int = 1080


def hot(old: EncodingSpec, new: EncodingSpec) -> bool:
    """Whether a process that follows `old` can continue with `new`: viewers are told of any change anyway."""
    return old == new
