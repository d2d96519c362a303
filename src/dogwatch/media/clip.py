"""Makes one plain MP4 of recorded footage without copying it.

The clip is a head that is built in memory (`ftyp`, `moov`) and one `mdat` that consists of the recorded files' own
bytes. So its size is known before the first byte goes out, a browser can seek in it, and an hour costs little more
than reading the headers of its fragments. The fragments' `moof` boxes stay between the samples, where no table
points: a thousandth of the size, and one slice a file instead of one a second.
"""

from __future__ import annotations

import hashlib
import logging
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import boxes, fragments
from dogwatch.media.parts import FileSlice, VirtualFile
from dogwatch.media.pieces import Piece, cut_all
from dogwatch.media.sample_tables import TrackTable, moov
from dogwatch.model import Segment

LONGEST_GAP_S = 2.0  # longer ones are closed up: nobody wants to watch a frozen picture
OVERLAP_S = 0.05  # a wall clock that was set back; less is drift, which the last sample's length takes up
_FTYP = struct.pack(">I4s4sI4s4s4s", 28, b"ftyp", b"isom", 0x200, b"isom", b"iso2", b"mp41")
_log = logging.getLogger(__name__)


def plan(segments: Iterable[Segment], start: float, end: float, media_root: Path) -> VirtualFile:
    """Return the clip from `start` to `end` (epoch s) of `segments`, which lie below `media_root`, oldest first.

    The start is rounded down to a keyframe. Gaps of less than two seconds show the last picture for as long, longer
    ones are left out. Files that have gone meanwhile are left out like gaps.

    Raises:
        NoFootageError: Nothing is left.
    """
    draft = _Draft(media_root)
    for piece in cut_all(segments, start, end):
        try:
            draft.add(piece)
        except (OSError, MediaError) as error:
            _log.warning("leaving %s out of a clip: %s", piece.segment.path, error)
    if draft.video is None:
        raise NoFootageError("there is no recording in this range")
    return draft.finish()


@dataclass(slots=True)
class _Draft:
    """A clip in the making; `shift` (ticks of 1/90000 s) is how much later the recording is than the clip."""

    media_root: Path
    video: TrackTable | None = None
    audio: TrackTable | None = None
    slices: list[FileSlice] = field(default_factory=list)
    inits: dict[str, tuple[boxes.Track, ...]] = field(default_factory=dict)
    size: int = 0
    shift: int = 0
    end_time: float = 0.0

    def add(self, piece: Piece) -> None:
        path = self.media_root / piece.segment.path
        fd = os.open(path, os.O_RDONLY)
        try:
            runs, tracks = self._read(fd, piece)
        finally:
            os.close(fd)
        gap = piece.start_time - self.end_time
        if self.video is not None and (gap > LONGEST_GAP_S or gap < -OVERLAP_S):
            self.shift += round(gap * 90000)
        for run, position in runs:
            track = tracks[run.track_id]
            self._table(track).add(run, track, self.size + position, self.shift)
        self.slices.append(FileSlice(path, piece.offset, piece.size_bytes))
        self.size += piece.size_bytes
        self.end_time = piece.end_time

    def finish(self) -> VirtualFile:
        tables = [table for table in (self.video, self.audio) if table is not None]
        small = self.size + 8 < 1 << 32
        head = (
            struct.pack(">I4s", self.size + 8, b"mdat") if small else struct.pack(">I4sQ", 1, b"mdat", self.size + 16)
        )
        length = len(moov(tables, 0))  # offsets do not change it
        front = _FTYP + moov(tables, len(_FTYP) + length + len(head)) + head
        tag = hashlib.sha256(front).hexdigest()[:32]
        return VirtualFile((front, *self.slices), self.end_time, tag)

    def _table(self, track: boxes.Track) -> TrackTable:
        if track.video:
            self.video = self.video or TrackTable(track)
            return self.video
        self.audio = self.audio or TrackTable(track)
        return self.audio

    def _read(self, fd: int, piece: Piece) -> tuple[list[tuple[boxes.Run, int]], dict[int, boxes.Track]]:
        """Return the runs of `piece`, each with its place in the piece, and the tracks by id."""
        size = os.fstat(fd).st_size
        init_id = piece.segment.init_id
        if init_id not in self.inits:
            self.inits[init_id] = boxes.parse_init(fragments.read_init(fd, size))
        tracks = self.inits[init_id]
        chosen = {track.video: track for track in reversed(tracks)}  # the first of each kind
        ids = {track.id: track for track in chosen.values()}
        found, at, end = [], piece.offset, piece.offset + piece.size_bytes
        while at < end:
            moof, behind = fragments.read_moof(fd, at, size)
            for run in boxes.parse_moof(moof, tracks):
                last = at + run.data_offset + sum(run.sizes)
                if last > behind or run.data_offset < len(moof):
                    raise MediaError("samples lie outside of their mdat box")
                if run.track_id in ids:
                    found.append((run, at + run.data_offset - piece.offset))
            at = behind
        return found, ids
