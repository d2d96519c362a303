"""What decided about a tracked object, as the analysis measured it: scores, limits and zones.

Made by `vision`, sent to the core, and shown by `GET /api/events/<id>/why` and `dogwatch replay`.
"""

from __future__ import annotations

import msgspec

from dogwatch.model import Box


class ScoredFrame(msgspec.Struct, frozen=True, gc=False):
    """A frame in which a detector found the object; `box` is in detect-frame pixels."""

    time: float
    score: float
    box: Box


class PassedLimit(msgspec.Struct, frozen=True, gc=False):
    """A limit that a detection kept: `rule` is the key of the filter; areas are in detect-frame pixels."""

    rule: str
    value: float
    limit: float


class ThresholdReached(msgspec.Struct, frozen=True, gc=False):
    """How the object ceased to be a false positive.

    `scores` are times and scores of the last frames, whose median reached the threshold; 0 is a frame in which a
    detector looked for the object and did not find it. `limits` are those of the object's filter that can reject
    anything, and `masks` the number of masks in which it did not stand, in the last of these frames.
    """

    scores: tuple[tuple[float, float], ...]
    median: float
    limits: tuple[PassedLimit, ...]
    masks: int


class ZoneStay(msgspec.Struct, frozen=True, gc=False):
    """The longest stay in one zone: `inside` detections in a row, `longest_s` seconds; the rest as configured."""

    zone: str
    inside: int
    inertia: int
    longest_s: float
    loitering_time: float
    speed_threshold: float | None = None
    entered_time: float | None = None


class PlaceDoubt(msgspec.Struct, frozen=True, gc=False):
    """That an object began where detections were often false (`vision.false_places`).

    `more` is the evidence that was asked for beyond what is usual, until the object had `moved_away`. `evidence` is
    what it has shown, `asked` what was asked for in all: 1 is a second with scores at the threshold.
    `enough_time` is when there was enough without `more`; None if there never was.
    """

    more: float
    moved_away: bool
    evidence: float
    asked: float
    enough_time: float | None


class ObjectEvidence(msgspec.Struct, frozen=True, gc=False):
    """What was measured of one object from its first detection to `last`.

    `missed` counts the frames in which a detector looked for it in vain; `best` has the highest score. `doubt` is None
    where no more than usual was asked for.
    """

    id: str
    threshold: float
    top_score: float
    detections: int
    missed: int
    first: ScoredFrame
    best: ScoredFrame
    last: ScoredFrame
    reached: ThresholdReached | None
    zones: tuple[ZoneStay, ...]
    doubt: PlaceDoubt | None = None

    @property
    def held_back(self) -> bool:
        """Whether the object would have been one, but for what its place asked for."""
        return self.reached is None and self.doubt is not None and self.doubt.enough_time is not None
