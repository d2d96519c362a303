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
ACCELERATION = (0.8, 0.35, 0.1, 0.1)  # heights per s^2
# The boxes of detectors have an error of some percent of the height.
MEASUREMENT = (0.05, 0.05, 0.07, 0.07)
FIRST_SPEED = (1.0, 0.45, 0.1, 0.1)  # heights per s, standard deviation of a new object
FAST_WIDTHS = 1.6  # what is wider than high is a vehicle, which moves as many times its width faster
STILL = 0.3  # of these accelerations, a vehicle has that has stood for long
SIZE_FADE_S = 1.0  # an unseen object that was growing soon stops growing
SPEED_FADE_S, SPEED_FADE_KNOWN_S, KNOWN_S = 10.0, 40.0, 4.0  # at first, and of an object that was followed so long
PARTIAL = 0.8  # a box smaller than this share of what is expected may show a part only
AGREES = 0.12  # of the expected size: an edge this close to where it should be is the object's own
PARTIAL_NOISE = 5.0  # how many times larger the error of a size is that is a part's
AXES = (0, 1, 2, 3)


class BoxFilter:
    """The state of one filter: `mean`, `speed`, `variance`, `mixed` (covariance) and `speed_variance` of each value.

    `followed_s` is for how long the box has been followed, from the first measurement to the last.
    """

    __slots__ = ("followed_s", "mean", "mixed", "speed", "speed_variance", "still", "unseen_s", "variance")

    def __init__(self, measured: Values) -> None:
        """Begin at a first measurement."""
        height = measured[3]
        self.followed_s = self.unseen_s = 0.0
        self.still = False
        self.mean, self.speed, self.mixed = list(measured), [0.0] * 4, [0.0] * 4
        self.variance = [(share * height) * (share * height) for share in MEASUREMENT]
        fast = max(FAST_WIDTHS * measured[2], height) if measured[2] > height else height
        self.speed_variance = [
            (share * size) * (share * size)
            for share, size in zip(FIRST_SPEED, (fast, fast, height, height), strict=True)
        ]

    def advance(self, step: float) -> None:
        """Predict the box `step` seconds ahead."""
        self.unseen_s += step
        mean, speed, variance, mixed, fast = self.mean, self.speed, self.variance, self.mixed, self.speed_variance
        height = max(mean[3], 1.0)
        longest = max(mean[2], height)
        if self.still and longest > height:
            height, longest = height * STILL, longest * STILL
        double, square, half_cube, quarter = 2 * step, step**2, step**3 / 2, step**4 / 4
        for axis in AXES:
            push = ACCELERATION[axis] * (longest if axis < 2 else height)
            push *= push
            mean[axis] += step * speed[axis]
            variance[axis] += quarter * push + (double * mixed[axis] + square * fast[axis])
            mixed[axis] += half_cube * push + step * fast[axis]
            fast[axis] += square * push

    def corners(self, step: float) -> Corners:
        """Return where the box should be `step` seconds later."""
        x, y, width, height = [mean + step * speed for mean, speed in zip(self.mean, self.speed, strict=True)]
        return to_corners((x, y, width, height))

    def whole(self, measured: Values) -> tuple[Values, bool, bool]:
        """Complete a measurement that may show a part of the object only, or more of it than before.

        A box that is much smaller than expected, of which one edge is where it should be, is what something else, or
        the frame's edge, does not hide: that edge is trusted, and the expected size. Of a much larger one, a part was
        hidden before.

        Returns:
            The completed box, and whether its width and its height are expected rather than measured.
        """
        x, y, width, height = self.mean
        return completed(measured, (x, y, width, height))

    def correct(self, measured: Values) -> None:
        """Update the box with a measurement."""
        mean, speed, variance, mixed, fast = self.mean, self.speed, self.variance, self.mixed, self.speed_variance
        self.followed_s += self.unseen_s
        self.unseen_s = 0.0
        height = max(measured[3], mean[3])
        parts = (1.0, 1.0, 1.0, 1.0)
        if measured[2] < PARTIAL * mean[2] or measured[3] < PARTIAL * mean[3]:
            whole, narrow, low = self.whole(measured)
            if narrow or low:
                wide = PARTIAL_NOISE if narrow else 1.0
                high = PARTIAL_NOISE if low else 1.0
                # The centre is that of the completed box; its size is what was measured, at a much larger error.
                measured, parts = (whole[0], whole[1], measured[2], measured[3]), (1.5, 1.5, wide, high)
        for axis in AXES:
            noise = MEASUREMENT[axis] * height * parts[axis]
            total = variance[axis] + noise * noise
            gain, speed_gain = variance[axis] / total, mixed[axis] / total
            error = measured[axis] - mean[axis]
            mean[axis] += gain * error
            speed[axis] += speed_gain * error
            fast[axis] -= speed_gain * mixed[axis]
            variance[axis] *= 1 - gain
            mixed[axis] *= 1 - gain

    def rest(self, box: Values) -> None:
        """Go back to where the object stands."""
        self.mean, self.speed = list(box), [0.0] * 4

    def fade(self, step: float) -> None:
        """Reduce the speed of a box that was not seen for `step` seconds."""
        known = min(self.followed_s / KNOWN_S, 1.0)
        fade_s = SPEED_FADE_S + (SPEED_FADE_KNOWN_S - SPEED_FADE_S) * known
        across, size = math.exp(-step / fade_s), math.exp(-step / SIZE_FADE_S)
        x, y, width, height = self.speed
        self.speed = [x * across, y * across, width * size, height * size]


def completed(measured: Values, expected: Values) -> tuple[Values, bool, bool]:
    """Complete a measurement of which `expected` is the whole; see `BoxFilter.whole`."""
    x, y, width, height = measured
    narrow = low = False
    if not PARTIAL * expected[2] <= width <= expected[2] / PARTIAL:
        x, width, narrow = _completed(x, width, expected[0], expected[2])
    if not PARTIAL * expected[3] <= height <= expected[3] / PARTIAL:
        y, height, low = _completed(y, height, expected[1], expected[3])
    return (x, y, width, height), narrow, low


def _completed(center: float, size: float, expected: float, expected_size: float) -> tuple[float, float, bool]:
    """Return centre and size along one axis of a box of which a part is seen, and whether an edge agrees."""
    first = (center - size / 2) - (expected - expected_size / 2)
    last = (center + size / 2) - (expected + expected_size / 2)
    if min(abs(first), abs(last)) > AGREES * expected_size:
        return center, size, False
    return expected + (first if abs(first) <= abs(last) else last), expected_size, True


def to_center(corners: Corners) -> Values:
    """Turn x1, y1, x2, y2 into centre x, centre y, width, height."""
    x1, y1, x2, y2 = corners
    return 0.5 * x1 + 0.5 * x2, 0.5 * y1 + 0.5 * y2, x2 - x1, y2 - y1


def to_corners(values: Values) -> Corners:
    """Turn centre x, centre y, width, height into x1, y1, x2, y2."""
    x, y, width, height = values
    width, height = 0.5 * max(width, 1.0), 0.5 * max(height, 1.0)
    return x - width, y - height, x + width, y + height
