"""Which cells a polygon touches, which segments have to be looked at, and what counts as one motion."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dogwatch.media.motion_scan_spec import FoundMotion
from dogwatch.model import Box
from dogwatch.polygon import MIN_AREA, area
from dogwatch.recordings.motion_cells import SIDE, CellCounts
from dogwatch.recordings.motion_search import Findings, from_cells, select, touched
from dogwatch.store.segments import ListedSegment

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
BOX = (0.0, 0.0, 1.0, 1.0)
FRACTIONS = st.floats(0, 1)
TRIANGLES = st.tuples(*[st.tuples(FRACTIONS, FRACTIONS)] * 3)


def cell(x: float, y: float) -> int:
    return min(int(y * SIDE), SIDE - 1) * SIDE + min(int(x * SIDE), SIDE - 1)


@given(TRIANGLES, st.lists(st.tuples(FRACTIONS, FRACTIONS), max_size=30))
def test_every_point_of_a_polygon_is_in_a_cell_of_it(
    triangle: tuple[tuple[float, float], ...], weights: list[tuple[float, float]]
) -> None:
    assume(area(triangle) > MIN_AREA)
    found = touched(triangle)
    (x1, y1), (x2, y2), (x3, y3) = triangle
    for a, b in weights:
        if a + b <= 1:
            x, y = x1 * a + x2 * b + x3 * (1 - a - b), y1 * a + y2 * b + y3 * (1 - a - b)
            steps = (-4e-3, 0.0, 4e-3)  # of a cell that is touched less than this, another one may be taken
            near = {cell(min(max(x + dx, 0), 1), min(max(y + dy, 0), 1)) for dx in steps for dy in steps}
            assert found[list(near)].any()


@given(TRIANGLES)
def test_no_cell_outside_of_its_bounds(triangle: tuple[tuple[float, float], ...]) -> None:
    xs, ys = zip(*triangle, strict=True)
    for n in np.flatnonzero(touched(triangle)):
        assert min(xs) * SIDE - 1 <= n % SIDE <= max(xs) * SIDE
        assert min(ys) * SIDE - 1 <= n // SIDE <= max(ys) * SIDE


def test_the_whole_picture_and_a_hole() -> None:
    assert touched(WHOLE).all()
    small = ((0.51, 0.51), (0.55, 0.51), (0.55, 0.55), (0.51, 0.55))  # in one cell
    assert np.flatnonzero(touched(small)).tolist() == [cell(0.53, 0.53)]
    left_half = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.99), (0.0, 0.99))
    assert touched(left_half).reshape(SIDE, SIDE)[:, SIDE // 2 + 1 :].any() == np.False_


def row(n: int, motion: int | None, *boxes: Box) -> ListedSegment:
    gathered = CellCounts()
    gathered.add(boxes, 160, 160)
    return (f"{n}", n * 10.0, n * 10.0 + 10, 5, motion, 0, gathered.packed())


def test_segments_that_have_to_be_looked_at() -> None:
    region = touched(((0.0, 0.0), (0.2, 0.0), (0.2, 0.2), (0.0, 0.2)))
    inside, outside = Box(10, 10, 20, 20), Box(100, 100, 120, 120)
    rows = [
        row(0, 0),  # nothing moved
        row(1, 5, outside),
        row(2, 5, outside, inside, inside),
        row(3, None),  # not analysed
        row(4, 5),  # of a version without cells
    ]
    found = select(rows, region)
    assert found.chosen == [2, 3, 4]
    assert found.frames.tolist() == [0, 0, 2, 0, 0]
    [one] = from_cells(rows, found, region, 9)
    assert (one.start_time, one.end_time, one.strength) == (20.0, 30.0, 2.0)
    assert one.box == (1 / SIDE, 1 / SIDE, 1 / SIDE, 1 / SIDE)
    assert select([], region).chosen == []


def test_segments_that_follow_each_other_are_one_motion_and_the_newest_are_told() -> None:
    region = touched(((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5)))
    rows = [row(n, 5, Box(10 * n, 0, 10 * n + 5, 5)) for n in (0, 1, 2, 4, 5, 7)]
    found = from_cells(rows, select(rows, region), region, 9)
    assert [(one.start_time, one.end_time) for one in found] == [(0, 30), (40, 60), (70, 80)]
    assert [one.box[:3:2] for one in found] == [(0.0, 3 / SIDE), (4 / SIDE, 2 / SIDE), (7 / SIDE, 1 / SIDE)]
    assert from_cells(rows, select(rows, region), region, 2) == found[1:]


@pytest.mark.parametrize("gap", [-1.0, 0.0, 2.0, 2.1])
def test_motion_that_is_hardly_apart_is_one(gap: float) -> None:
    found = Findings()
    found.add([FoundMotion(20.0 + gap, 30.0, 7.0, BOX)])
    found.add([FoundMotion(1.0, 2.0, 9.0, BOX), FoundMotion(12.0, 20.0, 8.0, (0.5, 0.5, 0.1, 0.1))])
    starts = [(one["start_time"], one["end_time"], one["strength"]) for one in found.body(9)]
    joined = [(12.0, 30.0, 8.0)] if gap <= 2 else [(20.0 + gap, 30.0, 7.0), (12.0, 20.0, 8.0)]
    assert starts == [*joined, (1.0, 2.0, 9.0)]
    assert found.body(1) == found.body(9)[:1]
