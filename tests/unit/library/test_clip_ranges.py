"""Which frames a clip has."""

import os
import tempfile
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.errors import FileError
from dogwatch.library.clip_ranges import Asked, choose
from dogwatch.media.frame_index import FrameIndex
from dogwatch.media.frame_times import FrameTimes


def index_of(ticks: list[int], base: Fraction = Fraction(1, 30), last: int = 1) -> FrameTimes:
    keys = np.zeros(len(ticks), np.bool_)
    index = FrameIndex(base, np.array(ticks, np.int64), keys, last, np.zeros((0, 3), np.int64))
    with tempfile.TemporaryFile() as file:
        file.write(index.encode())
        file.flush()
        return FrameTimes(os.dup(file.fileno()))


CONSTANT = index_of(list(range(1000, 1300)))
VARIABLE = index_of([0, 10, 50, 60, 70, 200], Fraction(1, 1000), 130)


@pytest.mark.parametrize(
    ("index", "asked", "frames"),
    [
        (CONSTANT, Asked(0, 0), (0, 0)),
        (CONSTANT, Asked(10, 20), (10, 20)),
        (CONSTANT, Asked(290, 999), (290, 299)),
        (CONSTANT, Asked(10, 20, 1.0, 2.0, 5.0), (10, 20)),
        (CONSTANT, Asked(start_time=3.0, end_time=4.5), (90, 134)),
        (CONSTANT, Asked(start_time=0, end_time=100), (0, 299)),
        (CONSTANT, Asked(start_time=5 / 3, end_time=2.0), (50, 59)),
        (CONSTANT, Asked(start_time=1.666667, end_time=1.7), (50, 50)),  # as answers round it
        (CONSTANT, Asked(start_time=1.1, end_time=2.2, fps=30.0), (33, 65)),
        (CONSTANT, Asked(start_time=1.0, end_time=2.0, fps=10.0), (10, 19)),
        (VARIABLE, Asked(start_time=0.01, end_time=0.07), (1, 3)),
        (VARIABLE, Asked(start_time=0.071, end_time=9), (5, 5)),
        (VARIABLE, Asked(start_time=0.0, end_time=0.2), (0, 4)),
    ],
)
def test_ranges(index: FrameTimes, asked: Asked, frames: tuple[int, int]) -> None:
    asked.check()
    chosen = choose(asked, index, 600)
    assert (chosen.start, chosen.end, chosen.frames) == (*frames, frames[1] - frames[0] + 1)
    assert chosen.start_time == index.time(frames[0])
    ends = index.time(frames[1] + 1) if frames[1] + 1 < index.total else index.duration
    assert chosen.duration == pytest.approx(ends - chosen.start_time)


@pytest.mark.parametrize(
    ("index", "asked", "code", "details"),
    [
        (CONSTANT, Asked(300, 300), "frame_out_of_range", {"total_frames": 300}),
        (CONSTANT, Asked(start_time=10.0, end_time=11.0), "time_out_of_range", {"duration": 10.0}),
        (CONSTANT, Asked(start_time=10.0, end_time=11.0, fps=30.0), "time_out_of_range", {"duration": 10.0}),
        (CONSTANT, Asked(start_time=9.99, end_time=10.0), "empty_range", {}),
        (VARIABLE, Asked(start_time=0.02, end_time=0.03), "empty_range", {}),
        (CONSTANT, Asked(0, 299), "clip_too_long", {"max_seconds": 5.0}),
        (index_of(list(range(5000)), Fraction(1, 5000)), Asked(0, 4999), "clip_too_long", {"max_seconds": 5.0}),
    ],
)
def test_what_a_file_does_not_have(index: FrameTimes, asked: Asked, code: str, details: dict[str, Any]) -> None:
    with pytest.raises(FileError) as refused:
        choose(asked, index, 5.0)
    assert (refused.value.status, refused.value.code, refused.value.details) == (422, code, details)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=40), st.data())
def test_times_that_were_told_select_their_frames(gaps: list[int], data: st.DataObject) -> None:
    with index_of(np.cumsum([0, *gaps]).tolist(), Fraction(1, 90_000), 50) as index:
        start = data.draw(st.integers(0, index.total - 1))
        end = data.draw(st.integers(start, index.total - 1))
        after = index.time(end + 1) if end + 1 < index.total else index.duration
        chosen = choose(Asked(start_time=index.time(start), end_time=after), index, 600)
    assert (chosen.start, chosen.end) == (start, end)
