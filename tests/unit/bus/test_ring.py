import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from dogwatch.bus import shared
from dogwatch.bus.ring import IDLE_S, SHORT_S, FrameRing, Reader
from dogwatch.errors import RingError


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[FrameRing]:
    ring = FrameRing.create(str(tmp_path), "ring", 64, 48, 4)
    yield ring
    ring.close(unlink=True)


def write(ring: FrameRing, time: float, value: int) -> int:
    seq, pixels = ring.begin(time, keyframe=value % 5 == 0)
    pixels[:] = value
    ring.commit(seq)
    return seq


def test_a_reader_sees_what_was_written(ring: FrameRing, tmp_path: Path) -> None:
    reader = FrameRing.open(str(tmp_path), "ring")
    assert reader.newest() is None
    write(ring, 12.5, 5)
    picture = reader.newest()
    assert picture is not None
    assert (picture.seq, picture.time, picture.keyframe, picture.probe) == (0, 12.5, True, False)
    assert picture.i420.shape == (72, 64)
    assert picture.luma.shape == (48, 64)
    assert (picture.i420 == 5).all()


def test_an_overwritten_frame_is_noticed(ring: FrameRing) -> None:
    first = write(ring, 0, 1)
    picture = ring.picture(first)
    assert picture is not None
    for value in range(2, 6):
        write(ring, value, value)
    assert not ring.holds(first)
    assert ring.picture(first) is None
    assert ring.copy(first) is None
    assert ring.head == 4


def test_a_frame_being_written_is_not_there(ring: FrameRing) -> None:
    for value in range(4):
        write(ring, value, value)
    seq, _ = ring.begin(9.0, keyframe=False)
    assert ring.picture(seq) is None
    assert not ring.holds(0)
    assert ring.head == 3


def test_copy_is_independent(ring: FrameRing) -> None:
    seq = write(ring, 0, 7)
    copy = ring.copy(seq)
    assert copy is not None
    for value in range(4):
        write(ring, value, 99)
    assert (copy == 7).all()


def test_demand_expires_and_each_reader_has_its_own(ring: FrameRing) -> None:
    assert not ring.full_wanted(100.0)
    ring.demand_full(Reader.VISION, 105.0)
    assert ring.full_wanted(104.9)
    assert not ring.full_wanted(105.0)
    ring.demand_full(Reader.CORE, 110.0)
    ring.demand_full(Reader.VISION, 0.0)
    assert ring.full_wanted(109.0)


def test_what_the_core_has_asked_before_the_clock_was_set_back_is_over(ring: FrameRing) -> None:
    ring.demand_full(Reader.CORE, 3703.0)
    assert ring.full_wanted(3700.0)
    assert not ring.full_wanted(100.0)


def test_consumed_starts_before_the_first(ring: FrameRing, tmp_path: Path) -> None:
    reader = FrameRing.open(str(tmp_path), "ring")
    assert ring.consumed == -1
    reader.consume(3)
    assert ring.consumed == 3


def taken(ring: FrameRing, time: float) -> int:
    """Write a frame that the analysis takes at once; return the address of its pixels."""
    seq = write(ring, time, 1)
    ring.consume(seq)
    picture = ring.picture(seq)
    assert picture is not None
    return picture.i420.ctypes.data


def test_two_slots_are_enough_for_a_reader_that_keeps_up(ring: FrameRing) -> None:
    assert len({taken(ring, time) for time in range(20)}) == 2


def test_what_is_held_or_still_to_be_taken_is_not_overwritten(ring: FrameRing) -> None:
    held = write(ring, 0, 7)
    ring.hold(held)
    ring.consume(held)
    assert len({taken(ring, time) for time in range(1, 9)}) == 2
    copy = ring.copy(held)
    assert copy is not None
    assert (copy == 7).all()
    waiting = [write(ring, 10, 8), write(ring, 11, 9)]
    assert all(map(ring.holds, waiting))
    assert ring.has_room()
    write(ring, 12, 10)
    assert not ring.has_room()
    write(ring, 13, 11)  # nobody waits for the reader: the oldest goes, but what is held stays
    assert [ring.holds(seq) for seq in (held, *waiting)] == [True, False, True]
    ring.hold(-1)
    assert ring.has_room()


def test_slots_not_used_for_a_while_take_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring = FrameRing.create(str(tmp_path), "ring", 640, 480, 5)
    size = 640 * 480 * 3 // 2

    def slots_in_memory() -> int:
        return ring.path.stat().st_blocks * 512 // size

    if slots_in_memory() == 5:
        pytest.skip("this file system cannot give memory back")
    assert slots_in_memory() == 2
    for time in range(6):
        write(ring, time, time)
    assert slots_in_memory() == 5
    ring.consume(ring.head)
    late = monotonic() + IDLE_S
    monkeypatch.setattr("dogwatch.bus.ring.time_module.monotonic", lambda: late)
    before = ring.head
    taken(ring, 10.0)
    assert slots_in_memory() == 2
    assert [seq for seq in range(ring.head + 1) if ring.holds(seq)] == [before, ring.head]
    for time in range(11, 16):
        write(ring, time, time)
    assert [seq for seq in range(ring.head + 1) if ring.holds(seq)] == list(range(ring.head - 4, ring.head + 1))
    ring.close(unlink=True)


def test_a_slot_for_which_there_is_no_memory_is_not_used(ring: FrameRing) -> None:
    ring.path.rename(ring.path.with_name("elsewhere"))  # so that no memory can be reserved
    for time in range(6):
        write(ring, time, time)
    assert [seq for seq in range(6) if ring.holds(seq)] in ([4, 5], [2, 3, 4, 5])  # all, where none was given back
    assert ring.head == 5


def test_a_slot_for_which_there_is_no_memory_is_no_room(ring: FrameRing, monkeypatch: pytest.MonkeyPatch) -> None:
    if len(ring._used) == ring.slots:
        pytest.skip("this file system cannot give memory back")
    full, tries = True, 0
    reserve = shared.reserve

    def try_to_reserve(path: Path, start: int, size: int) -> bool:
        nonlocal tries
        tries += 1
        return not full and reserve(path, start, size)

    monkeypatch.setattr(shared, "reserve", try_to_reserve)
    for time in range(2):
        write(ring, time, time)
    assert not any(ring.has_room() for _ in range(100))
    assert tries == 1
    full, late = False, monotonic() + SHORT_S
    monkeypatch.setattr("dogwatch.bus.ring.time_module.monotonic", lambda: late)
    assert ring.has_room()
    write(ring, 2, 2)
    assert [ring.holds(seq) for seq in range(3)] == [True] * 3


def test_closing_tells_readers_and_removes_the_file(tmp_path: Path) -> None:
    ring = FrameRing.create(str(tmp_path), "gone", 4, 4, 2)
    reader = FrameRing.open(str(tmp_path), "gone")
    ring.close(unlink=True)
    assert reader.closed
    with pytest.raises(RingError, match="is gone"):
        FrameRing.open(str(tmp_path), "gone")


def test_odd_sizes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RingError, match="even"):
        FrameRing.create(str(tmp_path), "odd", 65, 48, 2)


def test_too_little_memory_is_said_with_numbers(tmp_path: Path) -> None:
    with pytest.raises(RingError, match=r"MiB free, but \d+ MiB"):
        FrameRing.create("/dev/shm" if Path("/dev/shm").is_dir() else str(tmp_path), "huge", 1 << 20, 1 << 16, 64)


@pytest.mark.parametrize("content", [b"", b"x" * 40, b"x" * 5000])
def test_a_foreign_file_is_no_ring(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "foreign").write_bytes(content)
    with pytest.raises(RingError):
        FrameRing.open(str(tmp_path), "foreign")


def _spin(directory: str, frames: int) -> None:
    ring = FrameRing.open(directory, "ring")
    for value in range(frames):
        seq, pixels = ring.begin(float(value), keyframe=False)
        pixels[:] = value % 251
        ring.commit(seq)


def test_another_process_never_shows_a_torn_frame(ring: FrameRing, tmp_path: Path) -> None:
    writer = multiprocessing.get_context("spawn").Process(target=_spin, args=(str(tmp_path), 20_000))
    writer.start()
    seen = 0
    while writer.is_alive() or seen == 0:
        head = ring.head
        copy = ring.copy(head) if head >= 0 else None
        if copy is not None:
            assert (copy == head % 251).all()
            seen += 1
    writer.join()
    assert seen > 10
    last = ring.copy(19_999)
    assert last is not None
    assert np.unique(last).tolist() == [19_999 % 251]
