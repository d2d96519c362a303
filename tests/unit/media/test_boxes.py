"""Box parsers meet whole, truncated and malformed bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.errors import MediaError
from dogwatch.media import boxes


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(**changes: int) -> boxes.Track:
    values = {"id": 1, "timescale": 90000, "default_duration": 6000, "default_size": 7, "default_flags": boxes.NON_SYNC}
    values |= changes
    return boxes.Track(video=True, codec="avc1", width=16, height=16, entry=b"", **values)


def traf(trun: bytes, tfhd: bytes = struct.pack(">II", 0x020000, 1)) -> bytes:
    return box(b"traf", box(b"tfhd", tfhd) + box(b"tfdt", struct.pack(">IQ", 1 << 24, 9_000_000)) + box(b"trun", trun))


def moof(*trafs: bytes) -> bytes:
    return box(b"moof", box(b"mfhd", bytes(8)) + b"".join(trafs))


def test_defaults_fill_what_a_run_leaves_out() -> None:
    data = moof(traf(struct.pack(">IIi", 0x1, 3, 100)))
    (run,) = boxes.parse_moof(data, (track(),))
    assert run.durations == (6000, 6000, 6000)
    assert run.sizes == (7, 7, 7)
    assert run.sync == (False, False, False)
    assert (run.decode_time, run.data_offset, run.duration) == (9_000_000, 100, 18000)


def test_fragment_header_overrides_the_track_and_the_first_sample_overrides_both() -> None:
    tfhd = struct.pack(">III", 0x020008, 1, 3000)
    data = moof(traf(struct.pack(">IIiIII", 0x205, 2, 8, 0x2000000, 11, 12), tfhd))
    (run,) = boxes.parse_moof(data, (track(),))
    assert run.durations == (3000, 3000)
    assert run.sizes == (11, 12)
    assert run.sync == (True, False)


def test_presentation_shifts_are_signed_in_version_1_only() -> None:
    trun = struct.pack(">IIiI", 0x801, 1, 8, 0xFFFFFFFF)
    signed = bytes([1]) + trun[1:]
    assert boxes.parse_moof(moof(traf(trun)), (track(),))[0].shifts == (0xFFFFFFFF,)
    assert boxes.parse_moof(moof(traf(signed)), (track(),))[0].shifts == (-1,)


def test_a_run_longer_than_its_box_is_refused() -> None:
    with pytest.raises(MediaError, match="does not fit"):
        boxes.parse_moof(moof(traf(struct.pack(">IIi", 0x301, 1 << 30, 8))), (track(),))


def test_an_unknown_track_is_refused() -> None:
    with pytest.raises(MediaError, match="not declared"):
        boxes.parse_moof(moof(traf(struct.pack(">IIi", 1, 0, 8))), (track(id=2),))


@pytest.mark.parametrize("size", [2, 7, 99])
def test_an_impossible_size_is_refused(size: int) -> None:
    with pytest.raises(MediaError, match="impossible"):
        boxes.header(struct.pack(">I4s", size, b"moof") + bytes(8), 0, 16)


def test_a_large_size_and_a_size_to_the_end() -> None:
    assert boxes.header(struct.pack(">I4sQ", 1, b"mdat", 1 << 33), 0, 1 << 34).end == 1 << 33
    assert boxes.header(struct.pack(">I4s", 0, b"mdat"), 0, 500).end == 500


@given(st.integers(0, 40), st.sampled_from([0, 1, 7, 8, 9, 30, 40, 41, 2**32 - 1]), st.binary(min_size=4, max_size=40))
def test_the_extent_is_what_the_header_says(offset: int, size: int, rest: bytes) -> None:
    data = bytes(offset) + (struct.pack(">I", size) + rest)[: 48 - offset]
    try:
        span = boxes.header(data, offset, 48)
    except MediaError:
        with pytest.raises(MediaError):
            boxes.extent(data, offset, 48)
    else:
        assert boxes.extent(data, offset, 48) == (span.kind, span.end)


def test_every_truncation_of_a_moof_is_refused() -> None:
    data = moof(traf(struct.pack(">IIiII", 0x201, 2, 8, 5, 6)))
    for length in range(len(data)):
        with pytest.raises(MediaError):
            boxes.parse_moof(data[:length], (track(),))


@given(st.binary(max_size=200))
def test_noise_raises_nothing_but_media_errors(noise: bytes) -> None:
    for data in (noise, box(b"moof", noise), moof(traf(noise)), box(b"moov", noise)):
        for parse in (boxes.parse_init, lambda d: boxes.parse_moof(d, (track(),))):
            try:
                parse(data)
            except MediaError:
                continue
