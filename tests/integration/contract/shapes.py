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


class RangeDeletion(Ok):
    """8.2, and how many segments it was about."""

    deleted: int
    kept: int


class SearchStarted(Ok):
    """8.3."""

    job_id: str


class FoundMotion(Struct):
    start_time: float
    end_time: float
    strength: float
    box: tuple[float, float, float, float]


class MotionSearch(Ok):
    """8.3: the contract names the answer only."""

    job_id: str
    status: Literal["queued", "running", "success", "failed", "cancelled"]
    step: str
    progress: float
    camera: str
    start_time: float
    end_time: float
    segments_with_motion: int
    segments_unknown: int
    candidates: list[FoundMotion]
    results: list[FoundMotion]
    segments_scanned: int | None
    segments_unreadable: int | None
    complete: bool | None


class Segment(Struct):
    """8.1."""

    id: str
    start_time: float
    end_time: float
    duration: float
    segment_size: float
    motion: int
    objects: int
    motion_heatmap: dict[str, float] | None


class RecordedHour(Struct):
    hour: Hour
    events: int
    motion: int
    objects: int
    duration: int


class RecordedDay(Struct):
    """8.2."""

    day: Day
    events: int
    hours: list[RecordedHour]


class Hole(Struct):
    start_time: int
    end_time: int


class Storage(Struct):
    usage: float
    bandwidth: float
    usage_percent: float


class Clip(Struct):
    type: Literal["source"]
    path: str


class Sequence(Struct):
    clips: Annotated[list[Clip], Meta(min_length=1)]


class Mapping(Struct):
    """8.4."""

    cache: bool
    discontinuity: bool
    consistentSequenceMediaInfo: Literal[True] | bool  # noqa: N815 - as the mapping has it
    durations: Annotated[list[int], Meta(min_length=1)]
    segment_duration: int
    sequences: Annotated[list[Sequence], Meta(min_length=1, max_length=1)]


class Preview(Struct):
    """9."""

    camera: str
    src: Annotated[str, Meta(pattern=r"^/clips/previews/.+\.mp4$")]
    type: Literal["video/mp4"]
    start: float
    end: float


class Export(Struct):
    """10.1."""

    id: str
    camera: str
    name: str
    date: float
    video_path: Annotated[str, Meta(pattern=r"^/media/frigate/exports/.+\.mp4$")]
    thumb_path: Annotated[str, Meta(pattern=r"^/media/frigate/clips/export/.+\.webp$")]
    in_progress: bool
    export_case_id: str | None


class Queued(Struct):
    """10.2."""

    success: bool
    message: str
    export_id: str
    status: Literal["queued"]


class BatchResult(Struct):
    camera: str
    export_id: str | None
    success: bool
    status: str | None
    error: str | None
    client_item_id: str | None


class Batch(Struct):
    export_case_id: str | None
    export_ids: list[str]
    results: list[BatchResult]


class Case(Struct):
    """10.3."""

    id: str
    name: str
    description: str
    created_at: float
    updated_at: float


Step = Literal["queued", "preparing", "copying", "encoding", "encoding_retry", "finalizing"]


class ExportJob(Struct):
    """10.3."""

    id: str
    job_type: Literal["export"]
    status: Literal["queued", "running", "success", "failed", "cancelled"]
    camera: str
    name: str
    export_case_id: str | None
    request_start_time: float
    request_end_time: float
    start_time: float | None
    end_time: float | None
    error_message: str | None
    results: dict[str, Any] | None
    current_step: Step
    progress_percent: float


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
