"""A constant-velocity Kalman filter for the box of one track.

The state of a box is centre x, centre y, width and height, and the speed of each. With diagonal noise the four are
independent, so each is a filter of two values, position and velocity, with a 2 x 2 covariance, and no matrix is ever
inverted. Noise grows with the box, because near objects move more pixels. Speeds are in pixels a second; the time step
comes from timestamps.

These are plain floats rather than arrays of all boxes: below thirty boxes, calls of NumPy would cost more than they do.
"""

from __future__ import annotations

import math

Corners = tuple[float, float, float, float]  # x1, y1, x2, y2
Values = tuple[float, float, float, float]  # centre x, centre y, width, height

# Of the box's height: a walker (1.7 m) can change speed by about 1.7 m/s in a second; sizes change more slowly.
ACCELERATION = (1.0, 0.6, 0.2, 0.2)  # heights per s^2
# The boxes of detectors have an error of some percent of the height.
MEASUREMENT = (0.05, 0.05, 0.07, 0.07)
FIRST_SPEED = (1.0, 0.6, 0.1, 0.1)  # heights per s, standard deviation of a new object
SIZE_FADE_S = 1.0  # an unseen object that was growing soon stops growing
SPEED_FADE_S = 4.0
AXES = (0, 1, 2, 3)


class BoxFilter:
    """The state of one filter: `mean`, `speed`, `variance`, `mixed` (covariance) and `speed_variance` of each value."""

    __slots__ = ("mean", "mixed", "speed", "speed_variance", "variance")

    def __init__(self, measured: Values) -> None:
        """Begin at a first measurement."""
        height = measured[3]
        self.mean, self.speed, self.mixed = list(measured), [0.0] * 4, [0.0] * 4
        self.variance = [(share * height) * (share * height) for share in MEASUREMENT]
        self.speed_variance = [(share * height) * (share * height) for share in FIRST_SPEED]

    def advance(self, step: float) -> None:
        """Predict the box `step` seconds ahead."""
        mean, speed, variance, mixed, fast = self.mean, self.speed, self.variance, self.mixed, self.speed_variance
        height = max(mean[3], 1.0)
        double, square, half_cube, quarter = 2 * step, step**2, step**3 / 2, step**4 / 4
        for axis in AXES:
            push = ACCELERATION[axis] * height
            push *= push
            mean[axis] += step * speed[axis]
            variance[axis] += quarter * push + (double * mixed[axis] + square * fast[axis])
            mixed[axis] += half_cube * push + step * fast[axis]
            fast[axis] += square * push

    def corners(self, step: float) -> Corners:
        """Return where the box should be `step` seconds later."""
        x, y, width, height = [mean + step * speed for mean, speed in zip(self.mean, self.speed, strict=True)]
        return to_corners((x, y, width, height))

    def correct(self, measured: Values) -> None:
        """Update the box with a measurement."""
        mean, speed, variance, mixed, fast = self.mean, self.speed, self.variance, self.mixed, self.speed_variance
        height = measured[3]
        for axis in AXES:
            noise = MEASUREMENT[axis] * height
            total = variance[axis] + noise * noise
            gain, speed_gain = variance[axis] / total, mixed[axis] / total
            error = measured[axis] - mean[axis]
            mean[axis] += gain * error
            speed[axis] += speed_gain * error
            fast[axis] -= speed_gain * mixed[axis]
            variance[axis] *= 1 - gain
            mixed[axis] *= 1 - gain

    def fade(self, step: float) -> None:
        """Reduce the speed of a box that was not seen for `step` seconds."""
        across, size = math.exp(-step / SPEED_FADE_S), math.exp(-step / SIZE_FADE_S)
        x, y, width, height = self.speed
        self.speed = [x * across, y * across, width * size, height * size]


def to_center(corners: Corners) -> Values:
    """Turn x1, y1, x2, y2 into centre x, centre y, width, height."""
    x1, y1, x2, y2 = corners
    return 0.5 * x1 + 0.5 * x2, 0.5 * y1 + 0.5 * y2, x2 - x1, y2 - y1


def to_corners(values: Values) -> Corners:
    """Turn centre x, centre y, width, height into x1, y1, x2, y2."""
    x, y, width, height = values
    width, height = 0.5 * max(width, 1.0), 0.5 * max(height, 1.0)
    return x - width, y - height, x + width, y + height
