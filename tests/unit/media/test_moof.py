"""The `moof` parser meets whole, truncated and malformed bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.errors import MediaError
from dogwatch.media.init_section import Track, parse_init
from dogwatch.media.moof import NON_SYNC, parse_moof


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(**changes: int) -> Track:
    values = {"id": 1, "timescale": 90000, "default_duration": 6000, "default_size": 7, "default_flags": NON_SYNC}
    values |= changes
    return Track(video=True, codec="avc1", width=16, height=16, entry=b"", matrix=b"", **values)


def traf(trun: bytes, tfhd: bytes = struct.pack(">II", 0x020000, 1)) -> bytes:
    return box(b"traf", box(b"tfhd", tfhd) + box(b"tfdt", struct.pack(">IQ", 1 << 24, 9_000_000)) + box(b"trun", trun))


def moof(*trafs: bytes) -> bytes:
    return box(b"moof", box(b"mfhd", bytes(8)) + b"".join(trafs))


def test_defaults_fill_what_a_run_leaves_out() -> None:
    data = moof(traf(struct.pack(">IIi", 0x1, 3, 100)))
    (run,) = parse_moof(data, (track(),))
    assert run.durations == (6000, 6000, 6000)
    assert run.sizes == (7, 7, 7)
    assert run.sync == (False, False, False)
    assert (run.decode_time, run.data_offset, run.duration) == (9_000_000, 100, 18000)


def test_fragment_header_overrides_the_track_and_the_first_sample_overrides_both() -> None:
    tfhd = struct.pack(">III", 0x020008, 1, 3000)
    data = moof(traf(struct.pack(">IIiIII", 0x205, 2, 8, 0x2000000, 11, 12), tfhd))
    (run,) = parse_moof(data, (track(),))
    assert run.durations == (3000, 3000)
    assert run.sizes == (11, 12)
    assert run.sync == (True, False)


def test_presentation_shifts_are_signed_in_version_1_only() -> None:
    trun = struct.pack(">IIiI", 0x801, 1, 8, 0xFFFFFFFF)
    signed = bytes([1]) + trun[1:]
    assert parse_moof(moof(traf(trun)), (track(),))[0].shifts == (0xFFFFFFFF,)
    assert parse_moof(moof(traf(signed)), (track(),))[0].shifts == (-1,)


def test_a_run_longer_than_its_box_is_refused() -> None:
    with pytest.raises(MediaError, match="does not fit"):
        parse_moof(moof(traf(struct.pack(">IIi", 0x301, 1 << 30, 8))), (track(),))


def test_an_unknown_track_is_refused() -> None:
    with pytest.raises(MediaError, match="not declared"):
        parse_moof(moof(traf(struct.pack(">IIi", 1, 0, 8))), (track(id=2),))


def test_every_truncation_of_a_moof_is_refused() -> None:
    data = moof(traf(struct.pack(">IIiII", 0x201, 2, 8, 5, 6)))
    for length in range(len(data)):
        with pytest.raises(MediaError):
            parse_moof(data[:length], (track(),))


@given(st.binary(max_size=200))
def test_noise_raises_nothing_but_media_errors(noise: bytes) -> None:
    for data in (noise, box(b"moof", noise), moof(traf(noise)), box(b"moov", noise)):
        for parse in (parse_init, lambda d: parse_moof(d, (track(),))):
            try:
                parse(data)
            except MediaError:
                continue
