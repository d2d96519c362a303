"""Which pictures are due: how many, how evenly, and that a due one is the first of its GOP where that is possible."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dogwatch.workers.ingest.grid import CLOSEST, DetectGrid

START = 1_790_000_000.0


def due(times: list[float], fps: float, gop: int) -> list[int]:
    """Return the numbers of the pictures at `times` that are due; every `gop`-th is a keyframe."""
    grid = DetectGrid(fps)
    return [n for n, at in enumerate(times) if grid.is_due(at, keyframe=n % gop == 0)]


def evenly(count: int, fps: float, *, start: float = START, jitter: float = 0.0, seed: int = 0) -> list[float]:
    random = Random(seed)
    return [start + n / fps + random.uniform(-jitter, jitter) for n in range(count)]


@pytest.mark.parametrize(
    ("camera_fps", "gop", "detect_fps", "every"),
    [(15, 30, 5, 3), (25, 50, 5, 5), (30, 60, 5, 6), (14.98, 30, 5, 3), (29.97, 30, 5, 6), (60, 120, 5, 12)],
)
@given(start=st.floats(0, 10), jitter=st.floats(0, 0.2))
def test_the_due_pictures_are_counted_from_keyframes(
    camera_fps: float, gop: int, detect_fps: float, every: int, start: float, jitter: float
) -> None:
    times = evenly(20 * gop, camera_fps, start=START + start, jitter=jitter / camera_fps)
    assert due(times, detect_fps, gop) == list(range(0, 20 * gop, every))


@given(
    camera_fps=st.sampled_from([1, 4, 5, 7, 10, 12, 12.5, 14.98, 15, 20, 25, 29.97, 30, 60]),
    gop=st.integers(1, 400),
    detect_fps=st.sampled_from([0.5, 1, 2, 3, 5, 5.5, 10, 15]),
    start=st.floats(0, 10),
    jitter=st.floats(0, 0.3),
    seed=st.integers(0, 9),
)
@example(camera_fps=10, gop=1, detect_fps=5.5, start=0.0, jitter=0.125, seed=0)  # a slot was left empty now and then
def test_the_rate_is_kept_whatever_the_gops_are(
    camera_fps: float, gop: int, detect_fps: float, start: float, jitter: float, seed: int
) -> None:
    seconds = 100 / detect_fps
    step = jitter / camera_fps
    times = evenly(int(seconds * camera_fps), camera_fps, start=START + start, jitter=step, seed=seed)
    found = due(times, detect_fps, gop)
    expected = seconds * min(detect_fps, camera_fps)
    assert len(found) <= 1.02 * expected + 1
    # A camera that is hardly faster than the detect rate has no other picture in the slot of one that came too early.
    assert len(found) >= (0.98 if camera_fps > 1.5 * detect_fps or not jitter else 0.85) * expected - 1
    if camera_fps >= 2.5 * detect_fps:
        assert min(after - before for before, after in pairwise(times[n] for n in found)) * detect_fps >= CLOSEST - 1e-6


@given(lengths=st.lists(st.integers(1, 90), min_size=10, max_size=80), jitter=st.floats(0, 0.3))
def test_the_rate_is_kept_with_keyframes_at_any_time(lengths: list[int], jitter: float) -> None:
    keyframes = {sum(lengths[:n]) for n in range(len(lengths))}
    times = evenly(sum(lengths), 15, jitter=jitter / 15)
    grid = DetectGrid(5)
    found = [at for n, at in enumerate(times) if grid.is_due(at, keyframe=n in keyframes)]
    assert len(found) == pytest.approx(sum(lengths) / 3, rel=0.02, abs=1.5)
    assert all((after - before) * 5 >= CLOSEST - 1e-6 for before, after in pairwise(found))


def test_where_keyframes_do_not_fit_the_slots_are_those_of_the_epoch_whenever_decoding_began() -> None:
    times = evenly(3200, 15, start=START + 0.3)
    late = [n + 320 for n in due(times[320:], 5, 32)]
    assert [n for n in due(times, 5, 32) if n > 1300] == [n for n in late if n > 1300]


def test_a_keyframe_out_of_turn_moves_the_slots_once() -> None:
    grid = DetectGrid(5)
    keyframes = {*range(0, 600, 30), *range(610, 3000, 30)}  # 610: somebody has asked the camera for a picture
    found = [n for n in range(2500) if grid.is_due(START + n / 15, keyframe=n in keyframes)]
    assert found[:200] == list(range(0, 600, 3))
    assert {n % 30 % 3 for n in found if n > 2000} == {610 % 30 % 3}
    assert {after - before for before, after in pairwise(found)} <= {2, 3, 4}


def test_a_rate_that_changes_is_followed() -> None:
    times = evenly(150, 15) + evenly(100, 5, start=START + 10) + evenly(600, 30, start=START + 30)
    found = [times[n] - START for n in due(times, 5, 50)]
    for begin, end in ((0, 10), (10, 30), (30, 50)):
        assert sum(begin <= at < end for at in found) == pytest.approx(5 * (end - begin), abs=1)


def test_the_next_slot_begins_half_a_frame_before_the_picture_that_is_due() -> None:
    grid = DetectGrid(5)
    for n in range(40):
        at = START + 0.03 + n / 15
        grid.is_due(at, keyframe=n % 30 == 0)
        assert grid.after(at) == pytest.approx(START + 0.03 + (n // 3 + 1) / 5 - grid.early, abs=1e-6)
    assert grid.early == pytest.approx(1 / 30)
