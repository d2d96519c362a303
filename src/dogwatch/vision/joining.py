"""Whether a new track continues one that was lost: the same object has come out again from behind something.

A single detection tells too little to say so. Two or three of a new track tell where it goes: so the path from where
the lost one was seen last to where the new one began can be judged, and the sizes at both ends. So can the colours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dogwatch.vision.colours import Colours, difference
from dogwatch.vision.kalman import Values

NEAR, NEAR_PER_S = 0.45, 0.55  # heights: how far from the expected place an object may come out again
ACROSS = 2.0  # objects leave their distance from the camera less than their place from left to right
SIZE = 0.25  # |log(ratio of heights)|
TURN = 0.35  # what a difference of speeds by a height a second costs
ACCEPTED = 0.9
COLOURS, ALIKE = 1.0, 0.09  # what a difference of colours of twice `ALIKE` costs; a smaller one than `ALIKE` is a gain
COLOURS_UNKNOWN = 0.4


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Where a track began or was seen last: the box, its speed in pixels a second, and when."""

    box: Values
    speed: tuple[float, float]
    time: float
    colours: Colours | None = None


def misfit(lost: Glimpse, new: Glimpse) -> float:
    """Return how badly the track that began at `new` continues the one that was last seen at `lost`."""
    (x, y, _, height), (new_x, new_y, _, new_height) = lost.box, new.box
    gap = new.time - lost.time
    if gap <= 0.0:
        return math.inf
    tall = max((height + new_height) / 2, 1.0)
    room = (NEAR + NEAR_PER_S * gap) * tall
    # It may have stood for some of the time, or gone all of it.
    walked_x, walked_y = (lost.speed[0] + new.speed[0]) / 2 * gap, (lost.speed[1] + new.speed[1]) / 2 * gap
    off_x, off_y = _outside(new_x - x, walked_x), _outside(new_y - y, walked_y)
    turned = math.hypot(lost.speed[0] - new.speed[0], lost.speed[1] - new.speed[1]) / tall
    size = math.log(max(new_height, 1.0) / max(height, 1.0)) / SIZE
    away = math.sqrt((off_x / room) ** 2 + (ACROSS * off_y / room) ** 2 + size * size)
    return away + TURN * turned + _unlike(lost, new)


def _unlike(lost: Glimpse, new: Glimpse) -> float:
    """Return what the colours of two tracks cost; it is negative if they are alike."""
    if lost.colours is None or new.colours is None:
        return COLOURS_UNKNOWN
    return COLOURS * min((difference(lost.colours, new.colours) - ALIKE) / ALIKE, 1.0)


def joins(lost: Sequence[Glimpse], new: Sequence[Glimpse]) -> list[tuple[int, int]]:
    """Return pairs of indices into `lost` and `new` that belong together, the best first."""
    pairs = sorted(
        (cost, row, column)
        for row, one in enumerate(lost)
        for column, other in enumerate(new)
        if (cost := misfit(one, other)) <= ACCEPTED
    )
    taken: list[tuple[int, int]] = []
    rows: set[int] = set()
    columns: set[int] = set()
    for _, row, column in pairs:
        if row not in rows and column not in columns:
            taken.append((row, column))
            rows.add(row)
            columns.add(column)
    return taken


def _outside(moved: float, walked: float) -> float:
    """Return how far `moved` is from what lies between standing and `walked`."""
    low, high = min(0.0, walked), max(0.0, walked)
    return max(low - moved, moved - high, 0.0)
