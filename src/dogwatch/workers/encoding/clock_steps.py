"""Notices that the wall clock was set: encoders count their time by it, and would stand still until it is back."""

from __future__ import annotations

BACK_S = 1.0
AHEAD_S = 30.0  # pictures that come together after a pause are not so far apart


class ClockSteps:
    """Compares the times of pictures with the time that has passed."""

    def __init__(self) -> None:
        """Begin with nothing to compare with."""
        self._at: float | None = None
        self._now = 0.0

    def stepped(self, at: float, now: float) -> bool:
        """Whether the clock was set between the last picture and this one.

        Args:
            at: The picture's time (epoch s).
            now: When it is encoded (monotonic s).
        """
        before, self._at = self._at, at
        passed, self._now = now - self._now, now
        return before is not None and not before - BACK_S <= at <= before + passed + AHEAD_S
