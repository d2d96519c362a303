"""Estimates when the packets of a backlog at the start of a connection would have arrived in real time.

The first packets of a connection arrive in a burst: a server starts with its last GOP, libav reads ahead to find the
codecs, and HLS sends a segment at a time. So they arrive later than they were made, by different delays. The packets
with the least delay show how stream time maps to wall-clock time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_SPAN_S = 20.0  # of stream time; a longer span is not a backlog


@dataclass(frozen=True, slots=True)
class ReadPacket:
    """A packet's stream time (s, None if it has none), when it was read (epoch s), and whether it is video."""

    at: float | None
    time: float
    video: bool


class BacklogDetector:
    """Detects when the backlog at the beginning of a connection has been read."""

    def __init__(self, begun: float) -> None:
        """Begin at `begun` (epoch s)."""
        self._clock = begun
        self._first: float | None = None
        self._before: float | None = None

    def is_over(self, read: ReadPacket) -> bool:
        """Whether reading had to wait for `read`: then it and later packets arrive in real time."""
        if not read.video:
            return False
        waited, self._clock = read.time - self._clock, read.time
        if read.at is None:
            return False
        before, self._before = self._before, read.at
        if before is None or self._first is None:
            self._first = read.at
            return False
        step = read.at - before
        return waited > step / 2 or not 0 <= read.at - self._first < MAX_SPAN_S


def arrivals(reads: Sequence[ReadPacket]) -> list[float]:
    """Return the estimated arrival of each packet (epoch s); a packet without a timestamp arrives with the next."""
    delays = [read.time - read.at for read in reads if read.video and read.at is not None]
    if not delays:
        return [read.time for read in reads]
    least = min(delays)
    result: list[float] = []
    following = reads[-1].time
    for read in reversed(reads):
        if read.at is not None:
            following = min(read.time, read.at + least)
        result.append(following)
    return result[::-1]
