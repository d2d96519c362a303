"""Finds the fragments of a recorded file, reading little more than their headers.

A segment file is `ftyp` + `moov`, then `moof` + `mdat` pairs of at most a second. A crash or a full disk leaves at most
one incomplete pair at the end, which is ignored here: everything before it plays.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from dogwatch.errors import MediaError
from dogwatch.media import boxes
from dogwatch.media.init_section import Track, parse_init
from dogwatch.media.moof import parse_moof
from dogwatch.model import Fragment

PEEK_BYTES = 4096  # holds the moof of a usual fragment whole
MAX_MOOF_BYTES = 1 << 20
MAX_INIT_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class SegmentIndex:
    """The contents of a segment file.

    `init` is `ftyp` + `moov`, `init_id` its name (see `model.Segment`). `codec` and `audio_codec` are RFC 6381
    strings, the latter empty without audio. `valid_bytes` is where the last whole fragment ends; `complete` is whether
    the file ends there. Times are epoch seconds of the video track.
    """

    init: bytes
    init_id: str
    fragments: tuple[Fragment, ...]
    start_time: float
    end_time: float
    has_audio: bool
    codec: str
    audio_codec: str
    width: int
    height: int
    complete: bool
    valid_bytes: int


def init_id(init: bytes) -> str:
    """Return the name of an init section: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(init).hexdigest()[:16]


def scan(path: Path) -> SegmentIndex:
    """Read the index of the segment file at `path`.

    Raises:
        MediaError: It is no such file, or holds no whole fragment.
        OSError: It cannot be read.
    """
    fd = os.open(path, os.O_RDONLY)
    try:
        return _scan(fd, os.fstat(fd).st_size)
    except MediaError as error:
        raise MediaError(f"{path.name} is not playable: {error}") from error
    finally:
        os.close(fd)


def read_init(fd: int, size: int) -> bytes:
    """Read everything before the first fragment.

    Raises:
        MediaError: The file does not begin with `ftyp` + `moov`.
    """
    at = 0
    for kind in (b"ftyp", b"moov"):
        span = boxes.header(os.pread(fd, 16, at), 0, size - at)
        if span.kind != kind:
            raise MediaError(f"it does not begin with ftyp and moov, but with {span.kind!r}")
        at += span.end
        if at > MAX_INIT_BYTES:
            raise MediaError("its moov box is too large")
    return os.pread(fd, at, 0)


def read_moof(fd: int, offset: int, size: int) -> tuple[bytes, int]:
    """Read the `moof` at `offset` of a file of `size` bytes; return it and where its `mdat` ends.

    Raises:
        MediaError: There is no whole `moof` + `mdat` here.
    """
    head = os.pread(fd, PEEK_BYTES, offset)
    kind, length = boxes.extent(head, 0, size - offset)
    if kind != b"moof":
        raise MediaError(f"expected a moof box, found {kind!r}")
    if length > MAX_MOOF_BYTES:
        raise MediaError("a moof box is too large")
    if length + 16 > len(head):
        head = os.pread(fd, length + 16, offset)
    kind, end = boxes.extent(head, length, size - offset)
    if kind != b"mdat":
        raise MediaError(f"expected an mdat box, found {kind!r}")
    return head[:length], offset + end


def _scan(fd: int, size: int) -> SegmentIndex:
    init = read_init(fd, size)
    tracks = parse_init(init)
    video = next(track for track in tracks if track.video)
    audio = next((track for track in tracks if not track.video), None)
    found: list[Fragment] = []
    offset, complete, end_time = len(init), True, 0.0
    while offset < size:
        try:
            if boxes.header(os.pread(fd, 16, offset), 0, size - offset).kind == b"mfra":
                break  # the index that a muxer writes when it closes a file
            moof, end = read_moof(fd, offset, size)
            fragment, ends = _fragment(moof, offset, end, tracks, video)
        except MediaError:
            complete = False
            break
        if fragment is not None:
            found.append(fragment)
            end_time = ends
        elif found:  # sound alone, such as a last packet, becomes part of the fragment before
            found[-1] = replace(found[-1], size_bytes=end - found[-1].offset)
        offset = end
    if not found:
        raise MediaError("it holds no whole fragment")
    return SegmentIndex(
        init=init,
        init_id=init_id(init),
        fragments=tuple(found),
        start_time=found[0].start_time,
        end_time=end_time,
        has_audio=audio is not None,
        codec=video.codec,
        audio_codec=audio.codec if audio else "",
        width=video.width,
        height=video.height,
        complete=complete,
        valid_bytes=offset,
    )


def _fragment(
    moof: bytes, offset: int, end: int, tracks: tuple[Track, ...], video: Track
) -> tuple[Fragment | None, float]:
    """Return a fragment, None if it has no pictures, and its end time.

    The end is computed from ticks. The sum of start and duration may be off by the last bit of a float (2e-7 s today):
    the next segment, whose start is computed from the same ticks, would then begin before it.
    """
    runs = [run for run in parse_moof(moof, tracks) if run.track_id == video.id and run.sizes]
    if not runs:
        return None, 0.0
    begin, ticks = runs[0].decode_time, sum(run.duration for run in runs)
    fragment = Fragment(offset, end - offset, begin / video.timescale, ticks / video.timescale, runs[0].sync[0])
    return fragment, (begin + ticks) / video.timescale
