"""Tells from the first bytes of a packet whether it is one displayed picture.

Sources: ITU-T H.264 and H.265, sections 7.3.1 and 7.4.2; H.264, annex D (recovery points); RFC 6386, 9.1 (VP8); the
VP9 bitstream specification, 6.2 and annex B (superframes); the AV1 specification, 7.5 (temporal units).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dogwatch.media import nal
from dogwatch.media.parameter_sets import SLICES

_HEAD_BYTES = 64  # enough for the first slice of most packets
_SEI, _RECOVERY_POINT, _IDR = 6, 6, 5
_FORBIDDEN = 0x80
_JPEG = b"\xff\xd8"


class PacketCheck:
    """Looks at the packets of one stream; `usable` if their codec can be looked at."""

    def __init__(self, context: Any) -> None:
        """Take the decoder of the stream."""
        self._codec = {"libdav1d": "av1", "libaom-av1": "av1"}.get(context.name, context.name)
        self._lengths = 0
        if self._codec in SLICES:
            self._lengths = nal.length_size(self._codec, bytes(context.extradata or b""))
        checks: dict[str, Callable[[Any], bool | None]] = {
            "h264": self._slice,
            "hevc": self._slice,
            "vp8": _vp8,
            "vp9": _vp9,
            "av1": lambda _: True,
            "mjpeg": lambda packet: True if _head(packet, 2) == _JPEG else None,
        }
        found = checks.get(self._codec)
        self.usable = found is not None
        self.seen: Callable[[Any], bool | None] = found or (lambda _: None)
        """Whether a packet is displayed; None if it is not one sound picture."""

    def recovery(self, packet: Any) -> int:
        """Return how many pictures after a keyframe are not right yet if decoding begins there; mostly 0."""
        if self._codec != "h264":
            return 0
        for unit in self._units(packet, nal.HEAD_BYTES):
            kind = nal.kind("h264", unit)
            if kind == _IDR:
                return 0
            if kind == _SEI and (count := _recovery_count(unit)) is not None:
                return count
        return 0

    def _slice(self, packet: Any) -> bool | None:
        slices = SLICES[self._codec]
        for size in (_HEAD_BYTES, nal.HEAD_BYTES):
            for unit in self._units(packet, size):
                if unit[0] & _FORBIDDEN:
                    return None
                if nal.kind(self._codec, unit) in slices:
                    return True
        return None

    def _units(self, packet: Any, size: int) -> list[bytes]:
        head = _head(packet, size)
        return nal.split_by_lengths(head, self._lengths) if self._lengths else nal.split(head)


def _head(packet: Any, size: int) -> bytes:
    return bytes(memoryview(packet)[:size])


def _recovery_count(unit: bytes) -> int | None:
    """Return the count of a recovery point among the messages of an SEI unit; None if there is none."""
    bits = nal.Bits(unit, skip=1)
    try:
        while True:
            kind = size = 0
            while (byte := bits.take(8)) == 0xFF:
                kind += byte
            kind += byte
            while (byte := bits.take(8)) == 0xFF:
                size += byte
            size += byte
            if kind == _RECOVERY_POINT:
                return bits.exp_golomb()
            bits.take(8 * size)
    except ValueError:
        return None


def _vp8(packet: Any) -> bool | None:
    return bool(_head(packet, 1)[0] & 0x10)


def _vp9(packet: Any) -> bool | None:
    data = memoryview(packet)
    if data[-1] & 0xE0 == 0xC0:
        return True  # a superframe: hidden pictures and one that is shown
    first = data[0]
    if first >> 6 != 2:
        return None
    profile = (first >> 5 & 1) | (first >> 4 & 1) << 1
    shift = 3 if profile < 3 else 2
    if first >> shift & 1:
        return True  # shows a picture that was hidden before
    return bool(first >> (shift - 2) & 1)
