"""Makes the timestamps of any camera usable: repaired, running on, and mapped to wall-clock time.

`Repair` deals with one track in its stream's own seconds; `Timeline` maps all tracks of one input to epoch seconds,
over all its connections, so that what is recorded never goes back in time unless the wall clock itself did.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dogwatch.clock import StreamClock

TICK_S = 1 / 90_000
BACKWARD_S = 1.0  # a step back beyond this is a camera that started its clock again, not a late packet
FORWARD_S = 3.0  # a step ahead of the arrival beyond this likewise
STILL_S = 1.0  # timestamps that do not rise for so long never will: the arrival is the better witness
OVERLAP_SHIFT_S = 1.0  # a new connection that begins up to this long before the last one's end is moved behind it
WALL_SET_BACK_S = 60.0  # beyond this it is not a server's replay: somebody has set the clock


@dataclass(slots=True)
class Repair:
    """The timestamps of one track of one connection, in seconds.

    `usual` is the expected distance between packets, used where timestamps are missing. `count` says how many
    packets needed repair.
    """

    usual: float
    count: int = 0
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
            dts = pts if pts is not None else (self._last or 0.0) - self._shift + self.usual
        if pts is None:
            pts = dts
        dts, pts = dts + self._shift, pts + self._shift
        if self._last is not None:
            step, waited = dts - self._last, arrival - self._arrival
            if step < -BACKWARD_S or step > waited + FORWARD_S:
                # The camera's clock has been set. Go on from where we are, as long after as has really passed.
                bend = max(self.usual, waited) - step
                self._shift += bend
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

    `end` is the dts (epoch s) of the last video packet of all connections; `refused` accounts for packets that got no
    place.
    """

    end: float = 0.0
    refused: Refused = field(default_factory=Refused)
    clock: StreamClock = field(default_factory=StreamClock)
    offset: float = 0.0
    _jumps: int = 0
    _fresh: bool = True

    def connect(self) -> None:
        """Begin a new connection, whose stream time has nothing to do with the last one's."""
        self.clock, self._jumps, self._fresh = StreamClock(), 0, True
        self.refused.settle()

    def video(self, dts: float, arrival: float, *, keyframe: bool) -> tuple[float, bool] | None:
        """Place a video packet.

        Args:
            dts: Repaired stream time in seconds.
            arrival: When it came, epoch seconds.
            keyframe: Whether a recording could begin here.

        Returns:
            Its dts in epoch seconds and whether the wall clock has been set since the packet before; None for a
            packet of time already seen, as servers send that begin with their last group of pictures; note it in
            `refused`.
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
        wall = dts + self.offset
        if wall <= self.end and not (jumped and keyframe):
            wall = self.end + TICK_S
        self.end = wall
        return wall, jumped and keyframe

    def _first(self, dts: float, offset: float, *, keyframe: bool) -> tuple[float, bool] | None:
        overlap = self.end - (dts + offset)
        if OVERLAP_SHIFT_S < overlap < WALL_SET_BACK_S:
            return None
        if overlap >= 0 and overlap <= OVERLAP_SHIFT_S:
            if not keyframe:
                return None
            self.clock.offset = offset = offset + overlap + TICK_S
        self._fresh, self.offset = False, offset
        self.end = dts + offset
        return self.end, overlap >= WALL_SET_BACK_S

    def wall(self, stream_time: float) -> float:
        """Map the stream time of any track, in seconds, as the last video packet was mapped."""
        return stream_time + self.offset

    @property
    def placed(self) -> bool:
        """Whether this connection has a place in time yet; audio before that has none."""
        return not self._fresh
