"""Finds segments in which something moved in a part of the picture, by their packed cells (docs/motion.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.media.motion_scan_spec import FoundMotion, Point
from dogwatch.recordings.motion_cells import SIDE
from dogwatch.recordings.motion_map import counts
from dogwatch.store.segments import ListedSegment

APART_S = 2.0  # motion within this of other motion is the same
FINE = 8  # points for each cell and direction that tell whether it is inside of a polygon
Cells = NDArray[np.bool_]


def touched(polygon: Sequence[Point]) -> Cells:
    """Return which of the cells a polygon in fractions touches, shape (cells,)."""
    middle = (np.arange(SIDE * FINE) + 0.5) / (SIDE * FINE)
    inside = np.zeros((SIDE * FINE, SIDE * FINE), np.bool_)
    ends = [*polygon[1:], polygon[0]]
    for (x1, y1), (x2, y2) in zip(polygon, ends, strict=True):
        rows = np.flatnonzero((y1 > middle) != (y2 > middle))
        if rows.size:  # a point is inside if an odd number of edges is to its right
            edge = (x2 - x1) * ((middle[rows] - y1) / (y2 - y1)) + x1
            inside[rows] ^= middle < edge[:, None]
    cells = inside.reshape(SIDE, FINE, SIDE, FINE).any(axis=(1, 3)).ravel()
    along = np.linspace(0.0, 1.0, SIDE * FINE * 2)[:, None]
    for first, last in zip(polygon, ends, strict=True):  # also cells of which only a corner is touched
        points = np.array(first) + along * (np.array(last) - np.array(first))
        at = np.minimum((points * SIDE).astype(int), SIDE - 1)
        cells[at[:, 1] * SIDE + at[:, 0]] = True
    return np.asarray(cells, np.bool_)


@dataclass(frozen=True, slots=True)
class Selection:
    """What the packed cells of some segments tell, each of shape (segments,).

    `frames` is how often there was motion in the cell of the region that had most of it, and `unknown` whether that is
    not known, because the segment was not analysed or is older than the cells.
    """

    frames: NDArray[np.int16]
    unknown: Cells

    @property
    def chosen(self) -> list[int]:
        """The numbers of segments that have to be looked at."""
        return [int(n) for n in np.flatnonzero((self.frames > 0) | self.unknown)]


def select(rows: Sequence[ListedSegment], region: Cells) -> Selection:
    """Tell in which segments something moved in the cells of `region`."""
    packed = counts([row[6] or b"" for row in rows])
    frames = packed[:, region].max(axis=1, initial=0)
    unknown = np.array([row[4] is None or (row[4] > 0 and row[6] is None) for row in rows], np.bool_)
    return Selection(frames, unknown)


@dataclass(slots=True)
class Findings:
    """Motion that was found from the newest to the oldest; what is hardly apart is joined."""

    found: list[FoundMotion] = field(default_factory=list)

    def add(self, some: Iterable[FoundMotion]) -> None:
        """Add motion that is older than all before, in the order of time."""
        for one in reversed(list(some)):
            if self.found and self.found[-1].start_time - one.end_time <= APART_S:
                later = self.found.pop()
                most = max(later, one, key=lambda each: each.strength)
                end = max(later.end_time, one.end_time)
                one = FoundMotion(min(one.start_time, later.start_time), end, most.strength, most.box)
            self.found.append(one)

    def body(self, limit: int) -> list[dict[str, Any]]:
        """Return the newest as clients know them."""
        return [msgspec.structs.asdict(one) for one in self.found[:limit]]


def from_cells(rows: Sequence[ListedSegment], selection: Selection, region: Cells, limit: int) -> list[FoundMotion]:
    """Return the newest `limit` times of motion as the cells tell them: whole segments, and the box around the cells.

    They are in the order of time, and `strength` is the `frames` of the segment that has most.
    """
    chosen = np.flatnonzero(selection.frames > 0).tolist()
    if not chosen:
        return []
    starts, ends = (np.array([rows[n][at] for n in chosen]) for at in (1, 2))
    apart = np.flatnonzero(starts[1:] - ends[:-1] > APART_S) + 1
    bounds = [0, *apart.tolist(), len(chosen)]
    found = []
    for first, last in list(pairwise(bounds))[-limit:]:
        mine = chosen[first:last]
        moved = (counts([rows[n][6] or b"" for n in mine]) > 0).any(axis=0)
        at = np.flatnonzero(moved & region)
        strength = float(selection.frames[mine].max())
        found.append(FoundMotion(rows[mine[0]][1], rows[mine[-1]][2], strength, _box(at % SIDE, at // SIDE)))
    return found


def _box(columns: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[float, float, float, float]:
    left, top = int(columns.min()), int(rows.min())
    width, height = int(columns.max()) + 1 - left, int(rows.max()) + 1 - top
    return left / SIDE, top / SIDE, width / SIDE, height / SIDE
