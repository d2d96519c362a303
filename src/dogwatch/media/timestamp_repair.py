"""Repairs the timestamps of one track, in the stream's own seconds: missing, standing still, or jumping ones.

`media.timeline` maps the repaired ones to wall-clock time.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field

from dogwatch.media.packets import VIDEO_TICKS

TICK_S = 1 / VIDEO_TICKS
MAX_REORDER = 16  # pictures, as H.264 and H.265 allow (max_num_reorder_frames)
REORDER_GAP_S = 3.0  # pictures are not reordered over a longer time
BACKWARD_S = 1.0  # a larger step back is a camera that restarted its clock, not a late packet
FORWARD_S = 3.0  # likewise a larger step ahead of the arrival
STILL_S = 1.0  # timestamps that do not rise for so long never will: use the time of arrival instead


def reorder_depth(shown: Sequence[int]) -> int:
    """Return the largest number of packets that come before one shown earlier; `shown` has their pts, in order."""
    depths = (sum(other > pts for other in shown[:n]) for n, pts in enumerate(shown))
    return min(max(depths, default=0), MAX_REORDER)


def earlier_dts(shown: Sequence[int | None], following: int, step: int) -> list[int]:
    """Return dts (ticks) for packets without one that precede a packet whose dts is `following`.

    They rise by at least `step`, and none is later than the packet's own pts (`shown`, ticks, None if unknown).
    """
    found: list[int] = []
    dts = following
    for pts in reversed(shown):
        dts = dts - step if pts is None else min(dts - step, pts)
        found.append(dts)
    return found[::-1]


def dts_of(shown: Sequence[int], depth: int, step: int) -> list[int]:
    """Return dts (ticks) for packets with the pts `shown` (ticks), reordered by `depth`, as `reorder_depth` counts.

    The first `depth` rise by `step`; the others are the pts in display order, `depth` packets late.
    """
    first = min(shown, default=0)
    return [first - (depth - n) * step if n < depth else sorted(shown[: n + 1])[n - depth] for n in range(len(shown))]


@dataclass(slots=True)
class TimestampRepair:
    """Repairs the timestamps of one track of one connection, in seconds.

    `usual` is the expected distance between packets, used where timestamps are missing. `depth` is the reorder depth,
    for streams without dts. `count` is how many packets needed repair.
    """

    usual: float
    depth: int = 0
    count: int = 0
    _shown: list[float] = field(default_factory=list)  # pts of the newest packets without dts, sorted
    _shift: float = 0.0
    _last: float | None = None
    _arrival: float = 0.0
    _rose: float = 0.0  # arrival of the last packet whose timestamp was higher than the one before

    def fix(self, dts: float | None, pts: float | None, arrival: float) -> tuple[float, float]:
        """Return `(dts, pts)` with dts above that of the packet before, and pts >= dts.

        Args:
            dts: From the stream, None if it has none.
            pts: From the stream, None if it has none.
            arrival: When the packet came, by a monotonic clock.
        """
        broken = False
        if dts is None:
            broken = pts is None
            dts = self._next() if pts is None else self._decoded_for(pts)
        if pts is None:
            pts = dts
        dts, pts = dts + self._shift, pts + self._shift
        if self._last is not None:
            step, waited = dts - self._last, arrival - self._arrival
            if step < -BACKWARD_S or step > waited + FORWARD_S:
                # The camera's clock was set. Continue from the last dts, as much later as time has really passed.
                bend = max(self.usual, waited) - step
                self._shift += bend
                self._shown.clear()
                dts, pts, broken = dts + bend, pts + bend, True
            elif step > TICK_S / 2:
                self._rose = arrival
            else:
                still = arrival - self._rose > STILL_S
                dts, broken = self._last + (max(waited, TICK_S) if still else TICK_S), True
        else:
            self._rose = arrival
        if pts < dts:
            pts, broken = dts, True
        self.count += broken
        self._last, self._arrival = dts, arrival
        return dts, pts

    def follow(self, shown: Sequence[float], depth: int) -> None:
        """Continue after packets with the pts `shown` (s), of a stream without dts."""
        self.depth, self._shown = depth, sorted(shown)[len(shown) - depth :]

    def _next(self) -> float:
        return (self._last or 0.0) - self._shift + self.usual

    def _decoded_for(self, pts: float) -> float:
        """Return a dts for a packet that has only a pts: the smallest pts of the last `depth` + 1 packets.

        So the dts rises, and is not above the pts of this packet or a later one, as long as `depth` is large enough.
        """
        shown = self._shown
        if self._last is not None and 0 <= self._last - self._shift - pts < REORDER_GAP_S:
            self.depth = min(self.depth + 1, MAX_REORDER)  # more pictures are reordered than was known
        if shown and pts > shown[-1] + REORDER_GAP_S:
            shown.clear()
        fresh = not shown
        insort(shown, pts)
        if len(shown) > self.depth:
            return shown.pop(0)
        before = pts - self.depth * self.usual
        if fresh and (self._last is None or before + self._shift > self._last):
            return before
        return min(pts, self._next())
