"""Leaves out of the packets before a wanted picture what it does not need.

In films with a pyramid of B-pictures, half of the references may be ones that only their neighbours refer to. They are
not decoded, but the decoder is told that they were there, so that all others keep their places in its lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dogwatch.media.h264_headers import CodedPicture, PictureHeaders, UnusualPictureError
from dogwatch.media.h264_references import ReferenceBuffer, needed
from dogwatch.media.packet_table import PacketDecoder

CODEC = "h264"
MOST_BYTES = 32 << 20
"""Of a longer way to the wanted picture, nothing is left out: all of it is read before the first packet is decoded."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What the decoder gets first.

    Attributes:
        packets: Bytes and ticks, in the order of the file.
        empty_rows: How many rows of macroblocks the pictures have of which only the header is left; 0 if there are
            none.
    """

    packets: list[tuple[bytes, int]]
    empty_rows: int = 0


def lead(decoder: PacketDecoder, packets: Iterator[tuple[bytes, int]], first: int, last: int) -> Lead | None:
    """Return the packets up to the first one whose tick is from `first` to `last`, without what it does not need.

    `packets` are the bytes and ticks of the file's; those that follow are left in it. None if there are none.
    """
    found: list[tuple[bytes, int]] = []
    size = 0
    for data, tick in packets:
        found.append((data, tick))
        size += len(data)
        if first <= tick <= last or size > MOST_BYTES or decoder.codec != CODEC:
            break
    if not found or decoder.codec != CODEC or not first <= found[-1][1] <= last:
        return Lead(found) if found else None
    try:
        return _spared(decoder, found, alone=first == last)
    except UnusualPictureError:
        return Lead(found)


def _spared(decoder: PacketDecoder, packets: list[tuple[bytes, int]], *, alone: bool) -> Lead:
    """Return what is left if only the last of `packets` is wanted, or that and pictures after it.

    Raises:
        UnusualPictureError: It is not known what they refer to.
    """
    headers, buffer = PictureHeaders(decoder.extradata), ReferenceBuffer()
    pictures: list[CodedPicture] = []
    refers: list[frozenset[int]] = []
    held: frozenset[int] = frozenset()
    for place, (data, _) in enumerate(packets):
        held = buffer.places
        pictures.append(headers.read(data))
        refers.append(buffer.add(place, pictures[-1]))
    wanted = frozenset({len(packets) - 1})
    kept = needed(refers, wanted if alone else wanted | held) | {0}  # decoding begins with it
    left = [
        (data if place in kept else picture.empty, tick)
        for place, ((data, tick), picture) in enumerate(zip(packets, pictures, strict=True))
        if place in kept or picture.reference
    ]
    emptied = any(place not in kept and picture.reference for place, picture in enumerate(pictures))
    return Lead(left, pictures[-1].sequence.rows if emptied else 0)
