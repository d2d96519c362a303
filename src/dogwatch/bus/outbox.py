"""Keeps a worker's messages to the core until the core has acknowledged them.

Messages are numbered in order. A connection begins with `rewind`: the core tells the last number that it has taken, and
later messages are sent, again if needed. So no message is lost that a killed core had not read, and none is delivered
twice.

Of some messages only the newest matters, such as the name of a ring, or measurements. These do not pile up, and the
newest one is kept for the next core. All others wait within a limit in bytes, and the least important are refused
first.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

from dogwatch.bus.messages import (
    AnalysisStats,
    BestPicture,
    ClipLost,
    ClipOpened,
    ClipWritten,
    DetectorStats,
    FrameTracks,
    IngestStats,
    ListeningStats,
    Message,
    PreviewPicture,
    RingMade,
    SegmentOpened,
    SegmentWritten,
    SpaceWanted,
    StreamLost,
    StreamOpened,
    encode_numbered,
)

PASSING = (SpaceWanted,)  # repeated by the worker while it holds: the newest one is kept until it was sent
SWEEP = 100
Key: TypeAlias = tuple[type[Message], str, tuple[str, ...]]
SHARES: dict[type[Message], float] = {PreviewPicture: 0.4, BestPicture: 0.5, FrameTracks: 0.75}
"""The part of the limit that messages of a kind may fill; for other kinds, all of it."""


@dataclass(frozen=True, slots=True, eq=False)
class OutboxEntry:
    """An encoded message; with a `key`, only the newest message with that key matters."""

    number: int
    data: bytes
    key: Key | None
    passing: bool


class Outbox:
    """The messages of one worker. For one thread at a time."""

    def __init__(self, limit: int) -> None:
        """Keep at most `limit` bytes of unacknowledged messages."""
        self._limit, self._held = limit, 0
        self._number = time.time_ns()  # higher than the numbers of an earlier process with the same id
        self._newest: dict[Key, OutboxEntry] = {}
        self._replaced = 0  # entries that newer ones have replaced since the last sweep
        self._waiting: deque[OutboxEntry] = deque()
        self._sent: deque[OutboxEntry] = deque()  # sent, but not acknowledged
        self.dropped = 0

    @property
    def waiting(self) -> bool:
        """Whether a message was not sent yet."""
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
            self._replaced += key in self._newest
            self._newest[key] = entry
        elif isinstance(message, SegmentWritten):
            self._newest.pop((SegmentOpened, message.segment.camera, ()), None)
        elif isinstance(message, ClipWritten | ClipLost):
            self._newest.pop((ClipOpened, message.camera, (message.clip,)), None)
        self._waiting.append(entry)
        if self._replaced >= SWEEP:  # while there is no core
            self._replaced = 0
            self._waiting = deque(one for one in self._waiting if self._counts(one))
        return True

    def forget(self, camera: str) -> None:
        """Tell the core nothing more of what is the newest of `camera`."""
        for key in [key for key in self._newest if key[1] == camera]:
            del self._newest[key]

    def next(self) -> bytes | None:
        """Return the next message to send, which then counts as sent; None if there is none."""
        while self._waiting:
            entry = self._waiting.popleft()
            if not self._counts(entry):
                continue
            if entry.key is None:
                self._sent.append(entry)
            elif entry.passing:
                del self._newest[entry.key]
            return entry.data
        return None

    def acknowledge(self, number: int) -> None:
        """Drop the messages up to `number`."""
        while self._sent and self._sent[0].number <= number:
            self._held -= len(self._sent.popleft().data)

    def rewind(self, number: int) -> None:
        """Start sending to a core that has taken the messages up to `number`; 0 for a new core."""
        entries = [one for one in (*self._sent, *self._waiting) if one.key is None]
        self._held -= sum(len(one.data) for one in entries if one.number <= number)
        kept = [one for one in (*entries, *self._newest.values()) if one.number > number]
        self._sent.clear()
        self._waiting = deque(sorted(kept, key=lambda one: one.number))

    def _counts(self, entry: OutboxEntry) -> bool:
        """Whether there is nothing newer of the same kind."""
        return entry.key is None or self._newest.get(entry.key) is entry


def _key(message: Message) -> Key | None:
    """Return the key of a message of which only the newest matters; None if each one counts."""
    match message:
        case StreamOpened() | StreamLost():
            return type(message), message.camera, message.roles
        case ClipOpened():
            return ClipOpened, message.camera, (message.clip,)
        case IngestStats() | AnalysisStats() | RingMade() | SegmentOpened() | SpaceWanted():
            return type(message), message.camera, ()
        case DetectorStats():
            return type(message), message.name, ()
        case ListeningStats():
            return ListeningStats, "", ()
    return None
