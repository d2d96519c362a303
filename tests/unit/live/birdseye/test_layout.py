"""Where cameras are drawn: nothing overlaps, nothing is outside, shapes and order are kept, and room is used."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.live.birdseye.layout import Cell, place

WIDE, SQUARE, TALL = 16 / 9, 1.0, 9 / 16
shapes = st.sampled_from([WIDE, 4 / 3, 2.35, 32 / 9, TALL, SQUARE, 3 / 4])
some = st.lists(shapes, min_size=1, max_size=30)
canvases = st.sampled_from([(1280, 720), (1920, 1080), (640, 480), (720, 1280), (2000, 500)])


def shared(one: Cell, other: Cell) -> int:
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0, wide) * max(0, high)


@given(some, canvases, st.floats(1, 5))
def test_cells_are_inside_apart_and_even(aspects: list[float], canvas: tuple[int, int], enlarging: float) -> None:
    cells = place(aspects, *canvas, enlarging)
    assert len(cells) == len(aspects)
    for cell in cells:
        assert min(cell.x, cell.y) >= 0
        assert min(cell.width, cell.height) >= 2
        assert cell.x + cell.width <= canvas[0]
        assert cell.y + cell.height <= canvas[1]
        assert not any(value % 2 for value in (cell.x, cell.y, cell.width, cell.height))
    assert not any(shared(*pair) for pair in itertools.combinations(cells, 2))


@given(some, canvases)
def test_shapes_are_kept(aspects: list[float], canvas: tuple[int, int]) -> None:
    for aspect, cell in zip(aspects, place(aspects, *canvas), strict=True):
        # Sides are even, so each may be off by two pixels.
        assert (cell.width - 3) / (cell.height + 3) <= aspect <= (cell.width + 3) / (cell.height - 1)


@given(some, canvases)
def test_cells_are_read_in_order(aspects: list[float], canvas: tuple[int, int]) -> None:
    for one, other in itertools.pairwise(place(aspects, *canvas)):
        below = other.y >= one.y + one.height
        assert below or (other.y == one.y and other.x >= one.x + one.width)


@given(some)
def test_no_camera_is_smaller_than_in_a_plain_grid(aspects: list[float]) -> None:
    """A grid of equal cells, each as wide as the widest picture, at its best number of columns."""
    width, height, n, widest = 1280, 720, len(aspects), max(aspects)
    grid = max(min(width / columns / widest, height / -(-n // columns)) for columns in range(1, n + 1))
    assert min(cell.height for cell in place(aspects, width, height)) >= grid - 3


@pytest.mark.parametrize(
    ("count", "share"),
    [(1, 1.0), (2, 0.5), (3, 0.75), (4, 1.0), (5, 0.55), (6, 0.66), (9, 1.0), (12, 0.74), (16, 1.0), (30, 0.81)],
)
def test_room_is_used(count: int, share: float) -> None:
    cells = place([WIDE] * count, 1280, 720)
    assert sum(cell.width * cell.height for cell in cells) / (1280 * 720) >= share - 0.02


def test_pictures_of_four() -> None:
    assert place([WIDE] * 4, 1280, 720) == [
        Cell(0, 0, 640, 360), Cell(640, 0, 640, 360), Cell(0, 360, 640, 360), Cell(640, 360, 640, 360)
    ]  # fmt: skip


def test_portrait_pictures_get_height() -> None:
    """Beside wide ones, which fill their row, the row of tall ones grows."""
    assert place([TALL, TALL], 1280, 720)[0].height == 720
    cells = place([WIDE] * 6 + [TALL] * 2, 1280, 720)
    assert min(cell.height for cell in cells[6:]) >= cells[0].height


def test_few_cameras_need_not_be_enlarged() -> None:
    assert place([WIDE], 1280, 720, enlarging=1) == [Cell(320, 180, 640, 360)]
    assert place([WIDE], 1280, 720, enlarging=1.5) == [Cell(160, 90, 960, 540)]
    assert place([WIDE], 1280, 720, enlarging=5) == [Cell(0, 0, 1280, 720)]
    assert place([WIDE] * 16, 1280, 720, enlarging=1) == place([WIDE] * 16, 1280, 720, enlarging=5)


def test_nothing_to_show() -> None:
    assert place([], 1280, 720) == []
