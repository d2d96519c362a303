"""Writes the `moov` box of a plain MP4 file from the samples of recorded fragments.

Source: ISO/IEC 14496-12. Sample tables of a day have millions of entries, so they are NumPy arrays throughout.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from dogwatch.media.init_section import UPRIGHT, Track
from dogwatch.media.moof_arrays import Ints, Samples

MOVIE_TIMESCALE = 1000
MAX_CHAPTERS = 255
_UNDETERMINED = struct.pack(">HH", 0x55C4, 0)  # language "und"


@dataclass(slots=True)
class TrackTable:
    """The samples of one output track, added batch by batch; all times in ticks of `track.timescale`."""

    track: Track
    entries: list[bytes] = field(default_factory=list)
    gathered: list[Samples] = field(default_factory=list)
    numbers: list[Ints] = field(default_factory=list)

    def add(self, samples: Samples, track: Track, shifts: Ints) -> None:
        """Append `samples` of `track`, whose offsets count from the start of the media data.

        Each run is moved back in time by its element of `shifts` (ticks of 1/90000 s).
        """
        if track.entry not in self.entries:
            self.entries.append(track.entry)
        scale = self.track.timescale / track.timescale
        if scale != 1:
            samples = samples._replace(
                durations=_scaled(samples.durations, scale),
                shifts=_scaled(samples.shifts, scale),
                times=_scaled(samples.times, scale),
            )
        times = samples.times - _scaled(shifts, self.track.timescale / 90000)
        # As narrow as the file's own tables: a day has millions of samples.
        durations, moves = samples.durations.astype(np.int32), samples.shifts.astype(np.int32)
        sizes = samples.sizes.astype(np.uint32)
        self.gathered.append(samples._replace(durations=durations, sizes=sizes, shifts=moves, times=times))
        self.numbers.append(np.full(len(samples.counts), self.entries.index(track.entry) + 1))

    def joined(self) -> Samples:
        """Return all samples; the last one of each run is lengthened or shortened until the next run begins."""
        joined = Samples(*map(np.concatenate, zip(*self.gathered, strict=True)))
        durations, firsts = joined.durations, joined.firsts
        totals = np.add.reduceat(durations, firsts, dtype=np.int64)
        durations[firsts[1:] - 1] += joined.times[1:] - (joined.times[:-1] + totals[:-1])
        return joined._replace(durations=np.maximum(durations, 0))

    def seconds(self, joined: Samples) -> float:
        """Return when the first of all samples is shown."""
        return float(joined.times[0] + joined.shifts[0]) / self.track.timescale


def _scaled(ticks: Ints, scale: float) -> Ints:
    scaled: Ints = np.rint(ticks * scale).astype(np.int64)
    return scaled


class Chapter(NamedTuple):
    """A chapter that begins at `time` (s)."""

    time: float
    title: str


def chapter_list(chapters: Sequence[Chapter]) -> bytes:
    """Return a `udta` box with `chapters`, whose times count from the beginning of the file; b"" if there are none.

    This is Nero's `chpl` box, version 1, which libav, VLC and mpv read: times in 100 ns, titles of 255 bytes at most,
    255 chapters at most.
    """
    if not chapters:
        return b""
    entries = []
    for time, title in chapters[:MAX_CHAPTERS]:
        text = title.encode()[:255].decode(errors="ignore").encode()
        entries.append(struct.pack(">QB", round(time * 10_000_000), len(text)) + text)
    return _box(b"udta", _full(b"chpl", struct.pack(">IB", 0, len(entries)), *entries, version=1))


def moov(tables: list[TrackTable], before: int, extra: bytes = b"") -> bytes:
    """Return the `moov` box for `tables`, the video's first; `extra` is put before the tracks.

    `before` is the size of everything else that precedes the media data, before and after this box.
    """
    tracks = [(table, table.joined()) for table in tables]
    zero = tracks[0][0].seconds(tracks[0][1])
    traks, longest = [], 0
    for number, (table, samples) in enumerate(tracks, 1):
        edits, duration = _edits(table, samples, zero)
        longest = max(longest, duration)
        traks.append(_trak(number, table, samples, edits, duration))
    times = struct.pack(">IIII", 0, 0, MOVIE_TIMESCALE, longest)
    rest = struct.pack(">IH10x", 0x10000, 0x100) + UPRIGHT + bytes(24) + struct.pack(">I", len(tables) + 1)
    head = _full(b"mvhd", times, rest)
    start = before + 8 + len(head) + len(extra) + sum(map(len, traks))
    ends = [(samples.offsets + start).astype(">u8").tobytes() for _, samples in tracks]
    return _box(b"moov", head, extra, *(trak[: -len(end)] + end for trak, end in zip(traks, ends, strict=True)))


def _edits(table: TrackTable, samples: Samples, zero: float) -> tuple[bytes, int]:
    """Return the edit list that makes a track begin at `zero` seconds, and its duration in movie ticks."""
    timescale = table.track.timescale
    end = int((np.cumsum(samples.durations, dtype=np.int64) + samples.shifts).max())
    late = round((table.seconds(samples) - zero) * timescale)
    skipped = int(samples.shifts[0]) + max(0, -late)
    empty = round(max(0, late) * MOVIE_TIMESCALE / timescale)
    shown = round(max(0, end - skipped) * MOVIE_TIMESCALE / timescale)
    edits = [(empty, -1)] if empty else []
    edits.append((shown, skipped))
    if edits == [(shown, 0)]:
        return b"", shown
    body = b"".join(struct.pack(">IiI", length, time, 0x10000) for length, time in edits)
    return _box(b"edts", _full(b"elst", struct.pack(">I", len(edits)), body)), empty + shown


def _trak(number: int, table: TrackTable, samples: Samples, edits: bytes, duration: int) -> bytes:
    """Return a `trak` box that ends with the chunk offsets."""
    track, ticks = table.track, int(samples.durations.sum())
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
    table_box = _sample_table(table, samples)
    return _box(
        b"trak",
        _full(b"tkhd", head, track.matrix or UPRIGHT, size, flags=3),
        edits,
        _box(b"mdia", media, handler, _box(b"minf", about, where, table_box)),
    )


def _sample_table(table: TrackTable, samples: Samples) -> bytes:
    """Return the `stbl` box; its chunk offsets come last and count from the media data until `moov` adjusts them."""
    found = [
        _full(b"stsd", struct.pack(">I", len(table.entries)), *table.entries),
        _counted(b"stts", _run_lengths(samples.durations)),
    ]
    if samples.shifts.any():
        found.append(_counted(b"ctts", _run_lengths(samples.shifts), version=int(samples.shifts.min() < 0)))
    if table.track.video and not samples.sync.all():
        found.append(_counted(b"stss", (np.flatnonzero(samples.sync) + 1)[:, None]))
    found.append(_counted(b"stsc", _chunk_runs(samples.counts, np.concatenate(table.numbers))))
    sizes = samples.sizes.astype(">u4").tobytes()
    found.append(_full(b"stsz", struct.pack(">II", 0, len(samples.sizes)), sizes))
    found.append(_full(b"co64", struct.pack(">I", len(samples.offsets)), samples.offsets.astype(">u8").tobytes()))
    return _box(b"stbl", *found)


def _run_lengths(values: Ints) -> Ints:
    """Return rows of (count, value) for runs of equal values."""
    starts = np.flatnonzero(np.concatenate(([True], values[1:] != values[:-1])))
    counts = np.diff(np.concatenate((starts, [len(values)])))
    return np.column_stack((counts, values[starts]))


def _chunk_runs(counts: Ints, entries: Ints) -> Ints:
    """Return rows of (first chunk, samples a chunk, description) for runs of like chunks."""
    changed = (counts[1:] != counts[:-1]) | (entries[1:] != entries[:-1])
    starts = np.flatnonzero(np.concatenate(([True], changed)))
    return np.column_stack((starts + 1, counts[starts], entries[starts]))


def _counted(kind: bytes, rows: Ints, version: int = 0) -> bytes:
    return _full(kind, struct.pack(">I", len(rows)), rows.astype(">i4").tobytes(), version=version)


def _full(kind: bytes, *body: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags), *body)


def _box(kind: bytes, *body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, body)), kind) + b"".join(body)
