"""What the camera's program is asked for."""

from __future__ import annotations

import itertools

import pytest

from dogwatch.errors import SourceError
from dogwatch.media.probe import NETWORK_SCHEMES
from dogwatch.media.rpicam import arguments
from dogwatch.media.source import scheme_of


def asked(url: str) -> dict[str, str]:
    """Return the options with values."""
    found = arguments(url)
    return {name: value for name, value in itertools.pairwise(found) if not value.startswith("--")}


@pytest.mark.parametrize("url", ["rpicam:", "rpicam://", "RPICAM:", "rpicam:?"])
def test_defaults(url: str) -> None:
    assert scheme_of(url) == "rpicam"
    found = asked(url)
    assert (found["--width"], found["--height"], found["--framerate"], found["--intra"]) == ("1296", "972", "30", "60")
    assert (found["--timeout"], found["--output"], found["--codec"]) == ("0", "-", "h264")
    assert {"--inline", "--nopreview", "--flush"} <= set(arguments(url))


def test_what_is_given() -> None:
    found = asked("rpicam:?width=640&height=480&fps=12.5&bitrate=2000000&awb=daylight&brightness=-0.5&ev=2&camera=1")
    assert found["--framerate"] == "12.5"
    assert found["--intra"] == "25"
    assert (found["--bitrate"], found["--awb"], found["--brightness"]) == ("2000000", "daylight", "-0.5")
    flips = arguments("rpicam:?hflip=1&vflip=0")
    assert "--hflip" in flips
    assert "--vflip" not in flips


@pytest.mark.parametrize(
    "query",
    [
        "width=10",
        "width=1e3",
        "height=x",
        "fps=0",
        "fps=nan",
        "fps=121",
        "brightness=2",
        "awb=blue",
        "hflip=yes",
        "output=/etc/passwd",
        "config=x",
        "post-process-file=x",
        "camera=-1",
        "=5",
    ],
)
def test_what_will_not_do(query: str) -> None:
    with pytest.raises(SourceError, match="rpicam:"):
        arguments(f"rpicam:?{query}")


def test_nobody_starts_the_program_from_afar() -> None:
    assert "rpicam" not in NETWORK_SCHEMES
