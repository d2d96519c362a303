"""Finds the test videos of a street; makes them once where they are not yet.

They are made from OpenCV's sample `vtest.avi` (Debian: opencv-doc; elsewhere set DOGWATCH_TEST_VTEST to its path).
Where that is missing, ready videos in DOGWATCH_TEST_MEDIA serve, and for most tests the drawn street does as well.
`python -m tests.media` makes them ahead, so that no test has to wait for it.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import street_videos

RECIPES = 1  # another number makes the videos anew
ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "media"
SAMPLE = Path(os.environ.get("DOGWATCH_TEST_VTEST", "/usr/share/doc/opencv-doc/examples/data/vtest.avi"))
READY = Path(os.environ.get("DOGWATCH_TEST_MEDIA", ROOT.parent / "shared" / "media"))
STREET, QUIET = "street_720p15.mp4", "street_quiet_720p15.mp4"


def street() -> Path:
    """Return the video of a street with pedestrians nearly all the time, the real one where it can be had."""
    return _real_street() or _made("drawn_street", street_videos.drawn_street)


def quiet() -> Path:
    """Return the video of a street that is empty but for 15 s to 35 s, the real one where it can be had."""
    return _real_quiet() or _made("drawn_quiet", street_videos.drawn_quiet)


def real_street() -> Path:
    """Return the video of real pedestrians; the test is skipped where it cannot be had."""
    return _needed(_real_street())


def real_quiet() -> Path:
    """Return the video of the real street that is empty but for 15 s to 35 s; or the test is skipped."""
    return _needed(_real_quiet())


def _real_street() -> Path | None:
    return _real(STREET, "real_street", street_videos.real_street)


def _real_quiet() -> Path | None:
    return _real(QUIET, "real_quiet", street_videos.real_quiet)


def _real(ready: str, name: str, make: Callable[[Path, Path], None]) -> Path | None:
    if SAMPLE.is_file():
        return _made(name, lambda video: make(video, SAMPLE))
    return READY / ready if (READY / ready).is_file() else None


def _needed(video: Path | None) -> Path:
    if video is None:
        pytest.skip(f"no real pedestrians: {SAMPLE} is not there (Debian: opencv-doc; or set DOGWATCH_TEST_VTEST)")
    return video


def _made(name: str, make: Callable[[Path], None]) -> Path:
    """Return the cached video `name`; the first of several test processes that ask makes it."""
    video = CACHE / f"{name}-{RECIPES}.mp4"
    if not video.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with (CACHE / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not video.exists():
                part = video.with_suffix(".part")
                make(part)
                part.replace(video)
    return video


if __name__ == "__main__":
    street()
    quiet()
