"""Tells a loud noise from what is usual at a camera.

What is usual is the level of the background: it follows a quieter level within seconds, and a louder one within a
minute. So a street has another background in the rush hour than at night, and a siren stays loud while it lasts. Loud
is what exceeds the background by `ABOVE_DB`, and the configured volume.
"""

from __future__ import annotations

import math

ABOVE_DB = 15.0  # about three times as loud to the ear
QUIETER_S, LOUDER_S = 3.0, 60.0  # time constants of the background
LOUD_LOUDER_S = 600.0  # the same during a noise, so that one without an end becomes the background in the end
LEARNING_S = 5.0  # after a beginning or a gap nothing is known of what is usual
GAP_S = 30.0
STEP_S = 5.0  # a level counts for no longer than this
WEAKEST_SCORE, FULL_SCORE_DB = 0.6, 25.0


class LoudNoise:
    """The background of one camera. Not thread-safe."""

    def __init__(self) -> None:
        """Begin without knowing what is usual."""
        self._background: float | None = None
        self._time = self._learnt = 0.0

    @property
    def background_dbfs(self) -> float | None:
        """The level that is usual, None before the first one."""
        return self._background

    def score(self, time: float, dbfs: float, *, counts: bool = True) -> float | None:
        """Take in a level; return from 0.6 to 1 how much louder it is than usual, None if it is not loud.

        Args:
            time: When it was measured (epoch s).
            dbfs: The level, from -100 to 0.
            counts: Whether it exceeds the configured volume; what does not is never loud.
        """
        step = time - self._time
        self._time = time
        if self._background is None or not -GAP_S < step < GAP_S:  # a gap, or the clock was set
            self._background, self._learnt = dbfs, time + LEARNING_S
            return None
        above = dbfs - self._background
        loud = counts and above >= ABOVE_DB and time >= self._learnt
        slow = LOUD_LOUDER_S if loud else LOUDER_S
        if time < self._learnt:
            slow = QUIETER_S
        weight = 1.0 - math.exp(-min(max(step, 0.0), STEP_S) / (slow if above > 0 else QUIETER_S))
        self._background += above * weight
        if not loud:
            return None
        return min(1.0, WEAKEST_SCORE + (1.0 - WEAKEST_SCORE) * (above - ABOVE_DB) / FULL_SCORE_DB)
