"""What a worker process is told at start: one struct per kind, sent as JSON over its standard input.

The composition root makes these from the configuration, so that workers need neither pydantic nor YAML and
stay small. They may hold credentials: they are never logged and never written to disk.
"""

from __future__ import annotations

import hashlib

import msgspec

from dogwatch.analysis import AnalysisSettings

RING_SLOTS = (
    5  # a second at the usual detect rate: vision waits 0.8 s for a detector, and the frames behind wait with it
)


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all specs.

    `link` is the path of the core's socket, `run_dir` holds those between workers, `log_level` is a lower-case name.
    """

    link: str = ""
    run_dir: str
    log_level: str = "info"


def digest(text: str | bytes) -> str:
    """Return what tells a spec, as a worker gets it, from another one."""
    data = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(data.strip()).hexdigest()[:16]


class InputSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One input of a camera. `url` may hold credentials; `options` are libav demuxer options.

    Schemes: rtsp(s), rtmp, http(s), file (or a bare path; paced and looped), synthetic.
    """

    url: str
    roles: tuple[str, ...]
    format: str | None = None
    options: dict[str, str] = {}


class IngestSpec(Spec, frozen=True, kw_only=True):
    """One camera's ingest process.

    `media_root` is where `recordings/` lies, `volume` what the identity file there says. `detect_fps` frames a second
    go to the ring. `ring_dir` is where shared memory files go, `ring_slots` how many frames one holds. `idle_after`
    seconds of quiet end full decoding; 0 means always decode everything. `deblock` decodes with the codec's in-loop
    filter. `space_floor_bytes` stay free on the recordings' disk.
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


class AnalysisSpec(Spec, frozen=True, kw_only=True):
    """One analysis process: its cameras, and the detectors that it may ask."""

    name: str
    cameras: tuple[AnalysisSettings, ...]
    detectors: tuple[str, ...]
    ring_dir: str
    threads: int = 1


class ModelSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The model of a detector; empty values mean the detector type's own."""

    path: str = ""
    width: int = 0
    height: int = 0
    labels: dict[int, str] = {}
    input_tensor: str = "nhwc"
    input_pixel_format: str = "rgb"
    input_dtype: str = "int"
    model_type: str = ""


class DetectionSpec(Spec, frozen=True, kw_only=True):
    """One detector process. `type` names a module of `detectors/`; `options` are that type's own settings."""

    name: str
    type: str
    model: ModelSpec = ModelSpec()
    device: str = ""
    threads: int = 1
    batch: int = 4
    options: dict[str, str | int | float | bool] = {}
    ring_dir: str
