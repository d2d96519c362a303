"""Keeps the state of one tracked object, from its first detection to its end."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from dogwatch.analysis import AnalysisSettings, ObjectFilter
from dogwatch.evidence import ObjectEvidence, PlaceDoubt, ScoredFrame, ThresholdReached
from dogwatch.model import Detection, TrackedObject
from dogwatch.vision.best_picture import View, is_better
from dogwatch.vision.filters import DetectionFilters
from dogwatch.vision.geometry import Geometry, ground_point
from dogwatch.vision.merge import RegionDetection
from dogwatch.vision.scores import ScoreHistory
from dogwatch.vision.stationary import Stillness
from dogwatch.vision.zones import Zone, ZoneRecord

PATH_STEP = 0.02  # of the frame: the distance after which the path gets a new point
PATH_POINTS = 200
AT_EDGE = 0.005  # of the frame: a box that ends so near to its edge is cut
MOVED_AWAY = 0.3  # heights: no false detection jitters so much, and a walking person goes so far in half a second


@dataclass(slots=True)
class ObjectTrack:
    """One object that is being tracked.

    `found` is its last detection, made at `seen_time`, and `top` the one with the highest score. `told` says what the
    last evidence contained: that the object is no false positive, and the number of zones entered. `doubted` is the
    evidence that its first place asked for beyond what is usual.
    """

    id: str
    camera: str
    label: str
    start_time: float
    found: RegionDetection
    seen_time: float
    scores: ScoreHistory
    stillness: Stillness
    first: ScoredFrame
    top: ScoredFrame
    zones: ZoneRecord = field(default_factory=ZoneRecord)
    attributes: dict[str, float] = field(default_factory=dict)
    current_attributes: tuple[Detection, ...] = ()
    path: tuple[tuple[float, float, float], ...] = ()
    best: View | None = None
    looked_time: float = 0.0
    detections: int = 0
    missed_frames: int = 0
    confirmed: bool = False
    reached: ThresholdReached | None = None
    told: int = 0
    doubted: float = 0.0

    @classmethod
    def begin(
        cls,
        id: str,  # noqa: A002
        found: RegionDetection,
        time: float,
        settings: AnalysisSettings,
        rule: ObjectFilter,
    ) -> ObjectTrack:
        """Begin an object that was `found` at `time`; its median score must reach the threshold of `rule` once."""
        seen = ScoredFrame(time, found.detection.score, found.detection.box)
        return cls(
            id,
            settings.camera,
            found.detection.label,
            time,
            found,
            time,
            ScoreHistory(
                rule.threshold,
                rule.min_score,
                settings.moving_s,
                settings.standing_s,
                single=settings.min_initialized == 1,
            ),
            Stillness(settings.stationary.threshold, settings.fps),
            seen,
            seen,
        )

    def seen(
        self,
        found: RegionDetection,
        time: float,
        attributes: tuple[Detection, ...],
        velocity: tuple[float, float],
        zones: tuple[Zone, ...],
        geometry: Geometry,
    ) -> None:
        """Update the object, `found` in the frame at `time`; `velocity` is that of its bottom centre in px/s."""
        self.found, self.seen_time, self.looked_time = found, time, time
        self.detections += 1
        moved = self._moved(geometry)
        if self.scores.more and moved > MOVED_AWAY:
            self.scores.more = 0.0
        self.scores.add(found.detection.score, time, moved=moved)
        if found.detection.score > self.top.score:
            self.top = ScoredFrame(time, found.detection.score, found.detection.box)
        self.stillness.seen(found.detection.box, time)
        self.zones.seen(zones, found.detection, time, velocity, geometry)
        self.current_attributes = attributes
        for part in attributes:
            self.attributes[part.label] = max(part.score, self.attributes.get(part.label, 0.0))
        self._walk(time, geometry)

    def doubt(self, more: float) -> None:
        """Ask for `more` evidence than is usual, as long as the object stays where it was first."""
        if not self.scores.single:
            self.doubted = self.scores.more = more

    def missed(self, time: float) -> None:
        """Note that a detector looked for the object at `time` and did not find it."""
        self.looked_time, self.current_attributes = time, ()
        self.missed_frames += 1
        self.scores.add(0.0, time)

    def take_over(self, young: ObjectTrack) -> None:
        """Count what was found of `young`, which is the same object, before this frame."""
        self.detections += young.detections
        if young.top.score > self.top.score:
            self.top = young.top

    def improve(self, geometry: Geometry, timeout: float) -> View | None:
        """Return the view in the last frame if it is the best so far, and remember it."""
        view = View(
            self.seen_time,
            self.found.detection.score,
            self.found.detection.box,
            self.found.region,
            self.current_attributes,
        )
        if not is_better(view, self.best, geometry, timeout):
            return None
        self.best = view
        return view

    def has_news(self) -> bool:
        """Whether the evidence has more to say than when it was told last, of what is no false positive."""
        return self.told != len(self.zones.entered) + 1 and self.confirmed and not self.scores.false_positive

    def note_reached(self, filters: DetectionFilters) -> None:
        """Note how the last detection made this no false positive."""
        detection, scores = self.found.detection, self.scores
        self.reached = ThresholdReached(
            scores.reached, scores.median, filters.passed(detection), filters.masks(self.label)
        )

    def evidence(self) -> ObjectEvidence:
        """Return what decided about the object so far."""
        self.told, detection = len(self.zones.entered) + 1, self.found.detection
        return ObjectEvidence(
            self.id,
            self.scores.threshold,
            self.scores.top,
            self.detections,
            self.missed_frames,
            self.first,
            self.top,
            ScoredFrame(self.seen_time, detection.score, detection.box),
            self.reached,
            self.zones.stays(),
            self._doubt(),
        )

    def snapshot(self, *, ended: bool = False) -> TrackedObject:
        """Return the object's state as an immutable value."""
        stillness, zones = self.stillness, self.zones
        return TrackedObject(
            id=self.id,
            camera=self.camera,
            label=self.label,
            frame_time=self.seen_time,
            start_time=self.start_time,
            box=self.found.detection.box,
            region=self.found.region,
            score=self.found.detection.score,
            computed_score=self.scores.computed,
            top_score=self.scores.top,
            false_positive=self.scores.false_positive,
            stationary=stillness.stationary,
            motionless_count=stillness.motionless_count,
            position_changes=stillness.position_changes,
            current_zones=zones.current,
            entered_zones=zones.entered,
            loitering_zones=zones.loitering,
            pending_loitering=zones.pending_loitering,
            attributes=dict(self.attributes),
            current_attributes=self.current_attributes,
            path=self.path,
            current_speed=zones.speed.current,
            average_speed=zones.speed.average,
            velocity_angle=zones.speed.angle,
            end_time=self.seen_time if ended else None,
        )

    def _moved(self, geometry: Geometry) -> float:
        """Return how far the object is from where it was first, in heights.

        Of what the frame's edge cuts, the other edge moves with the object; its centre moves half as far.
        """
        first, now = self.first.box, self.found.detection.box
        across = _shifted((first.x1, first.x2), (now.x1, now.x2), geometry.width)
        down = _shifted((first.y1, first.y2), (now.y1, now.y2), geometry.height)
        return max(across, down) / max(now.height, first.height, 1)

    def _doubt(self) -> PlaceDoubt | None:
        if not self.doubted:
            return None
        scores = self.scores
        usual = scores.moving_s if scores.moved else scores.standing_s
        return PlaceDoubt(
            round(self.doubted, 2),
            not scores.more,
            round(scores.evidence, 2),
            round(usual + scores.more, 2),
            scores.enough_time,
        )

    def _walk(self, time: float, geometry: Geometry) -> None:
        x, y = ground_point(self.found.detection.box, geometry)
        x, y = round(x, 4), round(y, 4)
        if self.path and math.hypot(self.path[-1][0] - x, self.path[-1][1] - y) < PATH_STEP:
            return
        if len(self.path) >= PATH_POINTS:  # keep the whole path, with every second point
            self.path = self.path[::2]
        self.path = (*self.path, (x, y, time))


def _shifted(first: tuple[int, int], now: tuple[int, int], size: int) -> float:
    """Return by how many pixels a box has moved along an axis of `size` pixels, from the edges that are not cut."""
    near = size * AT_EDGE
    cut_low, cut_high = min(first[0], now[0]) <= near, max(first[1], now[1]) >= size - near
    low, high = abs(now[0] - first[0]), abs(now[1] - first[1])
    if cut_low != cut_high:
        return float(high if cut_low else low)
    return abs(sum(now) - sum(first)) / 2
