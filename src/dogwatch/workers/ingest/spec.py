"""The spec of an ingest process."""

from __future__ import annotations

import msgspec
from msgspec import structs

from dogwatch.bus.spec import Spec

RING_SLOTS = 5  # a second at the usual detect rate: the analysis waits 0.8 s for a detector, and later frames wait too


class InputSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One input of a camera. `url` may hold credentials; `options` are libav demuxer options.

    Schemes: rtsp(s), rtmp, http(s), file (or a bare path; paced and looped), synthetic. `sound` is whether sound is
    read too. `others` are read instead, in this order, while this one cannot be.
    """

    url: str
    roles: tuple[str, ...]
    format: str | None = None
    options: dict[str, str] = {}
    sound: bool = True
    others: tuple[InputSpec, ...] = ()


class IngestSpec(Spec, frozen=True, kw_only=True):
    """One camera's ingest process.

    `media_root` is where `recordings/` lies, `volume` what the identity file there says. `detect_fps` frames a second
    go to the ring. `ring_dir` is where shared memory files go, `ring_slots` how many frames one holds. `idle_after`
    seconds of quiet end full decoding; 0 means always decode everything. `deblock` decodes with the codec's in-loop
    filter. `space_floor_bytes` stay free on the recordings' disk. So many seconds are kept for clips as
    `clip_before_s` says; with 0 nothing is kept, and there are no clips. Sound that is at least as loud as `min_volume`
    (RMS of 16-bit samples) goes to the process that tells sounds apart, `sound_rate` samples a second; none goes if
    that is 0.
    """

    camera: str
    inputs: tuple[InputSpec, ...]
    media_root: str
    volume: str = ""
    enabled: bool = True
    record: bool = True
    segment_seconds: float = 10.0
    detect: bool = True
    detect_fps: float = 5.0
    idle_after: float = 10.0
    deblock: bool = False
    ring_dir: str
    ring_slots: int = RING_SLOTS
    retry_interval: float = 10.0
    stall_seconds: float = 10.0
    space_floor_bytes: int = 1 << 30
    audio: bool = False
    sound_rate: int = 0
    min_volume: float = 0.0
    clip_before_s: float = 0.0


FOLLOWED = (
    "log_level",
    "enabled",
    "record",
    "segment_seconds",
    "detect",
    "detect_fps",
    "idle_after",
    "deblock",
    "retry_interval",
    "stall_seconds",
    "space_floor_bytes",
    "audio",
    "sound_rate",
    "min_volume",
    "clip_before_s",
)
"""The fields that `CameraIngest` passes on to its parts when they change; for any other one the process is replaced."""


def hot(old: IngestSpec, new: IngestSpec) -> bool:
    """Whether a process that follows `old` can continue with `new`, without losing a packet."""
    return new == structs.replace(old, **{name: getattr(new, name) for name in FOLLOWED})
