"""Maps a stream's own time to wall-clock time.

A stream's timestamps are steady, but do not tell the time of day. The arrival of packets tells it, with delay and
jitter. The least delayed packet is the most accurate. So the mapping follows, slowly, the smallest `arrival - pts` of
the last minute. Recordings, frames, boxes and snapshots of one camera all use the same mapping.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MAX_BEND = 0.001  # seconds of correction per second of stream: inaudible, and more than any camera's drift
WINDOW_S = 60.0
JUMP_S = 3.0
LATE_S = 20.0


@dataclass(slots=True)
class StreamClock:
    """Maps the PTS of one connection to epoch seconds.

    `offset` is added to a PTS. The first packet sets it; then it moves by at most `MAX_BEND` towards the least delayed
    arrival of the last minute. If arrival and mapping are more than `JUMP_S` apart for a whole window, the wall clock
    or the camera's clock was set: the mapping starts again, and `jumped` counts it.
    """

    offset: float | None = None
    jumped: int = 0
    _last: float = 0.0
    _late_since: float | None = None
    _delays: deque[tuple[float, float]] = field(default_factory=deque)

    def observe(self, pts: float, arrival: float) -> float:
        """Learn from a packet with `pts` (s) that arrived at `arrival` (epoch s); return its wall time."""
        delay = arrival - pts
        if self.offset is None:
            self.offset, self._last = delay, pts
        while self._delays and (self._delays[-1][1] >= delay):
            self._delays.pop()
        self._delays.append((pts, delay))
        while self._delays[0][0] < pts - WINDOW_S:
            self._delays.popleft()
        error = self._delays[0][1] - self.offset
        if error <= JUMP_S:
            self._late_since = None
        elif self._late_since is None:
            self._late_since = pts
        late_for_long = self._late_since is not None and pts - self._late_since > LATE_S
        if error < -JUMP_S or late_for_long:
            self.jumped += 1
            self.offset += error
            error, self._late_since = 0.0, None
        step = max(0.0, pts - self._last) * MAX_BEND
        self._last = max(self._last, pts)
        self.offset += max(-step, min(step, error))
        return pts + self.offset

    def set_by(self, seconds: float, pts: float, arrival: float) -> None:
        """Accept at once that the wall clock was set by `seconds`, if the arrival of a packet confirms it.

        Arrivals alone would not tell for a long time, because a slow network delays them too.
        """
        if self.offset is None or abs(seconds) <= JUMP_S or abs(arrival - pts - self.offset - seconds) > JUMP_S:
            return
        self.jumped += 1
        self.offset += seconds
        self._late_since = None
        self._delays.clear()

    def wall(self, pts: float) -> float:
        """Map `pts` (s) to epoch seconds without learning from it; the first `observe` must have happened."""
        if self.offset is None:
            raise ValueError("no packet has been observed yet")
        return pts + self.offset
