"""The shapes of footage and what is made of it (sections 8 to 10); see `shapes`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tests.integration.contract.shapes import Day, Hour, Ok


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
