"""What a worker has told the core, kept until the core has acknowledged it.

Messages are numbered in the order in which they were put. A connection begins with `rewind`: the core says which number
it has taken last, and what is behind that goes out, again where need be. So what a killed core had not read is not
lost, and no core is told anything twice.

Of some messages only the newest matters: where a ring is, what was measured. These never pile up, and the newest one
is kept for good, for a core that begins anew. All others wait within a limit in bytes; the least important are refused
first.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass

from dogwatch.bus.messages import (
    AnalysisStats,
    BestPicture,
    DetectorStats,
    FrameTracks,
    IngestStats,
    Message,
    RingMade,
    SegmentOpened,
    SegmentWritten,
    SpaceWanted,
    StreamLost,
    StreamOpened,
    encode_numbered,
)

PASSING = (SpaceWanted,)  # told again as long as it is so: the newest one is kept until it has been sent
SHARES: dict[type[Message], float] = {BestPicture: 0.5, FrameTracks: 0.75}
"""The part of the limit up to which messages of a kind are kept; beside these, all of it."""


@dataclass(frozen=True, slots=True, eq=False)
class OutboxEntry:
    """A numbered message as it goes out; `key` names what it is the newest of, if that is all that matters."""

    number: int
    data: bytes
    key: Hashable | None
    passing: bool


class Outbox:
    """The messages of one worker. For one thread at a time."""

    def __init__(self, limit: int) -> None:
        """Keep at most `limit` bytes of what has not been acknowledged."""
        self._limit, self._held = limit, 0
        self._number = time.time_ns()  # beyond those of a process before this one that had the same id
        self._newest: dict[Hashable, OutboxEntry] = {}
        self._waiting: deque[OutboxEntry] = deque()
        self._sent: deque[OutboxEntry] = deque()  # and not acknowledged
        self.dropped = 0

    @property
    def waiting(self) -> bool:
        """Whether anything has not been sent."""
        return bool(self._waiting)

    def put(self, message: Message) -> bool:
        """Append `message`; False, and counted in `dropped`, if there is no room for it."""
        number, key = self._number + 1, _key(message)
        entry = OutboxEntry(number, encode_numbered(message, number), key, isinstance(message, PASSING))
        if key is None:
            if self._held + len(entry.data) > self._limit * SHARES.get(type(message), 1.0):
                self.dropped += 1
                return False
            self._held += len(entry.data)
        self._number = number
        if key is not None:
            self._newest[key] = entry
        elif isinstance(message, SegmentWritten):
            self._newest.pop((SegmentOpened, message.segment.camera), None)
        self._waiting.append(entry)
        return True

    def next(self) -> bytes | None:
        """Return what is to be sent next, which counts as sent from now on; None if there is nothing."""
        while self._waiting:
            entry = self._waiting.popleft()
            if entry.key is None:
                self._sent.append(entry)
            elif self._newest.get(entry.key) is not entry:
                continue  # there is a newer one
            elif entry.passing:
                del self._newest[entry.key]
            return entry.data
        return None

    def acknowledge(self, number: int) -> None:
        """Forget what was sent up to `number`."""
        while self._sent and self._sent[0].number <= number:
            self._held -= len(self._sent.popleft().data)

    def rewind(self, number: int) -> None:
        """Begin to send to a core that has taken everything up to `number`, 0 for one that knows nothing yet."""
        entries = [one for one in (*self._sent, *self._waiting) if one.key is None]
        self._held -= sum(len(one.data) for one in entries if one.number <= number)
        kept = [one for one in (*entries, *self._newest.values()) if one.number > number]
        self._sent.clear()
        self._waiting = deque(sorted(kept, key=lambda one: one.number))


def _key(message: Message) -> Hashable | None:
    """Return what `message` is the newest of, None if each one counts."""
    match message:
        case StreamOpened() | StreamLost():
            return type(message), message.camera, message.roles
        case IngestStats() | AnalysisStats() | RingMade() | SegmentOpened() | SpaceWanted():
            return type(message), message.camera
        case DetectorStats():
            return type(message), message.name
    return None
