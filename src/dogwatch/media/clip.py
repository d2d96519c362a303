"""Makes one plain MP4 of recorded footage without copying the media data.

The clip is a header that is built in memory (`ftyp`, `moov`) and one `mdat` whose bytes are slices of the recorded
files. So its size is known before the first byte goes out, a browser can seek in it, and an hour costs little more than
reading the headers of its fragments. The fragments' `moof` boxes stay between the samples, where no table points. They
add a thousandth of the size, and save one slice a second: a file is one slice.
"""

from __future__ import annotations

import hashlib
import logging
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import fragments
from dogwatch.media.init_section import Track, parse_init
from dogwatch.media.moof_arrays import MoofBatch, Samples
from dogwatch.media.pieces import Piece, cut_all
from dogwatch.media.plain_file import MDAT_BYTES, PlainFile
from dogwatch.media.sample_tables import MAX_CHAPTERS, Chapter, TrackTable, chapter_list, moov
from dogwatch.media.virtual_file import FileSlice, VirtualFile
from dogwatch.model import Segment

LONGEST_GAP_S = 2.0  # longer gaps are cut out: nobody wants to watch a frozen picture
OVERLAP_S = 0.05  # more means that the wall clock was set back; less is drift: the last sample is made shorter
_FTYP = struct.pack(">I4s4sI4s4s4s", 28, b"ftyp", b"isom", 0x200, b"isom", b"iso2", b"mp41")
TOGETHER = 1000  # fragments
_log = logging.getLogger(__name__)


def plan(
    segments: Iterable[Segment], start: float, end: float, media_root: Path, chapters: Sequence[Chapter] = ()
) -> VirtualFile:
    """Return the clip from `start` to `end` (epoch s) of `segments`, which lie below `media_root`, oldest first.

    The start is rounded down to a keyframe. Gaps of less than two seconds show the last picture meanwhile; longer ones
    are cut out. Files that have been deleted meanwhile are treated as gaps. `chapters` that begin in a gap begin after
    it.

    Raises:
        NoFootageError: There is nothing to show.
    """
    draft = _Draft(media_root)
    for pieces in _batches(cut_all(segments, start, end)):
        draft.add(pieces)
    if draft.video is None:
        raise NoFootageError("there is no recording in this range")
    return draft.finish(chapters)


def _batches(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Yield pieces to read together: of one init section, and so few that their boxes take some megabytes at most."""
    batch: list[Piece] = []
    count = 0
    for piece in pieces:
        count += len(piece.fragments)
        if batch and (piece.segment.init_id != batch[0].segment.init_id or count > TOGETHER):
            yield batch
            batch, count = [], len(piece.fragments)
        batch.append(piece)
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Read:
    """The `moof` boxes of a piece, and where in the file each begins and its `mdat` ends."""

    piece: Piece
    path: Path
    tracks: tuple[Track, ...]
    moofs: list[bytes]
    begins: list[int]
    ends: list[int]


@dataclass(slots=True)
class _Draft:
    """A clip being put together; `shift` (ticks of 1/90000 s) is recorded time minus time in the clip."""

    media_root: Path
    video: TrackTable | None = None
    audio: TrackTable | None = None
    slices: list[FileSlice] = field(default_factory=list)
    inits: dict[str, tuple[Track, ...]] = field(default_factory=dict)
    size: int = 0
    shift: int = 0
    end_time: float = 0.0
    spans: list[tuple[float, float, float]] = field(default_factory=list)  # start, end and shift of each piece, in s

    def add(self, pieces: Sequence[Piece]) -> None:
        """Append pieces with one init section; those that cannot be read are left out."""
        self._append([read for piece in pieces if (read := self._read(piece)) is not None])

    def finish(self, chapters: Sequence[Chapter]) -> VirtualFile:
        tables = [table for table in (self.video, self.audio) if table is not None]
        small = self.size + 8 < 1 << 32
        head = (
            struct.pack(">I4s", self.size + 8, b"mdat") if small else struct.pack(">I4sQ", 1, b"mdat", self.size + 16)
        )
        marks = chapter_list(self._in_clip(chapters))
        front = _FTYP + moov(tables, len(_FTYP) + len(head), marks) + head
        tag = hashlib.sha256(front).hexdigest()[:32]
        return VirtualFile((front, *self.slices), self.end_time, tag)

    def _in_clip(self, chapters: Sequence[Chapter]) -> list[Chapter]:
        """Return `chapters` with their times in the clip (s), without those before or after it."""
        if not self.spans or not chapters:
            return []
        zero = self.spans[0][0] - self.spans[0][2]
        found: list[Chapter] = []
        for chapter in sorted(chapters):
            if len(found) == MAX_CHAPTERS:
                break  # a day has thousands of segments
            behind = [span for span in self.spans if span[1] > chapter.time]
            if not behind or (found and chapter.time < self.spans[0][0]):
                continue
            first, _, shift = behind[0]
            found.append(Chapter(max(0.0, max(chapter.time, first) - shift - zero), chapter.title))
        return found

    def _append(self, reads: list[_Read]) -> None:
        if not reads:
            return
        try:
            found = _samples(reads)
        except MediaError as error:
            if len(reads) > 1:
                for read in reads:  # to find out which
                    self._append([read])
            else:
                _log.warning("leaving %s out of a clip: %s", reads[0].piece.segment.path, error)
            return
        places, shifts = np.array([self._place(read) for read in reads], np.int64).T
        piece_of = np.repeat(np.arange(len(reads)), [len(read.moofs) for read in reads])  # by the number of the moof
        begins = np.array([begin - read.piece.offset for read in reads for begin in read.begins], np.int64)
        for track, samples in found:
            piece = piece_of[samples.moofs]
            offsets = samples.offsets + begins[samples.moofs] + places[piece]
            self._table(track).add(samples._replace(offsets=offsets), track, shifts[piece])

    def _place(self, read: _Read) -> tuple[int, int]:
        """Append a piece; return its place in the media data and its shift."""
        piece = read.piece
        gap = piece.start_time - self.end_time
        if self.slices and (gap > LONGEST_GAP_S or gap < -OVERLAP_S):
            self.shift += round(gap * 90000)
        place = self.size
        size = piece.size_bytes
        self.slices.append(FileSlice(read.path, piece.offset, size))
        self.size += size
        self.end_time = piece.end_time
        self.spans.append((piece.start_time, piece.end_time, self.shift / 90000))
        return place, self.shift

    def _table(self, track: Track) -> TrackTable:
        if track.video:
            self.video = self.video or TrackTable(track)
            return self.video
        self.audio = self.audio or TrackTable(track)
        return self.audio

    def _read(self, piece: Piece) -> _Read | None:
        path = self.media_root / piece.segment.path
        try:
            fd = os.open(path, os.O_RDONLY)
            try:
                return self._read_moofs(fd, path, piece)
            finally:
                os.close(fd)
        except (OSError, MediaError) as error:
            _log.warning("leaving %s out of a clip: %s", piece.segment.path, error)
            return None

    def _read_moofs(self, fd: int, path: Path, piece: Piece) -> _Read:
        if piece.plain:
            return self._read_plain(fd, path, piece)
        size, init_id = os.fstat(fd).st_size, piece.segment.init_id
        if init_id not in self.inits:
            self.inits[init_id] = parse_init(fragments.read_init(fd, size))
        read = _Read(piece, path, self.inits[init_id], [], [], [])
        at, end = piece.offset, piece.offset + piece.size_bytes
        while at < end:
            moof, behind = fragments.read_moof(fd, at, size)
            read.moofs.append(moof)
            read.begins.append(at)
            read.ends.append(behind)
            at = behind
        return read

    def _read_plain(self, fd: int, path: Path, piece: Piece) -> _Read:
        """Read a piece of a plain file. Its `moof` counts as lying just before it, where places are negative."""
        plain, init_id = PlainFile(fd), piece.segment.init_id
        if init_id not in self.inits:
            self.inits[init_id] = parse_init(plain.init)
        head = plain.head(piece)
        begin, end = piece.offset - len(head), piece.offset + piece.size_bytes
        return _Read(piece, path, self.inits[init_id], [head[:-MDAT_BYTES]], [begin], [end])


def _samples(reads: list[_Read]) -> list[tuple[Track, Samples]]:
    """Return the samples of the first track of each kind.

    Raises:
        MediaError: They are malformed, or lie where there is no media data.
    """
    moofs = [moof for read in reads for moof in read.moofs]
    heads = np.array([len(moof) for moof in moofs], np.int64)
    sizes = np.array([end - begin for read in reads for begin, end in zip(read.begins, read.ends, strict=True)])
    found, tracks = MoofBatch(moofs), reads[0].tracks
    if unknown := found.tracks() - {track.id for track in tracks}:
        raise MediaError(f"a fragment belongs to track {min(unknown)}, which is not declared")
    chosen = {track.video: track for track in reversed(tracks)}.values()
    pairs = [(track, samples) for track in chosen if (samples := found.samples(track)) is not None]
    for _, samples in pairs:
        last = samples.offsets + samples.run_bytes
        if (samples.offsets < heads[samples.moofs]).any() or (last > sizes[samples.moofs]).any():
            raise MediaError("samples lie outside of their mdat box")
    return pairs
