"""A walking person, drawn from polygons: head, torso, arms, striding legs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
Point = tuple[float, float]
_Place = Callable[[float, float], Point]
_SHIFT = 4  # fractional bits of the coordinates handed to OpenCV, for figures that glide rather than jump
_CIRCLE = [(math.cos(turn), math.sin(turn)) for turn in np.linspace(0, math.tau, 16, endpoint=False)]


@dataclass(frozen=True, slots=True)
class FilledShape:
    """A filled convex outline, `points` of shape `(n, 2)` in pixels."""

    points: NDArray[np.float64]
    colour: Colour

    @property
    def low(self) -> NDArray[np.float64]:
        """The smallest x and y."""
        return np.asarray(self.points.min(axis=0))

    @property
    def high(self) -> NDArray[np.float64]:
        """The largest x and y."""
        return np.asarray(self.points.max(axis=0))

    def draw(self, picture: NDArray[np.uint8]) -> None:
        """Fill the outline in `picture` with smooth edges."""
        fixed = np.round(self.points * (1 << _SHIFT)).astype(np.int32)
        cv2.fillConvexPoly(picture, fixed, self.colour, cv2.LINE_AA, _SHIFT)


def walker(
    x: float, feet_y: float, height: float, stride: float, rightwards: bool, colours: tuple[Colour, Colour, Colour]
) -> list[FilledShape]:
    """Return the shapes of a person at `x` (the middle of the hips), from back to front.

    Args:
        x: Pixels.
        feet_y: The ground below the feet, in pixels.
        height: From sole to crown, in pixels.
        stride: Phase of the gait in radians; two steps are one turn.
        rightwards: Which way the person goes.
        colours: Of jacket, trousers and skin, BGR.
    """
    jacket, trousers, skin = colours
    ahead = 1 if rightwards else -1
    swing = math.sin(stride)
    rise = 0.012 * (1 + math.cos(2 * stride)) / 2  # the body is highest when the legs pass each other

    def at(forward: float, up: float) -> Point:
        return x + ahead * forward * height, feet_y - up * height

    hip_y, shoulder_y = 0.50 + rise, 0.80 + rise
    shapes: list[FilledShape] = []
    for side in (-1, 1):  # the far limbs first
        tone = 0.8 if side < 0 else 1.0
        shapes += _leg(at, side, side * swing, hip_y, height, _shade(trousers, tone))
        if side < 0:
            shapes += _arm(at, side, -side * swing, shoulder_y, height, _shade(jacket, tone), skin)
    shapes.append(_limb(at(0.005, shoulder_y), at(0.012, 0.87 + rise), 0.035 * height, 0.03 * height, skin))
    torso = [at(*point) for point in _torso(hip_y, shoulder_y)]
    shapes.append(_outline(torso, jacket))
    shapes += _arm(at, 1, -swing, shoulder_y, height, _shade(jacket, 1.25), skin)
    shapes.append(_oval(at(0.015, 0.925 + rise), 0.052 * height, 0.064 * height, skin))
    shapes.append(_oval(at(0.004, 0.945 + rise), 0.052 * height, 0.046 * height, _shade(jacket, 0.6)))
    return shapes


def _torso(hip: float, shoulder: float) -> list[Point]:
    """Return the outline of a jacket as forward and up fractions."""
    return [
        (-0.045, shoulder + 0.035),
        (0.045, shoulder + 0.035),
        (0.105, shoulder),
        (0.112, shoulder - 0.09),
        (0.092, hip - 0.02),
        (-0.092, hip - 0.02),
        (-0.112, shoulder - 0.09),
        (-0.105, shoulder),
    ]


def _leg(at: _Place, side: int, swing: float, hip_y: float, height: float, colour: Colour) -> list[FilledShape]:
    """Return thigh, shin and shoe of the leg on `side`, `swing` -1 (behind) to 1 (ahead)."""
    knee = (side * 0.02 + 0.085 * swing + 0.015, 0.27 + 0.015 * max(0.0, -swing))
    lift = 0.035 * max(0.0, -swing)
    ankle = (side * 0.02 + 0.15 * swing, 0.045 + lift)
    toe = (ankle[0] + 0.07, 0.018 + lift)
    return [
        _limb(at(*ankle), at(*toe), 0.026 * height, 0.018 * height, _shade(colour, 0.6)),
        _limb(at(side * 0.035, hip_y), at(*knee), 0.062 * height, 0.044 * height, colour),
        _limb(at(*knee), at(*ankle), 0.044 * height, 0.028 * height, colour),
    ]


def _arm(
    at: _Place, side: int, swing: float, shoulder_y: float, height: float, colour: Colour, skin: Colour
) -> list[FilledShape]:
    """Return upper arm, forearm and hand of the arm on `side`."""
    shoulder = (side * 0.095, shoulder_y - 0.015)
    elbow = (side * 0.11 + 0.045 * swing, shoulder_y - 0.17)
    hand = (side * 0.105 + 0.09 * swing + 0.02, shoulder_y - 0.31)
    return [
        _oval(at(*hand), 0.022 * height, 0.026 * height, skin),
        _limb(at(*shoulder), at(*elbow), 0.036 * height, 0.028 * height, colour),
        _limb(at(*elbow), at(*hand), 0.028 * height, 0.02 * height, colour),
    ]


def _limb(a: Point, b: Point, radius_a: float, radius_b: float, colour: Colour) -> FilledShape:
    """Return the hull of two circles: a limb that tapers from `a` to `b`."""
    rounds = [(a[0] + radius_a * c, a[1] + radius_a * s) for c, s in _CIRCLE]
    rounds += [(b[0] + radius_b * c, b[1] + radius_b * s) for c, s in _CIRCLE]
    hull = cv2.convexHull(np.array(rounds, np.float32))
    return FilledShape(hull.reshape(-1, 2).astype(np.float64), colour)


def _oval(centre: Point, radius_x: float, radius_y: float, colour: Colour) -> FilledShape:
    return _outline([(centre[0] + radius_x * c, centre[1] + radius_y * s) for c, s in _CIRCLE], colour)


def _outline(points: list[Point], colour: Colour) -> FilledShape:
    return FilledShape(np.array(points, np.float64), colour)


def _shade(colour: Colour, factor: float) -> Colour:
    blue, green, red = (min(255, round(part * factor)) for part in colour)
    return blue, green, red
