"""Computes how long reading a stream may pause, so that the packets that come meanwhile are read in one burst.

A camera sends a picture in a dozen packets, and sound between them. Waking up for a packet takes longer than handling
it, because the caches are cold by then. While nobody watches live, only pictures for detection are needed at once. So
reading pauses until the next of these should have arrived. What comes meanwhile waits in the socket's buffer.
"""

from __future__ import annotations

import math

from dogwatch.media.packets import Unit
from dogwatch.workers.ingest.grid import DetectGrid

LONGEST_S = 0.25
LONGEST_QUIET_S = 0.5  # while only keyframes are needed at once, and can be predicted
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
OFTEN_S = 0.9  # keyframes that come more often are not all needed, only those on the grid


class ReadPacer:
    """Tells after each picture how long reading may pause; for one connection.

    Reading keeps up with the camera when the last read blocked for about one frame interval. Such a read also shows the
    delay between a picture's timestamp and its arrival. The next arrival is predicted from the last frame that reading
    had to wait for. After a pause, the pictures are there already and reads do not block. So after `PAUSES_IN_A_ROW`
    pauses, one ends a frame early, and the picture that is due is waited for. While reading is behind, or pictures come
    in bursts, no read blocks for one frame interval, and there are no pauses.
    """

    def __init__(self, grid: DetectGrid, room: int = 0) -> None:
        """Start without measurements.

        Args:
            grid: Pictures that are due on it are needed at once.
            room: How many bytes may wait unread; 0 if that is not known.
        """
        self.grid, self._room = grid, max(room // 2, BUFFERED_BYTES)  # half of it, for a large keyframe
        self._last: float | None = None
        self._interval = self._rate = 0.0  # frame interval in seconds, bytes a second
        self._keyframe = self._gop = 0.0  # the last keyframe's time, and its distance from the one before
        self._regular = False  # whether the last two distances are the same
        self._least = math.inf
        self._delay, self._longest = 0.0, LONGEST_S
        self._awaited = self._until = -math.inf  # the picture that is due next; the one up to which reading pauses
        self._left = 0

    def after(self, unit: Unit, now: float, waited: float, *, full: bool = True) -> float:
        """Return the seconds for which reading may pause after a picture.

        Args:
            unit: The picture.
            now: Epoch seconds.
            waited: Seconds for which reads blocked since the picture before.
            full: Whether all pictures on the grid are needed at once, not just keyframes.
        """
        self._learn(unit)
        self.grid.is_due(unit.dts, keyframe=unit.keyframe)  # the grid follows the stream
        delay, step = now - unit.dts, self._interval
        self._least = min(self._least, delay)
        if EARLY * step < waited < LATE * step and delay < self._least + LATE * step:
            if not (unit.keyframe and self._gop >= OFTEN_S and delay > self._delay > 0):  # it is larger than others
                self._delay = delay
            self._left = PAUSES_IN_A_ROW
        elif unit.dts < self._awaited - step / 2:
            if unit.dts > self._until - step / 2 or now > unit.dts + step + self._delay - SHORTEST_S:
                return 0.0  # the next picture is waited for, or is about to come
            return self._pause(now)
        elif not self._left or waited >= LATE * step:
            self._left = 0
            return 0.0  # no pauses until a read blocks
        else:
            self._left -= 1
        self._awaited = self._next_needed(unit.dts, full=full)
        self._until = self._awaited if self._left else self._awaited - step
        return self._pause(now) if self._until > unit.dts + step / 2 else 0.0

    def _pause(self, now: float) -> float:
        """Return the seconds until the arrival of the picture `_until`, as far as what comes meanwhile fits."""
        pause = min(self._until + self._delay + MARGIN_S - now, self._longest, self._room / self._rate)
        return pause if pause >= SHORTEST_S else 0.0

    def _learn(self, unit: Unit) -> None:
        """Measure the frame interval, the bit rate and the distance between keyframes."""
        last, self._last = self._last, unit.dts
        if unit.jumped:
            self.grid.restart()
        if last is None or not 0 < (step := unit.dts - last) < LONGEST_STEP_S or unit.jumped:
            self._interval, self._rate, self._least, self._left = 0.0, 0.0, math.inf, 0
            self._keyframe, self._gop, self._regular, self._awaited = unit.dts, 0.0, False, -math.inf
            return
        if unit.keyframe:
            gop, self._keyframe = unit.dts - self._keyframe, unit.dts
            self._gop, self._regular = gop, abs(gop - self._gop) < self._interval
        self._least += LEAK * step
        if not self._interval:
            self._interval, self._rate = step, unit.size / step
            return
        self._rate += unit.size - self._rate * step  # over about the last second
        if step > PIECE_S:
            self._interval += (step - self._interval) * WEIGHT

    def _next_needed(self, at: float, *, full: bool) -> float:
        """Return the predicted timestamp of the next picture that is needed at once."""
        step, self._longest = self._interval, LONGEST_S
        if full or 0 < self._gop < OFTEN_S:
            return at + math.ceil((self.grid.after(at) - at) / step - TOLERANCE) * step
        keyframe = self._keyframe + self._gop
        known = self._regular and keyframe > at + step / 2
        if known:
            self._longest = LONGEST_QUIET_S
        longest = at + max(1, self._longest // step) * step
        return keyframe if known and keyframe < longest else longest
