"""Why an event is one: what is kept of it, and how it reads."""

from typing import Any

import msgspec
import pytest

from dogwatch.events import reasons
from dogwatch.events.lifecycle import Lifecycle
from dogwatch.events.live_object import LiveObject
from dogwatch.events.rules import CameraRules, SeverityRule
from dogwatch.evidence import PlaceDoubt
from tests.tracks import START, best, evidence, frame, tracked

PORCH: dict[str, Any] = {"entered_zones": ("porch",), "current_zones": ("porch",)}
RULES = CameraRules(
    "front",
    alerts=SeverityRule(labels=frozenset({"person", "car"}), required_zones=frozenset({"porch"})),
    snapshot_zones=frozenset({"porch"}),
)


def walked(rules: CameraRules = RULES) -> LiveObject:
    """Let a person come, and enter the porch a second later."""
    life = Lifecycle("front")
    life.step(frame(0, tracked(0, false_positive=True)), rules)
    life.step(frame(1, tracked(1), evidence=(evidence(1, zones=()),)), rules)
    life.picture(best(1), rules)
    life.step(frame(2, tracked(2, **PORCH), evidence=(evidence(2),)), rules)
    return life.live[tracked().id]


def test_each_decision_is_kept_once_with_its_rule() -> None:
    kept = reasons.kept_of(walked())
    assert kept is not None
    told = [(one["time"] - START, one["decision"], one["setting"], one["zones"]) for one in kept["decisions"]]
    assert told == [
        (1, "detection", "review.detections", ()),
        (1, "clip", "record.enabled", ()),
        (2, "alert", "review.alerts", ("porch",)),
        (2, "snapshot", "snapshots.required_zones", ("porch",)),
    ]
    alert = kept["decisions"][2]
    assert (alert["labels"], alert["required_zones"]) == (("car", "person"), ("porch",))


def test_the_newest_evidence_is_kept_as_fractions() -> None:
    kept = reasons.kept_of(walked())
    assert kept is not None
    assert kept["scores"]["last"] == {"time": START + 2, "score": 0.8, "box": [0.25, 0.333333, 0.125, 0.444444]}
    assert kept["scores"]["reached"] == [[START, 0.7], [START + 0.5, 0.9]]
    assert kept["filters"] == [
        {"setting": "objects.filters.person.min_score", "value": 0.9, "limit": 0.5},
        {"setting": "objects.mask", "value": None, "limit": None, "masks": 1},
    ]
    assert [stay["zone"] for stay in kept["zones"]] == ["porch"]
    assert len(msgspec.json.encode(kept)) < 2000


def test_nothing_is_kept_while_the_analysis_has_told_nothing() -> None:
    assert reasons.kept_of(LiveObject(tracked(), (320, 180))) is None


def test_it_reads_as_sentences() -> None:
    kept = reasons.kept_of(walked())
    assert kept is not None
    assert list(reasons.lines("person", kept, lambda time: f"{time - START:.1f}")) == [
        "its median score reached 0.80 at 0.5, and threshold asks for 0.75 (scores 0.70, 0.90)",
        "its score 0.9 is no less than min_score 0.5",
        "it stood in none of 1 object masks",
        "it entered zone porch at 2.0: 3 detections in a row (inertia 3), 0.4 s (loitering_time 0)",
        "it is a detection since 1.0 by review.detections",
        "its footage is kept since 1.0 by record.enabled",
        "it is an alert since 2.0 by review.alerts: person is among the labels, and it was in porch, which is required",
        "it has a snapshot since 2.0 by snapshots.required_zones: it was in porch, which is required",
    ]


@pytest.mark.parametrize(
    ("label", "severity", "setting"), [("bell", "alert", "review.alerts"), ("cat", "detection", "review.detections")]
)
def test_a_call_names_its_user(label: str, severity: str, setting: str) -> None:
    rules = CameraRules("front", detections=SeverityRule(labels=frozenset({"cat"})))
    kept = reasons.kept_of_call("ann", START, label, rules)
    assert kept["created_by"] == "ann"
    (decision,) = kept["decisions"]
    assert (decision["decision"], decision["setting"]) == (severity, setting)
    assert next(reasons.lines(label, kept, str)) == "a call of the API by user ann created it"


def test_an_event_of_an_older_version_says_so() -> None:
    row = {"id": "1-a", "camera": "front", "label": "person", "data": {"type": "audio"}}
    body = reasons.answer(row, None, str)
    assert (body["kept"], body["type"], body["scores"], body["text"]) == (False, "audio", None, [reasons.NOT_KEPT])


@pytest.mark.parametrize(
    ("moved_away", "text"),
    [
        (True, "8.0 s more of evidence was asked for, until it moved away"),
        (False, "asked for; it had 12.5 s of 12.0 s"),
    ],
)
def test_a_place_that_asked_for_more_is_told(moved_away: bool, text: str) -> None:
    doubt = PlaceDoubt(8.0, moved_away, 12.5, 12.0, START)
    kept = reasons.kept_of(LiveObject(tracked(), (320, 180), evidence=evidence(doubt=doubt)))
    assert kept is not None
    assert kept["scores"]["false_place"]["more"] == 8.0
    assert any(line.endswith(text) for line in reasons.lines("person", kept, str))
    assert (
        "false_place" not in (reasons.kept_of(LiveObject(tracked(), (320, 180), evidence=evidence())) or {})["scores"]
    )
