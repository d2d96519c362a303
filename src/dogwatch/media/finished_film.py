"""Makes a plain MP4 of a fragmented one without copying its media data, so that players can seek in it at once.

As `media.clip` does for recordings: a header that comes first, and one `mdat` that holds the fragments as they are.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import boxes, fragments
from dogwatch.media.init_section import parse_init
from dogwatch.media.moof_arrays import MoofBatch
from dogwatch.media.sample_tables import TrackTable, moov
from dogwatch.media.virtual_file import FileSlice, Part

TOGETHER = 1000  # fragments
_FTYP = struct.pack(">I4s4sI4s4s4s", 28, b"ftyp", b"isom", 0x200, b"isom", b"iso2", b"mp41")


@dataclass(frozen=True, slots=True)
class FilmHead:
    """What comes before the media data, which are the bytes from `start` to `end` of the fragmented file."""

    data: bytes
    start: int
    end: int

    def parts(self, path: Path) -> tuple[Part, ...]:
        """Return the parts of the plain file whose fragments are at `path`."""
        return self.data, FileSlice(path, self.start, self.end - self.start)


def head_of(path: Path) -> FilmHead:
    """Return the head of the fragmented MP4 file at `path`.

    Raises:
        MediaError: It is none, or was not completed.
        OSError: It cannot be read.
    """
    fd = os.open(path, os.O_RDONLY)
    try:
        return _head_of(fd, os.fstat(fd).st_size)
    finally:
        os.close(fd)


def _head_of(fd: int, size: int) -> FilmHead:
    init = fragments.read_init(fd, size)
    tables = {track.id: TrackTable(track) for track in parse_init(init)}
    start = at = len(init)
    found: list[tuple[int, bytes]] = []
    while at < size and boxes.header(os.pread(fd, 16, at), 0, size - at).kind != b"mfra":
        moof, end = fragments.read_moof(fd, at, size)
        found.append((at - start, moof))
        at = end
    for first in range(0, len(found), TOGETHER):
        _add(tables, found[first : first + TOGETHER])
    filled = sorted((table for table in tables.values() if table.gathered), key=lambda table: not table.track.video)
    if not filled or not filled[0].track.video:
        raise NoFootageError("the film has no picture")
    length = at - start
    head = struct.pack(">I4s", length + 8, b"mdat") if length + 8 < 1 << 32 else _long(length)
    return FilmHead(_FTYP + moov(filled, len(_FTYP) + len(head)) + head, start, at)


def _long(length: int) -> bytes:
    return struct.pack(">I4sQ", 1, b"mdat", length + 16)


def _add(tables: dict[int, TrackTable], moofs: list[tuple[int, bytes]]) -> None:
    batch = MoofBatch([moof for _, moof in moofs])
    places = np.array([place for place, _ in moofs], np.int64)
    if unknown := batch.tracks() - tables.keys():
        raise MediaError(f"a fragment belongs to track {min(unknown)}, which is not declared")
    for table in tables.values():
        samples = batch.samples(table.track)
        if samples is not None:
            moved = samples._replace(offsets=samples.offsets + places[samples.moofs])
            table.add(moved, table.track, np.zeros(len(samples.counts), np.int64))
