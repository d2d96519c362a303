"""The frame index of a video file: when each displayed frame is shown, and where decoding may begin.

Frame n is the n-th displayed picture in the order of presentation, from 0. Nothing is computed from a rate.
"""

from __future__ import annotations

import mmap
import zlib
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.errors import MediaError
from dogwatch.media.frame_times import LENGTH_BYTES, MAGIC, PACKED, IndexHead
from dogwatch.media.packet_table import PacketTable

MOST_FRAMES = 12_000_000  # two days at 60 frames a second, which take half of the memory that may be used
CHECKED_BYTES = 4 << 20
"""The body of a larger index is not compared with its checksum: for one frame, not all of it is read."""

Data = bytes | bytearray | mmap.mmap


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """The displayed frames of a file, in the order of presentation.

    Attributes:
        time_base: Seconds of a tick.
        ticks: When each frame is shown, strictly ascending.
        keys: Whether it is a keyframe.
        last_length: How long the last frame is shown, in ticks.
        entries: Where decoding may begin, a row each, ascending: the first displayed frame that is right from there,
            the tick to seek to, and the position in the file (bytes; -1 if not known).
        by_order: The timestamps of decoded frames say nothing: frames are counted from an entry on.
        by_bytes: The container is sought by position, because it has no index.
        packets: Where the packets lie in the file, if they can be read without its container.
        damaged: Some of the file cannot be decoded.
    """

    time_base: Fraction
    ticks: NDArray[np.int64]
    keys: NDArray[np.bool_]
    last_length: int
    entries: NDArray[np.int64]
    by_order: bool = False
    by_bytes: bool = False
    packets: PacketTable | None = None
    damaged: bool = False

    @property
    def total(self) -> int:
        """How many frames are displayed."""
        return len(self.ticks)

    @property
    def duration(self) -> float:
        """The time of the last frame plus its length, in seconds."""
        return float((int(self.ticks[-1] - self.ticks[0]) + self.last_length) * self.time_base)

    def time(self, n: int) -> float:
        """Return when frame `n` is shown, in seconds from frame 0."""
        return float(int(self.ticks[n] - self.ticks[0]) * self.time_base)

    def times(self) -> NDArray[np.float64]:
        """Return `time` of all frames."""
        return self.times_of(0, self.total)

    def at(self, seconds: float) -> int:
        """Return the frame that is shown at `seconds` from frame 0; 0 before that, the last one after the end."""
        tick = Fraction(seconds) / self.time_base + int(self.ticks[0])
        return max(0, int(np.searchsorted(self.ticks, int(tick // 1), side="right")) - 1)

    def bound(self, n: int) -> Fraction:
        """Return the middle between frames n-1 and n in ticks, where cuts are made; `n` may be `total`."""
        if n >= self.total:
            return Fraction(int(self.ticks[-1])) + Fraction(self.last_length, 2)
        if n <= 0:
            length = int(self.ticks[1] - self.ticks[0]) if self.total > 1 else self.last_length
            return Fraction(int(self.ticks[0])) - Fraction(length, 2)
        return Fraction(int(self.ticks[n - 1]) + int(self.ticks[n]), 2)

    def end(self, n: int) -> int:
        """Return the tick at which frame `n` ends."""
        return int(self.ticks[n + 1]) if n + 1 < self.total else int(self.ticks[-1]) + self.last_length

    def entry(self, n: int) -> int:
        """Return the row of the last entry from which frame `n` is right; -1 if only the file's beginning will do."""
        return int(np.searchsorted(self.entries[:, 0], n, side="right")) - 1

    def times_of(self, start: int, end: int) -> NDArray[np.float64]:
        """Return `time` of frames `start` to `end`, which is not included."""
        ticks = (self.ticks[start:end] - self.ticks[0]).astype(np.float64)
        return np.asarray(ticks * self.time_base.numerator / self.time_base.denominator, np.float64)

    def encode(self) -> bytes:
        """Return the bytes of a `frames.idx`, which `decode` reads."""
        table = b"" if self.packets is None else self.packets.encode()
        head = msgspec.json.encode(
            IndexHead(
                (self.time_base.numerator, self.time_base.denominator),
                self.total,
                len(self.entries),
                self.last_length,
                self.by_order,
                self.by_bytes,
                len(table),
                self.damaged,
            )
        )
        body = b"".join((self.ticks.astype("<i8").tobytes(), self.entries.astype("<i8").tobytes(), self.keys.tobytes()))
        check = zlib.crc32(body).to_bytes(4)
        return b"".join((MAGIC, len(head).to_bytes(LENGTH_BYTES), head, check, body, table))

    @classmethod
    def decode(cls, data: Data) -> FrameIndex:
        """Read what `encode` has written; of a file that is mapped into memory, only what is used later is read.

        Raises:
            MediaError: It is damaged.
        """
        at = len(MAGIC) + LENGTH_BYTES
        size = int.from_bytes(data[len(MAGIC) : at])
        head = IndexHead.of(bytes(data[at : at + size]))
        rest = memoryview(data)[at + size + 4 :]
        packed = data[: len(PACKED)] == PACKED
        ticks_end = head.total * 8
        entries_end = ticks_end + head.entries * 24
        end = entries_end + ((head.total + 7) // 8 if packed else head.total)
        if not (packed or data[: len(MAGIC)] == MAGIC) or len(rest) != end + head.table:
            raise MediaError("a frame index is damaged")
        body = rest[:end]
        if end <= CHECKED_BYTES and zlib.crc32(body) != int.from_bytes(data[at + size : at + size + 4]):
            raise MediaError("a frame index is damaged")
        keys = np.frombuffer(body[entries_end:], np.uint8)
        return cls(
            Fraction(*head.time_base),
            np.frombuffer(body[:ticks_end], "<i8"),
            np.unpackbits(keys, count=head.total).astype(np.bool_) if packed else keys.view(np.bool_),
            head.last_length,
            np.frombuffer(body[ticks_end:entries_end], "<i8").reshape(-1, 3),
            head.by_order,
            head.by_bytes,
            PacketTable.decode(rest[end:], head.entries) if head.table else None,
            head.damaged,
        )


def last_length(ticks: NDArray[np.int64], single: int) -> int:
    """Return how long the last frame is shown: as long as the one before it, or `single` ticks if there is none."""
    return int(ticks[-1] - ticks[-2]) if len(ticks) > 1 else max(1, single)


def is_variable(ticks: NDArray[np.int64], time_base: Fraction) -> bool:
    """Whether frames come at a variable rate, beyond the rounding of ticks and milliseconds."""
    if len(ticks) < 3:
        return False
    steps = np.diff(ticks)
    spread = int(steps.max() - steps.min())
    return spread > 2 and spread * time_base > Fraction(2, 1000) and spread > 0.1 * float(np.median(steps))


def ascending(ticks: list[int]) -> bool:
    """Whether each tick is after the one before it."""
    return all(before < after for before, after in pairwise(ticks))
