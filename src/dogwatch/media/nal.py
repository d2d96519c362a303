"""Splits packets of H.264 and H.265 into NAL units. Source: ITU-T H.264 and H.265, annex B and section 7.3.1."""

from __future__ import annotations

HEAD_BYTES = 4096  # what comes before a picture's first slice is short
START = b"\0\0\1"
_KIND = {"h264": (0, 0x1F), "hevc": (1, 0x3F)}  # in a unit's first byte: shift and mask of its type
LENGTH_AT = {"h264": 4, "hevc": 21}  # where the decoder configuration record says how long the units' lengths are


def kind(codec: str, unit: bytes) -> int:
    """Return the type of a unit (not empty) of `codec`, h264 or hevc."""
    shift, mask = _KIND[codec]
    return unit[0] >> shift & mask


def split(head: bytes) -> list[bytes]:
    """Return the units in the beginning of an Annex B packet; none if it is no such packet."""
    return [unit for unit in head.split(START)[1:] if unit] if head.startswith((START, b"\0" + START)) else []


def split_by_lengths(head: bytes, size: int) -> list[bytes]:
    """Return the units in the beginning of a packet in which `size` bytes of length precede each."""
    units, at = [], 0
    while at + size < len(head):
        length = int.from_bytes(head[at : at + size], "big")
        units.append(head[at + size : at + size + length])
        at += size + length
    return [unit for unit in units if unit]


def length_size(codec: str, extradata: bytes) -> int:
    """Return the size of the length before each unit in packets of this stream; 0 if they are Annex B, as in RTSP."""
    at = LENGTH_AT[codec]
    return (extradata[at] & 3) + 1 if extradata.startswith(b"\1") and len(extradata) > at else 0


def unescaped(unit: bytes) -> bytes:
    """Return a unit without its emulation prevention bytes."""
    return unit.replace(b"\0\0\3", b"\0\0")


def escaped(unit: bytes) -> bytes:
    """Return a unit with emulation prevention bytes."""
    made, zeros = bytearray(), 0
    for byte in unit:
        if zeros >= 2 and byte <= 3:
            made.append(3)
            zeros = 0
        made.append(byte)
        zeros = 0 if byte else zeros + 1
    return bytes(made)


class Bits:
    """Reads the fields of a unit, bit by bit."""

    def __init__(self, unit: bytes, *, skip: int) -> None:
        """Start after the first `skip` bytes; emulation prevention bytes are removed."""
        data = unescaped(unit)[skip:]
        self._value, self._left = int.from_bytes(data, "big"), 8 * len(data)
        self._size = self._left

    @property
    def taken(self) -> int:
        """How many bits were read."""
        return self._size - self._left

    def take(self, count: int) -> int:
        """Return the next `count` bits as a number.

        Raises:
            ValueError: The unit ends before.
        """
        self._left -= count
        if self._left < 0:
            raise ValueError("a NAL unit ends too early")
        return self._value >> self._left & ((1 << count) - 1)

    def exp_golomb(self) -> int:
        """Return the next unsigned Exp-Golomb number, `ue(v)`; see `take` for errors."""
        zeros = self._left - (self._value & ((1 << self._left) - 1)).bit_length()
        if zeros > 32:
            raise ValueError("a NAL unit makes no sense")
        return self.take(2 * zeros + 1) - 1

    def signed(self) -> int:
        """Return the next signed Exp-Golomb number, `se(v)`; see `take` for errors."""
        value = self.exp_golomb()
        return (value + 1) // 2 if value & 1 else -(value // 2)
