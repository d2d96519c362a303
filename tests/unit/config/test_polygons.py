from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch import polygon
from dogwatch.config import polygons


def test_pixels_become_fractions() -> None:
    found = polygon.relative(polygons.points("0,0,320,0,320,240"), 640, 480)
    assert list(found) == [(0, 0), (0.5, 0), (0.5, 0.5)]
    assert polygons.write(found) == "0,0,0.5,0,0.5,0.5"


@pytest.mark.parametrize("text", ["", "a,b,c,d,e,f", "0,0,1,1", "0,0,1,0,1", "nan,0,1,0,1,1", "inf,0,1,0,1,1"])
def test_what_is_no_polygon_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        polygons.points(text)


@pytest.mark.parametrize(
    ("text", "pixels"),
    [
        ("0,0,1,0,1,1", False), ("0,0,1.001,0,1.001,1", False), ("-0.002,0,1,0,1,1", False), ("0,0,2,0,2,2", False),
        ("0.1,0.1,0.5,0.1,1001,1", False), ("0,0,640,0,640,480", True), ("-5,0,640,0,640,480", True),
        ("0.5,0,640,0.5,640,480,1,480,1,300", True),
    ],
)  # fmt: skip
def test_numbers_tell_whether_they_are_pixels(text: str, pixels: bool) -> None:
    assert polygons.means_pixels(polygons.points(text)) is pixels


def test_a_mixture_is_neither() -> None:
    with pytest.raises(ValueError, match="mixes fractions and pixels"):
        polygons.means_pixels(polygons.points("0.4,0.6,800,600,0.1,900"))


fractions = st.integers(0, 10_000).map(lambda number: number / 10_000)


@given(st.lists(st.tuples(fractions, fractions), min_size=3, max_size=20))
def test_writing_and_reading_agree(polygon: list[tuple[float, float]]) -> None:
    assert polygons.points(polygons.write(polygon)) == tuple(polygon)
