"""Plays plain MP4 files as if they had been recorded in fragments: those that another program has recorded.

A plain file has one `moov` with tables of all samples, before or behind one `mdat`, and its times begin near zero. Its
bytes stay as they are. It is divided before keyframes into parts, which stand for fragments (`Fragment.plain`), and the
`moof` of what is played is made of the tables when it is asked for. Source: ISO/IEC 14496-12.
"""

from __future__ import annotations

import os
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

from dogwatch.errors import MediaError
from dogwatch.media import boxes, plain_init
from dogwatch.media.fragments import MAX_INIT_BYTES, SegmentIndex, init_id
from dogwatch.media.init_section import Track, parse_init
from dogwatch.media.moof import DURATION, FLAGS, NON_SYNC, SHIFT, SIZE
from dogwatch.media.pieces import Piece
from dogwatch.media.plain_init import PlainMoov, PlainTrack
from dogwatch.model import LONGEST_SEGMENT_S, Fragment

PEEK_BYTES = 32 << 10  # holds the moov of a usual file of ten seconds whole
PART_S = 1.0  # keyframes that follow sooner begin no part of their own
MAX_SAMPLES = 1 << 20
NAME_S = 1.0  # names are whole seconds: a file began less than this after the time in its name
MDAT_BYTES = 8  # of the header that `PlainFile.head` ends with
SYNC = 0x2000000  # sample_depends_on = 2: on nothing


class _Run(NamedTuple):
    """Samples that lie one after another in the file: from number `first` on."""

    offset: int
    first: int
    samples: int


@dataclass(frozen=True, slots=True)
class _Samples:
    """One track's tables. `zero` is the time (ticks) in the track that is shown when the file begins.

    A chunk is of samples that lie one after another: `offsets` says where each begins, `firsts` with which sample; at
    the end `firsts` has the number of all samples.
    """

    track: Track
    zero: int
    durations: Sequence[int]
    shifts: Sequence[int]
    sync: Sequence[int] | None
    sizes: Sequence[int]
    offsets: Sequence[int]
    firsts: Sequence[int]

    def place(self, sample: int) -> int:
        """Return where a sample lies in the file."""
        chunk = bisect_right(self.firsts, sample) - 1
        return self.offsets[chunk] + sum(self.sizes[self.firsts[chunk] : sample])

    @property
    def begin(self) -> int:
        """Where the first of all samples lies."""
        return min(self.offsets)

    @property
    def end(self) -> int:
        """Where the last of all samples ends."""
        last = max(self.offsets)
        chunk = self.offsets.index(last)
        return last + sum(self.sizes[self.firsts[chunk] : self.firsts[chunk + 1]])

    def runs(self, start: int, end: int) -> list[_Run]:
        """Return the samples that begin between two places in the file."""
        found: list[_Run] = []
        for offset, first, after in zip(self.offsets, self.firsts, self.firsts[1:], strict=False):
            if offset >= end:
                continue
            places = list(accumulate(self.sizes[first:after], initial=offset))
            low, high = bisect_left(places, start, hi=after - first), bisect_left(places, end, hi=after - first)
            if low < high:
                found.append(_Run(places[low], first + low, high - low))
        return found


class PlainFile:
    """The tables of a plain MP4 file."""

    def __init__(self, descriptor: int) -> None:
        """Read the tables of the open file `descriptor`.

        Raises:
            MediaError: It is no plain MP4 file, or one that cannot be divided.
            OSError: It cannot be read.
        """
        self.size_bytes = os.fstat(descriptor).st_size
        moov = _moov(descriptor, self.size_bytes)
        parts = plain_init.read(moov)
        self.init = plain_init.init_of(moov, parts)
        try:
            self._tracks = tuple(_samples(moov, parts, self.init))
        except (struct.error, IndexError) as error:
            raise MediaError(f"the moov box is damaged: {error}") from error
        self._video = next(one for one in self._tracks if one.track.video)
        if any(one.end > self.size_bytes for one in self._tracks):
            raise MediaError("samples lie behind the end of the file")
        if not any(self._video.durations):
            raise MediaError("its pictures last no time")
        if any(abs(one.zero) > LONGEST_SEGMENT_S * one.track.timescale for one in self._tracks):
            raise MediaError("its edit list moves it too far")

    def index(self, start_time: float, previous_end: float | None = None) -> SegmentIndex:
        """Return how the file is played if it begins at `start_time` (epoch s).

        If `previous_end` is when the file before it ends, and `start_time` is of whole seconds because it comes from
        a file name, then the file begins at `previous_end` if it may have.
        """
        scale = self._video.track.timescale
        begin = round(start_time * scale) - self._video.zero
        if previous_end is not None and start_time == int(start_time):
            after = round(previous_end * scale)
            if begin <= after < begin + NAME_S * scale:
                begin = after
        times = list(accumulate(self._video.durations, initial=begin))
        edges = self._edges()
        places = [self._video.place(edge) for edge in edges]
        places[0] = min(one.begin for one in self._tracks)
        if any(after <= before for before, after in pairwise(places)):
            edges, places = edges[:1], places[:1]  # only as a whole
        places.append(max(one.end for one in self._tracks))
        keys = _keys(self._video)
        found = tuple(
            Fragment(
                places[n],
                places[n + 1] - places[n],
                times[edge] / scale,
                (times[until] - times[edge]) / scale,
                keys is None or edge in keys,
                plain=True,
            )
            for n, (edge, until) in enumerate(zip(edges, [*edges[1:], len(times) - 1], strict=True))
        )
        audio = next((one.track for one in self._tracks if not one.track.video), None)
        video = self._video.track
        return SegmentIndex(
            init=self.init,
            init_id=init_id(self.init),
            fragments=found,
            start_time=found[0].start_time,
            end_time=times[-1] / scale,
            has_audio=audio is not None,
            codec=video.codec,
            audio_codec=audio.codec if audio else "",
            width=video.width,
            height=video.height,
            complete=True,
            valid_bytes=self.size_bytes,
        )

    def head(self, piece: Piece) -> bytes:
        """Return the `moof` of a piece, and the header of the `mdat` that its bytes in the file are to be.

        Raises:
            MediaError: It is not what has been indexed.
        """
        start, end = piece.offset, piece.offset + piece.size_bytes
        if end > self.size_bytes or piece.size_bytes + MDAT_BYTES >> 32:
            raise MediaError("the file is shorter than it was, or too long")
        scale = self._video.track.timescale
        began = piece.segment.fragments[0].start_time + self._video.zero / scale
        trafs = [traf for one in self._tracks if (traf := _traf(one, began, start, end)) is not None]
        if not trafs:
            raise MediaError("a part holds no samples")
        size = 8 + 16 + sum(traf.size for traf in trafs)
        moof = b"".join(traf.written(size + MDAT_BYTES - start) for traf in trafs)
        mfhd = struct.pack(">I4sII", 16, b"mfhd", 0, 1)
        return (
            struct.pack(">I4s", size, b"moof")
            + mfhd
            + moof
            + struct.pack(">I4s", piece.size_bytes + MDAT_BYTES, b"mdat")
        )

    def _edges(self) -> list[int]:
        """Return the numbers of the pictures with which parts begin."""
        keys, sync = _keys(self._video), self._video.sync
        times = list(accumulate(self._video.durations, initial=0))
        edges, least = [0], PART_S * self._video.track.timescale
        for key in range(len(self._video.durations)) if sync is None else sync:
            # A part that does not begin with a keyframe is never played, so the first keyframe always begins one.
            playable = keys is None or edges[-1] in keys
            if key and not (playable and times[key] - times[edges[-1]] < least):
                edges.append(key)
        return edges


@dataclass(frozen=True, slots=True)
class _Traf:
    """The samples of a track in a piece: its runs, as places in the file and their samples."""

    samples: _Samples
    time: int
    runs: Sequence[_Run]

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        width = 16 if self.samples.shifts else 12
        return 8 + 16 + 20 + sum(20 + width * run.samples for run in self.runs)

    def written(self, moved: int) -> bytes:
        """Return the box; `moved` is added to places in the file to count them from the `moof`."""
        shifts, fields = self.samples.shifts, DURATION | SIZE | FLAGS | (SHIFT if self.samples.shifts else 0)
        tfhd = struct.pack(">I4sII", 16, b"tfhd", 0x20000, self.samples.track.id)
        parts = [tfhd, struct.pack(">I4sIQ", 20, b"tfdt", 1 << 24, self.time)]
        keys = _keys(self.samples)
        for run in self.runs:
            words: list[int] = []
            for n in range(run.first, run.first + run.samples):
                flags = SYNC if keys is None or n in keys else NON_SYNC
                words += (self.samples.durations[n], self.samples.sizes[n], flags)
                if shifts:
                    words.append(shifts[n] & 0xFFFFFFFF)
            head = (20 + 4 * len(words), b"trun", 1 << 24 | 1 | fields, run.samples, run.offset + moved)
            parts.append(struct.pack(f">I4sIIi{len(words)}I", *head, *words))
        return struct.pack(">I4s", self.size, b"traf") + b"".join(parts)


def scan(path: Path, start_time: float, previous_end: float | None = None) -> SegmentIndex:
    """Read the index of the plain MP4 file at `path`; see `PlainFile.index`.

    Raises:
        MediaError: It is no such file.
        OSError: It cannot be read.
    """
    try:
        return opened(path).index(start_time, previous_end)
    except MediaError as error:
        raise MediaError(f"{path.name} is not playable: {error}") from error


def opened(path: Path) -> PlainFile:
    """Read the tables of the plain MP4 file at `path`.

    Raises:
        MediaError: It is no such file.
        OSError: It cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return PlainFile(descriptor)
    finally:
        os.close(descriptor)


def _moov(descriptor: int, size: int) -> bytes:
    """Return the body of the `moov` box, wherever it lies."""
    peek, at = os.pread(descriptor, PEEK_BYTES, 0), 0
    while at < size:
        head = peek[at : at + 16] if at + 16 <= len(peek) else os.pread(descriptor, 16, at)
        span = boxes.header(head, 0, size - at)
        if span.kind == b"moof":
            raise MediaError("it is no plain file: it has fragments")
        if span.kind == b"moov":
            if span.end > MAX_INIT_BYTES:
                raise MediaError("its moov box is too large")
            whole = peek[at : at + span.end]
            return (whole if len(whole) == span.end else os.pread(descriptor, span.end, at))[span.body :]
        at += span.end
    raise MediaError("it has no moov box")


@lru_cache(maxsize=64)
def _tracks_of(init: bytes) -> dict[int, Track]:
    return {track.id: track for track in parse_init(init)}


def _keys(samples: _Samples) -> frozenset[int] | None:
    """Return the numbers of the samples that can be decoded alone; None if all can."""
    return None if samples.sync is None else frozenset(samples.sync)


def _samples(moov: bytes, parts: PlainMoov, init: bytes) -> Iterator[_Samples]:
    """Yield the first track of each kind that has samples, the video's first."""
    tracks = _tracks_of(init)
    (movie,) = struct.unpack_from(">I", parts.mvhd, 20 if parts.mvhd[0] else 12)
    found: dict[bool, _Samples] = {}
    for plain in parts.tracks:
        track = tracks.get(plain.id)
        if track is not None and track.video not in found:
            table = _table(moov, plain, track, movie)
            if table.sizes:
                found[track.video] = table
    if True not in found:
        raise MediaError("it holds no pictures")
    yield from (found[video] for video in (True, False) if video in found)


def _table(moov: bytes, plain: PlainTrack, track: Track, movie: int) -> _Samples:
    sizes = _sizes(plain.body(moov, b"stsz"))
    durations = _runs(plain.body(moov, b"stts"), "I")
    shifts = _runs(plain.body(moov, b"ctts"), "i") if b"ctts" in plain.boxes else ()
    if len(durations) != len(sizes) or len(shifts) not in (0, len(sizes)):
        raise MediaError("its tables have different lengths")
    offsets, firsts = _chunks(moov, plain, len(sizes))
    keys = tuple(n - 1 for n in _words(plain.body(moov, b"stss"), 1)) if b"stss" in plain.boxes else None
    if keys is not None and (list(keys) != sorted(set(keys)) or (keys and not 0 <= keys[0] <= keys[-1] < len(sizes))):
        raise MediaError("its keyframes are not there")
    zero = time_shown_first(plain.body(moov, b"elst"), track.timescale, movie) if b"elst" in plain.boxes else 0
    return _Samples(track, zero, durations, shifts if any(shifts) else (), keys, sizes, offsets, firsts)


def _words(body: bytes, each: int, at: int = 4) -> tuple[int, ...]:
    """Return the words of a table with its number of rows at `at`, and `each` words a row."""
    (rows,) = struct.unpack_from(">I", body, at)
    if rows * each * 4 > len(body) - at - 4:
        raise MediaError("a table is cut off")
    return struct.unpack_from(f">{rows * each}I", body, at + 4)


def _sizes(body: bytes) -> Sequence[int]:
    same, count = struct.unpack_from(">II", body, 4)
    if count > MAX_SAMPLES:
        raise MediaError("it has too many samples")
    return (same,) * count if same else _words(body, 1, 8)


def _runs(body: bytes, kind: str) -> Sequence[int]:
    """Return one number for each sample of a table of counts and values."""
    pairs = _words(body, 2)
    if sum(pairs[::2]) > MAX_SAMPLES:
        raise MediaError("it has too many samples")
    found: list[int] = []
    for count, value in zip(pairs[::2], pairs[1::2], strict=True):
        found += [value - (1 << 32) if kind == "i" and value >> 31 else value] * count
    return found


def _chunks(moov: bytes, plain: PlainTrack, samples: int) -> tuple[Sequence[int], list[int]]:
    """Return where chunks begin, and with which samples; see `_Samples`."""
    if b"stco" in plain.boxes:
        offsets = _words(plain.body(moov, b"stco"), 1)
    else:
        words = _words(plain.body(moov, b"co64"), 2)
        offsets = tuple(high << 32 | low for high, low in zip(words[::2], words[1::2], strict=True))
    rows = _words(plain.body(moov, b"stsc"), 3)
    begins, counts = rows[::3], rows[1::3]
    if not set(rows[2::3]) <= {1}:
        raise MediaError("its pictures change their description")
    ordered = list(begins) == sorted(set(begins)) and begins[:1] in ((), (1,)) and begins[-1:] <= (len(offsets),)
    if not ordered or 0 in counts:
        raise MediaError("its chunks are not in order")
    each: list[int] = []
    for count, begin, until in zip(counts, begins, [*begins[1:], len(offsets) + 1][: len(begins)], strict=True):
        each += [count] * (until - begin)
    firsts = list(accumulate(each, initial=0))
    if firsts[-1] != samples or len(firsts) != len(offsets) + 1:
        raise MediaError("its chunks have more or fewer samples than there are")
    return offsets, firsts


def time_shown_first(elst: bytes, timescale: int, movie: int) -> int:
    """Return the time in the track that an edit list shows first, less what it shows nothing for."""
    empty = 0
    row = struct.Struct(">QqI" if elst[0] else ">IiI")
    (count,) = struct.unpack_from(">I", elst, 4)
    for n in range(min(count, (len(elst) - 8) // row.size)):
        length, time, _ = row.unpack_from(elst, 8 + n * row.size)
        if time >= 0:
            return int(time) - empty
        empty += round(length * timescale / movie) if movie else 0
    return -empty


def _traf(samples: _Samples, began: float, start: int, end: int) -> _Traf | None:
    """Return the samples that begin between two places in the file, None if there are none.

    `began` is when the file's own time begins (epoch s).
    """
    runs = samples.runs(start, end)
    if not runs:
        return None
    if any(one.first + one.samples != after.first for one, after in pairwise(runs)):
        raise MediaError("its samples do not lie in order")
    ticks = sum(samples.durations[: runs[0].first]) - samples.zero
    return _Traf(samples, round(began * samples.track.timescale) + ticks, runs)
