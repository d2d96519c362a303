"""Places where detections of a label were often false: a track that begins there has to show more (docs/vision.md).

A place is a cell of position and size. Sizes are classes of the height of boxes, in steps of the root of two; the cells
of a class are a quarter of its height apart. A box counts for one cell, and is asked about in the nearest cells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from dogwatch.analysis import FalsePlaceMap
from dogwatch.model import Box
from dogwatch.vision.geometry import Geometry

CELL = 0.25  # heights between two cells
ASPECT = 9 / 16  # of nearly all pictures; in others, cells are not square
SMALLEST = -14  # the class of boxes that are 1/128 of the frame high or less
BEGINS, FULL = 3.0, 12.0  # weights from which on something, and everything, is added
# What is added at most, in seconds of detections that score as much as the threshold. A person with usual scores (0.83)
# shows that in half a second, one who is found in every second frame in 1.2 s. Nobody waits for longer than
# `vision.scores.LONGEST_S`. With 1.6, more people who stand for 3 s were lost (docs/tracking.md).
MOST_S = 0.8

Cell = tuple[int, int, int]
"""The class of the height, column and row."""


def cell_of(x: float, y: float, height: float) -> Cell:
    """Return the cell of a box by its centre and height, in fractions of the frame."""
    size = round(_class_of(height))
    across, down = _steps(size)
    return size, math.floor(x / across), math.floor(y / down)


def nearest(x: float, y: float, height: float) -> list[Cell]:
    """Return the cells nearest to a box: its own one, and the next ones in each direction."""
    exact = _class_of(height)
    size = round(exact)
    found = []
    for one in {size, max(size + (1 if exact > size else -1), SMALLEST)}:
        across, down = _steps(one)
        column, row = x / across - 0.5, y / down - 0.5
        found += [(one, math.floor(column) + right, math.floor(row) + below) for right in (0, 1) for below in (0, 1)]
    return found


def added(weight: float) -> float:
    """Return the evidence, in seconds, that a place of this weight adds to what is asked for."""
    return MOST_S * min(max((weight - BEGINS) / (FULL - BEGINS), 0.0), 1.0)


@dataclass(slots=True)
class DoubtfulPlaces:
    """The places of one camera, as `maps` say at the time of each frame."""

    maps: Sequence[FalsePlaceMap]
    geometry: Geometry
    _next: int = 0
    _weights: dict[str, dict[Cell, float]] = field(default_factory=dict)

    def at(self, time: float) -> bool:
        """Take what holds at `time`, which does not go back; return whether more is asked for anywhere then."""
        while self._next < len(self.maps) and self.maps[self._next].since <= time:
            self._weights = {}
            for one in self.maps[self._next].places:
                self._weights.setdefault(one.label, {})[one.size, one.column, one.row] = one.weight
            self._next += 1
        return bool(self._weights)

    def more(self, label: str, box: Box) -> float:
        """Return the evidence, in seconds, that a track that begins with `box` has to show beyond what is usual."""
        weights = self._weights.get(label)
        if not weights or not box.height:
            return 0.0
        width, height = self.geometry.width, self.geometry.height
        cells = nearest((box.x1 + box.x2) / 2 / width, (box.y1 + box.y2) / 2 / height, box.height / height)
        return added(sum(weights.get(cell, 0.0) for cell in cells))


def _class_of(height: float) -> float:
    return min(max(2 * math.log2(max(height, 1e-6)), SMALLEST), 0.0)


def _steps(size: int) -> tuple[float, float]:
    """Return how far the cells of a class are apart, in fractions of the frame's width and height."""
    down = CELL * 2.0 ** (size / 2)
    return down * ASPECT, down
