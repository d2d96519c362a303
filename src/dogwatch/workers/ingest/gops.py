"""Keeps the packets since the last keyframes that the analysis has seen, so that decoding can catch up."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from dogwatch.media.packets import Unit

MAX_BYTES = 48 << 20
MAX_UNITS = 4000


@dataclass(slots=True)
class Gop:
    """A keyframe and the packets after it; `probe` is the number of the published keyframe in the ring, or -1."""

    units: list[Unit] = field(default_factory=list)
    size: int = 0
    probe: int = -1


class GopBuffer:
    """Groups of pictures, oldest first, bounded in bytes and packets.

    At least the GOP before the last is kept: the last keyframe may turn out to show motion that began anywhere
    after the keyframe before it. Older GOPs stay until the analysis has taken the keyframe after them.
    """

    def __init__(self, max_bytes: int = MAX_BYTES, max_units: int = MAX_UNITS) -> None:
        """Hold at most `max_bytes` and `max_units`; beyond that the oldest GOPs are dropped."""
        self._max_bytes, self._max_units = max_bytes, max_units
        self._gops: deque[Gop] = deque()
        self._bytes = self._units = 0

    def add(self, unit: Unit, consumed: int, *, starts: bool) -> None:
        """Append a video unit; it starts a new GOP if `starts`.

        `consumed` is the newest frame that the analysis has taken.
        """
        if starts:
            self._gops.append(Gop())
        elif not self._gops:
            return
        gop = self._gops[-1]
        gop.units.append(unit)
        gop.size += unit.size
        self._bytes += unit.size
        self._units += 1
        if starts:
            while len(self._gops) > 2 and self._judged(self._gops[1], consumed):
                self._drop()
        while self._gops and (self._bytes > self._max_bytes or self._units > self._max_units):
            self._drop()

    def probed(self, seq: int) -> None:
        """Note that the newest keyframe has been published as frame `seq`."""
        if self._gops:
            self._gops[-1].probe = seq

    def units(self) -> list[Unit]:
        """Return all units, in order; the first is a keyframe that the analysis has seen, or the oldest one."""
        return [unit for gop in self._gops for unit in gop.units]

    def clear(self) -> None:
        """Drop everything."""
        self._gops.clear()
        self._bytes = self._units = 0

    def _judged(self, gop: Gop, consumed: int) -> bool:
        return gop.probe < 0 or consumed >= gop.probe

    def _drop(self) -> None:
        gop = self._gops.popleft()
        self._bytes -= gop.size
        self._units -= len(gop.units)
