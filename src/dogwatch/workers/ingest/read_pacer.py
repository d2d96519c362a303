"""How long reading a stream may rest, so that what comes meanwhile is read in one go.

A camera sends a picture in a dozen packets, and to wake for each costs more than to take them in. While nobody watches
live, nothing but the pictures for detection is wanted at once: so reading rests until the next of these should be
there. What comes meanwhile waits in the socket's buffer.
"""

from __future__ import annotations

import math

from dogwatch.media.packets import Unit
from dogwatch.workers.ingest.grid import DetectGrid

LONGEST_S = 0.25  # or leaving would take long
BUFFERED_BYTES = 64_000  # about what a fresh connection's window holds: beyond that the camera would have to wait
SHORTEST_S = 0.01
MARGIN_S = 0.005  # jitter of arrivals
IN_A_ROW = 4
EARLY = 0.5  # of the time between two pictures: a shorter wait may be the reading itself
LATE = 1.5  # likewise: a longer wait, or a delay so far beyond the least, is a hiccup or the gap between two bursts
LEAK = 0.002  # seconds a second by which the least delay may grow: clocks differ, and the mapping bends
PACE = 1 / 16  # weight of a new picture in the average
PIECE_S = 0.002  # what comes in so little time is a piece of the same picture
LONGEST_STEP_S = 1.0  # a gap, after which everything is learnt anew
TOLERANCE = 0.2  # of the time between two pictures: they come unevenly


class ReadPacer:
    """Says after each picture how long to rest; for one connection.

    That reading keeps up shows when it had to wait for a picture for about as long as it takes the camera to make one:
    then it is known how long after its time a picture arrives. Foretold from that, pictures are there after each rest,
    and reading never waits: so after `IN_A_ROW` rests it goes on until it has to. As long as it is behind, or pictures
    come in bursts, there are no such waits, and so no rests.
    """

    def __init__(self, grid: DetectGrid) -> None:
        """Know nothing yet; pictures on `grid` are wanted at once."""
        self._grid = grid
        self._last: float | None = None
        self._interval = self._rate = 0.0  # seconds between pictures, bytes a second
        self._least = math.inf
        self._delay = 0.0
        self._awaited = -math.inf
        self._left = 0

    def after(self, unit: Unit, now: float, waited: float) -> float:
        """Return the seconds for which nothing need be read after a picture.

        Args:
            unit: The picture.
            now: Epoch seconds.
            waited: Seconds that were spent in reading since the picture before.
        """
        self._learn(unit)
        delay, step = now - unit.dts, self._interval
        self._least = min(self._least, delay)
        if EARLY * step < waited < LATE * step and delay < self._least + LATE * step:
            self._delay, self._left = delay, IN_A_ROW
        elif unit.dts < self._awaited - step / 2 or not self._left:
            return 0.0  # on the way to the one that is due, or until reading has to wait
        elif waited >= LATE * step:
            self._left = 0
            return 0.0
        else:
            self._left -= 1
        self._awaited = self._next_due(unit.dts)
        rest = min(self._awaited + self._delay + MARGIN_S - now, LONGEST_S, BUFFERED_BYTES / self._rate)
        return rest if rest >= SHORTEST_S else 0.0

    def _learn(self, unit: Unit) -> None:
        """Take in how often pictures come and how large they are."""
        last, self._last = self._last, unit.dts
        if last is None or not 0 < (step := unit.dts - last) < LONGEST_STEP_S or unit.jumped:
            self._interval, self._rate, self._least, self._left = 0.0, 0.0, math.inf, 0
            return
        self._least += LEAK * step
        if not self._interval:
            self._interval, self._rate = step, unit.size / step
            return
        self._rate += unit.size - self._rate * step  # over about the last second
        if step > PIECE_S:
            self._interval += (step - self._interval) * PACE

    def _next_due(self, at: float) -> float:
        """Return when the next picture that is due was made, if pictures come as regularly as before."""
        return at + math.ceil((self._grid.after(at) - at) / self._interval - TOLERANCE) * self._interval
