"""How long reading a stream may rest, so that what comes meanwhile is read in one go.

A camera sends a picture in a dozen packets, and to wake for each costs more than to take them in. While nobody watches
live, nothing but the pictures for detection is wanted at once: so reading rests until the next of these should be
there. What comes meanwhile waits in the socket's buffer.
"""

from __future__ import annotations

import math

from dogwatch.ingest.grid import DetectGrid
from dogwatch.media.packets import Unit

LONGEST_S = 0.25  # beyond that a socket's buffer might fill up, and leaving would take long
SHORTEST_S = 0.01
WAITED_S = 0.002  # a read that took longer had to wait: nothing more was there
MARGIN_S = 0.005  # jitter of arrivals
IN_A_ROW = 4


class Rests:
    """Says after each picture how long to rest; for one connection.

    That reading keeps up shows when it had to wait for a packet: then it is known how long after its time a picture
    arrives. Foretold from that, pictures are there after each rest, and reading never waits: so after `IN_A_ROW` rests
    it goes on until it has to, or it might stay behind for ever after a hiccup of the network.
    """

    def __init__(self, grid: DetectGrid, fps: float) -> None:
        """Expect pictures at `fps`, 0 if unknown, of which those on `grid` are wanted at once."""
        self._grid, self._interval = grid, 1 / fps if fps else 0.0
        self._delay: float | None = None
        self._awaited = -math.inf
        self._left = 0

    def after(self, unit: Unit, now: float, waited: float) -> float:
        """Return the seconds for which nothing need be read after a picture.

        Args:
            unit: The picture.
            now: Epoch seconds.
            waited: Seconds that reading it took.
        """
        if waited > WAITED_S:
            self._delay, self._left = now - unit.dts, IN_A_ROW
        elif unit.dts < self._awaited - self._interval / 2 or not self._left:
            return 0.0
        else:
            self._left -= 1
        if self._delay is None:
            return 0.0
        self._awaited = self._next_due(unit.dts)
        early = -MARGIN_S if not self._left else MARGIN_S
        rest = min(self._awaited + self._delay + early - now, LONGEST_S)
        return rest if rest >= SHORTEST_S else 0.0

    def _next_due(self, at: float) -> float:
        """Return when the next picture that is due should be taken, if pictures come as regularly as is said."""
        begins = self._grid.after(at)
        if not self._interval:
            return begins
        return at + math.ceil((begins - at) / self._interval) * self._interval
