"""Computes how long reading a stream may pause, so that the packets that come meanwhile are read in one burst.

A camera sends a picture in a dozen packets, and waking up for each takes longer than handling them. While nobody
watches live, only pictures for detection are needed at once. So reading pauses until the next of these should have
arrived. What comes meanwhile waits in the socket's buffer.
"""

from __future__ import annotations

import math

from dogwatch.media.packets import Unit
from dogwatch.workers.ingest.grid import DetectGrid

LONGEST_S = 0.25  # a longer pause would delay the shutdown
BUFFERED_BYTES = 64_000  # about the receive window of a new connection: beyond that the camera would have to wait
SHORTEST_S = 0.01
MARGIN_S = 0.005  # jitter of arrivals
PAUSES_IN_A_ROW = 4
EARLY = 0.5  # of the frame interval: a read that blocked for less may not have waited for a picture at all
LATE = 1.5  # of the frame interval: a longer wait, or so much more delay than the least, is a stutter or a gap
LEAK = 0.002  # seconds a second by which the least delay may grow, because clocks drift
WEIGHT = 1 / 16  # of a new picture in the average
PIECE_S = 0.002  # packets closer together are parts of the same picture
LONGEST_STEP_S = 1.0  # after a longer gap, everything is learnt again
TOLERANCE = 0.2  # of the frame interval, for pictures that come unevenly


class ReadPacer:
    """Tells after each picture how long reading may pause; for one connection.

    Reading keeps up with the camera when the last read blocked for about one frame interval. Such a read also shows the
    delay between a picture's timestamp and its arrival. The next arrival is predicted from the last frame that reading
    had to wait for. After a pause, the pictures are there already and reads do not block. So after `PAUSES_IN_A_ROW`
    pauses, reading goes on without a pause until it blocks again. While reading is behind, or pictures come in bursts,
    no read blocks for one frame interval, and there are no pauses.
    """

    def __init__(self, grid: DetectGrid) -> None:
        """Start without measurements; pictures that are due on `grid` are needed at once."""
        self.grid = grid
        self._last: float | None = None
        self._interval = self._rate = 0.0  # frame interval in seconds, bytes a second
        self._least = math.inf
        self._delay = 0.0
        self._awaited = -math.inf
        self._left = 0

    def after(self, unit: Unit, now: float, waited: float) -> float:
        """Return the seconds for which reading may pause after a picture.

        Args:
            unit: The picture.
            now: Epoch seconds.
            waited: Seconds for which reads blocked since the picture before.
        """
        self._learn(unit)
        delay, step = now - unit.dts, self._interval
        self._least = min(self._least, delay)
        if EARLY * step < waited < LATE * step and delay < self._least + LATE * step:
            self._delay, self._left = delay, PAUSES_IN_A_ROW
        elif unit.dts < self._awaited - step / 2 or not self._left:
            return 0.0  # not yet the picture that is due, or no pauses until a read blocks
        elif waited >= LATE * step:
            self._left = 0
            return 0.0
        else:
            self._left -= 1
        self._awaited = self._next_due(unit.dts)
        pause = min(self._awaited + self._delay + MARGIN_S - now, LONGEST_S, BUFFERED_BYTES / self._rate)
        return pause if pause >= SHORTEST_S else 0.0

    def _learn(self, unit: Unit) -> None:
        """Measure the frame interval and the bit rate."""
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
            self._interval += (step - self._interval) * WEIGHT

    def _next_due(self, at: float) -> float:
        """Return the predicted timestamp of the next picture that is due."""
        return at + math.ceil((self.grid.after(at) - at) / self._interval - TOLERANCE) * self._interval
