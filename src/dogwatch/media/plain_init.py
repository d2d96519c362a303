"""Makes the init section for a plain MP4 file of its `moov`: the same for all files of a stream.

What differs from file to file is left out or set to zero: durations, times of making, bit rates and tables of samples.
Else each file would have an init section of its own, and players would begin anew with each.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import NamedTuple

from dogwatch.errors import MediaError
from dogwatch.media.boxes import bodies
from dogwatch.media.codecs import AUDIO_ENTRY_BYTES, VIDEO_ENTRY_BYTES

_INNER = frozenset({b"mdia", b"minf", b"stbl", b"edts"})
_ABOUT = (b"vmhd", b"smhd", b"dinf")
_TABLES = b"".join(
    struct.pack(">I4s", 8 + len(body), kind) + body
    for kind, body in ((b"stts", bytes(8)), (b"stsc", bytes(8)), (b"stsz", bytes(12)), (b"stco", bytes(8)))
)
_FTYP = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"iso5", 0x200, b"iso5", b"iso6")


class PlainTrack(NamedTuple):
    """A `trak` box: where the body of each box in it begins and ends, the first of each kind, however deep."""

    id: int
    handler: bytes
    boxes: dict[bytes, tuple[int, int]]

    def body(self, moov: bytes, kind: bytes) -> bytes:
        """Return the body of a box.

        Raises:
            MediaError: There is none.
        """
        try:
            start, end = self.boxes[kind]
        except KeyError:
            raise MediaError(f"there is no {kind.decode('latin-1')!r} box") from None
        return moov[start:end]


class PlainMoov(NamedTuple):
    """The parts of a `moov` box: the body of its `mvhd`, and the tracks of pictures and sound."""

    mvhd: bytes
    tracks: list[PlainTrack]


def read(moov: bytes) -> PlainMoov:
    """Find the parts of the body of a `moov` box.

    Raises:
        MediaError: It is malformed.
    """
    mvhd, tracks = b"", []
    try:
        for kind, start, end in bodies(moov, 0, len(moov)):
            if kind == b"mvhd":
                mvhd = moov[start:end]
            elif kind == b"trak":
                found: dict[bytes, tuple[int, int]] = {}
                _collect(moov, start, end, found)
                track = PlainTrack(0, b"", found)
                tkhd, hdlr = track.body(moov, b"tkhd"), track.body(moov, b"hdlr")
                (number,) = struct.unpack_from(">I", tkhd, 20 if tkhd[0] else 12)
                if hdlr[8:12] in (b"vide", b"soun"):
                    tracks.append(PlainTrack(number, hdlr[8:12], found))
    except (struct.error, IndexError) as error:
        raise MediaError(f"the moov box is damaged: {error}") from error
    return PlainMoov(mvhd, tracks)


def init_of(moov: bytes, parts: PlainMoov) -> bytes:
    """Return `ftyp` + `moov` for fragments of the file whose `moov` has these parts.

    Raises:
        MediaError: They are malformed.
    """
    trexes = [_box(b"trex", struct.pack(">6I", 0, track.id, 1, 0, 0, 0)) for track in parts.tracks]
    traks = [_trak(moov, track) for track in parts.tracks]
    return _FTYP + _box(b"moov", _timeless(b"mvhd", parts.mvhd), *traks, _box(b"mvex", *trexes))


def _collect(moov: bytes, start: int, end: int, found: dict[bytes, tuple[int, int]]) -> None:
    for kind, first, last in bodies(moov, start, end):
        if kind not in found:
            found[kind] = (first, last)
            if kind in _INNER:
                _collect(moov, first, last, found)


def _trak(moov: bytes, track: PlainTrack) -> bytes:
    about = [_box(kind, track.body(moov, kind)) for kind in _ABOUT if kind in track.boxes]
    stbl = _box(b"stbl", _descriptions(track.body(moov, b"stsd"), video=track.handler == b"vide"), _TABLES)
    media = (_timeless(b"mdhd", track.body(moov, b"mdhd")), _box(b"hdlr", track.body(moov, b"hdlr")))
    mdia = _box(b"mdia", *media, _box(b"minf", *about, stbl))
    return _box(b"trak", _timeless(b"tkhd", track.body(moov, b"tkhd")), mdia)


@lru_cache(maxsize=256)
def _descriptions(stsd: bytes, *, video: bool) -> bytes:
    """Return the first sample description of the body of an `stsd` alone, without bit rates."""
    fixed = VIDEO_ENTRY_BYTES if video else AUDIO_ENTRY_BYTES
    size = int.from_bytes(stsd[8:12])
    entry = stsd[8 : 8 + size]
    if not fixed <= size <= len(stsd) - 8:
        raise MediaError("a track has no whole sample description")
    parts, at = [entry[8:fixed]], fixed
    while at + 8 <= size:  # some writers end the list with four bytes of zero
        ((kind, first, last),) = bodies(entry, at, at + max(8, int.from_bytes(entry[at : at + 4])))
        if last > size:
            raise MediaError("a sample description is cut off")
        if kind != b"btrt":
            parts.append(_box(kind, _rateless(entry[first:last]) if kind == b"esds" else entry[first:last]))
        at = last
    return _box(b"stsd", struct.pack(">II", 0, 1), _box(entry[4:8], *parts))


def _rateless(esds: bytes) -> bytes:
    """Set the bit rates in the body of an `esds` box to zero: they are measured in each file."""
    data, at = bytearray(esds), 4
    while at < len(data):
        tag = data[at]
        at += 1
        while at < len(data) and data[at] & 0x80:
            at += 1
        at += 1
        if tag == 3:  # ES_Descriptor: an id and flags, which other programs leave empty
            at += 3
        elif tag == 4 and at + 13 <= len(data):  # DecoderConfigDescriptor
            data[at + 2 : at + 13] = bytes(11)
            break
        else:
            break
    return bytes(data)


def _timeless(kind: bytes, body: bytes) -> bytes:
    """Return a header box with its times of making, change, and duration set to zero."""
    if len(body) < 20:
        raise MediaError(f"the box {kind!r} is cut off")
    data, width = bytearray(body), 8 if body[0] else 4
    data[4 : 4 + 2 * width] = bytes(2 * width)
    # Between the times and the duration lie the timescale, or the track's number and a reserved word.
    place = 4 + 2 * width + (8 if kind == b"tkhd" else 4)
    data[place : place + width] = bytes(width)
    return _box(kind, bytes(data[: len(body)]))


def _box(kind: bytes, *body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, body)), kind) + b"".join(body)
