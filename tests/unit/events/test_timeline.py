from typing import Any

import pytest

from dogwatch.events.timeline import external, heard, moments
from dogwatch.model import Box, Detection, TrackedObject
from tests.tracks import HEIGHT, START, WIDTH, tracked

FRAME = (WIDTH, HEIGHT)


def kinds(before: TrackedObject | None, after: TrackedObject | None) -> list[str]:
    return [entry.class_type for entry in moments(before, after, FRAME, None)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, tracked(0), ["visible"]),
        (None, tracked(0, entered_zones=("porch",)), ["visible", "entered_zone"]),
        (tracked(0), tracked(1), []),
        (tracked(0), tracked(1, entered_zones=("porch", "drive")), ["entered_zone"]),
        (tracked(0), tracked(1, stationary=True), ["stationary"]),
        (tracked(0, stationary=True), tracked(1), ["active"]),
        (tracked(0), tracked(1, attributes={"face": 0.8}), ["attribute"]),
        (tracked(0), None, ["gone"]),
        (None, None, []),
    ],
)
def test_moments(before: TrackedObject | None, after: TrackedObject | None, expected: list[str]) -> None:
    assert kinds(before, after) == expected


def test_an_entry_has_every_key_of_the_contract() -> None:
    (entry,) = moments(tracked(0), tracked(1, entered_zones=("porch",), current_zones=()), FRAME, "Bob")
    assert (entry.timestamp, entry.camera, entry.source, entry.source_id) == (
        START + 1,
        "front",
        "tracked_object",
        tracked(0).id,
    )
    assert entry.data == {
        "camera": "front",
        "label": "person",
        "sub_label": "Bob",
        "box": [0.25, 0.333333, 0.125, 0.444444],
        "region": [0.1875, 0.222222, 0.3125, 0.555556],
        "attribute": "",
        "score": 0.78,
        "computed_score": 0.8,
        "top_score": 0.86,
        "zones": ["porch"],
    }


def test_an_attribute_comes_with_its_box() -> None:
    seen = tracked(1, attributes={"face": 0.8}, current_attributes=(Detection("face", 0.8, Box(80, 60, 96, 78)),))
    (entry,) = moments(tracked(0), seen, FRAME, None)
    assert entry.data["attribute"] == "face"
    assert entry.data["attribute_box"] == [0.25, 0.333333, 0.05, 0.1]


def test_an_object_is_visible_from_its_first_frame_on() -> None:
    (entry,) = moments(None, tracked(5), FRAME, None)
    assert entry.timestamp == START


def test_an_object_is_gone_at_its_end() -> None:
    (entry,) = moments(tracked(5, end_time=START + 4), None, FRAME, None)
    assert entry.timestamp == START + 4


def test_sounds_and_manual_events() -> None:
    data: dict[str, Any] = {"camera": "front", "label": "bark", "sub_label": None}
    assert heard("1-a", "front", "bark", 1.0).data == data
    entry = external("1-a", "front", "button", "door", 1.0)
    assert (entry.source, entry.class_type, entry.data["sub_label"]) == ("api", "external", "door")
