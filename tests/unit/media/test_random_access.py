"""Which keyframes begin afresh, and which pictures are no references, in both ways in which NAL units are packed."""

from collections.abc import Callable

import pytest

from dogwatch.media.packets import VideoInfo
from dogwatch.media.random_access import is_closed_gop_start, is_reference

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


@pytest.mark.parametrize(("pack", "config"), [(annex_b, b""), (with_lengths, AVC_CONFIG)])
@pytest.mark.parametrize(
    ("units", "reference"),
    [((IDR,), True), ((PLAIN,), True), ((b"\x01pixels",), False), ((SEI, b"\x01pixels"), False), ((SEI,), True)],
)
def test_a_slice_of_h264_says_whether_others_refer_to_its_picture(
    pack: Callable[..., bytes], config: bytes, units: tuple[bytes, ...], reference: bool
) -> None:
    info = VideoInfo("h264", 1920, 1080, 15.0, config)
    assert is_reference(info, pack(*units)) is reference


def test_no_picture_of_mjpeg_is_a_reference_and_every_one_of_h265_may_be() -> None:
    assert not is_reference(VideoInfo("mjpeg", 640, 480, 5.0), b"\xff\xd8")
    assert is_reference(VideoInfo("hevc", 1920, 1080, 15.0), annex_b(b"\x00\x01px"))
