"""Finds the real test videos, which are not part of the project."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("DOGWATCH_TEST_MEDIA", Path(__file__).parents[2] / "shared" / "media"))


def _find(name: str) -> Path:
    path = ROOT / name
    if not path.is_file():
        pytest.skip(f"{path} is not there; set DOGWATCH_TEST_MEDIA to the directory that holds it")
    return path


def street() -> Path:
    """Return the video of a street with pedestrians nearly all the time: 60 s, 1280x720, 15 fps, H.264 and AAC."""
    return _find("street_720p15.mp4")


def quiet() -> Path:
    """Return the video of a street that is empty but for 15 s to 35 s; otherwise like `street`."""
    return _find("street_quiet_720p15.mp4")
