"""Review items, and how much was going on (docs/api/review.md)."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from dogwatch.api.shapes.events import Day, Severity


class ReviewDataAnswer(Struct):
    """What a review item lists."""

    detections: list[str]
    objects: list[str]
    sub_labels: list[str]
    zones: list[str]
    audio: list[str]
    verified_objects: list[str] | UnsetType = UNSET
    thumb_time: float | UnsetType | None = UNSET
    metadata: dict[str, Any] | UnsetType | None = UNSET
    significant_motion_areas: list[Any] | UnsetType = UNSET


class ReviewAnswer(Struct):
    """A review item."""

    id: str
    camera: str
    severity: Severity
    start_time: float
    end_time: float | None
    has_been_reviewed: bool
    thumb_path: str
    data: ReviewDataAnswer


class ReviewCountsAnswer(Struct):
    """How many items there were, and how many of them the caller has seen; `day` is absent for the last 24 hours."""

    reviewed_alert: int
    reviewed_detection: int
    total_alert: int
    total_detection: int
    day: Day | UnsetType = UNSET


class MotionAnswer(Struct):
    """The largest motion of a span, 0 to 100, and the cameras with motion, separated by commas."""

    start_time: int
    motion: Annotated[float, Meta(ge=0, le=100)]
    camera: str


class LoudnessAnswer(Struct):
    """The mean loudness of a span."""

    start_time: int
    audio: Annotated[float, Meta(ge=-100, le=0)]
