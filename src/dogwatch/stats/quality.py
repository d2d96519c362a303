"""Grades the connection to a camera by what ingest reports."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

HOUR_S = 3600.0


@dataclass(slots=True)
class HourlyCount:
    """Counts events in the last hour, from a counter that starts again with its process."""

    _counter: int | None = 0
    _pid: int | None = None
    _heard: bool = False
    _times: deque[float] = field(default_factory=lambda: deque(maxlen=10_000))

    def observe(self, counter: int, now: float) -> None:
        """Add the counter's value at `now` (s)."""
        before = counter if self._counter is None else self._counter
        grown = counter - before if counter >= before else counter
        self._counter, self._heard = counter, True
        self._times.extend([now] * min(grown, 1000))

    def connected(self, pid: int) -> None:
        """Continue with the counter of process `pid`: a new one starts at zero.

        The first one that is heard of may have counted long before; nothing tells when.
        """
        if pid != self._pid:
            self._counter = 0 if self._heard else None
        self._pid = pid

    def last_hour(self, now: float) -> int:
        """Return the count of the hour before `now` (s)."""
        while self._times and self._times[0] < now - HOUR_S:
            self._times.popleft()
        return len(self._times)


def connection_quality(fps: float, expected: float, reconnects: int, stalls: int) -> str:
    """Return `excellent`, `fair`, `poor` or `unusable`; counts are those of the last hour.

    The grades are this project's own: a tenth of the frames missing is visible, and half missing is hardly usable.
    """
    share = fps / expected if expected > 0 else float(fps > 0)
    if share < 0.1:
        return "unusable"
    if share < 0.6 or reconnects + stalls > 10:
        return "poor"
    if share < 0.9 or reconnects + stalls > 2:
        return "fair"
    return "excellent"
