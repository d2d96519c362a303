"""Keeps the packets of the last seconds in memory, for clips that begin before their request."""

from __future__ import annotations

from collections import deque

from dogwatch.media.packets import Unit

MAX_BYTES = 48 << 20
MAX_UNITS = 8000  # at least the last half minute of any camera


class ClipRing:
    """Groups of pictures with their sound, oldest first, bounded in bytes and packets.

    At least the last `before_s` seconds of video are kept, from a keyframe on, as far as the bounds allow.
    """

    def __init__(self, before_s: float, max_bytes: int = MAX_BYTES, max_units: int = MAX_UNITS) -> None:
        """Keep nothing yet, and at most `max_bytes` and `max_units`; beyond that the oldest GOPs are dropped."""
        self.before_s = before_s
        self._max_bytes, self._max_units = max_bytes, max_units
        self._gops: deque[list[Unit]] = deque()
        self._bytes = self._units = 0

    def add(self, unit: Unit) -> None:
        """Append a unit; those before the first keyframe are left out."""
        if unit.video and unit.keyframe:
            if unit.jumped:
                self.clear()
            self._gops.append([])
        elif not self._gops:
            return
        self._gops[-1].append(unit)
        self._bytes += unit.size
        self._units += 1
        if unit.video:
            while len(self._gops) > 1 and self._gops[1][0].dts <= unit.dts - self.before_s:
                self._drop()
        while self._gops and (self._bytes > self._max_bytes or self._units > self._max_units):
            self._drop()

    def units(self) -> list[Unit]:
        """Return all units, in order; the first is a keyframe."""
        return [unit for gop in self._gops for unit in gop]

    def clear(self) -> None:
        """Drop everything."""
        self._gops.clear()
        self._bytes = self._units = 0

    def _drop(self) -> None:
        gop = self._gops.popleft()
        self._bytes -= sum(unit.size for unit in gop)
        self._units -= len(gop)
