"""Reads from the file of a frame index when frames are shown, as far as it is asked for, without NumPy.

An index of two days takes a hundred megabytes; who wants to know when a clip begins and ends reads a few bytes of it.
"""

from __future__ import annotations

import bisect
import os
import struct
from fractions import Fraction
from math import ceil
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from dogwatch.errors import MediaError

MAGIC = b"DWFI\x02"
PACKED = b"DWFI\x01"
"""How an index begins that was written when key flags were bits and there were no packets."""
LENGTH_BYTES, CHECK_BYTES = 4, 4
TICK_BYTES, ENTRY_BYTES = 8, 24
LARGEST_HEAD = 4096


class IndexHead(msgspec.Struct, frozen=True):
    """What stands before the ticks, entries, keys and packets of an index; `table` is the size of the latter."""

    time_base: tuple[int, int]
    total: int
    entries: int
    last_length: int
    by_order: bool
    by_bytes: bool
    table: int = 0
    damaged: bool = False

    @classmethod
    def of(cls, data: bytes) -> IndexHead:
        """Read it.

        Raises:
            MediaError: It is damaged.
        """
        try:
            head = msgspec.json.decode(data, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise MediaError("a frame index cannot be read") from error
        if min(*head.time_base, head.total) < 1 or min(head.entries, head.table) < 0:
            raise MediaError("a frame index is damaged")
        return head


class _Ticks:
    """The ticks of a file as a sequence, each read when it is looked at."""

    def __init__(self, descriptor: int, place: int, total: int) -> None:
        self._descriptor, self._place, self._total = descriptor, place, total

    def __len__(self) -> int:
        return self._total

    def __getitem__(self, n: int) -> int:
        return self.between(n, n + 1)[0]

    def between(self, start: int, end: int) -> tuple[int, ...]:
        count = max(0, end - start)
        return struct.unpack(
            f"<{count}q", _read(self._descriptor, count * TICK_BYTES, self._place + start * TICK_BYTES)
        )


class FrameTimes:
    """The times of a file's frames, to be closed. For any thread, but one at a time."""

    def __init__(self, descriptor: int) -> None:
        """Read the head of the index at `descriptor`, which is closed with this.

        Raises:
            MediaError: It is damaged.
            OSError: It cannot be read.
        """
        self._descriptor = descriptor
        start = os.pread(descriptor, LARGEST_HEAD, 0)
        at = len(MAGIC) + LENGTH_BYTES
        size = int.from_bytes(start[len(MAGIC) : at])
        head = IndexHead.of(start[at : at + size])
        self._packed = start.startswith(PACKED)
        self._ticks = _Ticks(descriptor, at + size + CHECK_BYTES, head.total)
        self._keys_at = at + size + CHECK_BYTES + head.total * TICK_BYTES + head.entries * ENTRY_BYTES
        end = self._keys_at + ((head.total + 7) // 8 if self._packed else head.total) + head.table
        known = self._packed or start.startswith(MAGIC)
        if not known or end != os.fstat(descriptor).st_size:
            raise MediaError("a frame index is damaged")
        self.time_base, self.total, self.last_length = Fraction(*head.time_base), head.total, head.last_length
        self._first = self._ticks[0]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the index at `path`; see `__init__` for errors."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return cls(descriptor)
        except BaseException:
            os.close(descriptor)
            raise

    def __enter__(self) -> Self:
        """Return this."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        os.close(self._descriptor)

    @property
    def duration(self) -> float:
        """The time of the last frame plus its length, in seconds."""
        return float((self.end(self.total - 1) - self._first) * self.time_base)

    def time(self, n: int) -> float:
        """Return when frame `n` is shown, in seconds from frame 0."""
        return float((self._ticks[n] - self._first) * self.time_base)

    def times(self, start: int, end: int) -> list[float]:
        """Return `time` of the frames `start` to `end`, which is not included."""
        up, down = self.time_base.as_integer_ratio()
        return [(tick - self._first) * up / down for tick in self._ticks.between(start, min(end, self.total))]

    def keys(self, start: int, end: int) -> list[bool]:
        """Return whether the frames `start` to `end`, which is not included, are keyframes."""
        end = min(end, self.total)
        if not self._packed:
            return [bool(one) for one in _read(self._descriptor, max(0, end - start), self._keys_at + start)]
        first = start // 8
        bits = _read(self._descriptor, max(0, (end + 7) // 8 - first), self._keys_at + first)
        return [bool(bits[n // 8 - first] & 128 >> n % 8) for n in range(start, end)]

    def after(self, seconds: float) -> int:
        """Return the first frame that is shown at `seconds` from frame 0 or later; `total` if there is none."""
        tick = Fraction(seconds) / self.time_base + self._first
        return bisect.bisect_left(self._ticks, ceil(max(tick, Fraction(self._first))))

    def end(self, n: int) -> int:
        """Return the tick at which frame `n` ends."""
        return self._ticks[n + 1] if n + 1 < self.total else self._ticks[self.total - 1] + self.last_length

    def length(self, start: int, end: int) -> float:
        """Return how long the frames `start` to `end`, which is included, are shown, in seconds."""
        return float((self.end(end) - self._ticks[start]) * self.time_base)


def _read(descriptor: int, size: int, place: int) -> bytes:
    data = os.pread(descriptor, size, place)
    if len(data) != size:
        raise MediaError("a frame index is damaged")
    return data
