"""Computes the wait before a process that has ended is restarted."""

from __future__ import annotations

import os

FIRST_S, LONGEST_S = 0.1, 10.0
GOOD_SPELL_S = 10.0
UNUSABLE = 2  # the exit status of a worker that can never work as configured
UNUSABLE_S = 60.0


class Backoff:
    """Doubling waits with jitter, which start again after a process that ran for `GOOD_SPELL_S`."""

    def __init__(self) -> None:
        """Start with the shortest wait."""
        self._next = FIRST_S

    def wait(self, status: int | None, lived: float) -> float:
        """Return the seconds to wait after a process that ran for `lived` seconds and exited with `status`."""
        if lived > GOOD_SPELL_S:
            self._next = FIRST_S
        if status == UNUSABLE:
            return UNUSABLE_S
        wait, self._next = self._next, min(self._next * 2, LONGEST_S)
        return wait * (0.75 + os.urandom(1)[0] / 510)
