from typing import Any

import pytest

from dogwatch.events.review import ReviewLine
from dogwatch.events.review_item import MAX_NAMED, ReviewActivity, ReviewItem
from dogwatch.events.rules import CameraRules
from tests.tracks import START

RULES = CameraRules("front")
ALERT = ReviewActivity("1-aaaaaa", "person", "alert")
DETECTION = ReviewActivity("2-bbbbbb", "dog", "detection")


class Story:
    def __init__(self, rules: CameraRules = RULES) -> None:
        self.line, self.rules = ReviewLine("front"), rules
        self.told: list[tuple[str, str, float, float | None]] = []

    def at(self, time: float, *active: ReviewActivity) -> "Story":
        for change in self.line.step(START + time, active, self.rules):
            body = change.after
            end = body["end_time"]
            self.told.append(
                (change.kind, body["severity"], body["start_time"] - START, None if end is None else end - START)
            )
        return self


def test_quiet_makes_nothing() -> None:
    assert Story().at(0).at(100).told == []


def test_a_detection_ends_at_its_last_activity() -> None:
    story = Story().at(0, DETECTION).at(10, DETECTION).at(39).at(41)
    assert story.told == [("new", "detection", 0, None), ("end", "detection", 0, 10)]


def test_an_alert_has_a_longer_cutoff() -> None:
    story = Story().at(0, ALERT).at(10, ALERT).at(49).at(51)
    assert story.told == [("new", "alert", 0, None), ("end", "alert", 0, 10)]


def test_activity_within_the_cutoff_goes_on() -> None:
    assert len(Story().at(0, ALERT).at(39, ALERT).at(78, ALERT).told) == 1


def test_a_detection_is_upgraded_and_never_goes_down() -> None:
    story = Story().at(0, DETECTION).at(5, DETECTION, ALERT).at(6, DETECTION).at(20, DETECTION)
    assert story.told == [("new", "detection", 0, None), ("update", "alert", 0, None)]
    assert story.line.status == "ALERT"


def test_an_alert_closes_at_its_last_alert_and_detections_go_on_in_their_own_item() -> None:
    story = Story().at(0, ALERT, DETECTION)
    for time in range(1, 60):
        story.at(time, DETECTION)
    story.at(95)
    assert story.told == [
        ("new", "alert", 0, None),
        ("end", "alert", 0, 0),
        ("new", "detection", 1, None),
        ("end", "detection", 1, 59),
    ]


def test_a_clock_tick_between_frames_does_not_lose_the_rest() -> None:
    story = Story().at(0, ALERT, DETECTION).at(20, DETECTION).at(40, DETECTION).at(40.5).at(41, DETECTION)
    assert story.told == [("new", "alert", 0, None), ("end", "alert", 0, 0), ("new", "detection", 20, None)]


def test_detections_long_past_do_not_stretch_the_next_item() -> None:
    story = Story().at(0, ALERT).at(5, DETECTION).at(41).at(42, DETECTION)
    assert story.told[-1] == ("new", "detection", 42, None)


def test_nothing_is_made_while_recording_is_off() -> None:
    off = CameraRules("front", record=False)
    assert Story(off).at(0, ALERT).told == []
    story = Story().at(0, ALERT).at(3, ALERT)
    story.rules = off
    assert story.at(4, ALERT).told[-1] == ("end", "alert", 0, 3)


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (ALERT, False),
        (ReviewActivity("1-aaaaaa", "person", "alert", zones=("porch",)), True),
        (ReviewActivity("1-aaaaaa", "person", "alert", sub_label="Bob"), True),
        (ReviewActivity("3-cccccc", "person", "alert"), True),
        (ReviewActivity("4-dddddd", "bark", "detection", kind="audio"), True),
    ],
)
def test_what_is_worth_an_update(second: ReviewActivity, told: bool) -> None:
    assert [kind for kind, *_ in Story().at(0, ALERT).at(1, second).told] == ["new", *["update"] * told]


def test_a_manual_event_lasts_until_its_end() -> None:
    manual = ReviewActivity("5-eeeeee", "button", "alert", "front door", kind="manual", until=START + 30)
    story = Story().at(0, manual).at(69).at(71)
    assert story.told == [("new", "alert", 0, None), ("end", "alert", 0, 30)]


def test_a_manual_event_can_be_ended_early() -> None:
    story = Story().at(0, ReviewActivity("5-eeeeee", "button", "alert", kind="manual", until=START + 3000))
    story.line.shorten(START + 10)
    assert story.at(51).told[-1] == ("end", "alert", 0, 10)


def test_the_body_has_every_key_of_the_contract_in_its_type() -> None:
    line = ReviewLine("front")
    active = [
        ReviewActivity("1-aaaaaa", "person", "alert", "Bob", ("porch", "drive")),
        ReviewActivity("6-ffffff", "car", "alert", "ups", ("drive",)),
        ReviewActivity("2-bbbbbb", "dog", "detection"),
        ReviewActivity("4-dddddd", "bark", "detection", kind="audio"),
        ReviewActivity("5-eeeeee", "button", "alert", "front door", kind="manual"),
    ]
    (change,) = line.step(START, active, RULES)
    body: dict[str, Any] = change.after
    assert change.before == body
    assert body.pop("id").startswith("1700000000-")
    path = body.pop("thumb_path")
    assert path.startswith("/media/frigate/clips/review/thumb-front-1700000000-")
    assert path.endswith(".webp")
    assert body == {
        "camera": "front",
        "severity": "alert",
        "start_time": START,
        "end_time": None,
        "data": {
            "detections": ["1-aaaaaa", "6-ffffff", "2-bbbbbb", "4-dddddd", "5-eeeeee"],
            "objects": ["person-verified", "ups", "dog", "button: front door"],
            "verified_objects": [],
            "sub_labels": ["Bob", "ups"],
            "zones": ["porch", "drive"],
            "audio": ["bark"],
            "thumb_time": None,
            "metadata": None,
            "significant_motion_areas": [],
        },
    }


def test_an_update_carries_what_was_told_before() -> None:
    line = ReviewLine("front")
    line.step(START, [DETECTION], RULES)
    (change,) = line.step(START + 1, [ALERT], RULES)
    assert (change.before["severity"], change.after["severity"]) == ("detection", "alert")
    assert change.before["data"]["detections"] == [DETECTION.id]


def test_names_change_back_and_forth_in_an_item_that_names_no_more_objects() -> None:
    known, nameless = ReviewActivity("1-aaaaaa", "person", "alert", sub_label="ann"), ALERT
    item = ReviewItem("i", "front", "alert", START, START, START)
    item.take_in(known)
    for number in range(MAX_NAMED):
        item.take_in(ReviewActivity(f"{number}", "car", "alert"))
    assert item.take_in(nameless)
    assert item.take_in(known)
    assert item.data()["objects"][0] == "person-verified"
