"""Streams recorded footage of any length as one fragmented MP4, of which a fragment at a time is in memory.

The tables of a plain MP4 (see `media.clip`) grow with its length: those of a day take 160 MiB while they are made. Here
the recorded fragments are sent as they lie, with new times, so that the timeline goes on where files begin anew.
Source: ISO/IEC 14496-12.
"""

from __future__ import annotations

import logging
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import fragments
from dogwatch.media.boxes import bodies, header
from dogwatch.media.clip import LONGEST_GAP_S, OVERLAP_S
from dogwatch.media.init_section import Track, parse_init
from dogwatch.media.moof import parse_moof
from dogwatch.media.pieces import Piece, cut
from dogwatch.media.plain_file import MDAT_BYTES, PlainFile
from dogwatch.model import Segment

MAX_FRAGMENT_BYTES = 64 << 20
_WORD, _LONG = struct.Struct(">I"), struct.Struct(">Q")
_log = logging.getLogger(__name__)


def stream(segments: Iterable[Segment], start: float, end: float, media_root: Path) -> Iterator[bytes]:
    """Yield the clip from `start` to `end` (epoch s) of `segments`, which lie below `media_root`, oldest first.

    What is cut out and left out is as in `media.clip.plan`. Footage whose tracks differ from those at the beginning is
    left out too: a fragmented file has one description of them.

    Raises:
        NoFootageError: There is nothing to show; nothing has been yielded yet.
    """
    clip = _LongClip(media_root)
    for segment in segments:
        piece = cut(segment, start, end)
        if piece is None:
            continue
        try:
            yield from clip.add(piece)
        except (OSError, MediaError) as error:
            _log.warning("leaving %s out of a clip: %s", segment.path, error)
    if clip.tracks is None:
        raise NoFootageError("there is no recording in this range")


@dataclass(slots=True)
class _LongClip:
    """What has been sent so far: until when (epoch s), and by how much (s) its times are earlier than recorded ones."""

    media_root: Path
    tracks: tuple[Track, ...] | None = None
    init_id: str = ""
    end_time: float = 0.0
    cut_out: float = 0.0
    number: int = 0

    def add(self, piece: Piece) -> Iterator[bytes]:
        fd = os.open(self.media_root / piece.segment.path, os.O_RDONLY)
        try:
            yield from self._pieces(fd, piece)
        finally:
            os.close(fd)

    def _pieces(self, fd: int, piece: Piece) -> Iterator[bytes]:
        plain = PlainFile(fd) if piece.plain else None
        size = os.fstat(fd).st_size
        if self.tracks is None:
            init = plain.init if plain else fragments.read_init(fd, size)
            self.tracks, self.init_id = parse_init(init), piece.segment.init_id
            self.end_time = self.cut_out = piece.start_time
            yield init
        elif piece.segment.init_id != self.init_id:
            raise MediaError("its tracks are others than those at the beginning of the clip")
        gap = piece.start_time - self.end_time
        if gap > LONGEST_GAP_S or gap < -OVERLAP_S:
            self.cut_out += gap
        at, behind = piece.offset, piece.offset + piece.size_bytes
        earlier: float | None = None
        while at < behind:
            if plain is not None:
                head = plain.head(piece)
                moof, media, ends = head[:-MDAT_BYTES], at - MDAT_BYTES, behind
            else:
                moof, ends = fragments.read_moof(fd, at, size)
                head, media = moof, at + len(moof)
            if earlier is None:
                earlier = self._begins(moof) - (piece.start_time - self.cut_out)
            data = _read(fd, media + len(head) - len(moof), ends)  # whole, before anything of it is sent
            yield self._moved(moof, earlier) + head[len(moof) :] + data
            at = ends
        self.end_time = piece.end_time

    def _begins(self, moof: bytes) -> float:
        """Return the decode time (s) of the first picture."""
        assert self.tracks is not None  # noqa: S101 - set by the first piece
        scales = {track.id: track.timescale for track in self.tracks if track.video}
        for run in parse_moof(moof, self.tracks):
            if run.track_id in scales:
                return run.decode_time / scales[run.track_id]
        raise MediaError("its first fragment has no picture")

    def _moved(self, moof: bytes, earlier: float) -> bytes:
        """Return a `moof` with the next number, and times that are `earlier` by so many seconds."""
        assert self.tracks is not None  # noqa: S101 - set by the first piece
        scales = {track.id: track.timescale for track in self.tracks}
        found, scale = bytearray(moof), 0
        self.number += 1
        span = header(moof, 0, len(moof))
        for kind, body, end in bodies(moof, span.body, span.end):
            if kind == b"mfhd":
                _WORD.pack_into(found, body + 4, self.number)
            elif kind == b"traf":
                for inner, at, _ in bodies(moof, body, end):
                    if inner == b"tfhd":
                        scale = scales.get(_WORD.unpack_from(moof, at + 4)[0], 0)
                    elif inner == b"tfdt":
                        form = _LONG if moof[at] else _WORD
                        (time,) = form.unpack_from(moof, at + 4)
                        form.pack_into(found, at + 4, max(0, time - round(earlier * scale)))
        return bytes(found)


def _read(fd: int, start: int, end: int) -> bytes:
    """Return the bytes of a file between two places.

    Raises:
        MediaError: The file has become shorter, or a fragment is too large.
    """
    data = os.pread(fd, end - start, start) if end - start <= MAX_FRAGMENT_BYTES else b""
    if len(data) < end - start:
        raise MediaError("a fragment is too large, or the file has become shorter")
    return data
