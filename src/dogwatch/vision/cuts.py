"""Finds hard cuts: from one picture to the next, the film shows something else.

Pictures are compared at a size where neither noise nor a walking person changes much. A cut changes most of the picture
at once, and far more than the pictures before it did. A fade or a fast pan changes it over many pictures, and is none.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = (48, 27)  # width and height of the pictures that are compared
CHANGED, MOST = 10.0, 0.7  # grey levels; and the least share of the picture that changes by so many at a cut
BLACK = 24.0  # what is darker in both pictures may be a bar beside a film of another shape, and does not count
OTHER_SCENE = 0.5  # pictures whose structure correlates less show different things
LEAST_CHANGE = 8.0  # grey levels; below this, noise decides about the correlation
OTHER_COLOURS = 40.0  # grey levels: so large a change is a cut, whatever the structure
TIMES_USUAL = 3.0  # a cut changes this many times as much as the pictures before
USUAL_WEIGHT = 0.2
LEAST_USUAL = 1.0

Pixels = NDArray[np.uint8]


class CutFinder:
    """Compares each picture of a film with the one before. Not thread-safe."""

    def __init__(self) -> None:
        """Start without a picture."""
        self._last: NDArray[np.float32] | None = None
        self._usual = LEAST_USUAL

    def is_cut(self, planes: Sequence[Pixels]) -> bool:
        """Whether a hard cut lies between the picture before and this one, of which Y, U and V are given."""
        small, last = np.stack([_shrunk(plane) for plane in planes]), self._last
        self._last = small
        if last is None:
            return False
        lit = np.maximum(small[0], last[0]) > BLACK
        if not lit.any():
            return False
        differences = np.abs(small - last)[:, lit]
        change = float(differences.mean())
        unusual = change > TIMES_USUAL * self._usual
        self._usual = max(LEAST_USUAL, self._usual + USUAL_WEIGHT * (min(change, 2 * self._usual) - self._usual))
        if not unusual or change < LEAST_CHANGE or (differences.max(axis=0) > CHANGED).mean() < MOST:
            return False
        if change > OTHER_COLOURS or _correlation(small[0][lit], last[0][lit]) < OTHER_SCENE:
            self._usual = LEAST_USUAL
            return True
        return False


def _shrunk(plane: Pixels) -> NDArray[np.float32]:
    while plane.shape[0] >= 4 * SIZE[1] and plane.shape[1] >= 4 * SIZE[0]:  # see `motion.shrink`
        half = (plane.shape[1] // 2, plane.shape[0] // 2)
        plane = np.asarray(cv2.resize(plane, half, interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.resize(plane, SIZE, interpolation=cv2.INTER_AREA), np.float32)


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return how alike the structure of two pictures is, whatever their brightness and contrast: -1 to 1."""
    one, other = one - one.mean(), other - other.mean()
    length = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / length if length > 0 else 0.0
