"""A constant-velocity Kalman filter over many boxes at once.

The state of a box is centre x, centre y, width and height, and the speed of each. With diagonal noise the four are
independent, so each is a filter of two values, position and velocity, with a 2 x 2 covariance. All boxes and all four
values go through the same few NumPy expressions, without a matrix inversion. Noise grows with the box, because near
objects move more pixels. Speeds are in pixels a second; the time step comes from timestamps.

With few boxes, the number of NumPy calls is what costs. So axes come first and boxes last, which avoids transposing,
and parts of the state that change alike are stored together and change in one call.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Of the box's height: a walker (1.7 m) can change speed by about 1.7 m/s in a second; sizes change more slowly.
ACCELERATION = np.array([[1.0], [0.6], [0.2], [0.2]])  # heights per s^2
# The boxes of detectors have an error of some percent of the height.
MEASUREMENT = np.array([[0.05], [0.05], [0.07], [0.07]])
FIRST_SPEED = np.array([[1.0], [0.6], [0.1], [0.1]])  # heights per s, standard deviation of a new object
SIZE_FADE_S = 1.0  # an unseen object that was growing soon stops growing
SPEED_FADE_S = 4.0
FADE = np.array([[SPEED_FADE_S], [SPEED_FADE_S], [SIZE_FADE_S], [SIZE_FADE_S]])
TO_CENTER = np.array([[0.5, 0, 0.5, 0], [0, 0.5, 0, 0.5], [-1, 0, 1, 0], [0, -1, 0, 1]])
TO_CORNERS = np.array([[1, 0, -0.5, 0], [0, 1, 0, -0.5], [1, 0, 0.5, 0], [0, 1, 0, 0.5]])


class BoxFilters:
    """The state of n filters: `mean`, `speed`, `variance`, `mixed` (covariance) and `speed_variance`, each (4, n).

    All are views of one array `parts`, (5, 4, n).
    """

    __slots__ = ("mean", "mixed", "parts", "speed", "speed_variance", "variance")
    mean: Floats
    speed: Floats
    variance: Floats
    mixed: Floats
    speed_variance: Floats

    def __init__(self, parts: Floats) -> None:
        """Take over `parts`."""
        self.parts = parts
        self.mean, self.speed, self.variance, self.mixed, self.speed_variance = parts

    @classmethod
    def first(cls, measured: Floats) -> BoxFilters:
        """Begin filters at `measured`, (4, n) of centre x, centre y, width, height."""
        height, parts = measured[3], np.zeros((5, *measured.shape))
        parts[0], parts[2], parts[4] = measured, (MEASUREMENT * height) ** 2, (FIRST_SPEED * height) ** 2
        return cls(parts)

    def advance(self, step: float) -> None:
        """Predict all boxes `step` seconds ahead."""
        push = (ACCELERATION * np.maximum(self.mean[3], 1.0)) ** 2
        grown = np.array([[[step**4 / 4]], [[step**3 / 2]], [[step**2]]]) * push
        grown[0] += 2 * step * self.mixed + step**2 * self.speed_variance
        grown[1] += step * self.speed_variance
        self.mean += step * self.speed
        self.parts[2:] += grown

    def corners(self, step: float) -> Floats:
        """Return where the boxes should be `step` seconds later, (4, n) of x1, y1, x2, y2."""
        return to_corners(self.mean + step * self.speed)

    def correct(self, rows: list[int], measured: Floats) -> None:
        """Update the boxes in `rows` with measurements, (4, k)."""
        those = self.parts.take(rows, axis=2)
        mean, _, variance, mixed, speed_variance = those
        gains = those[2:4] / (variance + (MEASUREMENT * measured[3]) ** 2)  # of position and of speed
        those[:2] += gains * (measured - mean)
        speed_variance -= gains[1] * mixed
        those[2:4] *= 1 - gains[0]
        self.parts[:, :, rows] = those

    def fade(self, rows: list[int], step: float) -> None:
        """Reduce the speed of boxes that were not seen for `step` seconds."""
        self.speed[:, rows] *= np.exp(-step / FADE)

    def kept(self, rows: list[int]) -> BoxFilters:
        """Return the state of `rows` only, in that order."""
        return BoxFilters(self.parts.take(rows, axis=2))

    def joined(self, other: BoxFilters) -> BoxFilters:
        """Return this state with `other` appended."""
        return BoxFilters(np.concatenate((self.parts, other.parts), axis=2))


def to_center(corners: Floats) -> Floats:
    """Turn (4, n) of x1, y1, x2, y2 into centre x, centre y, width, height."""
    centers: Floats = TO_CENTER @ corners
    return centers


def to_corners(centers: Floats) -> Floats:
    """Turn (4, n) of centre x, centre y, width, height into x1, y1, x2, y2."""
    sized = centers.copy()
    np.maximum(sized[2:], 1.0, out=sized[2:])
    corners: Floats = TO_CORNERS @ sized
    return corners
