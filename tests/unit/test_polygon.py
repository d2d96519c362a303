from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch import polygon
from dogwatch.polygon import Polygon

FULL = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (((0, 0), (320, 0), (320, 240)), ((0, 0), (0.5, 0), (0.5, 0.5))),
        (((0, 0), (641, 0), (641, 480)), ((0, 0), (1, 0), (1, 1))),  # a hair
        (((-3, 0), (640, 0), (640, 480), (-3, 480)), FULL),
        (((0, 0), (1920, 0), (1920, 1080), (0, 1080)), FULL),
        (((-640, -480), (1280, -480), (1280, 960), (-640, 960)), FULL),
        (((700, 0), (900, 0), (900, 400)), ()),
        (((630, 520), (700, 450), (700, 520)), ()),  # around a corner
        (((0, 0), (641, 480), (641, 0), (0, 480)), ((0, 0), (1, 1), (1, 0), (0, 1))),  # two triangles
        (((-100, -100), (-50, -100), (-50, -50)), ()),
        (((320, 0), (960, 240), (320, 480)), ((1, 0.25), (1, 0.75), (0.5, 1), (0.5, 0))),
    ],
)
def test_pixels_become_fractions_inside_of_the_picture(given: Polygon, found: Polygon) -> None:
    left = polygon.relative(given, 640, 480)
    assert set(left) == set(found)
    assert polygon.area(left) == pytest.approx(polygon.area(found))


numbers = st.floats(-3000, 3000, allow_nan=False)
polygons = st.lists(st.tuples(numbers, numbers), min_size=3, max_size=12).map(tuple)


@given(polygons)
def test_nothing_is_left_outside(outline: Polygon) -> None:
    assert polygon.inside(polygon.relative(outline, 640, 480))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=3, max_size=12).map(tuple))
def test_what_is_inside_stays_as_it_is(outline: Polygon) -> None:
    assert polygon.cut(outline) == outline
    assert polygon.fitted(outline, 640, 480) == outline


def test_corners_that_were_cut_off_are_not_the_same() -> None:
    assert polygon.same_corners(FULL, polygon.clamped(((-0.01, 0), (1, 0), (1, 1.01), (0, 1))))
    assert not polygon.same_corners(FULL, ((0, 0), (1, 0), (1, 1)))
    assert not polygon.same_corners(FULL, ((0, 0), (0.9, 0), (1, 1), (0, 1)))
