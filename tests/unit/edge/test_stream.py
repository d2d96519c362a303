"""What the settings make of the address of a Raspberry Pi's own camera."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from dogwatch.edge.settings_schema import EdgeSettings
from dogwatch.edge.stream import source_of
from dogwatch.media import rpicam


def made(given: dict[str, Any], path: str = "rpicam:") -> dict[str, str]:
    url = source_of(path, EdgeSettings.model_validate(given))
    rpicam.arguments(url)  # every setting that is accepted starts the program
    return {name: values[0] for name, values in parse_qs(url.partition("?")[2]).items()}


def test_the_defaults() -> None:
    assert made({}) == {"width": "1296", "height": "972", "fps": "30", "hflip": "0", "vflip": "0"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"StreamWidth": 640, "StreamHeight": 480, "StreamFPS": 12.5},
            {"width": "640", "height": "480", "fps": "12.5"},
        ),
        ({"RotationAngle": 180, "RotationMode": "stream"}, {"hflip": "1", "vflip": "1"}),
        ({"RotationAngle": 180, "RotationMode": "display"}, {"hflip": "0", "vflip": "0"}),
        ({"RotationAngle": 180, "RotationMode": "stream", "ISP": {"hflip": True}}, {"hflip": "0", "vflip": "1"}),
        ({"ISP": {"brightness": -0.5, "awb": "cloudy", "ev": 1}}, {"brightness": "-0.5", "awb": "cloudy", "ev": "1"}),
        ({"ISP": {"vflip": True, "brightness": None}}, {"vflip": "1"}),
    ],
    ids=str,
)
def test_what_is_set(given: dict[str, Any], said: dict[str, str]) -> None:
    assert said.items() <= made(given).items()


def test_a_key_that_is_kept_and_not_known_does_not_stop_the_camera() -> None:
    assert "zoom" not in made({"ISP": {"zoom": 3, "contrast": 2}})


def test_what_the_address_says_counts() -> None:
    assert made({"StreamWidth": 640}, "rpicam:?width=800&camera=1")["width"] == "800"


def test_other_cameras_are_left_alone() -> None:
    assert source_of("rtsp://192.0.2.1/x", EdgeSettings()) == "rtsp://192.0.2.1/x"
