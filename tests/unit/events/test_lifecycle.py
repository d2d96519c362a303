from typing import Any

import pytest

from dogwatch.events.lifecycle import MAX_OBJECTS, Lifecycle
from dogwatch.events.live_object import ObjectChange
from dogwatch.events.rules import CameraRules, SeverityRule
from dogwatch.model import Box, Detection
from tests.tracks import START, best, frame, tracked

RULES = CameraRules("front")


def run(*steps: Any, rules: CameraRules = RULES) -> list[ObjectChange]:
    life = Lifecycle("front")
    changes: list[ObjectChange] = []
    for step in steps:
        changes += life.picture(step, rules) if type(step).__name__ == "BestPicture" else life.step(step, rules)
    return changes


def kinds(*steps: Any, rules: CameraRules = RULES) -> list[str]:
    return [change.kind for change in run(*steps, rules=rules)]


def test_nothing_is_said_of_false_positives() -> None:
    early = tracked(0, false_positive=True)
    assert kinds(frame(0, early), frame(1, ended=(tracked(1, false_positive=True, end_time=START),))) == []


def test_an_object_is_new_when_it_is_no_longer_a_false_positive() -> None:
    changes = run(frame(0, tracked(0, false_positive=True)), frame(1, tracked(1)))
    assert [change.kind for change in changes] == ["new"]
    assert changes[0].before == changes[0].after
    assert changes[0].after["false_positive"] is False


def test_frames_without_news_are_silent() -> None:
    assert kinds(*(frame(n / 5, tracked(n / 5)) for n in range(50))) == ["new"]


@pytest.mark.parametrize(
    ("changes", "updates"),
    [
        ({}, 0),
        ({"current_zones": ("porch",), "entered_zones": ("porch",)}, 1),
        ({"position_changes": 2}, 1),
        ({"stationary": True, "motionless_count": 50}, 1),
        ({"motionless_count": 3}, 0),
        ({"attributes": {"face": 0.9}}, 1),
        ({"current_speed": 1.0}, 0),
        ({"current_speed": 9.0}, 1),
        ({"path": ((0.1, 0.2, START),)}, 1),
        ({"score": 0.9, "computed_score": 0.9, "top_score": 0.9}, 0),
        ({"frame_time": START + 61}, 1),
    ],
)
def test_what_is_news(changes: dict[str, Any], updates: int) -> None:
    second = tracked(1, **{"frame_time": START + 1, **changes})
    assert kinds(frame(0, tracked(0)), frame(1, second)) == ["new", *["update"] * updates]


def test_path_points_come_at_most_once_a_second() -> None:
    walk = [tracked(n / 5, path=tuple((0.1, 0.1, START + k) for k in range(n))) for n in range(11)]
    assert kinds(*(frame(n / 5, obj) for n, obj in enumerate(walk))) == ["new", "update", "update"]


def test_pictures_are_told_every_five_seconds_at_most() -> None:
    steps: list[Any] = []
    for second in range(12):
        steps += [best(second), frame(second, tracked(second))]
    changes = run(*steps)
    assert [(change.kind, change.after["frame_time"] - START) for change in changes] == [
        ("new", 0),
        ("update", 5),
        ("update", 10),
    ]
    assert [change.after["snapshot"]["frame_time"] - START for change in changes] == [0, 5, 10]


def test_faces_are_told_every_second() -> None:
    steps: list[Any] = []
    for half in range(6):
        time = half / 2
        steps += [best(time, attributes=(Detection("face", 0.9, Box(90, 60, 99, 70)),)), frame(time, tracked(time))]
    assert [change.after["frame_time"] - START for change in run(*steps)] == [0, 1, 2]


def test_the_first_picture_is_told_at_once_and_makes_the_snapshot() -> None:
    changes = run(frame(0, tracked(0)), best(0.2), frame(0.4, tracked(0.4)))
    assert [(change.kind, change.after["has_snapshot"]) for change in changes] == [("new", False), ("update", True)]
    assert changes[1].before["snapshot"] is None
    assert changes[1].after["snapshot"]["frame_time"] == START + 0.2


@pytest.mark.parametrize(
    ("rules", "obj", "clip", "snapshot", "severity"),
    [
        (RULES, {}, True, True, "alert"),
        (RULES, {"label": "dog"}, True, True, "detection"),
        (RULES, {"position_changes": 0}, False, False, None),
        (RULES, {"stationary": True}, False, True, None),
        (RULES, {"stationary": True, "pending_loitering": True}, True, True, "alert"),
        (CameraRules("front", record=False), {}, False, True, "alert"),
        (CameraRules("front", snapshots=False), {}, True, False, "alert"),
        (CameraRules("front", snapshot_zones=frozenset({"porch"})), {}, True, False, "alert"),
        (CameraRules("front", snapshot_zones=frozenset({"porch"})), {"entered_zones": ("porch",)}, True, True, "alert"),
        (CameraRules("front", alerts=SeverityRule(enabled=False)), {}, True, True, "detection"),
        (
            CameraRules("front", alerts=SeverityRule(required_zones=frozenset({"porch"}))),
            {"entered_zones": ("porch",)},
            True,
            True,
            "detection",
        ),
        (
            CameraRules(
                "front", alerts=SeverityRule(enabled=False), detections=SeverityRule(labels=frozenset({"car"}))
            ),
            {},
            False,
            True,
            None,
        ),
    ],
)
def test_what_an_object_earns(
    rules: CameraRules, obj: dict[str, Any], clip: bool, snapshot: bool, severity: str | None
) -> None:
    (change,) = run(best(0), frame(0, tracked(0, **obj)), rules=rules)
    after = change.after
    assert (after["has_clip"], after["has_snapshot"], after["max_severity"]) == (clip, snapshot, severity)
    assert change.live.qualifies == (clip or snapshot)


def test_what_was_earned_stays() -> None:
    life = Lifecycle("front")
    life.picture(best(0), RULES)
    life.step(frame(0, tracked(0)), RULES)
    off = CameraRules("front", record=False, snapshots=False, alerts=SeverityRule(enabled=False))
    (end,) = life.step(frame(9, ended=(tracked(8, stationary=True, end_time=START + 8),)), off)
    assert (end.after["has_clip"], end.after["has_snapshot"], end.after["max_severity"]) == (True, True, "alert")


def test_an_end_is_told_once_with_its_time() -> None:
    changes = run(frame(0, tracked(0)), frame(1, ended=(tracked(0.8, end_time=START + 0.8),)), frame(2))
    assert [change.kind for change in changes] == ["new", "end"]
    assert changes[1].after["end_time"] == START + 0.8
    assert changes[1].before["end_time"] is None


def test_an_object_that_vision_no_longer_mentions_has_ended() -> None:
    changes = run(frame(0, tracked(0)), frame(0.2, tracked(0.2)), frame(5))
    assert [change.kind for change in changes] == ["new", "end"]
    assert changes[1].after["end_time"] == START + 0.2


def test_all_objects_end_when_the_camera_goes() -> None:
    life = Lifecycle("front")
    life.step(frame(0, tracked(0), tracked(0, "b"), tracked(0, "c", false_positive=True)), RULES)
    assert [change.kind for change in life.end_all(RULES)] == ["end", "end"]
    assert not life.live


def test_a_logo_becomes_the_sub_label() -> None:
    (change,) = run(frame(0, tracked(0, label="car", attributes={"ups": 0.8, "license_plate": 0.9})))
    assert change.after["sub_label"] == ["ups", 0.8]


def test_live_objects_are_bounded() -> None:
    life = Lifecycle("front")
    crowd = [tracked(0, id=f"{n}-aaaaaa") for n in range(MAX_OBJECTS + 3)]
    assert len(life.step(frame(0, *crowd), RULES)) == MAX_OBJECTS
    assert life.refused == 3


def test_pictures_without_an_object_are_forgotten() -> None:
    life = Lifecycle("front")
    assert life.picture(best(0), RULES) == []
    assert life.forget_early(START + 5) == []
    assert life.forget_early(START + 30) == [best(0).object_id]
    life.step(frame(0, tracked(0)), RULES)
    assert life.live[best(0).object_id].picture is None


def test_a_picture_after_the_end_is_known_to_be_late() -> None:
    life = Lifecycle("front")
    life.step(frame(0, tracked(0)), RULES)
    assert not life.has_ended(tracked(0).id)
    life.step(frame(1), RULES)
    assert life.has_ended(tracked(0).id)


MESSAGE_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,), "camera": (str,), "label": (str,), "frame_time": (float,), "snapshot": (dict,),
    "sub_label": (list,), "top_score": (float,), "score": (float,), "computed_score": (float,),
    "false_positive": (bool,), "start_time": (float,), "end_time": (float, type(None)), "box": (list,),
    "region": (list,), "area": (int,), "ratio": (float,), "active": (bool,), "stationary": (bool,),
    "motionless_count": (int,), "position_changes": (int,), "current_zones": (list,), "entered_zones": (list,),
    "has_clip": (bool,), "has_snapshot": (bool,), "attributes": (dict,), "current_attributes": (list,),
    "pending_loitering": (bool,), "max_severity": (str,), "current_estimated_speed": (float,),
    "average_estimated_speed": (float,), "velocity_angle": (float,), "path_data": (list,),
    "recognized_license_plate": (type(None),), "recognized_license_plate_score": (type(None),),
    "thumbnail": (type(None),),
}  # fmt: skip


def test_the_body_has_every_key_of_the_contract_in_its_type() -> None:
    face = Detection("face", 0.9, Box(90, 60, 99, 70))
    obj = tracked(0, attributes={"ups": 0.8}, current_attributes=(face,), path=((0.123456, 0.5, START),))
    (change,) = run(best(0, attributes=(face,)), frame(0, obj))
    body = change.after
    assert body.keys() == MESSAGE_TYPES.keys()
    for key, types in MESSAGE_TYPES.items():
        assert type(body[key]) in types, key
    assert body["box"] == [80, 60, 120, 140]
    assert body["path_data"] == [[[0.1235, 0.5], START]]
    assert body["current_attributes"] == [{"label": "face", "box": [90, 60, 99, 70], "score": 0.9}]
    assert body["snapshot"] == {
        "frame_time": START,
        "box": [80, 60, 120, 140],
        "area": 3200,
        "region": [60, 40, 160, 140],
        "score": 0.78,
        "attributes": [{"label": "face", "box": [90, 60, 99, 70], "score": 0.9}],
        "current_estimated_speed": 0.0,
        "velocity_angle": 0.0,
        "path_data": [[[0.1235, 0.5], START]],
        "recognized_license_plate": None,
        "recognized_license_plate_score": None,
        "snapshot_clean": True,
    }
