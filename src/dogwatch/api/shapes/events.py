"""Events, what happened to them, and why they are there (docs/api/events.md, docs/api/timeline.md)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Fraction = Annotated[float, Meta(ge=0, le=1)]
Box = Annotated[list[float], Meta(min_length=4, max_length=4)]
"""x, y, width and height as fractions of the frame."""
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Severity = Literal["alert", "detection"]


class EventAnswer(Struct):
    """A tracked object, a sound or a manual event. `data` has what its kind has; null means that it is not known."""

    id: str
    camera: str
    label: str
    labels: list[str]
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
    box: None
    data: dict[str, Any]


class ListedEventAnswer(EventAnswer):
    """An event of a list; `thumbnail` is WebP or JPEG in base64."""

    thumbnail: str | None


class FullEventAnswer(ListedEventAnswer):
    """An event by its id, with keys of old releases."""

    score: None
    region: None
    area: None
    ratio: None
    model_hash: None
    detector_type: None
    model_type: None


class ExploredEventAnswer(EventAnswer):
    """One of the newest events of a label, of which there are `event_count`."""

    event_count: int


class FoundEventAnswer(EventAnswer):
    """An event that was searched for."""

    search_distance: Fraction
    search_source: Literal["description"]


class EventCountAnswer(Struct):
    """How many events that are alike began on a day."""

    camera: str
    label: str
    sub_label: str | None
    zones: list[str]
    day: Day
    count: Annotated[int, Meta(ge=1)]


class ScoredFrameAnswer(Struct):
    """A frame in which an object was detected."""

    time: float
    score: float
    box: Box


class PlaceDoubtAnswer(Struct):
    """That an object began where detections were often false."""

    more: float
    moved_away: bool
    evidence: float
    asked: float
    enough_time: float | None


class ScoresAnswer(Struct):
    """Which scores made an object count."""

    threshold: float
    median: float
    top_score: float
    detections: int
    missed: int
    reached: list[tuple[float, float]]
    first: ScoredFrameAnswer
    best: ScoredFrameAnswer
    last: ScoredFrameAnswer
    false_place: PlaceDoubtAnswer | UnsetType = UNSET


class LimitAnswer(Struct):
    """A limit that an object has kept."""

    setting: str
    value: float | None
    limit: float | None
    masks: int | UnsetType = UNSET


class StayAnswer(Struct):
    """How long an object was in a zone."""

    zone: str
    entered_time: float | None
    inside: int
    inertia: int
    longest_s: float
    loitering_time: float
    speed_threshold: float | None


class DecisionAnswer(Struct):
    """What a rule has decided about an event."""

    time: float
    decision: Literal["alert", "detection", "clip", "snapshot"]
    setting: str
    labels: list[str] | None
    required_zones: list[str]
    zones: list[str]


class HeardAnswer(Struct):
    """How a sound was heard; the threshold is that of a sound that was told apart."""

    time: float
    score: float
    min_volume: float
    threshold: float | UnsetType = UNSET


class WhyAnswer(Struct):
    """Why an event was made."""

    id: str
    camera: str
    label: str
    type: str
    kept: bool
    created_by: str | None
    heard: HeardAnswer | None
    scores: ScoresAnswer | None
    filters: list[LimitAnswer]
    zones: list[StayAnswer]
    decisions: list[DecisionAnswer]
    text: list[str]


class MomentAnswer(Struct):
    """Something that happened to an event."""

    timestamp: float
    camera: str
    source: Literal["tracked_object", "audio", "api"]
    source_id: str
    class_type: str
    data: dict[str, Any]


class MomentsByHourAnswer(Struct):
    """Such moments by the epoch second at which their hour begins."""

    start: float
    end: float
    count: int
    hours: dict[str, list[MomentAnswer]]


class FalsePlaceAnswer(Struct):
    """A place where detections were often false."""

    label: str
    box: list[float]
    weight: float
    more_evidence: float
    rejected: float
    deleted: float
    marked_false: float
    marked_correct: float
    held_back: float


class FalsePlacesAnswer(Struct):
    """Such places of a camera."""

    camera: str
    enabled: bool
    half_life_days: float
    begins_at: float
    full_at: float
    places: list[FalsePlaceAnswer]
