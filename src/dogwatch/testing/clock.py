"""A clock that stands."""

from __future__ import annotations

START = 1_763_464_000.0
"""2025-11-18 11:06:40 UTC."""


class StandingClock:
    """Gives the same epoch time until it is told to go on; call it as `time.time`."""

    def __init__(self, now: float = START) -> None:
        """Stand at `now` (epoch s)."""
        self.now = now

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Go on by `seconds`, or back if they are negative."""
        self.now += seconds
