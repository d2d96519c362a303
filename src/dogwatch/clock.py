"""From a stream's own time to wall-clock time.

A stream's timestamps are steady but say nothing about the time of day; the arrival of packets says it, late and
jittery. The least delayed packet tells the most, so the mapping keeps the smallest `arrival - pts` it has seen
lately and leans towards it slowly. Recordings, frames, boxes and snapshots of one camera all use the same mapping.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MAX_BEND = 0.001  # seconds of correction per second of stream: inaudible, and beyond any camera's real drift
WINDOW_S = 60.0
JUMP_S = 3.0
LATE_S = 20.0


@dataclass(slots=True)
class StreamClock:
    """Maps the PTS of one connection to epoch seconds.

    `offset` is added to a PTS. It is set by the first packet, then bent by at most `MAX_BEND` towards the least
    delayed arrival of the last minute. When the arrival and the mapping are more than `JUMP_S` apart for a whole
    window, the wall clock or the camera's clock has been set, and `jumped` counts it: the mapping starts again.
    """

    offset: float | None = None
    jumped: int = 0
    _last: float = 0.0
    _late_since: float | None = None
    _delays: deque[tuple[float, float]] = field(default_factory=deque)

    def observe(self, pts: float, arrival: float) -> float:
        """Take note of a packet with `pts` (s) that arrived at `arrival` (epoch s); return its wall time."""
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
        """Believe at once that the wall clock has been set by `seconds`, if the arrival of a packet says the same.

        Arrivals alone could not tell for a long time: they are late too when the network is slow.
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
