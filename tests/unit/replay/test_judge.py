"""Which objects make events, and why others do not."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from dogwatch.analysis import AnalysisSettings, ObjectFilter, ZoneSettings
from dogwatch.events.rules import CameraRules, SeverityRule
from dogwatch.evidence import ObjectEvidence
from dogwatch.model import Box, Detection, TrackedObject
from dogwatch.replay.candidates import CandidateCollector, Reason
from dogwatch.replay.judge import Judge, ReplayEvent
from dogwatch.vision.best_picture import View
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.motion import Motion
from dogwatch.vision.pipeline import FrameResult
from dogwatch.vision.zones import Zone, ZoneRecord
from tests.tracks import REGION, START, evidence, tracked

SIZES = Geometry(640, 360, 320, 180)
LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
INSIDE, OUTSIDE = Box(40, 60, 80, 140), Box(240, 60, 280, 140)
NOBODY = SeverityRule(labels=frozenset())


def judged(
    *objects: TrackedObject, settings: AnalysisSettings, rules: CameraRules
) -> tuple[list[ReplayEvent], tuple[Reason, ...]]:
    """Let an object live through `objects`, its states, and end."""
    notes = CandidateCollector(settings)
    judge = Judge(settings, rules, notes)
    for n, one in enumerate(objects):
        views = (("id", View(one.frame_time, one.score, one.box, REGION)),) if n == 1 else ()
        judge.add_frame(FrameResult(one.frame_time, Motion(), (), (one,), ()), SIZES, views)
    last = structs.replace(objects[-1], end_time=objects[-1].frame_time)
    found = (decided(objects, settings),)
    judge.add_frame(FrameResult(last.frame_time + 5, Motion(), (), (), (last,), found), SIZES, ())
    reasons = [one.reasons for one in notes.finish()]
    assert len(judge.events) + len(reasons) == 1
    return judge.events, reasons[0] if reasons else ()


def decided(objects: tuple[TrackedObject, ...], settings: AnalysisSettings) -> ObjectEvidence:
    """Return what the analysis says of an object that lived through `objects`."""
    zones, record = tuple(Zone.of(zone, SIZES) for zone in settings.zones), ZoneRecord()
    for one in objects:
        record.seen(zones, Detection(one.label, one.score, one.box), one.frame_time, (0.0, 0.0), SIZES)
    rule = settings.filters.get("person", ObjectFilter())
    return evidence(id="id", threshold=rule.threshold, detections=len(objects), zones=record.stays())


def states(count: int = 5, box: Box = INSIDE, **changes: Any) -> list[TrackedObject]:
    return [tracked(n / 5, frame_time=START + n / 5, id="id", box=box, camera="front", **changes) for n in range(count)]


def settings(**changes: Any) -> AnalysisSettings:
    return AnalysisSettings(camera="front", **changes)


def test_a_walker_makes_an_event() -> None:
    events, _ = judged(*states(entered_zones=("left",)), settings=settings(), rules=CameraRules("front"))
    (one,) = events
    assert (one.label, one.severity, one.zones, one.has_clip, one.has_snapshot) == (
        "person",
        "alert",
        ("left",),
        True,
        True,
    )
    assert (one.start_time, one.end_time, one.top_score) == (START, START + 0.8, 0.86)
    assert one.why is not None
    assert one.why["scores"]["threshold"] == 0.7
    assert [decision["decision"] for decision in one.why["decisions"]] == ["alert", "clip", "snapshot"]


def only(found: tuple[list[ReplayEvent], tuple[Reason, ...]]) -> Reason:
    events, reasons = found
    assert not events
    (reason,) = reasons
    return reason


def test_a_false_positive_tells_its_median_score_and_the_threshold() -> None:
    rules = settings(filters={"person": ObjectFilter(threshold=0.9)})
    reason = only(judged(*states(false_positive=True), settings=rules, rules=CameraRules("front")))
    assert (reason.setting, reason.value, reason.limit) == ("objects.filters.person.threshold", 0.86, 0.9)


def test_what_never_moved_made_no_event() -> None:
    reason = only(judged(*states(position_changes=0), settings=settings(), rules=CameraRules("front")))
    assert reason.setting == "detect.stationary"


def test_nothing_is_kept_when_nothing_is_switched_on() -> None:
    rules = CameraRules("front", record=False, snapshots=False)
    assert only(judged(*states(), settings=settings(), rules=rules)).setting == "record.enabled"


def test_labels_and_switches_of_both_severities_are_told() -> None:
    rules = CameraRules("front", snapshots=False, alerts=NOBODY, detections=SeverityRule(enabled=False))
    _, reasons = judged(*states(), settings=settings(), rules=rules)
    assert [one.setting for one in reasons] == ["review.alerts.labels", "review.detections.enabled"]


@pytest.mark.parametrize(
    ("zone", "box", "reason"),
    [
        ({}, OUTSIDE, Reason("review.alerts.required_zones", "it was never inside zone left")),
        (
            {"inertia": 7},
            INSIDE,
            Reason(
                "zones.left.inertia", "it was inside zone left for 5 detections in a row, and inertia asks for 7", 5, 7
            ),
        ),
        (
            {"loitering_time": 4.0},
            INSIDE,
            Reason(
                "zones.left.loitering_time", "it stayed in zone left for 0.8 s, and loitering_time asks for 4", 0.8, 4.0
            ),
        ),
        ({"objects": ("car",)}, INSIDE, Reason("zones.left.objects", "zone left is not meant for person")),
        (
            {"speed_threshold": 10.0},
            INSIDE,
            Reason("zones.left.speed_threshold", "it was too slow for zone left", None, 10.0),
        ),
    ],
)
def test_why_a_required_zone_was_not_entered(zone: dict[str, Any], box: Box, reason: Reason) -> None:
    given = settings(zones=(ZoneSettings("left", LEFT, **zone),))
    rules = CameraRules(
        "front",
        snapshots=False,
        alerts=SeverityRule(required_zones=frozenset({"left"})),
        detections=SeverityRule(enabled=False),
    )
    _, reasons = judged(*states(box=box), settings=given, rules=rules)
    found = reasons[0]
    assert (found.setting, found.text, found.limit) == (reason.setting, reason.text, reason.limit)
    assert found.value == pytest.approx(reason.value) if reason.value is not None else found.value is None


def test_an_object_that_turns_out_to_be_another_one_is_neither_an_event_nor_a_candidate() -> None:
    """The tracker joins two tracks of one object: the younger one is gone, without an end and without evidence."""
    plain = settings()
    notes = CandidateCollector(plain)
    judge = Judge(plain, CameraRules("front"), notes)
    for one in states(false_positive=True):
        judge.add_frame(FrameResult(one.frame_time, Motion(), (), (one,), ()), SIZES, ())
    judge.add_frame(FrameResult(START + 1, Motion(), (), (), ()), SIZES, ())
    assert judge.events == []
    assert notes.finish() == []
