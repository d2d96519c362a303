"""Writes the `moov` box of a plain MP4 file from the samples of recorded fragments.

Source: ISO/IEC 14496-12. Sample tables of a day have millions of entries, so they are NumPy arrays throughout.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dogwatch.media.boxes import Run, Track

MOVIE_TIMESCALE = 1000
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = struct.pack(">HH", 0x55C4, 0)  # language "und"


@dataclass(slots=True)
class TrackTable:
    """The samples of one output track, gathered run by run; all times in ticks of `track.timescale`."""

    track: Track
    entries: list[bytes] = field(default_factory=list)
    durations: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))
    shifts: array[int] = field(default_factory=lambda: array("q"))
    sync: array[int] = field(default_factory=lambda: array("b"))
    chunk_offsets: array[int] = field(default_factory=lambda: array("q"))
    chunk_samples: array[int] = field(default_factory=lambda: array("q"))
    chunk_entries: array[int] = field(default_factory=lambda: array("q"))
    chunk_times: array[int] = field(default_factory=lambda: array("q"))

    def add(self, run: Run, track: Track, offset: int, shift: int) -> None:
        """Append `run`, whose samples lie at `offset` of the media data, `shift` ticks of 1/90000 s earlier in time."""
        if not run.sizes:
            return
        if track.entry not in self.entries:
            self.entries.append(track.entry)
        scale = self.track.timescale / track.timescale
        time, durations, shifts = run.decode_time, run.durations, run.shifts
        if scale != 1:
            time, durations = round(time * scale), tuple(round(one * scale) for one in durations)
            shifts = tuple(round(one * scale) for one in shifts)
        self.durations.extend(durations)
        self.sizes.extend(run.sizes)
        self.shifts.extend(shifts or (0,) * len(run.sizes))
        self.sync.extend(run.sync)
        self.chunk_offsets.append(offset)
        self.chunk_samples.append(len(run.sizes))
        self.chunk_entries.append(self.entries.index(track.entry) + 1)
        self.chunk_times.append(time - round(shift * self.track.timescale / 90000))

    @property
    def start(self) -> float:
        """The first decode time in seconds."""
        return self.chunk_times[0] / self.track.timescale

    def lengths(self) -> NDArray[np.int64]:
        """Return every sample's duration, drawn out or cut so that each run begins when it should."""
        lengths = np.array(self.durations, np.int64)
        ends = np.cumsum(np.array(self.chunk_samples, np.int64))
        totals = np.add.reduceat(lengths, np.concatenate(([0], ends[:-1])))
        times = np.array(self.chunk_times, np.int64)
        lengths[ends[:-1] - 1] += times[1:] - (times[:-1] + totals[:-1])
        return np.maximum(lengths, 0)


def moov(tables: list[TrackTable], data_start: int) -> bytes:
    """Return the `moov` box for `tables`, the video's first; the media data begins at byte `data_start`."""
    lengths = [table.lengths() for table in tables]
    zero = tables[0].start + (tables[0].shifts[0] / tables[0].track.timescale)
    traks, longest = [], 0
    for number, (table, samples) in enumerate(zip(tables, lengths, strict=True), 1):
        edits, duration = _edits(table, int(samples.sum()), zero)
        longest = max(longest, duration)
        traks.append(_trak(number, table, samples, data_start, edits, duration))
    times = struct.pack(">IIII", 0, 0, MOVIE_TIMESCALE, longest)
    rest = struct.pack(">IH10x", 0x10000, 0x100) + _MATRIX + bytes(24) + struct.pack(">I", len(tables) + 1)
    return _box(b"moov", _full(b"mvhd", times, rest), *traks)


def _edits(table: TrackTable, ticks: int, zero: float) -> tuple[bytes, int]:
    """Return the edit list that makes a track begin at `zero` seconds, and its duration in movie ticks."""
    timescale = table.track.timescale
    late = round((table.start + table.shifts[0] / timescale - zero) * timescale)
    skipped = table.shifts[0] + max(0, -late)
    empty = round(max(0, late) * MOVIE_TIMESCALE / timescale)
    shown = round(max(0, ticks - max(0, -late)) * MOVIE_TIMESCALE / timescale)
    edits = [(empty, -1)] if empty else []
    edits.append((shown, skipped))
    if edits == [(shown, 0)]:
        return b"", shown
    body = b"".join(struct.pack(">IiI", length, time, 0x10000) for length, time in edits)
    return _box(b"edts", _full(b"elst", struct.pack(">I", len(edits)), body)), empty + shown


def _trak(
    number: int, table: TrackTable, lengths: NDArray[np.int64], data_start: int, edits: bytes, duration: int
) -> bytes:
    track, ticks = table.track, int(lengths.sum())
    head = struct.pack(">IIIII8xHHHH", 0, 0, number, 0, duration, 0, 0, 0 if track.video else 0x100, 0)
    size = struct.pack(">II", track.width << 16, track.height << 16)
    if ticks >> 32:
        media = _full(b"mdhd", struct.pack(">QQIQ", 0, 0, track.timescale, ticks), _UNDETERMINED, version=1)
    else:
        media = _full(b"mdhd", struct.pack(">IIII", 0, 0, track.timescale, ticks), _UNDETERMINED)
    kind, name = (b"vide", b"VideoHandler\0") if track.video else (b"soun", b"SoundHandler\0")
    handler = _full(b"hdlr", struct.pack(">I4s12x", 0, kind), name)
    about = _full(b"vmhd", bytes(8), flags=1) if track.video else _full(b"smhd", bytes(4))
    where = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))
    table_box = _sample_table(table, lengths, data_start)
    return _box(
        b"trak",
        _full(b"tkhd", head, _MATRIX, size, flags=3),
        edits,
        _box(b"mdia", media, handler, _box(b"minf", about, where, table_box)),
    )


def _sample_table(table: TrackTable, lengths: NDArray[np.int64], data_start: int) -> bytes:
    boxes = [
        _full(b"stsd", struct.pack(">I", len(table.entries)), *table.entries),
        _counted(b"stts", _run_lengths(lengths)),
    ]
    shifts = np.array(table.shifts, np.int64)
    if shifts.any():
        boxes.append(_counted(b"ctts", _run_lengths(shifts), version=int(shifts.min() < 0)))
    sync = np.array(table.sync, np.int8)
    if table.track.video and not sync.all():
        boxes.append(_counted(b"stss", (np.flatnonzero(sync) + 1)[:, None]))
    boxes.append(_counted(b"stsc", _chunk_runs(table)))
    sizes = np.array(table.sizes, np.int64)
    boxes.append(_full(b"stsz", struct.pack(">II", 0, len(sizes)), sizes.astype(">u4").tobytes()))
    offsets = np.array(table.chunk_offsets, np.int64) + data_start
    boxes.append(_full(b"co64", struct.pack(">I", len(offsets)), offsets.astype(">u8").tobytes()))
    return _box(b"stbl", *boxes)


def _run_lengths(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return rows of (count, value) for runs of equal values."""
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    counts = np.diff(np.concatenate((starts, [len(values)])))
    return np.column_stack((counts, values[starts]))


def _chunk_runs(table: TrackTable) -> NDArray[np.int64]:
    """Return rows of (first chunk, samples a chunk, description) for runs of like chunks."""
    samples, entries = np.array(table.chunk_samples, np.int64), np.array(table.chunk_entries, np.int64)
    changed = (samples[1:] != samples[:-1]) | (entries[1:] != entries[:-1])
    starts = np.flatnonzero(np.concatenate(([True], changed)))
    return np.column_stack((starts + 1, samples[starts], entries[starts]))


def _counted(kind: bytes, rows: NDArray[np.int64], version: int = 0) -> bytes:
    return _full(kind, struct.pack(">I", len(rows)), rows.astype(">i4").tobytes(), version=version)


def _full(kind: bytes, *body: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *body)


def _box(kind: bytes, *body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, body)), kind) + b"".join(body)
