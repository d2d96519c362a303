"""Reads the init section (`ftyp` + `moov`) of recorded files: which tracks they have."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from dogwatch.errors import MediaError
from dogwatch.media.boxes import BoxSpan, children, find, header
from dogwatch.media.codecs import codec_string

MATRIX_AT = 40  # in the body of a `tkhd` of version 0
UPRIGHT = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(frozen=True, slots=True)
class Track:
    """One track of an init section; `entry` is its sample description (the one child of `stsd`), verbatim.

    `codec` is an RFC 6381 string, `matrix` how pictures are turned, empty if they are not. Defaults are those of
    `trex`, for samples without values of their own.
    """

    id: int
    video: bool
    timescale: int
    codec: str
    width: int
    height: int
    entry: bytes
    default_duration: int = 0
    default_size: int = 0
    default_flags: int = 0
    matrix: bytes = b""


def parse_init(data: bytes) -> tuple[Track, ...]:
    """Read the tracks of an init section (`ftyp` + `moov`).

    Raises:
        MediaError: It is malformed or has no video track.
    """
    try:
        moov = find(data, "moov")
        defaults = _track_defaults(data, moov)
        traks = [span for span in children(data, moov.body, moov.end) if span.kind == b"trak"]
        tracks = tuple(track for span in traks if (track := _parse_track(data, span, defaults)))
    except (struct.error, IndexError) as error:
        raise MediaError(f"the moov box is damaged: {error}") from error
    if not any(track.video for track in tracks):
        raise MediaError("there is no video track")
    return tracks


def _track_defaults(data: bytes, moov: BoxSpan) -> dict[int, tuple[int, int, int]]:
    mvex = find(data, "mvex", moov.body, moov.end)
    found = {}
    for span in children(data, mvex.body, mvex.end):
        if span.kind == b"trex":
            track, _, duration, size, flags = struct.unpack_from(">5I", data, span.body + 4)
            found[track] = (duration, size, flags)
    return found


def _parse_track(data: bytes, trak: BoxSpan, defaults: dict[int, tuple[int, int, int]]) -> Track | None:
    tkhd = find(data, "tkhd", trak.body, trak.end)
    track_id = struct.unpack_from(">I", data, tkhd.body + (20 if data[tkhd.body] else 12))[0]
    mdia = find(data, "mdia", trak.body, trak.end)
    mdhd = find(data, "mdhd", mdia.body, mdia.end)
    timescale = struct.unpack_from(">I", data, mdhd.body + (20 if data[mdhd.body] else 12))[0]
    hdlr = find(data, "hdlr", mdia.body, mdia.end)
    handler = data[hdlr.body + 8 : hdlr.body + 12]
    if handler not in (b"vide", b"soun"):
        return None
    if timescale == 0:
        raise MediaError("a track has no timescale")
    stsd = find(data, "minf/stbl/stsd", mdia.body, mdia.end)
    span = header(data, stsd.body + 8, stsd.end)
    entry = data[span.start : span.end]
    video = handler == b"vide"
    width, height = struct.unpack_from(">HH", entry, 32) if video else (0, 0)
    codec = codec_string(entry, video=video)
    matrix = data[tkhd.body + (MATRIX_AT + 12 if data[tkhd.body] else MATRIX_AT) :][: len(UPRIGHT)]
    turned = b"" if matrix == UPRIGHT else matrix
    return Track(track_id, video, timescale, codec, width, height, entry, *defaults.get(track_id, (0, 0, 0)), turned)
