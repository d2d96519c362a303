"""The request to the process that makes covered copies."""

from __future__ import annotations

import bisect

import msgspec

from dogwatch.media.encoder_spec import CoverBox
from dogwatch.polygon import Polygon

HOLD_S = 1.0
"""How long a face or a head is covered before it is first and after it is last seen."""


class HeadPath(msgspec.Struct, frozen=True, array_like=True):
    """Where the head of a tracked person should be: `boxes` at `times` (epoch s), which rise."""

    times: tuple[float, ...]
    boxes: tuple[CoverBox, ...]

    def at(self, time: float) -> CoverBox | None:
        """Return where it is at `time`, None before and after."""
        if not self.times or not self.times[0] - HOLD_S <= time <= self.times[-1] + HOLD_S:
            return None
        return between(self.times, self.boxes, time)


class CoveredSpec(msgspec.Struct, frozen=True, tag="covered"):
    """What to encode: `start` to `end` of the files at `paths` to `out`; nothing without paths.

    `shifts`, if given, are added to the files' own times; `heads` need epoch seconds. The picture at `picture`, if any,
    goes to `picture_out`; its `picture_heads` are covered if `faces` is set.
    """

    paths: tuple[str, ...]
    start: float
    end: float
    out: str
    polygons: tuple[Polygon, ...]
    faces: bool
    heads: tuple[HeadPath, ...] = ()
    shifts: tuple[float, ...] = ()
    picture: str = ""
    picture_out: str = ""
    picture_heads: tuple[CoverBox, ...] = ()


def between(
    times: tuple[float, ...] | list[float], boxes: tuple[CoverBox, ...] | list[CoverBox], at: float
) -> CoverBox:
    """Return the box at `at`, on a straight way between the `boxes` before and after; the first or last outside."""
    after = bisect.bisect_right(times, at)
    if after == 0 or after == len(times):
        return boxes[min(after, len(boxes) - 1)]
    share = (at - times[after - 1]) / (times[after] - times[after - 1])
    one, other = boxes[after - 1], boxes[after]
    return CoverBox(
        one.x1 + (other.x1 - one.x1) * share,
        one.y1 + (other.y1 - one.y1) * share,
        one.x2 + (other.x2 - one.x2) * share,
        one.y2 + (other.y2 - one.y2) * share,
    )
