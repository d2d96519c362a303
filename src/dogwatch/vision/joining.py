"""Whether a new track continues one that was lost: the same object has come out again from behind something.

A single detection tells too little to say so. Two or three of a new track tell where it goes: so the path from where
the lost one was seen last to where the new one began can be judged, and the sizes at both ends. So can the colours.
The weights were fitted to simulated scenes (docs/tracking.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dogwatch.vision.colours import Colours, difference
from dogwatch.vision.kalman import Values

SURE = 1.0  # the odds, as a logarithm, of what left no trace of doubt
PER_S, LONGEST_S = 0.68, 5.0  # what each second costs in which nothing was seen
ACROSS, ACROSS_PER_S, ACROSS_COST = 0.2, 0.3, 0.45  # heights: how far from the path it may come out again
DOWN, DOWN_PER_S, DOWN_COST = 0.1, 0.1, 0.45
SIZE, SIZE_COST = 0.12, 0.13  # |log(ratio of heights)|
MOST = 9.0  # of each squared misfit
EDGE, INSIDE_GAIN = 0.6, 1.7  # heights: what begins nearer to the frame's edge than that has usually just come in
ACCEPTED = -1.2
POSSIBLE = -3.0  # with more of its path, it may yet be accepted
COLOURS, ALIKE = 4.0, 0.09  # what a difference of colours of twice `ALIKE` costs; a smaller one than `ALIKE` is a gain
COLOURS_UNKNOWN = 1.3


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Where a track began or was seen last: the box, its speed in pixels a second, and when; `label` is a number."""

    box: Values
    speed: tuple[float, float]
    time: float
    colours: Colours | None = None
    label: int = 0


def odds(lost: Glimpse, new: Glimpse, frame: tuple[float, float] = (math.inf, math.inf)) -> float:
    """Return the logarithm of the odds that the track that began at `new` continues the one last seen at `lost`."""
    (x, y, _, height), (new_x, new_y, new_width, new_height) = lost.box, new.box
    gap = new.time - lost.time
    if gap <= 0.0:
        return -math.inf
    tall = max((height + new_height) / 2, 1.0)
    # It may have stood for some of the time, or gone all of it.
    walked_x, walked_y = (lost.speed[0] + new.speed[0]) / 2 * gap, (lost.speed[1] + new.speed[1]) / 2 * gap
    off_x = _outside(new_x - x, walked_x) / (tall * (ACROSS + ACROSS_PER_S * gap))
    off_y = _outside(new_y + new_height / 2 - y - height / 2, walked_y) / (tall * (DOWN + DOWN_PER_S * gap))
    size = math.log(max(new_height, 1.0) / max(height, 1.0)) / SIZE
    edge = min(new_x - new_width / 2, frame[0] - new_x - new_width / 2, frame[1] - new_y - new_height / 2) / tall
    return (
        SURE
        - PER_S * min(gap, LONGEST_S)
        - ACROSS_COST * min(off_x * off_x, MOST)
        - DOWN_COST * min(off_y * off_y, MOST)
        - SIZE_COST * min(size * size, MOST)
        + INSIDE_GAIN * min(max(edge, 0.0), EDGE)
        - _unlike(lost, new)
    )


def _unlike(lost: Glimpse, new: Glimpse) -> float:
    """Return what the colours of two tracks cost; it is negative if they are alike."""
    if lost.colours is None or new.colours is None:
        return COLOURS_UNKNOWN
    return COLOURS * min((difference(lost.colours, new.colours) - ALIKE) / ALIKE, 1.0)


def joins(
    lost: Sequence[Glimpse], new: Sequence[Glimpse], frame: tuple[float, float] = (math.inf, math.inf)
) -> list[tuple[int, int]]:
    """Return pairs of indices into `lost` and `new` that belong together, the best first."""
    pairs = sorted(
        (-gain, row, column)
        for row, one in enumerate(lost)
        for column, other in enumerate(new)
        if one.label == other.label and (gain := odds(one, other, frame)) >= ACCEPTED
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
