"""The shapes that the contract tells (sections 3 to 16), field by field; decoding is strict, further keys are allowed.

A field without a default is a key that must be there. They are written from the contract and import nothing of
Dogwatch.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

T = TypeVar("T")
Share = Annotated[float, Meta(ge=0, le=1)]
Box = tuple[Share, Share, Share, Share]
Hour = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3])$")]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
RowId = Annotated[str, Meta(pattern=r"^\d+(\.\d+)?-[A-Za-z0-9]+$")]
Percent = Annotated[str, Meta(pattern=r"^-?\d+(\.\d+)?$")]


def read(kind: type[T] | Any, content: bytes) -> T:
    """Return JSON as `kind`; fails with the place of what is wrong."""
    found: T = msgspec.json.decode(content, type=kind)
    return found


class Ok(Struct):
    success: bool
    message: str


class Failure(Struct):
    success: Literal[False] | bool
    message: str

    def __post_init__(self) -> None:
        if self.success:
            raise ValueError("a failure that says success")


class Message(Struct):
    """3.5, what the routes of users say."""

    message: str


class Refusal(Struct):
    detail: str


class Finding(Struct):
    type: str
    loc: list[str | int]
    msg: str


class Invalid(Struct):
    detail: Annotated[list[Finding], Meta(min_length=1)]


class Attribute(Struct):
    label: str
    score: float
    box: Box


class EventData(Struct):
    """6.1, `data` of an event; what is not known is left out or null."""

    type: Literal["object", "audio", "api"] | None = None
    score: float | None = None
    top_score: float | None = None
    box: Box | None = None
    region: Box | None = None
    attributes: list[Attribute] | None = None
    path_data: list[tuple[tuple[float, float], float]] | None = None
    average_estimated_speed: float | None = None
    velocity_angle: float | None = None
    max_severity: Literal["alert", "detection"] | None = None
    sub_label_score: float | None = None
    recognized_license_plate: str | None = None
    recognized_license_plate_score: float | None = None
    description: str | None = None


class Event(Struct):
    """6.1 as the card's schema wants it: these keys in every row of a list."""

    id: str
    camera: str
    label: str
    sub_label: str | None
    zones: list[str]
    start_time: float
    end_time: float | None
    has_clip: bool
    has_snapshot: bool
    retain_indefinitely: bool
    plus_id: str | None
    top_score: float | None
    false_positive: bool | None
    box: list[float] | None
    data: EventData
    thumbnail: str | None = None


class EventById(Event, kw_only=True):
    """6.1, by id."""

    score: float | None
    region: list[float] | None
    area: float | None
    ratio: float | None
    model_hash: str | None
    detector_type: str | None
    model_type: str | None


class Explored(Struct):
    """6.3."""

    id: str
    camera: str
    label: str
    zones: list[str]
    start_time: float
    end_time: float | None
    has_clip: bool
    has_snapshot: bool
    data: EventData
    event_count: int


class Searched(Struct):
    """6.4."""

    id: str
    camera: str
    label: str
    sub_label: str | None
    zones: list[str]
    start_time: float
    end_time: float | None
    has_clip: bool
    has_snapshot: bool
    data: EventData
    search_distance: Annotated[float, Meta(ge=0)]
    search_source: Literal["thumbnail", "description"]


class EventCount(Struct):
    """6.5."""

    camera: str
    label: str
    sub_label: str | None
    day: Day
    zones: list[str]
    count: Annotated[int, Meta(ge=1)]


class ReviewData(Struct):
    detections: list[str]
    objects: list[str]
    sub_labels: list[str]
    zones: list[str]
    audio: list[str]
    thumb_time: float | None = None
    metadata: dict[str, Any] | None = None


class Review(Struct):
    """7."""

    id: str
    camera: str
    severity: Literal["alert", "detection"]
    start_time: float
    end_time: float | None
    has_been_reviewed: bool
    thumb_path: str
    data: ReviewData


class ReviewCounts(Struct):
    """7.3."""

    reviewed_alert: int
    reviewed_detection: int
    total_alert: int
    total_detection: int
    day: Day | None = None


class Motion(Struct):
    """7.4."""

    start_time: int
    motion: Annotated[float, Meta(ge=0, le=100)]
    camera: str


class Audio(Struct):
    """7.4."""

    start_time: int
    audio: Annotated[float, Meta(ge=-100, le=0)]


class Moment(Struct):
    """11."""

    timestamp: float
    camera: str
    source: Literal["tracked_object", "audio", "api"]
    source_id: str
    class_type: Literal[
        "visible", "entered_zone", "active", "stationary", "attribute", "sub_label", "gone", "heard", "external"
    ]
    data: dict[str, Any]


class MomentsByHour(Struct):
    start: float
    end: float
    count: int
    hours: dict[str, list[Moment]]


class User(Struct):
    username: str
    role: str


class Profile(User):
    allowed_cameras: list[str]


class CameraStats(Struct):
    """4.2."""

    camera_fps: float
    process_fps: float
    skipped_fps: float
    detection_fps: float
    detection_enabled: bool
    pid: int | None
    capture_pid: int | None
    ffmpeg_pid: int | None
    audio_rms: float
    audio_dBFS: float  # noqa: N815
    connection_quality: Literal["excellent", "fair", "poor", "unusable"]
    expected_fps: float
    reconnects_last_hour: int
    stalls_last_hour: int


class DetectorStats(Struct):
    inference_speed: float
    detection_start: float
    pid: int | None


class CpuUsage(Struct):
    cpu: Percent
    mem: Percent


class Volume(Struct):
    total: float
    used: float
    free: float
    mount_type: str
    mnt_type: str


class Service(Struct):
    uptime: int
    version: str
    latest_version: str
    last_updated: int
    storage: dict[str, Volume]
    temperatures: dict[str, float]


class Stats(Struct):
    cameras: dict[str, CameraStats]
    detectors: dict[str, DetectorStats]
    camera_fps: float
    process_fps: float
    skipped_fps: float
    detection_fps: float
    embeddings: dict[str, Any]
    cpu_usages: dict[str, CpuUsage]
    gpu_usages: dict[str, dict[str, str]]
    npu_usages: dict[str, Any]
    bandwidth_usages: dict[str, Any]
    processes: dict[str, dict[str, Any]]
    service: Service


class Log(Struct):
    totalLines: int  # noqa: N815
    lines: list[str]


class Producer(Struct):
    url: str
    medias: list[str]


class Stream(Struct):
    """15.1."""

    producers: list[Producer]
    consumers: list[Any]


class Entry(Struct):
    """16, a row of a listing."""

    name: str
    type: Literal["directory", "file"]
    mtime: Annotated[str, Meta(pattern=r"^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$")]
    size: int | None = None
