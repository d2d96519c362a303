"""Shows a part of the sound of an MP4 file, so that only the tables of that part are read.

To open a film of two hours for its sound takes as long as decoding ten pictures of it, or more from a slow disk: all of
its tables are read. Here their box is shown as one of the same size, with the samples of the part, and before them the
first ones of all, the last of which lasts until they begin. Source: ISO/IEC 14496-12, sections 8.5 to 8.7.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from dogwatch.errors import MediaError
from dogwatch.media.boxes import BoxSpan
from dogwatch.media.plain_file import time_shown_first

BEFORE_S, AFTER_S = 8, 2
"""How much more than what is wanted: decoding begins up to 5 s before it, and sound that goes on shows its end."""
KEPT = 4
"""Samples that are kept from where the film begins, from which libav knows when the others are heard."""
MOST_KEPT = 64
MOST_BYTES = 64 << 20  # of one table
MOST_SAMPLES = 1 << 20
MOST_TICKS = (1 << 31) - 1
NO_EDITS = 8
"""Bytes of an edit list without edits."""
NEEDED = frozenset({b"stsd", b"stts", b"stsc", b"stsz"})
OFFSETS = {b"stco": ">u4", b"co64": ">u8"}
LEFT_OUT = frozenset({b"sgpd", b"sbgp", b"free"})
"""Groups of samples tell how much of a sound to decode before it is right, which is done anyhow."""
DAMAGED = (IndexError, ValueError, OverflowError, struct.error)
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SoundTrack:
    """The `table` (`stbl`) of a track, and the boxes in it; timescales are ticks of the track and the film in a second.

    `edits` is the body of its `elst`, if it has one.
    """

    table: BoxSpan
    boxes: dict[bytes, BoxSpan]
    timescale: int
    film_timescale: int
    edits: bytes = b""

    @property
    def is_usual(self) -> bool:
        """Whether it has the boxes that are known here, and one edit of the time."""
        kinds = set(self.boxes) - LEFT_OUT
        edits = int.from_bytes(self.edits[4:8])
        if not edits and len(self.edits) > NO_EDITS:  # libav takes those that are there even so
            return False
        return edits < 2 and len(kinds & OFFSETS.keys()) == 1 and kinds - OFFSETS.keys() == NEEDED

    def tick(self, seconds: Fraction) -> int:
        """Return the tick of the track at `seconds` of the film."""
        zero = time_shown_first(self.edits, self.timescale, self.film_timescale) if self.edits else 0
        return int(seconds * self.timescale) + zero


def window(descriptor: int, track: SoundTrack, begin: Fraction, end: Fraction) -> bytes | None:
    """Return what to show instead of the beginning of the track's `table`; None if all of it has to be shown.

    The sound from `begin` to `end` (s) is decoded from that as from the whole.

    Raises:
        MediaError: The tables are damaged.
        OSError: They cannot be read.
    """
    if not track.is_usual:
        return None
    try:
        span = track.tick(begin - BEFORE_S), track.tick(end + AFTER_S)
        made = _made(descriptor, track.boxes, track.tick(Fraction()), *span)
    except DAMAGED as error:
        raise MediaError("the tables of a sound are damaged") from error
    left = track.table.end - track.table.start - len(made)
    return made + struct.pack(">I4s", left, b"free") if made and left >= 8 else None


def _made(descriptor: int, boxes: dict[bytes, BoxSpan], zero: int, begin: int, end: int) -> bytes:
    """Return a box with the samples between two ticks; none if that is not possible. The film begins at tick `zero`."""
    (width,) = (kind for name, kind in OFFSETS.items() if name in boxes)
    offsets = _Table(descriptor, next(boxes[name] for name in OFFSETS if name in boxes), 4, width)
    sizes = _Table(descriptor, boxes[b"stsz"], 8, ">u4")
    times = _Times.of(_Table(descriptor, boxes[b"stts"], 4, ">u4").columns(2))
    chunks = _Chunks.of(_Table(descriptor, boxes[b"stsc"], 4, ">u4").columns(3), offsets.count)
    if sizes.same or chunks is None or not times.samples == chunks.samples == sizes.count:
        return b""  # of tables that disagree, libav chooses
    first, kept = chunks.begin(times.at(begin)), times.at(zero) + KEPT
    if first <= kept:
        first = kept = 0
    last = times.at(end)
    if last - first > MOST_SAMPLES or kept > MOST_KEPT:
        return b""
    samples = np.concatenate((np.arange(kept), np.arange(first, last + 1)))
    ticks = times.lengths(samples)
    if kept:
        ticks[kept - 1] = np.diff(times.begin(np.array([kept - 1, first])))[0]
    if ticks.max() > MOST_TICKS:
        return b""
    bytes_of = sizes.some(samples)
    places = chunks.places(samples, offsets, bytes_of)
    stsd = boxes[b"stsd"]
    return _box(
        b"stbl",
        _box(b"stsd", _read(descriptor, stsd.body, stsd.end - stsd.body)),
        _full(b"stts", _rows_of(np.column_stack((np.ones_like(ticks), ticks)))),
        _full(b"stsc", _rows_of(np.array([[1, 1, 1]]))),
        _full(b"stsz", bytes(4), _rows_of(bytes_of)),
        _full(b"co64", struct.pack(">I", len(places)), places.astype(">u8").tobytes()),
    )


class _Table:
    """A box of numbers: its `count` is `at` bytes behind its beginning, and the numbers follow."""

    def __init__(self, descriptor: int, box: BoxSpan, at: int, kind: str) -> None:
        self._descriptor, self._box, self._at, self._kind = descriptor, box, box.body + at + 4, np.dtype(kind)
        head = _read(descriptor, box.body, at + 4)
        self.count = int.from_bytes(head[at:])
        self.same = int.from_bytes(head[4:at])  # the size of all samples, if they have the same
        if self._at + self.count * self._kind.itemsize > box.end:
            raise ValueError

    def columns(self, count: int) -> Ints:
        """Return all of it, as `count` columns."""
        return np.ascontiguousarray(self._between(0, self.count * count).reshape(-1, count).T)

    def some(self, places: Ints) -> Ints:
        """Return the numbers at `places`, which ascend, mostly one by one."""
        pieces = np.split(places, np.flatnonzero(np.diff(places) != 1) + 1)
        return np.concatenate([self._between(int(one[0]), int(one[-1]) + 1) for one in pieces])

    def _between(self, first: int, last: int) -> Ints:
        size, at = (last - first) * self._kind.itemsize, self._at + first * self._kind.itemsize
        if first < 0 or at + size > self._box.end:
            raise ValueError
        return np.frombuffer(_read(self._descriptor, at, size), self._kind).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Times:
    """Runs of samples that last equally long: the first sample and the first tick of each, and the length in ticks.

    `samples` and `end` are how many samples and ticks there are.
    """

    firsts: Ints
    begins: Ints
    each: Ints
    samples: int
    end: int

    @classmethod
    def of(cls, columns: Ints) -> _Times:
        """Return those of an `stts` with two `columns`."""
        counts, each = columns
        lasts, ends = np.cumsum(counts), np.cumsum(counts * each)
        return cls(lasts - counts, ends - counts * each, each, int(lasts[-1]), int(ends[-1]))

    def at(self, tick: int) -> int:
        """Return the last sample that begins at or before `tick`, or the first one."""
        if tick >= self.end:
            return self.samples - 1
        run = max(0, int(np.searchsorted(self.begins, tick, side="right")) - 1)
        return int(self.firsts[run]) + max(0, tick - int(self.begins[run])) // max(1, int(self.each[run]))

    def begin(self, samples: Ints) -> Ints:
        """Return when `samples` begin, in ticks."""
        runs = self._runs(samples)
        found: Ints = self.begins[runs] + (samples - self.firsts[runs]) * self.each[runs]
        return found

    def lengths(self, samples: Ints) -> Ints:
        """Return how long `samples` last, in ticks."""
        found: Ints = self.each[self._runs(samples)]
        return found

    def _runs(self, samples: Ints) -> Ints:
        return np.asarray(np.searchsorted(self.firsts, samples, side="right") - 1, np.int64)


@dataclass(frozen=True, slots=True)
class _Chunks:
    """Runs of like chunks: the number of the first chunk and of its first sample, from 0, and the samples of each.

    `samples` is how many samples all chunks have.
    """

    numbers: Ints
    firsts: Ints
    each: Ints
    samples: int

    @classmethod
    def of(cls, columns: Ints, count: int) -> _Chunks | None:
        """Return those of an `stsc` with three `columns`, for `count` chunks; None if they change their description.

        Raises:
            ValueError: They are impossible.
        """
        numbers, each, descriptions = columns[0] - 1, *columns[1:]
        lengths = np.diff(np.append(numbers, count))
        if numbers[0] != 0 or (lengths <= 0).any() or (each <= 0).any():
            raise ValueError
        if (descriptions != 1).any():
            return None
        ends = np.cumsum(lengths * each)
        return cls(numbers, ends - lengths * each, each, int(ends[-1]))

    def begin(self, sample: int) -> int:
        """Return the first sample of the chunk of `sample`."""
        return sample - int(self._found(np.array([sample]))[1][0])

    def places(self, samples: Ints, offsets: _Table, sizes: Ints) -> Ints:
        """Return where in the file `samples` of some `sizes` (bytes) are; those of a chunk are all there."""
        numbers, inside = self._found(samples)
        chunks, which = np.unique(numbers, return_inverse=True)
        ahead = np.cumsum(sizes) - sizes
        places: Ints = offsets.some(chunks)[which] + ahead - ahead[inside == 0][which]
        return places

    def _found(self, samples: Ints) -> tuple[Ints, Ints]:
        """Return the chunks of `samples`, and how many samples are before each in its chunk."""
        runs = np.searchsorted(self.firsts, samples, side="right") - 1
        beyond = samples - self.firsts[runs]
        return self.numbers[runs] + beyond // self.each[runs], beyond % self.each[runs]


def _read(descriptor: int, at: int, size: int) -> bytes:
    data = os.pread(descriptor, size, at) if 0 <= size <= MOST_BYTES else b""
    if len(data) != size:
        raise ValueError
    return data


def _rows_of(rows: Ints) -> bytes:
    return struct.pack(">I", len(rows)) + rows.astype(">u4").tobytes()


def _full(kind: bytes, *body: bytes) -> bytes:
    return _box(kind, bytes(4), *body)


def _box(kind: bytes, *body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, body)), kind) + b"".join(body)
