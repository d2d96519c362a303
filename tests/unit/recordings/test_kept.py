"""What `dogwatch check` says of what is kept."""

from typing import Any

import pytest

from dogwatch.config.camera import CameraConfig
from dogwatch.recordings.kept import kept

INPUTS = {"inputs": [{"path": "rtsp://127.0.0.1/x", "roles": ["detect", "record"]}]}
NO_ITEMS = {"alerts": {"retain": {"days": 0}}, "detections": {"retain": {"days": 0}}}


def camera(**sections: Any) -> CameraConfig:
    return CameraConfig.model_validate({"ffmpeg": INPUTS, "detect": {"enabled": True}, **sections})


@pytest.mark.parametrize(
    ("record", "detect", "longest", "everything"),
    [
        ({}, True, 10, 0),
        ({}, False, 10, 10),
        ({"continuous": {"days": 3}}, True, 10, 3),
        ({"continuous": {"days": 30}}, False, 30, 30),
        ({"motion": {"days": 14}}, True, 14, 0),
        (NO_ITEMS, True, 0, 0),
        (NO_ITEMS, False, 0, 0),
        ({**NO_ITEMS, "motion": {"days": 3}}, False, 3, 0),
    ],
)
def test_how_long(record: dict[str, Any], detect: bool, longest: float, everything: float) -> None:
    found = kept(camera(record={"enabled": True, **record}, detect={"enabled": detect}))
    assert (found.recorded, found.longest_days, found.all_days) == (True, longest, everything)
    assert found.nothing == (longest == 0)
    assert bool(found.reasons) == (longest > 0)


def test_without_motion_detection_everything_is_kept_for_the_longest() -> None:
    record = {"enabled": True, **NO_ITEMS, "motion": {"days": 3}}
    off = {"motion": {"enabled": False}, "detect": {"enabled": False}}
    assert kept(camera(record=record, **off)).all_days == 3
    alone = {"inputs": [{"path": "rtsp://127.0.0.1/x", "roles": ["record"]}]}
    assert kept(camera(record=record, ffmpeg=alone)).all_days == 3


def test_in_words() -> None:
    found = kept(camera(record={"enabled": True, "continuous": {"days": 0.5}, "motion": {"days": 3}}))
    assert found.reasons == (
        "10 days: footage with motion or sound around alerts (5 s before to 5 s after)",
        "10 days: footage with motion or sound around detections (5 s before to 5 s after)",
        "10 days: footage that detection could not look at: it may be an alert",
        "3 days: footage with motion or sound",
        "0.5 days: all footage",
    )
    found = kept(camera(record={"enabled": True}, detect={"enabled": False}))
    assert found.reasons == ("10 days: all footage, since nobody looks for objects in it: it may be an alert",)


def test_a_camera_that_is_not_recorded_keeps_nothing_and_is_no_reason_to_warn() -> None:
    found = kept(camera(record={"enabled": False, **NO_ITEMS}))
    assert not found.recorded
    assert not found.nothing
