"""Decides when a peer that cannot decode any more gets the pictures since the last keyframe once more.

Peers report that with PLI or FIR (RFC 4585, RFC 5104), again and again until a keyframe comes. A camera cannot be asked
for one, but what followed the last one is kept. If the next one is near, that is quicker.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dogwatch.bus.messages import LivePacket

REPEAT_S = 1.0
NEAR_S = 0.3


class LostPictures:
    """What one peer has reported."""

    def __init__(self) -> None:
        """Begin with nothing lost."""
        self._lost = False
        self._keyframe = -math.inf  # when the newest keyframe was taken (epoch s)
        self._interval = math.inf
        self._repeated = -math.inf
        self.repeats = 0

    def report(self) -> None:
        """Take in that the peer needs a keyframe."""
        self._lost = True

    def to_repeat(self, packet: LivePacket, now: float) -> bool:
        """Whether to repeat instead of sending this packet of video, at `now` (monotonic s)."""
        if packet.keyframe:
            if packet.time > self._keyframe:
                self._interval, self._keyframe = packet.time - self._keyframe, packet.time
            elif packet.time < self._keyframe:  # the clock was set back
                self._interval, self._keyframe = math.inf, packet.time
            self._lost = False  # here it is
            return False
        if not self._lost or now - self._repeated < REPEAT_S:
            return False
        if 0 <= self._keyframe + self._interval - packet.time < NEAR_S:
            return False
        self._repeated, self._lost = now, False
        self.repeats += 1
        return True
