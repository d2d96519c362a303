"""Parameter sets, read from bytes of cameras."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.media.parameter_sets import PPS, SPS, VPS, annex_b, configured, profile, read_sets, read_slice, used

# x264, x265: 128x64
H264 = [bytes.fromhex("6764000bacb40808"), bytes.fromhex("68ef023cb0"), bytes.fromhex("6588840dffe4ff05")]
AVCC = b"\1\x64\0\x0b\xff\xe1\0\x08" + H264[0] + b"\1\0\x05" + H264[1]
HEVC_VPS = bytes.fromhex("40010c01ffff01600000030090000003000003001eba0240")
HEVC_SPS = bytes.fromhex(
    "4201010160000003009000000300000300 1ea00a0810596e96f0b9a02000000300200000030141".replace(" ", "")
)
HEVC_PPS = bytes.fromhex("4401c073c189")
HVCC = (
    bytes([1])
    + bytes(20)
    + b"\xff\3"
    + b"".join(
        bytes([kind, 0, 1]) + len(unit).to_bytes(2, "big") + unit
        for kind, unit in ((32, HEVC_VPS), (33, HEVC_SPS), (34, HEVC_PPS))
    )
)


def test_numbers_of_sets() -> None:
    sets = read_sets("h264", H264)
    assert [(one.kind, one.number, one.refers_to) for one in sets.values()] == [(SPS, 0, -1), (PPS, 0, 0)]
    sets = read_sets("hevc", [HEVC_VPS, HEVC_SPS, HEVC_PPS])
    assert [(one.kind, one.number, one.refers_to) for one in sets.values()] == [(VPS, 0, -1), (SPS, 0, 0), (PPS, 0, 0)]


def test_a_picture_uses_one_of_each_kind() -> None:
    start = read_slice("h264", H264)
    assert start is not None
    assert (start.pps, start.first) == (0, True)
    assert [one.kind for one in used(read_sets("h264", H264), start.pps)] == [SPS, PPS]
    assert [one.kind for one in used(read_sets("hevc", [HEVC_VPS, HEVC_SPS, HEVC_PPS]), 0)] == [VPS, SPS, PPS]
    assert used({}, 0) == []


def test_the_second_slice_of_a_picture() -> None:
    start = read_slice("h264", [bytes.fromhex("6502088840dfe4ff")])
    assert start is not None
    assert not start.first


@pytest.mark.parametrize(
    ("codec", "extradata", "units"),
    [
        ("h264", AVCC, H264[:2]),
        ("h264", annex_b(H264[:2]), H264[:2]),
        ("hevc", HVCC, [HEVC_VPS, HEVC_SPS, HEVC_PPS]),
        ("h264", b"", []),
        ("h264", AVCC[:14], [H264[0][:6]]),
        ("hevc", HVCC[:24], []),
        ("hevc", b"\1" + bytes(20) + b"\xff\xff", []),
    ],
)
def test_extradata(codec: str, extradata: bytes, units: list[bytes]) -> None:
    assert [unit.rstrip(b"\0") for unit in configured(codec, extradata)] == units


def test_a_profile_is_what_decoders_choose_by() -> None:
    assert profile("h264", read_sets("h264", H264)[SPS, 0]) == bytes.fromhex("64000b")
    assert profile("hevc", read_sets("hevc", [HEVC_SPS])[SPS, 0])[:1] == b"\1"


@given(
    st.sampled_from(["h264", "hevc"]), st.lists(st.binary(min_size=1, max_size=60), max_size=5), st.binary(max_size=60)
)
def test_nonsense_raises_nothing(codec: str, units: list[bytes], extradata: bytes) -> None:
    sets = read_sets(codec, units)
    for pps in range(3):
        used(sets, pps)
    read_slice(codec, units)
    configured(codec, b"\1" + extradata)
