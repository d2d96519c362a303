"""Makes the timestamps of any camera usable: repaired, running on, and mapped to wall-clock time.

`Repair` deals with one track in its stream's own seconds; `Timeline` maps all tracks of one input to epoch seconds,
over all its connections, so that what is recorded never goes back in time unless the wall clock itself did.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field

from dogwatch.clock import StreamClock
from dogwatch.media.packets import VIDEO_TICKS

TICK_S = 1 / VIDEO_TICKS
MAX_REORDER = 16  # pictures: what H.264 and H.265 allow (max_num_reorder_frames)
REORDER_GAP_S = 3.0  # pictures that are shown so far apart are not reordered with each other
BACKWARD_S = 1.0  # a step back beyond this is a camera that started its clock again, not a late packet
FORWARD_S = 3.0  # a step ahead of the arrival beyond this likewise
STILL_S = 1.0  # timestamps that do not rise for so long never will: the arrival is the better witness
OVERLAP_SHIFT_S = 1.0  # a new connection that begins up to this long before the last one's end is moved behind it
WALL_SET_BACK_S = 60.0  # beyond this it is not a server's replay: somebody has set the clock


def reorder_depth(shown: Sequence[int]) -> int:
    """Return how many packets at most come before one that is shown earlier; `shown` has their pts."""
    depths = (sum(other > pts for other in shown[:n]) for n, pts in enumerate(shown))
    return min(max(depths, default=0), MAX_REORDER)


def earlier_dts(shown: Sequence[int | None], following: int, step: int) -> list[int]:
    """Return a dts for each of the packets before one whose dts is `following`; all in ticks.

    They rise by at least `step`, and none is later than the packet's own pts (`shown`, None where it is unknown).
    """
    found: list[int] = []
    dts = following
    for pts in reversed(shown):
        dts = dts - step if pts is None else min(dts - step, pts)
        found.append(dts)
    return found[::-1]


def dts_of(shown: Sequence[int], depth: int, step: int) -> list[int]:
    """Return a dts for each packet of which `shown` has the pts; all in ticks, `depth` as `reorder_depth` says.

    They rise by `step` until so many have come as are reordered, and are then the pts of these in the order of showing.
    """
    first = min(shown, default=0)
    return [first - (depth - n) * step if n < depth else sorted(shown[: n + 1])[n - depth] for n in range(len(shown))]


@dataclass(slots=True)
class Repair:
    """The timestamps of one track of one connection, in seconds.

    `usual` is the expected distance between packets, used where timestamps are missing. `depth` is how many packets
    come before one that is shown earlier, for streams that do not say when to decode. `count` says how many packets
    needed repair.
    """

    usual: float
    depth: int = 0
    count: int = 0
    _shown: list[float] = field(default_factory=list)  # pts of the newest packets without dts, rising
    _shift: float = 0.0
    _last: float | None = None
    _arrival: float = 0.0
    _rose: float = 0.0  # the arrival of the last packet whose timestamp had risen

    def fix(self, dts: float | None, pts: float | None, arrival: float) -> tuple[float, float]:
        """Return `(dts, pts)` that strictly rise in dts, with pts >= dts.

        Args:
            dts: As the stream says, None if it does not.
            pts: As the stream says, None if it does not.
            arrival: When the packet came, by any steady clock.
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
                # The camera's clock has been set. Go on from where we are, as long after as has really passed.
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
        """Go on behind packets whose pts were `shown` (s), of a stream that does not say when to decode."""
        self.depth, self._shown = depth, sorted(shown)[len(shown) - depth :]

    def _next(self) -> float:
        return (self._last or 0.0) - self._shift + self.usual

    def _decoded_for(self, pts: float) -> float:
        """Return a dts for a packet that has a pts alone: the smallest pts of the last `depth` + 1 packets.

        So it rises, and stays at or below the pts of this packet and of all that follow, as long as no picture is
        shown before more than `depth` that came earlier.
        """
        shown = self._shown
        if self._last is not None and 0 <= self._last - self._shift - pts < REORDER_GAP_S:
            self.depth = min(self.depth + 1, MAX_REORDER)  # it is deeper than was known
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


@dataclass(slots=True)
class Refused:
    """Tells how much of what `Timeline` refused at the beginning of connections had never been seen before.

    What a server repeats comes faster than it was made. When refused packets come in real time, the wall clock was set
    back while nothing was connected, and the time until it has caught up is lost.
    """

    _lost: float = 0.0
    _first: tuple[float, float] | None = None
    _last: tuple[float, float] = (0.0, 0.0)

    def note(self, dts: float, now: float) -> None:
        """A packet of stream time `dts` was refused at `now`, by any steady clock (both s)."""
        if self._first is None:
            self._first = (dts, now)
        self._last = (dts, now)

    def settle(self) -> None:
        """No packet of this connection will be refused any more."""
        if self._first is None:
            return
        streamed, took = (after - before for before, after in zip(self._first, self._last, strict=True))
        if took > OVERLAP_SHIFT_S and took > streamed / 2:
            self._lost += took
        self._first = None

    def take(self) -> float:
        """Return the seconds that were lost, once."""
        self.settle()
        lost, self._lost = self._lost, 0.0
        return lost


@dataclass(slots=True)
class Timeline:
    """Maps one input's repaired stream time to epoch seconds, connection after connection.

    Video gets whole ticks, because two times that differ by less than a tick would be the same to a file: epoch seconds
    as floats are no finer than a fiftieth of a tick. `end` is the dts (epoch s) of the last video packet of all
    connections; `refused` accounts for packets that got no place. `epoch` is what a clock that nobody sets lacks to the
    wall clock (s), as of the last keyframe, None if that is not known.
    """

    end: float = 0.0
    refused: Refused = field(default_factory=Refused)
    clock: StreamClock = field(default_factory=StreamClock)
    offset: float = 0.0
    epoch: float | None = None
    _ticks: int = 0  # `end`, in ticks
    _jumps: int = 0
    _fresh: bool = True
    _set_back: bool = False

    def connect(self, epoch: float | None = None) -> None:
        """Begin a new connection, whose stream time has nothing to do with the last one's; `epoch` as of now.

        A wall clock that was set back meanwhile shows in it: what comes is new then, though its time has been before.
        """
        self.clock, self._jumps, self._fresh = StreamClock(), 0, True
        self.refused.settle()
        back = self.epoch - epoch if epoch is not None and self.epoch is not None else 0.0
        self._set_back = self._set_back or back > OVERLAP_SHIFT_S
        if back > OVERLAP_SHIFT_S:
            self.end -= back
            self._ticks = round(self.end * VIDEO_TICKS)
        self.epoch = epoch

    def look_at_clock(self, dts: float, arrival: float, epoch: float) -> None:
        """Notice, before a keyframe is placed, that the wall clock has been set; see `video` and `epoch`."""
        if self.epoch is not None:
            self.clock.set_by(epoch - self.epoch, dts, arrival)
        self.epoch = epoch

    def video(self, dts: float, arrival: float, *, keyframe: bool) -> tuple[float, bool] | None:
        """Place a video packet.

        Args:
            dts: Repaired stream time in seconds.
            arrival: When it came, epoch seconds.
            keyframe: Whether a recording could begin here.

        Returns:
            Its dts in epoch seconds, a whole number of ticks, and whether the wall clock has been set since the packet
            before; None for a packet of time already seen, as servers send that begin with their last group of
            pictures; note it in `refused`.
        """
        self.clock.observe(dts, arrival)
        assert self.clock.offset is not None  # noqa: S101 - observe sets it
        if self._fresh:
            return self._first(dts, self.clock.offset, keyframe=keyframe)
        jumped = self.clock.jumped != self._jumps
        if jumped and keyframe:
            self._jumps = self.clock.jumped
        if not jumped or keyframe:
            self.offset = self.clock.offset
        set_here = jumped and keyframe
        return self._place(dts, may_fall=set_here), set_here

    def _place(self, dts: float, *, may_fall: bool) -> float:
        ticks = round((dts + self.offset) * VIDEO_TICKS)
        if ticks <= self._ticks and not may_fall:
            ticks = self._ticks + 1
        self._ticks, self.end = ticks, ticks / VIDEO_TICKS
        return self.end

    def _first(self, dts: float, offset: float, *, keyframe: bool) -> tuple[float, bool] | None:
        overlap = self.end - (dts + offset)
        if OVERLAP_SHIFT_S < overlap < WALL_SET_BACK_S:
            return None
        if overlap >= 0 and overlap <= OVERLAP_SHIFT_S:
            if not keyframe:
                return None
            self.clock.offset = offset = offset + overlap + TICK_S
        self._fresh, self.offset = False, offset
        set_back, self._set_back = self._set_back or overlap >= WALL_SET_BACK_S, False
        return self._place(dts, may_fall=overlap >= WALL_SET_BACK_S), set_back

    def wall(self, stream_time: float) -> float:
        """Map the stream time of any track, in seconds, as the last video packet was mapped."""
        return stream_time + self.offset

    @property
    def placed(self) -> bool:
        """Whether this connection has a place in time yet; audio before that has none."""
        return not self._fresh
