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
"""How soon pictures are sent again after they were; each time twice as late, until the camera sends a keyframe: on a
slow line what is sent again is lost too, the more so the longer it gets."""
NEAR_S = 0.3


class LostPictures:
    """What one peer has reported."""

    def __init__(self) -> None:
        """Begin with nothing lost."""
        self._lost = False
        self._keyframe = -math.inf  # when the newest keyframe was taken (epoch s)
        self._interval = math.inf
        self._repeated = -math.inf
        self._since_keyframe = 0  # how often its pictures were sent again
        self.repeats = 0

    def report(self) -> None:
        """Take in that the peer needs a keyframe."""
        self._lost = True

    def to_repeat(self, packet: LivePacket, now: float) -> bool:
        """Whether to repeat instead of sending this packet of video, at `now` (monotonic s)."""
        if packet.keyframe:
            if packet.time != self._keyframe:  # earlier if the clock was set back
                later = packet.time > self._keyframe
                self._interval = packet.time - self._keyframe if later else math.inf
                self._keyframe, self._since_keyframe = packet.time, 0
            self._lost = False  # here it is
            return False
        if not self._lost or now - self._repeated < REPEAT_S * 2 ** max(0, self._since_keyframe - 1):
            return False
        if 0 <= self._keyframe + self._interval - packet.time < NEAR_S:
            return False
        self._repeated, self._lost = now, False
        self._since_keyframe += 1
        self.repeats += 1
        return True
