"""Keyframes that bring along what they need."""

from dogwatch.media.in_band import InBandStream

SPS, PPS, IDR, OTHER = bytes([0x67, 0x64, 0x00, 0x29, 0xAC]), bytes([0x68, 0xEE, 0x3C]), b"\x65idr", b"\x41p"
CODE = b"\0\0\0\1"
RECORD = bytes([1, 0x64, 0, 0x29, 0xFF, 0xE1, 0, len(SPS)]) + SPS + bytes([1, 0, len(PPS)]) + PPS


def lengths(*units: bytes) -> bytes:
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


def test_annex_b() -> None:
    stream = InBandStream("h264", CODE + SPS + CODE + PPS)
    assert stream.profile == "640029"
    assert stream.picture(CODE + IDR, keyframe=True) == CODE + SPS + CODE + PPS + CODE + IDR
    assert stream.picture(CODE + OTHER, keyframe=False) == CODE + OTHER
    own = CODE + SPS + CODE + PPS + CODE + IDR
    assert stream.picture(own, keyframe=True) == own


def test_lengths_become_start_codes() -> None:
    stream = InBandStream("h264", RECORD)
    assert stream.profile == "640029"
    assert stream.picture(lengths(IDR), keyframe=True) == CODE + SPS + CODE + PPS + CODE + IDR
    assert stream.picture(lengths(OTHER, OTHER), keyframe=False) == CODE + OTHER + CODE + OTHER
    assert stream.picture(lengths(SPS, PPS, IDR), keyframe=True) == CODE + SPS + CODE + PPS + CODE + IDR


def test_a_stream_that_does_not_tell() -> None:
    stream = InBandStream("h264", b"")
    assert stream.profile == "42e01f"
    assert stream.picture(CODE + IDR, keyframe=True) == CODE + IDR
