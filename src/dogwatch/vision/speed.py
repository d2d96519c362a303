"""Measures how fast an object moves over the ground of a zone whose four edges were measured."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.analysis import ZoneSettings
from dogwatch.vision.geometry import Geometry

KMH = 3.6  # from m/s
MPH = 0.681818  # from ft/s
SMOOTHING_S = 1.0
STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class GroundPlane:
    """Maps detect-frame pixels to the ground of a zone, in metres or feet as its `distances` are given."""

    matrix: NDArray[np.float64]

    @classmethod
    def of(cls, zone: ZoneSettings, geometry: Geometry) -> GroundPlane | None:
        """Return the plane of `zone`, or None if it has no four corners and distances.

        Four edge lengths do not define a quadrilateral: so opposite edges are averaged, which gives a rectangle.
        """
        if len(zone.polygon) != 4 or len(zone.distances) != 4:
            return None
        across = (zone.distances[0] + zone.distances[2]) / 2
        along = (zone.distances[1] + zone.distances[3]) / 2
        corners = np.array([(x * geometry.width, y * geometry.height) for x, y in zone.polygon], np.float32)
        ground = np.array([(0, 0), (across, 0), (across, along), (0, along)], np.float32)
        return cls(np.asarray(cv2.getPerspectiveTransform(corners, ground), np.float64))

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the point on the ground at a pixel."""
        u, v, w = self.matrix @ np.array([x, y, 1.0])
        return float(u / w), float(v / w)

    def speed(self, point: tuple[float, float], velocity: tuple[float, float]) -> float:
        """Return the ground speed, in units a second, of an object at `point` with `velocity` (pixels/s)."""
        here = self.at(*point)
        there = self.at(point[0] + velocity[0] * STEP_S, point[1] + velocity[1] * STEP_S)
        return math.dist(here, there) / STEP_S


@dataclass(slots=True)
class SpeedRecord:
    """The speed of one object: `current` and `average` in km/h or mph, `angle` in degrees (0 right, 90 up)."""

    current: float = 0.0
    average: float = 0.0
    angle: float = 0.0
    _weighted: float = 0.0
    _seconds: float = 0.0
    _last: float | None = None

    def add(self, speed: float, velocity: tuple[float, float], time: float) -> None:
        """Add a `speed` measured at `time`, of an object that moves with `velocity` in the picture."""
        if self._last is None:
            self.current = self.average = speed
        else:
            passed = max(0.0, time - self._last)
            self.current += (speed - self.current) * (1.0 - math.exp(-passed / SMOOTHING_S))
            self._weighted += self.current * passed
            self._seconds += passed
            self.average = self._weighted / self._seconds if self._seconds else self.current
        self._last = time
        self.angle = round(math.degrees(math.atan2(-velocity[1], velocity[0])) % 360.0, 1) % 360.0

    def left(self) -> None:
        """Note that the object is in no zone with a speed now."""
        self.current, self._last = 0.0, None
