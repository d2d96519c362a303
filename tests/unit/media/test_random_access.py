"""Which keyframes begin afresh, in both ways in which NAL units are packed."""

from collections.abc import Callable

import pytest

from dogwatch.media.packets import VideoInfo
from dogwatch.media.random_access import is_closed_gop_start

AVC_CONFIG = bytes([1, 0x64, 0, 0x28, 0xFF, 0xE1])
HEVC_CONFIG = b"\1" + bytes(20) + b"\xff" + bytes(2)
LONG_SEI = b"\x06" + bytes(0x104)  # whose length begins like a start code


def annex_b(*units: bytes) -> bytes:
    return b"".join((b"\0\0\0\1" if n == 0 else b"\0\0\1") + unit for n, unit in enumerate(units))


def with_lengths(*units: bytes) -> bytes:
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


SPS, PPS, SEI, IDR, PLAIN = b"\x67abc", b"\x68ab", b"\x06\x05abc", b"\x65pixels", b"\x41pixels"
VPS, HEVC_IDR, CRA, TRAIL = b"\x40\x01", b"\x26\x01px", b"\x2a\x01px", b"\x02\x01px"


@pytest.mark.parametrize(
    ("pack", "config"), [(annex_b, b""), (annex_b, b"\0\0\0\1\x67abc"), (with_lengths, AVC_CONFIG)]
)
@pytest.mark.parametrize(
    ("units", "afresh"),
    [
        ((IDR,), True),
        ((SPS, PPS, SEI, IDR, IDR), True),
        ((PLAIN,), False),
        ((SPS, PPS, SEI, PLAIN), False),  # a recovery point
        ((SPS, PPS), False),
        ((LONG_SEI, PLAIN), False),
        ((LONG_SEI, IDR), True),
    ],
)
def test_h264(pack: Callable[..., bytes], config: bytes, units: tuple[bytes, ...], afresh: bool) -> None:
    assert is_closed_gop_start(VideoInfo("h264", 64, 64, 10.0, config), pack(*units)) is afresh


@pytest.mark.parametrize(("pack", "config"), [(annex_b, b""), (with_lengths, HEVC_CONFIG)])
@pytest.mark.parametrize(("units", "afresh"), [((VPS, HEVC_IDR), True), ((CRA,), False), ((VPS, TRAIL), False)])
def test_hevc(pack: Callable[..., bytes], config: bytes, units: tuple[bytes, ...], afresh: bool) -> None:
    assert is_closed_gop_start(VideoInfo("hevc", 64, 64, 10.0, config), pack(*units)) is afresh


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\1", b"\0\0\0\1", b"\0\0\0\0\0\0\0\0", b"\xff" * 100, bytes(9000)])
@pytest.mark.parametrize("codec", ["h264", "hevc", "mjpeg"])
def test_nonsense_tells_nothing(codec: str, data: bytes) -> None:
    assert not is_closed_gop_start(VideoInfo(codec, 64, 64, 10.0, b"\1\2"), data)
