"""Numbers, times and bounds of frames, and the file that keeps them."""

import os
import tempfile
import zlib
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.errors import MediaError
from dogwatch.media.frame_index import FrameIndex, ascending, is_variable
from dogwatch.media.frame_times import FrameTimes
from dogwatch.media.packet_table import ROW, PacketDecoder, PacketTable

ENTRIES = np.array([[0, -10, 48], [3, 290, 900]], np.int64)


def index(ticks: list[int], last: int = 100) -> FrameIndex:
    keys = np.zeros(len(ticks), np.bool_)
    keys[0] = True
    return FrameIndex(Fraction(1, 1000), np.array(ticks, np.int64), keys, last, ENTRIES)


@st.composite
def indexes(draw: st.DrawFn) -> FrameIndex:
    gaps = draw(st.lists(st.integers(1, 5000), max_size=40))
    first = draw(st.integers(-(1 << 40), 1 << 40))
    return index([first + sum(gaps[:n]) for n in range(len(gaps) + 1)], draw(st.integers(1, 5000)))


def test_times_count_from_the_first_frame() -> None:
    some = index([500, 540, 700, 701])
    assert [some.time(n) for n in range(4)] == pytest.approx([0, 0.04, 0.2, 0.201])
    assert some.times() == pytest.approx([0, 0.04, 0.2, 0.201])
    assert some.total == 4
    assert some.duration == pytest.approx(0.301)
    assert some.end(1) == 700
    assert some.end(3) == 801


@pytest.mark.parametrize(
    ("seconds", "frame"), [(-1, 0), (0, 0), (0.0399, 0), (0.04, 1), (0.199, 1), (0.2, 2), (0.201, 3), (9, 3)]
)
def test_the_frame_at_a_time_is_the_last_that_has_begun(seconds: float, frame: int) -> None:
    assert index([500, 540, 700, 701]).at(seconds) == frame


def test_cuts_are_half_way_between_frames() -> None:
    some = index([500, 540, 701])
    assert [some.bound(n) for n in range(4)] == [480, 520, Fraction(1241, 2), 751]


@pytest.mark.parametrize(("frame", "row"), [(0, 0), (2, 0), (3, 1), (9, 1)])
def test_the_entry_before_a_frame(frame: int, row: int) -> None:
    assert index(list(range(0, 1000, 100))).entry(frame) == row


def test_a_file_may_have_no_entry_before_a_frame() -> None:
    assert FrameIndex(Fraction(1), np.arange(3), np.zeros(3, np.bool_), 1, ENTRIES[1:]).entry(1) == -1


@given(indexes(), st.booleans(), st.booleans())
def test_what_is_written_is_read(some: FrameIndex, by_order: bool, by_bytes: bool) -> None:
    before = FrameIndex(
        some.time_base, some.ticks, some.keys, some.last_length, some.entries, by_order=by_order, by_bytes=by_bytes
    )
    after = FrameIndex.decode(before.encode())
    assert (after.ticks == before.ticks).all()
    assert (after.keys == before.keys).all()
    assert (after.entries == before.entries).all()
    assert (after.time_base, after.last_length) == (before.time_base, before.last_length)
    assert (after.by_order, after.by_bytes) == (by_order, by_bytes)


def packets() -> PacketTable:
    rows = np.array([(48, -10, 3), (60, 0, 5), (900, 290, 7)], ROW)
    decoder = PacketDecoder("h264", b"\x01\x02", 192, 108, 1, 1, 1, 1)
    return PacketTable.made_of(decoder, rows, np.array([0, 2], np.int64))


@given(indexes())
def test_packets_are_read_with_it_or_left_out(some: FrameIndex) -> None:
    data = replace(some, packets=packets()).encode()
    found = FrameIndex.decode(data)
    assert found.packets is not None
    assert found.packets.decoder == packets().decoder
    assert list(found.packets.from_entry(0)) == [(48, -10, 3), (60, 0, 5), (900, 290, 7)]
    assert list(found.packets.from_entry(1)) == [(900, 290, 7)]
    with times_of(data) as without:
        assert without.times(0, some.total) == some.times().tolist()


def times_of(data: bytes) -> FrameTimes:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return FrameTimes(os.dup(file.fileno()))


def old(some: FrameIndex) -> bytes:
    """Return an index of the first version, whose key flags are bits."""
    data = some.encode()
    at = 9 + int.from_bytes(data[5:9])
    body = data[at + 4 : -some.total] + np.packbits(some.keys).tobytes()
    return b"DWFI\x01" + data[5:at] + zlib.crc32(body).to_bytes(4) + body


@given(indexes(), st.booleans(), st.data())
def test_what_is_written_is_read_bit_by_bit(some: FrameIndex, packed: bool, data: st.DataObject) -> None:
    some = replace(some, keys=np.array(data.draw(st.lists(st.booleans(), min_size=some.total, max_size=some.total))))
    start, end = data.draw(st.integers(0, some.total + 3)), data.draw(st.integers(0, some.total + 3))
    with times_of(old(some) if packed else some.encode()) as found:
        assert found.total == some.total
        assert found.duration == pytest.approx(some.duration)
        assert found.times(start, end) == some.times()[start:end].tolist()
        assert found.keys(start, end) == some.keys[start:end].tolist()
        for n in range(some.total):
            assert found.time(n) == some.time(n)
            assert found.length(0, n) == pytest.approx(float((some.end(n) - int(some.ticks[0])) * some.time_base))


@given(st.data())
def test_damage_to_packets_is_noticed_when_they_are_used(data: st.DataObject) -> None:
    good = replace(index([0, 40, 80]), packets=packets()).encode()
    size = len(packets().rows.tobytes())
    at = data.draw(st.integers(len(good) - size, len(good) - 1))
    bad = good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :]
    found = FrameIndex.decode(bad).packets
    assert found is not None
    with pytest.raises(MediaError):
        list(found.from_entry(0))


def test_an_index_of_the_first_version_is_read() -> None:
    some = index([0, 40, 80])
    found = FrameIndex.decode(old(some))
    assert (found.ticks == some.ticks).all()
    assert (found.keys == some.keys).all()
    assert found.packets is None


def test_the_first_frame_from_a_time_on() -> None:
    with times_of(index([500, 540, 700, 701]).encode()) as some:
        found = [some.after(seconds) for seconds in (-1, 0, 0.0399, 0.0401, 0.1999, 0.2005, 9)]
    assert found == [0, 0, 1, 2, 2, 3, 4]


@given(st.data())
def test_damage_is_noticed(data: st.DataObject) -> None:
    good = index([0, 40, 80]).encode()
    at = data.draw(st.integers(0, len(good) - 1))
    cut = data.draw(st.booleans())
    bad = good[:at] if cut else good[:at] + bytes([good[at] ^ data.draw(st.integers(1, 255))]) + good[at + 1 :]
    try:
        found = FrameIndex.decode(bad)
    except MediaError:
        return
    finally:
        with suppress(MediaError), times_of(bad) as times:
            times.times(0, 3)
    # Only the beginning is not covered by the checksum: its white space and numbers may differ.
    assert found.total == 3


@pytest.mark.parametrize(
    "wrong",
    [b"[0,1000]", b"[1,0]", b"[-1,1000]", b'[1,1000],"entries":-1', b'[1,1000],"table":-1', b'[1,1000],"total":0'],
)
def test_impossible_numbers_are_noticed(wrong: bytes) -> None:
    good = index([0, 40, 80]).encode()
    size = int.from_bytes(good[5:9])
    name = wrong.rpartition(b",")[2].partition(b":")[0]
    head = good[9 : 9 + size].replace(name + b":", b'"was":') if b":" in wrong else good[9 : 9 + size]
    head = head.replace(b"[1,1000]", wrong)
    bad = good[:5] + len(head).to_bytes(4) + head + good[9 + size :]
    with pytest.raises(MediaError):
        FrameIndex.decode(bad)
    with pytest.raises(MediaError), times_of(bad) as found:
        found.after(0.05)


@given(indexes())
def test_each_time_leads_back_to_its_frame(some: FrameIndex) -> None:
    for n in range(some.total):
        exact = Fraction(int(some.ticks[n] - some.ticks[0])) * some.time_base
        assert some.at(float(exact) + 1e-6) == n
        assert some.bound(n) < some.ticks[n] < some.bound(n + 1)


@pytest.mark.parametrize(
    ("ticks", "variable"),
    [
        ([0, 33, 67, 100, 133], False),  # milliseconds of 30 frames a second
        ([0, 3003, 6006, 9009], False),
        ([0, 33, 67, 134, 167], True),
        ([0, 5], False),
    ],
)
def test_a_variable_rate(ticks: list[int], variable: bool) -> None:
    assert is_variable(np.array(ticks, np.int64), Fraction(1, 1000)) is variable


def test_ascending() -> None:
    assert ascending([1, 2, 5])
    assert not ascending([1, 1])
    assert ascending([])
