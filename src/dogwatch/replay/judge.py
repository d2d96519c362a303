"""Makes events of tracks by a camera's rules, or tells why a tracked object made none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dogwatch.analysis import AnalysisSettings, ZoneSettings
from dogwatch.bus.messages import BestPicture, FrameTracks
from dogwatch.events.lifecycle import Lifecycle
from dogwatch.events.live_object import LiveObject
from dogwatch.events.rules import CameraRules, SeverityRule
from dogwatch.model import Detection, TrackedObject
from dogwatch.replay.candidates import Candidate, CandidateCollector, Reason, numbers
from dogwatch.replay.driver import Views
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.pipeline import FrameResult
from dogwatch.vision.zones import Zone


@dataclass(frozen=True, slots=True)
class ReplayEvent:
    """An event as a live camera would make it; `zones` are those entered, `severity` that of its review item."""

    label: str
    start_time: float
    end_time: float
    top_score: float
    severity: str | None
    zones: tuple[str, ...]
    has_clip: bool
    has_snapshot: bool
    sub_label: str | None = None


@dataclass(slots=True)
class _ZoneStay:
    """The stay of one object in one zone: detections in a row (now, most), since when, and the longest stay (s)."""

    count: int = 0
    most: int = 0
    since: float = 0.0
    longest_s: float = 0.0


@dataclass(slots=True)
class _ObjectHistory:
    detections: int = 0
    zones: dict[str, _ZoneStay] = field(default_factory=dict)


class Judge:
    """Makes events of the objects of one camera. `Replay` calls `add_frame`."""

    def __init__(self, settings: AnalysisSettings, rules: CameraRules, notes: CandidateCollector) -> None:
        """Make events by `rules`; objects that make none go to `notes`."""
        self._settings, self._rules, self._notes = settings, rules, notes
        self._life = Lifecycle(settings.camera)
        self._stories: dict[str, _ObjectHistory] = {}
        self._zones: tuple[Geometry, tuple[Zone, ...]] | None = None
        self.events: list[ReplayEvent] = []

    def add_frame(self, result: FrameResult, sizes: Geometry, views: Views) -> None:
        """Add one analysed frame."""
        for one in result.objects:
            if one.frame_time == result.time:
                self._follow(one, sizes)
        before = dict(self._life.live)
        self._life.step(_tracks(self._settings.camera, result, sizes), self._rules)
        for object_id, view in views:
            if (live := self._life.live.get(object_id)) is not None:
                picture = BestPicture(
                    self._settings.camera, object_id, live.obj.label, view.time, b"",
                    view.box, view.region, view.score, b"", view.attributes,
                )  # fmt: skip
                self._life.picture(picture, self._rules)
        for key in before.keys() - self._life.live.keys():
            self._judge(before[key])
        known = {one.id for one in result.objects}
        for one in result.ended:
            if one.id not in before and one.id not in known:
                self._judge(LiveObject(one, (sizes.width, sizes.height)))
        self._notes.frame_done(result.time, result.objects)

    def _follow(self, one: TrackedObject, sizes: Geometry) -> None:
        if self._zones is None or self._zones[0] != sizes:
            self._zones = sizes, tuple(Zone.of(zone, sizes) for zone in self._settings.zones)
        story = self._stories.setdefault(one.id, _ObjectHistory())
        story.detections += 1
        seen = Detection(one.label, one.score, one.box)
        for zone in self._zones[1]:
            stay = story.zones.setdefault(zone.settings.name, _ZoneStay())
            if not zone.touched(seen, sizes):
                stay.count = 0
                continue
            stay.since = one.frame_time if not stay.count else stay.since
            stay.count += 1
            stay.most = max(stay.most, stay.count)
            stay.longest_s = max(stay.longest_s, one.frame_time - stay.since)

    def _judge(self, live: LiveObject) -> None:
        one = live.obj
        story = self._stories.pop(one.id, _ObjectHistory())
        end = one.frame_time if one.end_time is None else one.end_time
        if live.published and live.qualifies:
            self.events.append(
                ReplayEvent(
                    one.label,
                    one.start_time,
                    end,
                    one.top_score,
                    live.severity,
                    one.entered_zones,
                    live.has_clip,
                    live.has_snapshot,
                    live.name,
                )
            )
            return
        reasons = self._reasons(live, story)
        self._notes.add(
            Candidate(one.label, one.start_time, end, story.detections, one.top_score, one.box, tuple(reasons))
        )

    def _reasons(self, live: LiveObject, story: _ObjectHistory) -> list[Reason]:
        one, rules = live.obj, self._rules
        if one.false_positive:
            limit = self._threshold(one.label)
            reached, needed = numbers(one.top_score, limit)
            text = f"its median score reached {reached}, and threshold asks for {needed}"
            return [Reason(f"objects.filters.{one.label}.threshold", text, one.top_score, limit)]
        if not one.position_changes:
            return [Reason("detect.stationary", "it stood still all the time", 0, 1)]
        if not rules.record and not rules.snapshots:
            return [Reason("record.enabled", "neither record nor snapshots is switched on")]
        reasons: list[Reason] = []
        if rules.record:
            reasons += self._severity("review.alerts", rules.alerts, one, story)
            reasons += self._severity("review.detections", rules.detections, one, story)
        if rules.snapshots and rules.snapshot_zones:
            reasons += self._missed("snapshots.required_zones", rules.snapshot_zones, one, story)
        return reasons or [Reason("detect.min_initialized", "it ended before it could be told")]

    def _severity(self, key: str, rule: SeverityRule, one: TrackedObject, story: _ObjectHistory) -> list[Reason]:
        if not rule.enabled:
            return [Reason(f"{key}.enabled", f"{key} is switched off")]
        if rule.labels is not None and one.label not in rule.labels:
            return [Reason(f"{key}.labels", f"{one.label} is not among the labels of {key}")]
        return self._missed(f"{key}.required_zones", rule.required_zones, one, story)

    def _missed(self, key: str, required: frozenset[str], one: TrackedObject, story: _ObjectHistory) -> list[Reason]:
        by_name = {zone.name: zone for zone in self._settings.zones}
        missed = [name for name in sorted(required) if name not in one.entered_zones]
        return [_why_not_entered(key, name, by_name.get(name), story.zones.get(name), one.label) for name in missed]

    def _threshold(self, label: str) -> float:
        rule = self._settings.filters.get(label)
        return 0.7 if rule is None else rule.threshold


def _why_not_entered(key: str, name: str, zone: ZoneSettings | None, stay: _ZoneStay | None, label: str) -> Reason:
    if zone is None:
        return Reason(key, f"there is no zone {name}")
    if zone.objects and label not in zone.objects:
        return Reason(f"zones.{name}.objects", f"zone {name} is not meant for {label}")
    if stay is None or not stay.most:
        return Reason(key, f"it was never inside zone {name}")
    if stay.most < zone.inertia:
        text = f"it was inside zone {name} for {stay.most} detections in a row, and inertia asks for {zone.inertia}"
        return Reason(f"zones.{name}.inertia", text, stay.most, zone.inertia)
    if stay.longest_s < zone.loitering_time:
        text = (
            f"it stayed in zone {name} for {stay.longest_s:.1f} s, and loitering_time asks for {zone.loitering_time:g}"
        )
        return Reason(f"zones.{name}.loitering_time", text, stay.longest_s, zone.loitering_time)
    return Reason(f"zones.{name}.speed_threshold", f"it was too slow for zone {name}", None, zone.speed_threshold)


def _tracks(camera: str, result: FrameResult, sizes: Geometry) -> FrameTracks:
    ended: Sequence[TrackedObject] = result.ended
    return FrameTracks(
        camera, result.time, sizes.width, sizes.height, result.motion.area, result.motion.boxes, result.regions,
        result.objects, tuple(ended),
    )  # fmt: skip
