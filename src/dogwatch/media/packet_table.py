"""Where the packets of a film lie in its file, so that a frame is decoded without opening the container.

To open a film of two hours takes longer than to decode a frame of it: all of its tables are read. The packets are kept
in the order of the file, in groups: each begins at an entry of the frame index, and has a checksum.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import msgspec
import numpy as np
from numpy.typing import NDArray

from dogwatch.errors import MediaError

ROW = np.dtype([("place", "<i8"), ("tick", "<i8"), ("size", "<u4")])
GROUP = np.dtype([("first", "<i8"), ("check", "<u4")])
_LENGTH_BYTES = 4


class PacketDecoder(msgspec.Struct, frozen=True):
    """What the container tells the decoder; `codec` is its libav name, colours are numbers of libav.

    `aspect` is that of a pixel, width to height.
    """

    codec: str
    extradata: bytes
    width: int
    height: int
    color_range: int
    colorspace: int
    color_primaries: int
    color_trc: int
    aspect: tuple[int, int] = (1, 1)

    @classmethod
    def of(cls, context: Any) -> PacketDecoder:
        """Return those of a decoder."""
        aspect = context.sample_aspect_ratio or Fraction(1)
        return cls(
            context.name,
            bytes(context.extradata or b""),
            context.width,
            context.height,
            int(context.color_range),
            int(context.colorspace),
            int(context.color_primaries),
            int(context.color_trc),
            (aspect.numerator, aspect.denominator),
        )

    def made(self) -> Any:
        """Return a new decoder.

        Raises:
            MediaError: There is none.
        """
        try:
            made: Any = av.CodecContext.create(self.codec, "r")
            made.extradata = self.extradata or None
            made.width, made.height = self.width, self.height
            made.color_range, made.colorspace = self.color_range, self.colorspace
            made.color_primaries, made.color_trc = self.color_primaries, self.color_trc
        except (ValueError, av.error.FFmpegError) as error:
            raise MediaError(f"there is no decoder {self.codec}") from error
        return made


@dataclass(frozen=True, slots=True)
class PacketTable:
    """The packets of the video.

    Attributes:
        decoder: What decodes them.
        rows: Of each packet, its place in the file, its tick, and its size in bytes.
        groups: Of each entry of the frame index, the number of its packet, and the checksum of the rows up to that of
            the next entry.
    """

    decoder: PacketDecoder
    rows: NDArray[Any]
    groups: NDArray[Any]

    @classmethod
    def made_of(cls, decoder: PacketDecoder, rows: NDArray[Any], firsts: NDArray[np.int64]) -> PacketTable:
        """Return the table of `rows`; `firsts` are the numbers of the packets of all entries, ascending."""
        groups = np.empty(len(firsts), GROUP)
        groups["first"] = firsts
        ends = [*firsts[1:].tolist(), len(rows)]
        groups["check"] = [
            zlib.crc32(rows[first:end].tobytes()) for first, end in zip(firsts.tolist(), ends, strict=True)
        ]
        return cls(decoder, rows, groups)

    def from_entry(self, row: int) -> Iterator[tuple[int, int, int]]:
        """Yield place, tick and size of the packets from that of entry `row` on.

        Raises:
            MediaError: The table is damaged.
        """
        for group in range(row, len(self.groups)):
            first = int(self.groups[group]["first"])
            end = int(self.groups[group + 1]["first"]) if group + 1 < len(self.groups) else len(self.rows)
            rows = self.rows[first:end]
            if not 0 <= first < end or zlib.crc32(rows.tobytes()) != int(self.groups[group]["check"]):
                raise MediaError("the packets of a frame index are damaged")
            yield from rows.tolist()

    def encode(self) -> bytes:
        """Return the bytes that `decode` reads."""
        head = msgspec.json.encode(self.decoder)
        return b"".join((len(head).to_bytes(_LENGTH_BYTES), head, self.groups.tobytes(), self.rows.tobytes()))

    @classmethod
    def decode(cls, data: memoryview, entries: int) -> PacketTable:
        """Read what `encode` has written, for a frame index of so many `entries`.

        Raises:
            MediaError: It is damaged.
        """
        at = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES])
        try:
            decoder = msgspec.json.decode(data[_LENGTH_BYTES:at], type=PacketDecoder)
            groups_end = at + entries * GROUP.itemsize
            rows = np.frombuffer(data[groups_end:], ROW)
            return cls(decoder, rows, np.frombuffer(data[at:groups_end], GROUP))
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
            raise MediaError("the packets of a frame index cannot be read") from error
