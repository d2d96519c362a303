"""Many boxes read at once give what they give one by one."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.errors import MediaError
from dogwatch.media.moof import DURATION, FLAGS, MAX_SAMPLES, SHIFT, SIZE, parse_moof
from dogwatch.media.moof_arrays import MoofBatch
from tests.unit.media.test_moof import box, moof, track, traf

TRACKS = (track(), track(id=2, default_size=9, default_flags=0))
words = st.integers(0, 2**32 - 1)


@st.composite
def truns(draw: st.DrawFn) -> bytes:
    fields = draw(st.sets(st.sampled_from([DURATION, SIZE, FLAGS, SHIFT])).map(sum))
    samples = draw(st.integers(0, 4))
    first = draw(st.none() | words)
    version = draw(st.integers(0, 1))
    flags = version << 24 | fields | 0x1 | (0x4 if first is not None else 0)
    rest = [] if first is None else [first]
    rest += draw(st.lists(words, min_size=samples * fields.bit_count(), max_size=samples * fields.bit_count()))
    return struct.pack(f">IIi{len(rest)}I", flags, samples, draw(st.integers(0, 9999)), *rest)


@st.composite
def trafs(draw: st.DrawFn, track_id: int) -> bytes:
    said = draw(st.sets(st.sampled_from([0x2, 0x8, 0x10, 0x20])))
    values = draw(st.lists(words, min_size=len(said), max_size=len(said)))
    tfhd = box(b"tfhd", struct.pack(f">II{len(values)}I", 0x020000 | sum(said), track_id, *values))
    times = [struct.pack(">IQ", 1 << 24, draw(st.integers(0, 2**60))), struct.pack(">II", 0, draw(words))]
    runs = b"".join(box(b"trun", draw(truns())) for _ in range(draw(st.integers(1, 3))))
    other = box(b"free", bytes(4 * draw(st.integers(0, 3))))
    return box(b"traf", tfhd + box(b"tfdt", draw(st.sampled_from(times))) + other + runs)


moofs = st.builds(moof, trafs(1), trafs(2)) | st.builds(moof, trafs(2), trafs(1)) | st.builds(moof, trafs(1))


@given(st.lists(moofs, min_size=1, max_size=5))
def test_many_boxes_read_at_once_give_what_they_give_one_by_one(some: list[bytes]) -> None:
    found = MoofBatch(some)
    for one in TRACKS:
        runs = [(n, run) for n, data in enumerate(some) for run in parse_moof(data, TRACKS)]
        mine = [(n, run) for n, run in runs if run.track_id == one.id and run.samples]
        got = found.samples(one)
        if got is None:
            assert mine == []
            continue
        assert got.durations.tolist() == [value for _, run in mine for value in run.durations]
        assert got.sizes.tolist() == [value for _, run in mine for value in run.sizes]
        assert got.shifts.tolist() == [value for _, run in mine for value in run.shifts or (0,) * run.samples]
        assert got.sync.tolist() == [value for _, run in mine for value in run.sync]
        assert got.counts.tolist() == [run.samples for _, run in mine]
        assert got.times.tolist() == [run.decode_time for _, run in mine]
        assert got.offsets.tolist() == [run.data_offset for _, run in mine]
        assert got.moofs.tolist() == [n for n, _ in mine]
        assert got.run_bytes.tolist() == [sum(run.sizes) for _, run in mine]


def test_the_tracks_that_runs_belong_to() -> None:
    trun = struct.pack(">IIi", 0x1, 3, 100)
    assert MoofBatch([moof(traf(trun)), moof(traf(trun, struct.pack(">II", 0x020000, 7)))]).tracks() == {1, 7}


def test_every_truncation_is_refused_in_whatever_company() -> None:
    data = moof(traf(struct.pack(">IIiII", 0x201, 2, 8, 5, 6)))
    for length in range(len(data)):
        with pytest.raises(MediaError):
            MoofBatch([data, data[:length]])


@pytest.mark.parametrize(
    "trun",
    [
        struct.pack(">IIi", 0x301, 1 << 30, 8),  # does not fit
        struct.pack(">IIi", 0x1, 1 << 30, 8),  # fits, having no table, and would fill the memory
        struct.pack(">IIi", 0x0, 1, 8),  # does not say where its data lies
    ],
)
def test_impossible_runs_are_refused(trun: bytes) -> None:
    with pytest.raises(MediaError):
        MoofBatch([moof(traf(trun))])
    with pytest.raises(MediaError):
        parse_moof(moof(traf(trun)), (track(),))


def test_many_runs_of_samples_without_a_table_do_not_fill_the_memory() -> None:
    """Each fits by itself; four kilobytes of them would make gigabytes of arrays."""
    run = struct.pack(">IIi", 0x1, MAX_SAMPLES, 8)
    once, often = moof(traf(run)), moof(traf(run), traf(run))
    assert len(parse_moof(once, (track(),))) == 1
    assert MoofBatch([once]).tracks() == {1}
    for some in ([often], [once] * 17):
        with pytest.raises(MediaError):
            MoofBatch(some)
    with pytest.raises(MediaError):
        parse_moof(often, (track(),))


def test_a_giant_among_many_is_refused() -> None:
    small, large = moof(traf(struct.pack(">IIi", 0x1, 1, 8))), moof(box(b"free", bytes(1 << 20)))
    with pytest.raises(MediaError, match="too many to read at once"):
        MoofBatch([small] * 40 + [large])
    assert MoofBatch([small] * 4 + [large]).tracks() == {1}


def test_a_run_before_its_time_is_refused() -> None:
    trun = box(b"trun", struct.pack(">IIi", 0x1, 1, 8))
    with pytest.raises(MediaError):
        MoofBatch([box(b"moof", box(b"traf", box(b"tfhd", struct.pack(">II", 0, 1)) + trun))])


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=3))
def test_noise_raises_nothing_but_media_errors(noise: list[bytes]) -> None:
    for some in (noise, [box(b"moof", one) for one in noise], [moof(traf(one)) for one in noise]):
        try:
            found = MoofBatch(some)
        except MediaError:
            continue
        for number in found.tracks():
            samples = found.samples(track(id=number))
            assert samples is None or len(samples.sizes) == np.sum(samples.counts)
