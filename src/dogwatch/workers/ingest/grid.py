"""Chooses which pictures of a stream are due for detection."""

from __future__ import annotations

import math
from dataclasses import dataclass

TOLERANCE_S = 0.002  # timestamps vary by microseconds: without this, pictures at a slot's edge would change slots


@dataclass(frozen=True, slots=True)
class DetectGrid:
    """Slots of `1 / fps` seconds, in each of which the first picture is due.

    They are fixed to the epoch, so that the choice does not depend on when decoding began.
    """

    fps: float

    def slot(self, at: float) -> int:
        """Return the number of the slot of a picture at `at` (epoch s)."""
        return math.floor((at + TOLERANCE_S) * self.fps)

    def after(self, at: float) -> float:
        """Return when the slot after that of `at` begins (epoch s)."""
        return (self.slot(at) + 1) / self.fps - TOLERANCE_S
