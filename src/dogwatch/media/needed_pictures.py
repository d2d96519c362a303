"""Leaves out of the packets before a wanted picture what it does not need.

In films with a pyramid of B-pictures, half of the references may be ones that only their neighbours refer to. They are
not decoded, but the decoder is told that they were there, so that all others keep their places in its lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from dogwatch.media.h264_headers import CodedPicture, PictureHeaders, UnusualPictureError
from dogwatch.media.h264_references import ReferenceBuffer, needed
from dogwatch.media.packet_table import PacketDecoder

CODEC = "h264"
MOST_BYTES, MOST_PACKETS = 32 << 20, 100_000
"""Of a longer way to the wanted picture, nothing is left out: all of it is read before its second packet is decoded."""

Packet = tuple[bytes, int]
"""Its bytes, and its tick."""


class NeededPictures:
    """Chooses the packets of one stream that a decoder gets."""

    def __init__(self, decoder: PacketDecoder) -> None:
        """Read the parameter sets of the stream; nothing is left out if they are unusual."""
        self._headers: PictureHeaders | None = None
        if decoder.codec == CODEC:
            try:
                self._headers = PictureHeaders(decoder.extradata)
            except UnusualPictureError:
                return

    @property
    def rows(self) -> int:
        """How many rows of macroblocks a picture has of which only the header may be left; 0 if there are none."""
        return 0 if self._headers is None else self._headers.rows

    def of(self, packets: Iterator[Packet], first: int, last: int) -> Iterator[Packet]:
        """Yield `packets`, but before the first one whose tick is from `first` to `last` not what it does not need.

        The first of all is passed on at once: decoding it takes as long as finding out about the others.
        """
        if self._headers is None:
            yield from packets
            return
        begun: list[Packet] = []
        size = 0
        for data, tick in packets:
            begun.append((data, tick))
            size += len(data)
            if len(begun) == 1:
                yield begun[0]
            if first <= tick <= last or size > MOST_BYTES or len(begun) >= MOST_PACKETS:
                break
        left = begun
        if begun and first <= begun[-1][1] <= last:
            try:
                left = _left(self._headers, begun, alone=first == last)
            except UnusualPictureError:
                left = begun
        yield from chain(left[1:], packets)


def _left(headers: PictureHeaders, packets: list[Packet], *, alone: bool) -> list[Packet]:
    """Return what is left if only the last of `packets` is wanted, or that and pictures after it; the first one is.

    Raises:
        UnusualPictureError: It is not known what they refer to.
    """
    buffer = ReferenceBuffer()
    pictures: list[CodedPicture] = []
    refers: list[frozenset[int]] = []
    held: frozenset[int] = frozenset()
    for place, (data, _) in enumerate(packets):
        held = buffer.places
        pictures.append(headers.read(data))
        refers.append(buffer.add(place, pictures[-1]))
    wanted = frozenset({len(packets) - 1})
    kept = needed(refers, wanted if alone else wanted | held) | {0}
    return [
        (data if place in kept else picture.empty, tick)
        for place, ((data, tick), picture) in enumerate(zip(packets, pictures, strict=True))
        if place in kept or picture.reference
    ]
