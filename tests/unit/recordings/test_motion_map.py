"""Boxes of motion become cells, packed cells, and JSON: the same as counted cell by cell."""

import json
from bisect import bisect_right

import hypothesis.strategies as st
from hypothesis import given

from dogwatch.model import Box
from dogwatch.recordings.motion_cells import LEVELS, SIDE, CellCounts
from dogwatch.recordings.motion_map import counts, heatmaps

WIDTH, HEIGHT = 640, 360
LIMIT_BYTES = 200


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x, y = draw(st.integers(-5, WIDTH - 1)), draw(st.integers(-5, HEIGHT - 1))
    return Box(x, y, x + draw(st.integers(0, WIDTH)), y + draw(st.integers(0, HEIGHT)))


FRAMES = st.lists(st.lists(boxes(), max_size=4), max_size=30)


def packed(frames: list[list[Box]]) -> bytes | None:
    gathered = CellCounts()
    for some in frames:
        gathered.add(some, WIDTH, HEIGHT)
    return gathered.packed()


def expected(frames: list[list[Box]]) -> dict[str, int]:
    """Ask each cell which boxes touch it; a box without an area counts for the cell that it is in."""
    found: dict[str, int] = {}
    for cell in range(SIDE * SIDE):
        left, top = cell % SIDE * WIDTH / SIDE, cell // SIDE * HEIGHT / SIDE
        right, bottom = left + WIDTH / SIDE, top + HEIGHT / SIDE
        touching = 0
        for box in (box for some in frames for box in some):
            x1, y1 = max(box.x1, 0), max(box.y1, 0)
            x2, y2 = max(box.x2, x1 + 0.01), max(box.y2, y1 + 0.01)
            touching += x1 < right and x2 > left and y1 < bottom and y2 > top
        if touching:
            found[str(cell)] = LEVELS[bisect_right(LEVELS, touching) - 1]
    return found


@given(FRAMES)
def test_cells_are_those_that_boxes_touch(frames: list[list[Box]]) -> None:
    one = packed(frames)
    assert one is None or 0 < len(one) <= LIMIT_BYTES
    [text] = heatmaps([one])
    assert (json.loads(text) or {}) == expected(frames)


@given(st.lists(FRAMES, max_size=5))
def test_many_grids_at_once(several: list[list[list[Box]]]) -> None:
    grids = [packed(frames) for frames in several]
    assert [json.loads(text) for text in heatmaps(grids)] == [expected(frames) or None for frames in several]
    rows = counts([one or b"" for one in grids])
    assert [{str(cell): int(row[cell]) for cell in row.nonzero()[0]} for row in rows] == list(map(expected, several))


def test_the_fullest_grid_fits() -> None:
    everywhere = [[Box(0, 0, WIDTH, HEIGHT)]] * 1000
    one = packed(everywhere)
    assert one is not None
    assert len(one) == SIDE * SIDE // 2
    assert json.loads(heatmaps([one])[0]) == {str(cell): LEVELS[-1] for cell in range(SIDE * SIDE)}
