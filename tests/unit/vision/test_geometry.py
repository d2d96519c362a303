import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.model import Box
from dogwatch.vision.geometry import Geometry, contains, ground_point

HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
OTHER = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
ARROW = ((0.0, 0.0), (1.0, 0.5), (0.0, 1.0), (0.5, 0.5))


@pytest.mark.parametrize(
    ("polygon", "point", "inside"),
    [
        (HALF, (0.25, 0.5), True),
        (HALF, (0.75, 0.5), False),
        (HALF, (0.0, 0.0), True),
        (HALF, (0.5, 0.5), False),
        (ARROW, (0.2, 0.5), False),
        (ARROW, (0.7, 0.5), True),
        ((), (0.5, 0.5), False),
    ],
)
def test_contains(polygon: tuple[tuple[float, float], ...], point: tuple[float, float], inside: bool) -> None:
    assert contains(polygon, *point) is inside


@given(st.floats(0, 0.999999), st.floats(0, 0.999999))
def test_neighbours_share_no_point_and_leave_none_out(x: float, y: float) -> None:
    assert contains(HALF, x, y) != contains(OTHER, x, y)


def test_a_box_at_the_lower_edge_stands_inside_the_frame() -> None:
    sizes = Geometry(1280, 720, 640, 360)
    whole = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    assert contains(whole, *ground_point(Box(600, 300, 640, 360), sizes))
    assert (sizes.scale_x, sizes.scale_y, sizes.area) == (2.0, 2.0, 640 * 360)
