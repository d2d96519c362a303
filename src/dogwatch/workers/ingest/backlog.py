"""When packets that came in a heap would have come, had they been sent as they were made.

A server begins with its last group of pictures, libav has read ahead while it looked for the codecs, HLS comes a
segment at a time: the first packets of a connection arrive faster than real time, and so later than they should. Only
those with the least delay tell where stream time lies in wall-clock time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_SPAN_S = 20.0  # of stream time; more than this at once is not a backlog


@dataclass(frozen=True, slots=True)
class Read:
    """A packet's stream time (s, None if it has none), when it was read (epoch s), and whether it is video."""

    at: float | None
    time: float
    video: bool


class Drain:
    """Tells when the backlog at the beginning of a connection has been read."""

    def __init__(self, begun: float) -> None:
        """Begin at `begun` (epoch s)."""
        self._clock = begun
        self._first: float | None = None
        self._before: float | None = None

    def is_over(self, read: Read) -> bool:
        """Whether `read` had to be waited for, so that it and what follows comes in real time."""
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


def arrivals(reads: Sequence[Read]) -> list[float]:
    """Return the likely arrival of each packet in epoch seconds; a packet without a time arrives with the next."""
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
