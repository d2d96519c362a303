"""Codec names from sample descriptions as cameras and encoders write them."""

import struct

import pytest

from dogwatch.errors import MediaError
from dogwatch.media.codecs import codec_string


def entry(kind: bytes, child: bytes, body: bytes, *, video: bool) -> bytes:
    inner = bytes(78 if video else 28) + struct.pack(">I4s", 8 + len(body), child) + body
    return struct.pack(">I4s", 8 + len(inner), kind) + inner


ESDS_AAC = bytes.fromhex("00000000 0380808022 000200 0480808014 40150000000001f4000001f400 0580808002 1408 060102")
ESDS_SHORT = bytes.fromhex("00000000 0315 000200 040d 6b150000000001f4000001f400")


@pytest.mark.parametrize(
    ("kind", "child", "body", "video", "name"),
    [
        (b"avc1", b"avcC", "0164001fffe1", True, "avc1.64001f"),
        (b"hvc1", b"hvcC", "0101600000009000000000005df000", True, "hvc1.1.6.L93.90"),
        (b"hev1", b"hvcC", "01022000000090000000000099f000", True, "hev1.2.4.L153.90"),
        (b"hvc1", b"hvcC", "0121600000000000000000007bf000", True, "hvc1.1.6.H123"),
        (b"av01", b"av1C", "81040c00", True, "av01.0.04M.08"),
        (b"av01", b"av1C", "812d4c00", True, "av01.1.13M.10"),
        (b"Opus", b"dOps", "00", False, "opus"),
        (b"alaw", b"none", "00", False, "alaw"),
    ],
)
def test_names(kind: bytes, child: bytes, body: str, video: bool, name: str) -> None:
    assert codec_string(entry(kind, child, bytes.fromhex(body), video=video), video=video) == name


def test_mpeg4_audio() -> None:
    assert codec_string(entry(b"mp4a", b"esds", ESDS_AAC, video=False), video=False) == "mp4a.40.2"
    assert codec_string(entry(b"mp4a", b"esds", ESDS_SHORT, video=False), video=False) == "mp4a.6B"


@pytest.mark.parametrize(("kind", "child"), [(b"avc1", b"avcC"), (b"hvc1", b"hvcC"), (b"av01", b"av1C")])
def test_a_missing_or_short_configuration_is_refused(kind: bytes, child: bytes) -> None:
    whole = entry(kind, child, b"", video=True)
    for data in (whole[:86], whole) if kind != b"avc1" else (whole[:86],):
        with pytest.raises(MediaError):
            codec_string(data, video=True)
