"""What a way to recognise faces is: it finds the face in a picture, describes it, and compares descriptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.float32]
Corners = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face: its box x1, y1, x2, y2 in pixels of the picture, and a score, 0 to 1.

    `row` is what YuNet passes on to SFace: x, y, width, height, five points, score.
    """

    box: Corners
    score: float
    row: Numbers | None = None

    @property
    def area(self) -> int:
        """Its area in pixels."""
        return (self.box[2] - self.box[0]) * (self.box[3] - self.box[1])

    def moved(self, dx: int, dy: int) -> FoundFace:
        """Return the same face in a picture that begins elsewhere."""
        x1, y1, x2, y2 = self.box
        row = None
        if self.row is not None:
            row = self.row.copy()
            row[[0, 4, 6, 8, 10, 12]] += dx
            row[[1, 5, 7, 9, 11, 13]] += dy
        return FoundFace((x1 + dx, y1 + dy, x2 + dx, y2 + dy), self.score, row)


class FaceRecogniser(Protocol):
    """One way to recognise faces."""

    def find(self, frame: Pixels, part: Corners, smallest: float, threshold: float) -> FoundFace | None:
        """Return the largest face in a part of a colour picture; `smallest` is the least side of its box."""

    def describe(self, frame: Pixels, face: FoundFace) -> Numbers:
        """Return numbers by which the face is compared; always as many."""

    def scores(self, one: Numbers, others: Numbers) -> Numbers:
        """Return how likely `one` is the same person as each of `others` (n, ...): 0 to 1."""
