"""How long Bluetooth may use the radio: that of small computers has one antenna for Bluetooth and Wi-Fi."""

from __future__ import annotations

from collections.abc import Callable

SHARE = 0.15
MOST_S = 12.0


class ScanBudget:
    """Grants seconds: a share of the time in the long run, 12 s at once."""

    def __init__(self, monotonic: Callable[[], float], share: float = SHARE, most_s: float = MOST_S) -> None:
        """Begin with all of it."""
        self._monotonic, self._share, self._most_s = monotonic, share, most_s
        self._left_s, self._at = most_s, monotonic()

    def granted(self, wanted_s: float) -> float:
        """Return how many of the wanted seconds may be used now."""
        self._refill()
        return max(0.0, min(wanted_s, self._left_s))

    def spend(self, seconds: float) -> None:
        """Take off what was used; call it at its end."""
        self._refill()
        self._left_s -= seconds  # below zero after a scanner that took longer than it was granted

    def _refill(self) -> None:
        now = self._monotonic()
        self._left_s = min(self._most_s, self._left_s + self._share * max(0.0, now - self._at))
        self._at = now
