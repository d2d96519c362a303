"""Maps the stream time of one input to wall-clock time, over all its connections.

Recorded time never goes back, unless the wall clock itself did.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dogwatch.clock import StreamClock
from dogwatch.media.packets import VIDEO_TICKS

TICK_S = 1 / VIDEO_TICKS
OVERLAP_SHIFT_S = 1.0  # a new connection that begins up to this long before the last one's end is moved after it
WALL_SET_BACK_S = 60.0  # a larger overlap is not a server that repeats itself: somebody has set the clock


@dataclass(slots=True)
class RefusedPackets:
    """Counts how many seconds of new video `Timeline` refused at the beginning of connections.

    A server sends repeated video faster than real time. If refused packets come in real time, they are new: the wall
    clock was set back between two connections, and the video until it has caught up is lost.
    """

    _lost: float = 0.0
    _first: tuple[float, float] | None = None
    _last: tuple[float, float] = (0.0, 0.0)

    def note(self, dts: float, now: float) -> None:
        """Add a packet of stream time `dts` that was refused at `now`, by a monotonic clock (both s)."""
        if self._first is None:
            self._first = (dts, now)
        self._last = (dts, now)

    def settle(self) -> None:
        """Add up what was lost: no more packets of this connection will be refused."""
        if self._first is None:
            return
        streamed, took = (after - before for before, after in zip(self._first, self._last, strict=True))
        if took > OVERLAP_SHIFT_S and took > streamed / 2:
            self._lost += took
        self._first = None

    def take(self) -> float:
        """Return the seconds lost since the last call."""
        self.settle()
        lost, self._lost = self._lost, 0.0
        return lost


@dataclass(slots=True)
class Timeline:
    """Maps one input's repaired stream time to epoch seconds, connection after connection.

    Video times are whole ticks, because two times that differ by less would be equal in a file. (Epoch seconds as
    floats are no finer than a fiftieth of a tick.) `end` is the dts (epoch s) of the last video packet of all
    connections; `refused` counts packets that were not placed. `epoch` is wall clock minus monotonic clock (s) at the
    last keyframe, None if not known.
    """

    end: float = 0.0
    refused: RefusedPackets = field(default_factory=RefusedPackets)
    clock: StreamClock = field(default_factory=StreamClock)
    offset: float = 0.0
    epoch: float | None = None
    _ticks: int = 0  # `end`, in ticks
    _jumps: int = 0
    _fresh: bool = True
    _set_back: bool = False

    def connect(self, epoch: float | None = None) -> None:
        """Begin a new connection, whose stream time does not continue the last one's.

        `epoch` is wall clock minus monotonic clock now. If it is lower than before, the wall clock was set back: then
        packets are new although there are recordings of the same time.
        """
        self.clock, self._jumps, self._fresh = StreamClock(), 0, True
        self.refused.settle()
        back = self.epoch - epoch if epoch is not None and self.epoch is not None else 0.0
        self._set_back = self._set_back or back > OVERLAP_SHIFT_S
        if back > OVERLAP_SHIFT_S:
            self.end -= back
            self._ticks = round(self.end * VIDEO_TICKS)
        self.epoch = epoch

    def check_clock(self, dts: float, arrival: float, epoch: float) -> None:
        """Detect, before a keyframe is placed, whether the wall clock was set; see `video` and `epoch`."""
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
            Its dts in epoch seconds, a whole number of ticks, and whether the wall clock was set since the last packet.
            None for a packet of time already recorded, as servers send that start with their last GOP: note it in
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
        """Map the stream time of any track (s) to epoch seconds, as the last video packet was mapped."""
        return stream_time + self.offset

    @property
    def placed(self) -> bool:
        """Whether a video packet of this connection has been placed; audio before that cannot be."""
        return not self._fresh
