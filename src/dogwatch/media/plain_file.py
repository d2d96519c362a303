"""Plays plain MP4 files as if they had been recorded in fragments: those that another program has recorded.

A plain file has one `moov` with tables of all samples, before or behind one `mdat`, and its times begin near zero. Its
bytes stay as they are. It is divided before keyframes into parts, which stand for fragments (`Fragment.plain`), and the
`moof` of what is played is made of the tables when it is asked for. Source: ISO/IEC 14496-12.
"""

from __future__ import annotations

import os
import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

from dogwatch.errors import MediaError
from dogwatch.media import boxes
from dogwatch.media.boxes import BoxSpan, children, find
from dogwatch.media.fragments import MAX_INIT_BYTES, SegmentIndex, init_id
from dogwatch.media.init_section import Track, parse_init
from dogwatch.media.moof import DURATION, FLAGS, NON_SYNC, SHIFT, SIZE
from dogwatch.media.pieces import Piece
from dogwatch.media.plain_init import init_of
from dogwatch.model import Fragment

PEEK_BYTES = 32 << 10  # holds the moov of a usual file of ten seconds whole
PART_S = 1.0  # keyframes that follow sooner begin no part of their own
MAX_SAMPLES = 1 << 20
NAME_S = 1.0  # names are whole seconds: a file began less than this after the time in its name
MDAT_BYTES = 8  # of the header that `PlainFile.head` ends with
SYNC = 0x2000000  # sample_depends_on = 2: on nothing


class _Chunk(NamedTuple):
    """Samples that lie one after another in the file: from number `first` on."""

    offset: int
    first: int
    samples: int


@dataclass(frozen=True, slots=True)
class _Samples:
    """One track's tables. `zero` is the time (ticks) in the track that is shown when the file begins."""

    track: Track
    zero: int
    durations: Sequence[int]
    shifts: Sequence[int]
    sync: Sequence[int] | None
    sizes: Sequence[int]
    places: Sequence[int]
    chunks: Sequence[_Chunk]

    @property
    def end(self) -> int:
        """Where the last of all samples ends."""
        return max(self.places[c.first + c.samples - 1] + self.sizes[c.first + c.samples - 1] for c in self.chunks)


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
        try:
            self.init = init_of(moov)
            self._tracks = tuple(_samples(moov, self.init))
        except (struct.error, IndexError) as error:
            raise MediaError(f"the moov box is damaged: {error}") from error
        self._video = next(one for one in self._tracks if one.track.video)
        if any(one.end > self.size_bytes for one in self._tracks):
            raise MediaError("samples lie behind the end of the file")

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
        places = [self._video.places[edge] for edge in edges]
        places[0] = min(one.chunks[0].offset for one in self._tracks)
        if any(after <= before for before, after in pairwise(places)):
            edges, places = edges[:1], [min(min(one.places) for one in self._tracks)]  # only as a whole
        places.append(max(one.end for one in self._tracks))
        sync = self._video.sync
        found = tuple(
            Fragment(
                places[n],
                places[n + 1] - places[n],
                times[edge] / scale,
                (times[until] - times[edge]) / scale,
                sync is None or edge in sync,
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
        sync = self._video.sync
        keys = range(len(self._video.durations)) if sync is None else sync
        times = list(accumulate(self._video.durations, initial=0))
        edges, least = [0], PART_S * self._video.track.timescale
        for key in keys:
            # A part that does not begin with a keyframe is never played, so the first keyframe always begins one.
            playable = sync is None or edges[-1] in sync
            if key and not (playable and times[key] - times[edges[-1]] < least):
                edges.append(key)
        return edges


@dataclass(frozen=True, slots=True)
class _Traf:
    """The samples of a track in a piece: its runs, as places in the file and their samples."""

    samples: _Samples
    time: int
    runs: Sequence[_Chunk]

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
        sync = None if self.samples.sync is None else frozenset(self.samples.sync)
        for run in self.runs:
            words: list[int] = []
            for n in range(run.first, run.first + run.samples):
                flags = SYNC if sync is None or n in sync else NON_SYNC
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
    """Return the `moov` box, wherever it lies."""
    peek, at = os.pread(descriptor, PEEK_BYTES, 0), 0
    while at < size:
        head = peek[at : at + 16] if at + 16 <= len(peek) else os.pread(descriptor, 16, at)
        span = boxes.header(head, 0, size - at)
        if span.kind == b"moof":
            raise MediaError("it is no plain file: it has fragments")
        if span.kind == b"moov":
            if span.end > MAX_INIT_BYTES:
                raise MediaError("its moov box is too large")
            end = at + span.end
            return peek[at:end] if end <= len(peek) else os.pread(descriptor, span.end, at)
        at += span.end
    raise MediaError("it has no moov box")


def _samples(moov: bytes, init: bytes) -> Iterator[_Samples]:
    """Yield the first track of each kind that has samples, the video's first."""
    tracks = {track.id: track for track in parse_init(init)}
    root = find(moov, "moov")
    mvhd = find(moov, "mvhd", root.body, root.end)
    movie = struct.unpack_from(">I", moov, mvhd.body + (20 if moov[mvhd.body] else 12))[0]
    found: dict[bool, _Samples] = {}
    for trak in (span for span in children(moov, root.body, root.end) if span.kind == b"trak"):
        tkhd = find(moov, "tkhd", trak.body, trak.end)
        track = tracks.get(struct.unpack_from(">I", moov, tkhd.body + (20 if moov[tkhd.body] else 12))[0])
        if track is not None and track.video not in found:
            table = _table(moov, trak, track, movie)
            if table.sizes:
                found[track.video] = table
    if True not in found:
        raise MediaError("it holds no pictures")
    yield from (found[video] for video in (True, False) if video in found)


def _table(moov: bytes, trak: BoxSpan, track: Track, movie: int) -> _Samples:
    stbl = find(moov, "mdia/minf/stbl", trak.body, trak.end)
    spans = {span.kind: span for span in children(moov, stbl.body, stbl.end)}
    sizes = _sizes(moov, spans)
    durations = _runs(moov, spans.get(b"stts"), "I")
    shifts = _runs(moov, spans.get(b"ctts"), "i")
    if len(durations) != len(sizes) or len(shifts) not in (0, len(sizes)):
        raise MediaError("its tables have different lengths")
    chunks = _chunks(moov, spans, len(sizes))
    places = [0] * len(sizes)
    for offset, first, count in chunks:
        for n in range(first, first + count):
            places[n] = offset
            offset += sizes[n]
    sync = spans.get(b"stss")
    keys = None if sync is None else tuple(n - 1 for n in _words(moov, sync, 4, 1))
    if keys is not None and any(not 0 <= n < len(sizes) for n in keys):
        raise MediaError("a keyframe is not there")
    zero = _zero(moov, trak, track.timescale, movie)
    return _Samples(track, zero, durations, shifts if any(shifts) else (), keys, sizes, places, chunks)


def _words(moov: bytes, span: BoxSpan, at: int, each: int) -> tuple[int, ...]:
    """Return the words of a table with its number of rows at `at` of the body, and `each` words a row."""
    (rows,) = struct.unpack_from(">I", moov, span.body + at)
    if rows * each * 4 > span.end - span.body - at - 4:
        raise MediaError(f"the box {span.kind!r} is cut off")
    return struct.unpack_from(f">{rows * each}I", moov, span.body + at + 4)


def _sizes(moov: bytes, spans: dict[bytes, BoxSpan]) -> Sequence[int]:
    span = spans.get(b"stsz")
    if span is None:
        raise MediaError("there is no 'stsz' box")
    (same, count) = struct.unpack_from(">II", moov, span.body + 4)
    if count > MAX_SAMPLES:
        raise MediaError("it has too many samples")
    return (same,) * count if same else _words(moov, span, 8, 1)


def _runs(moov: bytes, span: BoxSpan | None, kind: str) -> Sequence[int]:
    """Return one number for each sample of a table of counts and values."""
    if span is None:
        return ()
    pairs = _words(moov, span, 4, 2)
    if sum(pairs[::2]) > MAX_SAMPLES:
        raise MediaError("it has too many samples")
    found: list[int] = []
    for count, value in zip(pairs[::2], pairs[1::2], strict=True):
        found += [value - (1 << 32) if kind == "i" and value >> 31 else value] * count
    return found


def _chunks(moov: bytes, spans: dict[bytes, BoxSpan], samples: int) -> list[_Chunk]:
    stsc = spans.get(b"stsc")
    if stsc is None:
        raise MediaError("there is no 'stsc' box")
    if (span := spans.get(b"stco")) is not None:
        offsets = _words(moov, span, 4, 1)
    elif (span := spans.get(b"co64")) is not None:
        words = _words(moov, span, 4, 2)
        offsets = tuple(high << 32 | low for high, low in zip(words[::2], words[1::2], strict=True))
    else:
        raise MediaError("there is no table of chunks")
    rows = _words(moov, stsc, 4, 3)
    if any(number != 1 for number in rows[2::3]):
        raise MediaError("its pictures change their description")
    found: list[_Chunk] = []
    first, firsts = 0, rows[::3]
    for n, (begin, count) in enumerate(zip(firsts, rows[1::3], strict=True)):
        until = firsts[n + 1] if n + 1 < len(firsts) else len(offsets) + 1
        for offset in offsets[begin - 1 : until - 1]:
            if count:
                found.append(_Chunk(offset, first, count))
            first += count
            if first > samples:
                raise MediaError("its chunks have more samples than there are")
    if first != samples:
        raise MediaError("its chunks have fewer samples than there are")
    return found


def _zero(moov: bytes, trak: BoxSpan, timescale: int, movie: int) -> int:
    """Return the time in the track that the edit list shows first, less what it shows nothing for."""
    edts = next((span for span in children(moov, trak.body, trak.end) if span.kind == b"edts"), None)
    if edts is None:
        return 0
    elst = find(moov, "elst", edts.body, edts.end)
    empty = 0
    long = bool(moov[elst.body])
    row = struct.Struct(">QqI" if long else ">IiI")
    (count,) = struct.unpack_from(">I", moov, elst.body + 4)
    for n in range(min(count, (elst.end - elst.body - 8) // row.size)):
        length, time, _ = row.unpack_from(moov, elst.body + 8 + n * row.size)
        if time >= 0:
            return int(time) - empty
        empty += round(length * timescale / movie) if movie else 0
    return -empty


def _traf(samples: _Samples, began: float, start: int, end: int) -> _Traf | None:
    """Return the samples that begin between two places in the file, None if there are none.

    `began` is when the file's own time begins (epoch s).
    """
    runs: list[_Chunk] = []
    for chunk in samples.chunks:
        places = samples.places[chunk.first : chunk.first + chunk.samples]
        low, high = bisect_left(places, start), bisect_left(places, end)
        if low < high:
            runs.append(_Chunk(places[low], chunk.first + low, high - low))
    if not runs:
        return None
    if any(one.first + one.samples != after.first for one, after in pairwise(runs)):
        raise MediaError("its samples do not lie in order")
    ticks = sum(samples.durations[: runs[0].first]) - samples.zero
    return _Traf(samples, round(began * samples.track.timescale) + ticks, runs)
