"""Makes the init section for a plain MP4 file of its `moov`: the same for all files of a stream.

What differs from file to file is left out or set to zero: durations, times of making, bit rates and tables of samples.
Else each file would have an init section of its own, and players would begin anew with each.
"""

from __future__ import annotations

import struct

from dogwatch.errors import MediaError
from dogwatch.media.boxes import BoxSpan, children, find
from dogwatch.media.codecs import AUDIO_ENTRY_BYTES, VIDEO_ENTRY_BYTES

_TABLES = b"".join(
    struct.pack(">I4s", 8 + len(body), kind) + body
    for kind, body in ((b"stts", bytes(8)), (b"stsc", bytes(8)), (b"stsz", bytes(12)), (b"stco", bytes(8)))
)
_VARYING = frozenset({b"btrt"})
_FTYP = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"iso5", 0x200, b"iso5", b"iso6")


def init_of(moov: bytes) -> bytes:
    """Return `ftyp` + `moov` for fragments of the file with this `moov`.

    Raises:
        MediaError: They are malformed.
    """
    root = find(moov, "moov")
    parts, trexes = [], []
    for span in children(moov, root.body, root.end):
        if span.kind == b"mvhd":
            parts.append(_timeless(moov, span))
        elif span.kind == b"trak":
            tkhd = find(moov, "tkhd", span.body, span.end)
            number = struct.unpack_from(">I", moov, tkhd.body + (20 if moov[tkhd.body] else 12))[0]
            mdia = find(moov, "mdia", span.body, span.end)
            hdlr = find(moov, "hdlr", mdia.body, mdia.end)
            handler = moov[hdlr.body + 8 : hdlr.body + 12]
            if handler in (b"vide", b"soun"):
                parts.append(_box(b"trak", _timeless(moov, tkhd), _media(moov, mdia, hdlr, handler)))
                trexes.append(_box(b"trex", struct.pack(">6I", 0, number, 1, 0, 0, 0)))
    return _FTYP + _box(b"moov", *parts, _box(b"mvex", *trexes))


def _media(moov: bytes, mdia: BoxSpan, hdlr: BoxSpan, handler: bytes) -> bytes:
    mdhd = find(moov, "mdhd", mdia.body, mdia.end)
    minf = find(moov, "minf", mdia.body, mdia.end)
    inner = []
    for span in children(moov, minf.body, minf.end):
        if span.kind == b"stbl":
            stsd = find(moov, "stsd", span.body, span.end)
            inner.append(_box(b"stbl", _descriptions(moov, stsd, video=handler == b"vide"), _TABLES))
        else:
            inner.append(moov[span.start : span.end])
    return _box(b"mdia", _timeless(moov, mdhd), moov[hdlr.start : hdlr.end], _box(b"minf", *inner))


def _descriptions(moov: bytes, stsd: BoxSpan, *, video: bool) -> bytes:
    """Return the first sample description alone, without bit rates."""
    entry = next(children(moov, stsd.body + 8, stsd.end), None)
    if entry is None:
        raise MediaError("a track has no sample description")
    fixed = VIDEO_ENTRY_BYTES if video else AUDIO_ENTRY_BYTES
    if entry.start + fixed > entry.end:
        raise MediaError("a sample description is too short")
    parts = [moov[entry.start + 8 : entry.start + fixed]]
    at = entry.start + fixed
    while at + 8 <= entry.end:  # some writers end the list with four bytes of zero
        span = next(children(moov, at, entry.end))
        if span.kind == b"esds":
            parts.append(_rateless(moov[span.start : span.end]))
        elif span.kind not in _VARYING:
            parts.append(moov[span.start : span.end])
        at = span.end
    return _box(b"stsd", struct.pack(">II", 0, 1), _box(entry.kind, *parts))


def _rateless(esds: bytes) -> bytes:
    """Set the bit rates of an `esds` box to zero: they are measured in each file."""
    data, at = bytearray(esds), 12
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


def _timeless(moov: bytes, span: BoxSpan) -> bytes:
    """Return a header box with its times of making, change, and duration set to zero."""
    data, long = bytearray(moov[span.start : span.end]), bool(moov[span.body])
    at, width = span.body - span.start, 8 if long else 4
    data[at + 4 : at + 4 + 2 * width] = bytes(2 * width)
    # Between the times and the duration lie the timescale, or the track's number and a reserved word.
    gap = 8 if span.kind == b"tkhd" else 4
    place = at + 4 + 2 * width + gap
    data[place : place + width] = bytes(width)
    return bytes(data)


def _box(kind: bytes, *body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + sum(map(len, body)), kind) + b"".join(body)
