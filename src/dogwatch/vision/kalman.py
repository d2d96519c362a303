"""A constant-velocity Kalman filter over many boxes at once.

The state of a box is centre x, centre y, width and height, and the speed of each. With diagonal noise the four do not
influence one another, so each is a filter of two values, position and velocity, with a 2 x 2 covariance; all boxes and
all four go through the same few NumPy expressions, without a matrix inversion. Noise grows with the box: what is near
moves more pixels. Speeds are in pixels a second; the step comes from timestamps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Of the box's height: a walker (1.7 m) can change speed by about 1.7 m/s in a second; sizes change more slowly.
ACCELERATION = np.array([1.0, 0.6, 0.2, 0.2])  # heights per s^2
# Detectors put boxes down with an error of some percent of the height.
MEASUREMENT = np.array([0.05, 0.05, 0.07, 0.07])
FIRST_SPEED = np.array([1.0, 0.6, 0.1, 0.1])  # heights per s, standard deviation of what has just appeared
SIZE_FADE_S = 1.0  # a size that grew does not go on growing unseen
SPEED_FADE_S = 4.0


@dataclass(slots=True)
class Boxes:
    """The filters' state: `mean` and `speed` are (n, 4); `variance` (n, 4), `mixed` (n, 4), `speed_variance` (n, 4)."""

    mean: Floats
    speed: Floats
    variance: Floats
    mixed: Floats
    speed_variance: Floats

    @classmethod
    def first(cls, measured: Floats) -> Boxes:
        """Begin filters at `measured`, (n, 4) of centre x, centre y, width, height."""
        height = measured[:, 3:4]
        return cls(
            measured.copy(),
            np.zeros_like(measured),
            (MEASUREMENT * height) ** 2,
            np.zeros_like(measured),
            (FIRST_SPEED * height) ** 2,
        )

    def predicted(self, step: float) -> Boxes:
        """Return the state `step` seconds later."""
        height = np.maximum(self.mean[:, 3:4], 1.0)
        push = (ACCELERATION * height) ** 2
        return Boxes(
            self.mean + self.speed * step,
            self.speed,
            self.variance + 2 * step * self.mixed + step**2 * self.speed_variance + push * step**4 / 4,
            self.mixed + step * self.speed_variance + push * step**3 / 2,
            self.speed_variance + push * step**2,
        )

    def correct(self, rows: NDArray[np.intp], measured: Floats) -> None:
        """Take in what was measured, (k, 4), of the boxes in `rows`."""
        variance, mixed = self.variance[rows], self.mixed[rows]
        total = variance + (MEASUREMENT * measured[:, 3:4]) ** 2
        gain, speed_gain = variance / total, mixed / total
        surprise = measured - self.mean[rows]
        self.mean[rows] += gain * surprise
        self.speed[rows] += speed_gain * surprise
        self.variance[rows] = (1 - gain) * variance
        self.mixed[rows] = (1 - gain) * mixed
        self.speed_variance[rows] -= speed_gain * mixed

    def fade(self, rows: NDArray[np.intp], step: float) -> None:
        """Let the speed of boxes that were not seen for `step` seconds fade."""
        keep = np.exp(-step / np.array([SPEED_FADE_S, SPEED_FADE_S, SIZE_FADE_S, SIZE_FADE_S]))
        self.speed[rows] *= keep

    def kept(self, rows: NDArray[np.intp]) -> Boxes:
        """Return the state of `rows` only, in that order."""
        return Boxes(*(part[rows] for part in self._parts()))

    def joined(self, other: Boxes) -> Boxes:
        """Return this state with `other` appended."""
        return Boxes(*(np.concatenate(pair) for pair in zip(self._parts(), other._parts(), strict=True)))

    def _parts(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        return self.mean, self.speed, self.variance, self.mixed, self.speed_variance


def to_center(corners: Floats) -> Floats:
    """Turn (n, 4) of x1, y1, x2, y2 into centre x, centre y, width, height."""
    low, high = corners[:, :2], corners[:, 2:]
    return np.concatenate(((low + high) / 2, high - low), axis=1)


def to_corners(centers: Floats) -> Floats:
    """Turn (n, 4) of centre x, centre y, width, height into x1, y1, x2, y2."""
    half = np.maximum(centers[:, 2:], 1.0) / 2
    return np.concatenate((centers[:, :2] - half, centers[:, :2] + half), axis=1)
