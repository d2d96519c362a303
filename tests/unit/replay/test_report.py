"""How replays are told and compared."""

import json
from typing import Any

from dogwatch.model import Box
from dogwatch.replay.candidates import Candidate, Reason
from dogwatch.replay.judge import ReplayEvent
from dogwatch.replay.report import ReplayReport, compare


def event(start: float, end: float, label: str = "person", **changes: Any) -> ReplayEvent:
    values: dict[str, Any] = {
        "top_score": 0.9, "severity": "alert", "zones": (), "has_clip": True, "has_snapshot": False
    }  # fmt: skip
    return ReplayEvent(label=label, start_time=start, end_time=end, **(values | changes))


def candidate(start: float, score: float, detections: int = 3) -> Candidate:
    reason = Reason("objects.filters.person.min_score", "its score 0.40 is below min_score 0.50", 0.4, 0.5)
    return Candidate("person", start, start + 1, detections, score, Box(10, 20, 30, 70), (reason,))


def report(**changes: Any) -> ReplayReport:
    values: dict[str, Any] = {
        "camera": "front", "detector": "opencv", "seconds": 60.0, "frames": 300, "regions": 40,
        "events": (event(3661.5, 3663.25, zones=("porch",)),), "candidates": (candidate(5, 0.4), candidate(2, 0.3, 1)),
    }  # fmt: skip
    return ReplayReport(**(values | changes))


def test_text() -> None:
    assert list(report().lines(most=1)) == [
        "front: 60 s of footage, 300 frames analysed, 40 regions shown to opencv",
        "1 event",
        "  1:01:01.5 - 1:01:03.2 person 0.90, alert in porch, clip",
        "2 candidates made no event",
        "  0:00:05.0 - 0:00:06.0 person 0.40, 3 detections, 20x50 at 10,20",
        "      objects.filters.person.min_score: its score 0.40 is below min_score 0.50",
        "  and 1 more that were seen less often; --all shows them",
    ]


def test_json_holds_everything() -> None:
    body = json.loads(json.dumps(report().as_json()))
    assert body["events"][0]["zones"] == ["porch"]
    assert body["candidates"][0]["box"] == [10, 20, 30, 70]
    assert body["candidates"][0]["reasons"][0]["limit"] == 0.5


def test_events_are_paired_by_label_and_time() -> None:
    old = [event(0, 10), event(20, 30), event(20, 30, "car"), event(50, 60)]
    new = [event(1, 11), event(20, 31, severity="detection"), event(80, 90)]
    found = compare(old, new)
    assert [(a.start_time, b.start_time) for a, b in found.both] == [(0, 1), (20, 20)]
    assert found.lost == (old[2], old[3])
    assert found.gained == (new[2],)
    lines = list(found.lines())
    assert lines[0] == "1 events are the same, 2 lost, 1 gained, 1 changed"
    assert [line[0] for line in lines[1:]] == ["-", "-", "+", "~", " "]


def test_the_largest_overlap_wins_and_nothing_is_paired_twice() -> None:
    old, new = [event(0, 10), event(2, 10)], [event(2, 10)]
    found = compare(old, new)
    assert found.both == ((old[1], new[0]),)
    assert found.lost == (old[0],)
    assert compare([event(5, 5)], [event(5, 5)]).both
