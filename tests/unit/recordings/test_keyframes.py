"""How far apart keyframes are, without what lies in gaps of the recordings."""

from typing import Any

import pytest

from dogwatch.model import Fragment, Segment
from dogwatch.recordings.keyframes import analyse


def segment(*fragments: tuple[float, float, bool]) -> Segment:
    parts = tuple(Fragment(0, 1, start, length, key) for start, length, key in fragments)
    end = parts[-1].start_time + parts[-1].duration
    return Segment("front", "x.mp4", parts[0].start_time, end, 1, "i", parts)


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        ([], (0, None, None)),
        ([segment((0, 1, True), (1, 1, False), (2, 1, True), (3, 1, False))], (2, 2.0, 2.0)),
        ([segment((0, 2, True), (2, 2, True)), segment((9, 2, True), (11, 2, True))], (4, 2.0, 2.0)),
        ([segment((0, 5, True), (5, 5, True), (10, 5, True))], (3, 5.0, 5.0)),
    ],
    ids=["nothing", "every other fragment", "a gap between", "rare"],
)
def test_intervals(segments: list[Segment], expected: tuple[Any, ...]) -> None:
    found = analyse("front", segments)
    assert (found["keyframes"], found["mean_interval"], found["longest_interval"]) == expected
    assert ("one or two seconds" in found["advice"]) == (expected[1] == 5.0)
