import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dogwatch.bus.ring import FrameRing, Reader
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


def test_consumed_starts_before_the_first(ring: FrameRing, tmp_path: Path) -> None:
    reader = FrameRing.open(str(tmp_path), "ring")
    assert ring.consumed == -1
    reader.consume(3)
    assert ring.consumed == 3


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
