"""How the small pictures of previews are named: a directory of JPEGs for an hour, then one MP4."""

from __future__ import annotations

import bisect
import os
import re
from pathlib import Path

import msgspec

HOLD_S = 60.0  # one comes in each half minute, at its first keyframe: after a longer time, there were none
_NAME = re.compile(r"\d{10,11}\.\d{6}\.jpg")


class PreviewSource(msgspec.Struct, frozen=True):
    """Pictures from `start` to `end` (epoch s): an MP4 whose times count from `start`, or a directory of JPEGs."""

    path: str
    start: float
    end: float


def frame_name(time: float) -> str:
    """Return the file name of a picture taken at `time` (epoch s)."""
    return f"{time:.6f}.jpg"


def frame_time(name: str) -> float:
    """Return when the picture with this file name was taken (epoch s)."""
    return float(name[:-4])


def frame_names(folder: str | Path) -> list[str]:
    """Return the pictures' file names in a directory, the oldest first; none if it is not there.

    Times of equal length sort as text.
    """
    try:
        found = os.listdir(folder)  # noqa: PTH208 - of thousands, which as paths would take five times as long
    except OSError:
        return []
    return sorted(filter(_NAME.fullmatch, found))


def within(names: list[str], start: float, end: float) -> list[str]:
    """Return those of sorted file names that are from `start` to `end` (epoch s)."""
    first = bisect.bisect_left(names, start, key=frame_time)
    return names[first : bisect.bisect_right(names, end, key=frame_time)]
