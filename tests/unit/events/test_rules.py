from pathlib import Path
from typing import Any

import pytest

from dogwatch.config import parse
from dogwatch.events.rules import CameraRules, SeverityRule, rules_of
from tests.tracks import tracked

PORCH = frozenset({"porch"})


@pytest.mark.parametrize(
    ("rules", "obj", "expected"),
    [
        (CameraRules("c"), {}, "alert"),
        (CameraRules("c"), {"label": "dog"}, "detection"),
        (CameraRules("c"), {"false_positive": True}, None),
        (CameraRules("c"), {"position_changes": 0}, None),
        (CameraRules("c"), {"stationary": True}, None),
        (CameraRules("c"), {"stationary": True, "pending_loitering": True}, "alert"),
        (CameraRules("c"), {"stationary": True, "loitering_zones": ("porch",), "current_zones": ("porch",)}, "alert"),
        (CameraRules("c"), {"stationary": True, "loitering_zones": ("porch",)}, None),
        (CameraRules("c", alerts=SeverityRule(required_zones=PORCH)), {}, "detection"),
        (CameraRules("c", alerts=SeverityRule(required_zones=PORCH)), {"current_zones": ("drive", "porch")}, "alert"),
        (CameraRules("c", detections=SeverityRule(required_zones=PORCH)), {"label": "dog"}, None),
        (CameraRules("c", detections=SeverityRule(labels=frozenset())), {"label": "dog"}, None),
    ],
)
def test_severity(rules: CameraRules, obj: dict[str, Any], expected: str | None) -> None:
    assert rules.severity(tracked(0, **obj)) == expected


def test_severity_of_sounds_and_manual_events() -> None:
    rules = CameraRules("c", alerts=SeverityRule(labels=frozenset({"scream"})))
    assert [rules.audio("scream"), rules.audio("bark")] == ["alert", "detection"]
    quiet = CameraRules("c", detections=SeverityRule(labels=frozenset({"button"})))
    assert quiet.audio("bark") is None
    assert [quiet.manual("button"), quiet.manual("door")] == ["detection", "alert"]


def test_rules_come_from_the_configuration(tmp_path: Path) -> None:
    text = """
cameras:
  front:
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/", roles: [record, detect]}]}
    record: {enabled: true, alerts: {pre_capture: 9}, detections: {pre_capture: 7}}
    snapshots: {enabled: true, required_zones: [porch]}
    objects: {track: [person, dog]}
    motion: {mqtt_off_delay: 12}
    best_image_timeout: 33
    zones: {porch: {coordinates: "0.1,0.1,0.9,0.1,0.9,0.9"}}
    review:
      alerts: {labels: [person], required_zones: [porch], cutoff_time: 20}
      detections: {enabled: false, labels: [dog], cutoff_time: 10}
"""
    config = parse(text, path=tmp_path / "config.yml", env={}).config
    assert rules_of(config) == {
        "front": CameraRules(
            camera="front",
            record=True,
            snapshots=True,
            snapshot_zones=PORCH,
            alerts=SeverityRule(True, frozenset({"person"}), PORCH, 20),
            detections=SeverityRule(False, frozenset({"dog"}), frozenset(), 10),
            track=("person", "dog"),
            zones=("porch",),
            motion_off_delay=12,
            pre_capture=9,
            best_image_timeout=33,
        )
    }
