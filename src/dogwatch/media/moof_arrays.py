"""Reads the samples of many fragments at once, as arrays.

An hour has thousands of `moof` boxes, all alike. Parsing them one by one, as `moof.parse_moof` does, takes most of the
time until a clip's first byte. Here each parsing step runs over all boxes at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dogwatch.errors import MediaError
from dogwatch.media.init_section import Track
from dogwatch.media.moof import DURATION, FLAGS, MAX_SAMPLES, NON_SYNC, SHIFT, SIZE

Ints = NDArray[np.integer[Any]]

MOOF, TRAF, TFHD, TFDT, TRUN = (int.from_bytes(kind, "big") for kind in (b"moof", b"traf", b"tfhd", b"tfdt", b"trun"))
MISSING = -1
MAX_BYTES = 32 << 20  # of rows as long as the longest: twenty times what a thousand usual boxes take
DAMAGED = "a moof box is damaged"
MAX_TOGETHER = 1 << 21  # samples of all boxes: ten times what a thousand fragments have, and 200 MiB of arrays


class Samples(NamedTuple):
    """The samples of one track in some `moof` boxes, and the place of each run of samples (a chunk of the output).

    `durations`, `shifts` (presentation minus decode times) and `times` (the first sample's decode time) are ticks,
    `offsets` bytes from the beginning of the `moof` whose number is in `moofs`. No run is empty.
    """

    durations: Ints
    sizes: Ints
    shifts: Ints
    sync: NDArray[np.bool_]
    counts: Ints
    times: Ints
    offsets: Ints
    moofs: Ints

    @property
    def firsts(self) -> Ints:
        """The number of each run's first sample."""
        return np.cumsum(self.counts) - self.counts

    @property
    def run_bytes(self) -> Ints:
        """The bytes of each run."""
        return np.add.reduceat(self.sizes, self.firsts)


class _Runs(NamedTuple):
    """One number for each run: its `moof` (`row`), then the fields of `tfhd`, `tfdt` and `trun`.

    `table` is the place of its first sample's word. A field that is absent is `MISSING`.
    """

    row: Ints
    track: Ints
    duration: Ints
    size: Ints
    flags: Ints
    time: Ints
    fields: Ints
    signed: Ints
    samples: Ints
    offset: Ints
    first_flags: Ints
    table: Ints


class MoofBatch:
    """Some `moof` boxes of one stream."""

    def __init__(self, boxes: Sequence[bytes]) -> None:
        """Find the runs of samples in `boxes` (at least one).

        Raises:
            MediaError: One of them is malformed, or so long that padding the others to it would take too much memory.
        """
        longest = max(map(len, boxes))
        if longest * len(boxes) > MAX_BYTES:
            raise MediaError(f"{len(boxes)} moof boxes of up to {longest} bytes are too many to read at once")
        padded = b"".join([box.ljust(longest + -longest % 4, b"\0") for box in boxes])
        sizes = np.array([len(box) for box in boxes], np.int64)
        self._words: Ints = np.frombuffer(padded, ">u4").reshape(len(boxes), -1).astype(np.int64)
        self._ends: Ints = sizes // 4
        try:
            if (self._words[:, 0] != sizes).any() or (self._words[:, 1] != MOOF).any():
                raise MediaError(DAMAGED)
            self._runs = self._walk()
        except IndexError:
            raise MediaError(DAMAGED) from None

    def samples(self, track: Track) -> Samples | None:
        """Return the samples of `track`, None if there are none."""
        runs = _Runs(*(values[(self._runs.track == track.id) & (self._runs.samples > 0)] for values in self._runs))
        if not runs.row.size:
            return None
        rows, numbers = np.repeat(runs.row, runs.samples), np.arange(runs.samples.sum())
        firsts = np.cumsum(runs.samples) - runs.samples
        numbers -= np.repeat(firsts, runs.samples)
        table, width = np.repeat(runs.table, runs.samples), np.repeat(_bits(runs.fields), runs.samples)

        def column(bit: int, usual: Ints) -> Ints:
            values = np.repeat(usual, runs.samples)
            said = np.repeat(runs.fields & bit != 0, runs.samples)
            if said.any():
                word = np.repeat(_bits(runs.fields & (bit - 1)), runs.samples)
                values[said] = self._words[rows[said], (table + numbers * width + word)[said]]
            return values

        durations = column(DURATION, _or(runs.duration, track.default_duration))
        flags = column(FLAGS, _or(runs.flags, track.default_flags))
        flags[firsts] = np.where(runs.first_flags == MISSING, flags[firsts], runs.first_flags)
        shifts = column(SHIFT, np.zeros_like(runs.row))
        negative = np.repeat(runs.signed != 0, runs.samples) & (shifts >> 31 != 0)
        return Samples(
            durations=durations,
            sizes=column(SIZE, _or(runs.size, track.default_size)),
            shifts=shifts - (negative.astype(np.int64) << 32),
            sync=flags & NON_SYNC == 0,
            counts=runs.samples,
            times=_times(runs, np.add.reduceat(durations, firsts)),
            offsets=runs.offset,
            moofs=runs.row,
        )

    def tracks(self) -> set[int]:
        """Return the ids of the tracks that the runs belong to."""
        return set(np.unique(self._runs.track).tolist())

    def _walk(self) -> _Runs:
        """Walk through the boxes of all rows together; return the runs, row by row."""
        words, at = self._words, np.full(len(self._words), 2)
        said = np.full((len(at), 5), MISSING)  # track, duration, size, flags, time
        found: list[_Runs] = []
        while (rows := np.flatnonzero(at < self._ends)).size:
            here = at[rows]
            size, kind = words[rows, here], words[rows, here + 1]
            if ((size < 8) | (size % 4 != 0) | (here + size // 4 > self._ends[rows])).any():
                raise MediaError(DAMAGED)
            at[rows] = here + np.where(kind == TRAF, 2, size // 4)
            said[rows[kind == TRAF]] = MISSING
            mine = kind == TFHD
            said[rows[mine], :4] = self._tfhd(rows[mine], here[mine] + 2)
            mine = kind == TFDT
            said[rows[mine], 4] = self._tfdt(rows[mine], here[mine] + 2)
            mine = kind == TRUN
            if mine.any():
                found.append(self._trun(rows[mine], here[mine] + 2, at[rows[mine]], said[rows[mine]]))
        if not found:
            raise MediaError(DAMAGED)
        runs = _Runs(*map(np.concatenate, zip(*found, strict=True)))
        if runs.samples.sum() > MAX_TOGETHER or np.bincount(runs.row, runs.samples).max() > MAX_SAMPLES:
            raise MediaError(DAMAGED)
        order = np.lexsort((runs.table, runs.row))
        return _Runs(*(values[order] for values in runs))

    def _tfhd(self, rows: Ints, body: Ints) -> Ints:
        """Return track, default duration, size and flags."""
        flags = self._words[rows, body]
        found = [self._words[rows, body + 1]]
        at = body + 2 + 2 * (flags & 0x1 != 0) + (flags & 0x2 != 0)
        for bit in (0x8, 0x10, 0x20):
            value, at = self._optional(rows, at, flags & bit != 0)
            found.append(value)
        return np.stack(found, axis=1)

    def _tfdt(self, rows: Ints, body: Ints) -> Ints:
        long = self._words[rows, body] >> 24 != 0
        time, at = self._optional(rows, body + 1, np.ones_like(long))
        low, _ = self._optional(rows, at, long)
        return np.where(long, time << 32 | low, time)

    def _trun(self, rows: Ints, body: Ints, end: Ints, said: Ints) -> _Runs:
        flags, count = self._words[rows, body], self._words[rows, body + 1]
        offset = self._words[rows, body + 2]
        first_flags, table = self._optional(rows, body + 3, flags & 0x4 != 0)
        fields = flags & (DURATION | SIZE | FLAGS | SHIFT)
        wrong = (flags & 0x1 == 0) | (count > MAX_SAMPLES) | (table + count * _bits(fields) > end)
        if wrong.any() or (said[:, [0, 4]] == MISSING).any():
            raise MediaError(DAMAGED)
        track, duration, size, sample_flags, time = said.T
        signed = flags >> 24
        return _Runs(rows, track, duration, size, sample_flags, time, fields, signed, count, offset, first_flags, table)

    def _optional(self, rows: Ints, at: Ints, there: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Return the words at `at` where they are `there`, else `MISSING`, and the places after them."""
        values = np.full(len(rows), MISSING)
        values[there] = self._words[rows[there], at[there]]
        return values, at + there


def _bits(values: Ints) -> Ints:
    """Return how many of the fields' bits are set."""
    bits: Ints = (values >> 8 & 1) + (values >> 9 & 1) + (values >> 10 & 1) + (values >> 11 & 1)
    return bits


def _or(said: Ints, usual: int) -> Ints:
    return np.where(said == MISSING, usual, said)


def _times(runs: _Runs, lengths: Ints) -> Ints:
    """Return each run's decode time: a second run of a `traf` follows the first."""
    times = runs.time.copy()
    follows = (runs.row[1:] == runs.row[:-1]) & (runs.time[1:] == runs.time[:-1])
    for n in np.flatnonzero(follows) + 1:
        times[n] = times[n - 1] + lengths[n - 1]
    return times
