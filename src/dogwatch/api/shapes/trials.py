"""Settings that are tried on recordings (docs/api/trials.md)."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from dogwatch.api.shapes.events import DecisionAnswer, LimitAnswer, ScoresAnswer, StayAnswer
from dogwatch.api.shapes.exports import JobAnswer


class TriesAnswer(Struct):
    """What was tried for a camera."""

    tries: list[JobAnswer]


class TrialGapAnswer(Struct):
    """A time without footage."""

    start_time: float
    end_time: float


class TrialSideAnswer(Struct):
    """What came of one of the two replays."""

    events: int
    frames: int


class TrialReasonAnswer(Struct):
    """Why the other settings have made no event of it."""

    setting: str
    text: str
    value: float | None
    limit: float | None


class TrialWhyAnswer(Struct):
    """What decided that it is an event."""

    scores: ScoresAnswer | None
    filters: list[LimitAnswer]
    zones: list[StayAnswer]
    decisions: list[DecisionAnswer]
    text: list[str]


class TrialEventAnswer(Struct):
    """An event of one of the replays."""

    id: str
    label: str
    sub_label: str | None
    start_time: float
    end_time: float
    score: float
    box: tuple[float, float, float, float]
    zones: list[str]
    severity: Literal["alert", "detection"] | None
    has_clip: bool
    has_snapshot: bool
    has_thumbnail: bool
    why: TrialWhyAnswer | None
    reasons: list[TrialReasonAnswer]


class TrialChangeAnswer(Struct):
    """An event of both replays that differs."""

    before: TrialEventAnswer
    after: TrialEventAnswer


class TrialCountsAnswer(Struct):
    """Numbers of events."""

    gained: int
    lost: int
    changed: int
    unchanged: int


class TrialResultAnswer(Struct):
    """What differs between the settings in force and those that were tried."""

    seconds: float
    missing: list[TrialGapAnswer]
    detector: str
    before: TrialSideAnswer
    after: TrialSideAnswer
    counts: TrialCountsAnswer
    gained: list[TrialEventAnswer]
    lost: list[TrialEventAnswer]
    changed: list[TrialChangeAnswer]
    unchanged: list[TrialEventAnswer]
    dropped: TrialCountsAnswer


class TrialAnswer(Struct):
    """What was tried, and what has come of it; null before the end."""

    job: JobAnswer
    config: dict[str, Any]
    result: TrialResultAnswer | None
