"""Makes events of tracks by a camera's rules, or tells why a tracked object made none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from dogwatch.analysis import AnalysisSettings, ZoneSettings
from dogwatch.bus.messages import BestPicture, FrameTracks
from dogwatch.events import reasons
from dogwatch.events.lifecycle import Lifecycle
from dogwatch.events.live_object import LiveObject
from dogwatch.events.rules import CameraRules, SeverityRule
from dogwatch.evidence import ObjectEvidence, PlaceDoubt, ZoneStay
from dogwatch.model import TrackedObject
from dogwatch.replay.candidates import Candidate, CandidateCollector, Reason, numbers
from dogwatch.replay.driver import Views
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.pipeline import FrameResult


@dataclass(frozen=True, slots=True)
class ReplayEvent:
    """An event as a live camera would make it; `zones` are those entered, `severity` that of its review item.

    `why` is what a live camera keeps of the reasons, see `events.reasons`.
    """

    label: str
    start_time: float
    end_time: float
    top_score: float
    severity: str | None
    zones: tuple[str, ...]
    has_clip: bool
    has_snapshot: bool
    sub_label: str | None = None
    why: dict[str, Any] | None = None


class Judge:
    """Makes events of the objects of one camera. `Replay` calls `add_frame`."""

    def __init__(self, settings: AnalysisSettings, rules: CameraRules, notes: CandidateCollector) -> None:
        """Make events by `rules`; objects that make none go to `notes`."""
        self._settings, self._rules, self._notes = settings, rules, notes
        self._life = Lifecycle(settings.camera)
        self.events: list[ReplayEvent] = []

    def add_frame(self, result: FrameResult, sizes: Geometry, views: Views) -> None:
        """Add one analysed frame."""
        evidence = {one.id: one for one in result.evidence}
        before = dict(self._life.live)
        self._life.step(_tracks(self._settings.camera, result, sizes), self._rules)
        for object_id, view in views:
            if (live := self._life.live.get(object_id)) is not None:
                picture = BestPicture(
                    self._settings.camera, object_id, live.obj.label, view.time, b"",
                    view.box, view.region, view.score, b"", view.attributes,
                )  # fmt: skip
                self._life.picture(picture, self._rules)
        for key, gone in before.items():  # in order: two replays of the same footage list the same
            if key not in self._life.live:
                self._judge(gone)
        known = {one.id for one in result.objects}
        for one in result.ended:
            if one.id not in before and one.id not in known:
                self._judge(LiveObject(one, (sizes.width, sizes.height), evidence=evidence.get(one.id)))
        self._notes.frame_done(result.time, result.objects)

    def made(self, live: LiveObject, event: ReplayEvent) -> None:  # noqa: ARG002 - for those who keep more
        """Keep the event that an object has made."""
        self.events.append(event)

    def _judge(self, live: LiveObject) -> None:
        one = live.obj
        end = one.frame_time if one.end_time is None else one.end_time
        if live.published and live.qualifies:
            self.made(
                live,
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
                    reasons.kept_of(live),
                ),
            )
            return
        found = live.evidence
        if (
            found is None
        ):  # an object has evidence when it ends: this one goes on as another one, which it was all the time
            return
        why = tuple(self._reasons(live, found))
        self._notes.add(Candidate(one.label, one.start_time, end, found.detections, one.top_score, one.box, why))

    def _reasons(self, live: LiveObject, found: ObjectEvidence) -> list[Reason]:
        one, rules = live.obj, self._rules
        if one.false_positive and found.held_back and found.doubt is not None:
            return [_held_back(found.doubt)]
        if one.false_positive:
            limit = found.threshold
            reached, needed = numbers(one.top_score, limit)
            text = f"its median score reached {reached}, and threshold asks for {needed}"
            return [Reason(f"objects.filters.{one.label}.threshold", text, one.top_score, limit)]
        if not one.position_changes:
            return [Reason("detect.stationary", "it stood still all the time", 0, 1)]
        if not rules.record and not rules.snapshots:
            return [Reason("record.enabled", "neither record nor snapshots is switched on")]
        stays = {stay.zone: stay for stay in found.zones}
        told: list[Reason] = []
        if rules.record:
            told += self._severity("review.alerts", rules.alerts, one, stays)
            told += self._severity("review.detections", rules.detections, one, stays)
        if rules.snapshots and rules.snapshot_zones:
            told += self._missed("snapshots.required_zones", rules.snapshot_zones, one, stays)
        return told or [Reason("detect.min_initialized", "it ended before it could be told")]

    def _severity(
        self, key: str, rule: SeverityRule, one: TrackedObject, stays: Mapping[str, ZoneStay]
    ) -> list[Reason]:
        if not rule.enabled:
            return [Reason(f"{key}.enabled", f"{key} is switched off")]
        if rule.labels is not None and one.label not in rule.labels:
            return [Reason(f"{key}.labels", f"{one.label} is not among the labels of {key}")]
        return self._missed(f"{key}.required_zones", rule.required_zones, one, stays)

    def _missed(
        self, key: str, required: frozenset[str], one: TrackedObject, stays: Mapping[str, ZoneStay]
    ) -> list[Reason]:
        by_name = {zone.name: zone for zone in self._settings.zones}
        missed = [name for name in sorted(required) if name not in one.entered_zones]
        return [_why_not_entered(key, name, by_name.get(name), stays.get(name), one.label) for name in missed]


def _held_back(doubt: PlaceDoubt) -> Reason:
    text = reasons.doubt_line(msgspec.to_builtins(doubt))
    return Reason("objects.false_places", text, doubt.evidence, doubt.asked)


def _why_not_entered(key: str, name: str, zone: ZoneSettings | None, stay: ZoneStay | None, label: str) -> Reason:
    if zone is None:
        return Reason(key, f"there is no zone {name}")
    if zone.objects and label not in zone.objects:
        return Reason(f"zones.{name}.objects", f"zone {name} is not meant for {label}")
    if stay is None or not stay.inside:
        return Reason(key, f"it was never inside zone {name}")
    if stay.inside < zone.inertia:
        text = f"it was inside zone {name} for {stay.inside} detections in a row, and inertia asks for {zone.inertia}"
        return Reason(f"zones.{name}.inertia", text, stay.inside, zone.inertia)
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
        result.objects, tuple(ended), evidence=result.evidence,
    )  # fmt: skip
