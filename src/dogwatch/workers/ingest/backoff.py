"""Computes how long to wait before the next attempt to connect."""

from __future__ import annotations

import random

FIRST_S = 0.3
FACTOR = 1.7
# A server that refuses connections is starting again: asked this often, recording is back within 3 s of its return.
REFUSED_CAP_S = 1.5
GOOD_SPELL_S = 10.0


class ReconnectBackoff:
    """Exponential backoff with a cap and jitter, which starts again after a connection that worked."""

    def __init__(self, cap: float, rng: random.Random | None = None) -> None:
        """Wait at most `cap` seconds."""
        self.cap = cap
        self._rng = rng or random.Random()  # noqa: S311 - jitter, not a secret
        self._tries = 0

    def wait(self, *, refused: bool, good_for: float) -> float:
        """Return the seconds to wait after a failure.

        Args:
            refused: The host is there, but nothing listens on the port.
            good_for: How many seconds the connection worked before it failed.
        """
        if good_for >= GOOD_SPELL_S:
            self._tries = 0
        cap = max(FIRST_S, self.cap)
        cap = min(cap, REFUSED_CAP_S) if refused else cap
        delay = min(cap, FIRST_S * FACTOR ** min(self._tries, 32))
        self._tries += 1
        return delay * self._rng.uniform(0.7, 1.0)
