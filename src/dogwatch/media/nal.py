"""NAL units, of which packets of H.264 and H.265 consist. Source: ITU-T H.264 and H.265, annex B and section 7.3.1."""

from __future__ import annotations

HEAD_BYTES = 4096  # what comes before a picture's first slice is short
START = b"\0\0\1"
_KIND = {"h264": (0, 0x1F), "hevc": (1, 0x3F)}  # in a unit's first byte: shift and mask of its type


def kind(codec: str, unit: bytes) -> int:
    """Return the type of a unit (not empty) of `codec`, h264 or hevc."""
    shift, mask = _KIND[codec]
    return unit[0] >> shift & mask


def split(head: bytes) -> list[bytes]:
    """Return the units in the beginning of an Annex B packet; none if it is no such packet."""
    return [unit for unit in head.split(START)[1:] if unit] if head.startswith((START, b"\0" + START)) else []


def split_by_lengths(head: bytes, size: int) -> list[bytes]:
    """Return the units in the beginning of a packet in which each has its length before it, in `size` bytes."""
    units, at = [], 0
    while at + size < len(head):
        length = int.from_bytes(head[at : at + size], "big")
        units.append(head[at + size : at + size + length])
        at += size + length
    return [unit for unit in units if unit]
