"""Requests to the process that looks for motion in footage, and its answers; separate, so that only that loads PyAV."""

from __future__ import annotations

import msgspec

Point = tuple[float, float]


class ScanSpec(msgspec.Struct, frozen=True):
    """Look at the segment file at `path`, between `start` and `end` (epoch s), inside of `polygon` (fractions).

    Motion is where the luma of at least `min_area` percent of the polygon changes by more than `threshold`. The first
    picture of `next_path`, which follows without a gap, is looked at too. If not `thorough`, all pictures are decoded
    only if the keyframes differ, or are rare. `begins` and `next_begins` are when the files begin (epoch s): the times
    in plain files begin near zero.
    """

    path: str
    next_path: str | None
    start: float
    end: float
    polygon: tuple[Point, ...]
    threshold: int
    min_area: float
    thorough: bool
    begins: float = 0.0
    next_begins: float = 0.0


class FoundMotion(msgspec.Struct, frozen=True):
    """Motion from `start_time` to `end_time` (epoch s); when most of the polygon changed, it was `strength` percent.

    `box` is what changed then: x, y, width and height as fractions of the picture.
    """

    start_time: float
    end_time: float
    strength: float
    box: tuple[float, float, float, float]


class ScanReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was found in a file, oldest first, and why it could not be read, or not to its end."""

    found: tuple[FoundMotion, ...]
    error: str | None = None
