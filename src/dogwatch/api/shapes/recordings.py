"""Recordings, previews, playlists and searches of motion (docs/api/recordings.md, previews.md, vod.md)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from dogwatch.api.shapes.events import Box, Day

JobState = Literal["queued", "running", "success", "failed", "cancelled"]


class SegmentAnswer(Struct):
    """A recorded segment; `segment_size` is in MiB, `motion_heatmap` has how often each cell moved."""

    id: str
    start_time: float
    end_time: float
    duration: float
    segment_size: float
    motion: int
    objects: int
    motion_heatmap: dict[str, int] | None


class RecordedHourAnswer(Struct):
    """The sums of an hour."""

    hour: Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3])$")]
    events: int
    motion: int
    objects: int
    duration: int


class RecordedDayAnswer(Struct):
    """A day and its hours, newest first."""

    day: Day
    events: int
    hours: list[RecordedHourAnswer]


class GapAnswer(Struct):
    """A span in which nothing was recorded."""

    start_time: int
    end_time: int


class GrowthAnswer(Struct):
    """How many MiB recordings grow a day, and in how many days the disk is full."""

    growth_per_day: float | None
    full_in_days: float | None


class CameraStorageAnswer(Struct):
    """MiB, MiB per hour, and percent of the disk."""

    usage: float
    bandwidth: float
    usage_percent: float
    disk: GrowthAnswer


class FoundMotionAnswer(Struct):
    """A span with motion, and where it was."""

    start_time: float
    end_time: float
    strength: float
    box: Box


class MotionSearchAnswer(Struct):
    """A search and what it has found until now."""

    success: bool
    message: str
    job_id: str
    status: JobState
    step: str
    progress: float
    camera: str
    start_time: float
    end_time: float
    segments_with_motion: int
    segments_unknown: int
    candidates: list[FoundMotionAnswer]
    results: list[FoundMotionAnswer]
    segments_scanned: int | None
    segments_unreadable: int | None
    complete: bool | None


class PreviewAnswer(Struct):
    """The film of an hour in little."""

    camera: str
    src: str
    type: Literal["video/mp4"]
    start: float
    end: float


class VodClipAnswer(Struct):
    """A file of a mapping; times are in ms."""

    type: Literal["source"]
    path: str
    keyFrameDurations: list[int] | UnsetType = UNSET  # noqa: N815 - as the mapping has it
    clipFrom: int | UnsetType = UNSET  # noqa: N815


class VodSequenceAnswer(Struct):
    """The files of a mapping, in their order."""

    clips: list[VodClipAnswer]


class VodMappingAnswer(Struct):
    """A range for a VOD server; durations are in ms."""

    cache: bool
    discontinuity: bool
    consistentSequenceMediaInfo: bool  # noqa: N815
    durations: list[int]
    segment_duration: int
    sequences: list[VodSequenceAnswer]
