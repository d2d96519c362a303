"""Who is in a scene: paths over the ground, seen by a camera with a horizon.

Pixels are those of a detect frame of 1280 x 720. The farther up an object stands, the smaller it is, and what stands
lower is nearer and hides what is behind it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 1280, 720
HORIZON = 160.0
NEAREST = 330.0  # height in pixels of a person of average size at the lower edge
PERSON_M = 1.7

Floats = NDArray[np.float64]
Stop = tuple[float, float, float]  # x, y of the ground point, and the pause there in seconds


@dataclass(frozen=True, slots=True)
class Actor:
    """One individual in one unbroken appearance.

    `path` has a row for each corner: time, x, y of the ground point. `size` is its height in heights of an average
    person at its place, `ratio` its width divided by its height. `quality` is the usual score of a detection, `miss`
    the share of frames in which the detector misses it, `bursts` whether it does so several times in a row.
    """

    label: str
    path: Floats
    size: float
    ratio: float
    quality: float
    miss: float
    bursts: bool

    @property
    def begin(self) -> float:
        """When it appears."""
        return float(self.path[0, 0])

    @property
    def end(self) -> float:
        """When it has gone."""
        return float(self.path[-1, 0])

    @property
    def stays(self) -> bool:
        """Whether it stands where it is at the end."""
        return len(self.path) > 1 and bool((self.path[-1, 1:] == self.path[-2, 1:]).all())

    def boxes(self, times: Floats) -> Floats:
        """Return its boxes at `times`, (n, 4), not clipped to the frame; NaN while it is not there."""
        x = np.interp(times, self.path[:, 0], self.path[:, 1])
        y = np.interp(times, self.path[:, 0], self.path[:, 2])
        high = self.size * height_at(y)
        wide = self.ratio * high
        boxes = np.stack((x - wide / 2, y - high, x + wide / 2, y), axis=1)
        boxes[(times < self.begin) | (times > self.end)] = np.nan
        return boxes


@dataclass(frozen=True, slots=True)
class Occluder:
    """Something that hides what stands behind it: a post, a hedge, a wall. It stands at `ground` (y)."""

    x1: float
    y1: float
    x2: float
    y2: float
    ground: float


def height_at(y: Floats | float) -> Floats:
    """Return how high an average person looks who stands at `y`, in pixels."""
    return np.maximum(NEAREST * (np.asarray(y, np.float64) - HORIZON) / (HEIGHT - HORIZON), 4.0)


def walk(start: float, stops: Iterable[Stop], speed: float) -> Floats:
    """Return the path of one who passes `stops` from the time `start` on, with `speed` in m/s."""
    rows: list[tuple[float, float, float]] = []
    time, last = start, None
    for x, y, pause in stops:
        if last is not None:
            pixels = math.hypot(x - last[0], 2.0 * (y - last[1]))  # ground is seen at a slant
            between = float(height_at((y + last[1]) / 2))
            time += max(pixels / (speed * between / PERSON_M), 0.05)
        rows.append((time, x, y))
        if pause > 0:
            time += pause
            rows.append((time, x, y))
        last = (x, y)
    return np.array(rows)
