"""Tells keyframes behind which nothing refers to what came before them.

libav calls a picture a keyframe also when it is a recovery point, from which decoding can begin but whose followers may
still refer back. Source: ITU-T H.264, table 7-1, and H.265, table 7-1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dogwatch.media.packets import VideoInfo

HEAD_BYTES = 4096  # what comes before a picture's first slice is short
START = b"\0\0\1"


@dataclass(frozen=True, slots=True)
class _Codec:
    """How to read the type in a NAL unit's first byte, and which types are slices and slices of such keyframes."""

    shift: int
    mask: int
    slices: range
    afresh: range
    length_at: int  # where the decoder configuration record says how long the units' lengths are


# Of H.265 the IDR pictures alone: the leading ones of others may refer back.
CODECS = {"h264": _Codec(0, 0x1F, range(1, 6), range(5, 6), 4), "hevc": _Codec(1, 0x3F, range(32), range(19, 21), 21)}


def begins_afresh(info: VideoInfo, packet: Any) -> bool:
    """Whether neither the picture of `packet` nor any behind it, in decoding order, refers to one before it.

    False also when the packet's beginning does not tell.
    """
    if (codec := CODECS.get(info.codec)) is None:
        return False
    head = bytes(memoryview(packet)[:HEAD_BYTES])
    for first in _first_bytes(head, info.extradata, codec):
        if (kind := first >> codec.shift & codec.mask) in codec.slices:
            return kind in codec.afresh
    return False


def _first_bytes(head: bytes, extradata: bytes, codec: _Codec) -> Iterator[int]:
    """Yield each NAL unit's first byte: after lengths if a configuration record says so, else after start codes."""
    if not extradata.startswith(b"\1") or len(extradata) <= codec.length_at:
        yield from (unit[0] for unit in head.split(START)[1:] if unit)
        return
    at, size = 0, (extradata[codec.length_at] & 3) + 1
    while at + size < len(head):
        yield head[at + size]
        at += size + int.from_bytes(head[at : at + size], "big")
