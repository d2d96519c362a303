from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.config import polygons


def test_pixels_become_fractions() -> None:
    found = polygons.relative(polygons.points("0,0,320,0,320,240"), 640, 480)
    assert list(found) == [(0, 0), (0.5, 0), (0.5, 0.5)]
    assert polygons.write(found) == "0,0,0.5,0,0.5,0.5"


@pytest.mark.parametrize(
    "text", ["", "a,b,c,d,e,f", "0,0,1,1", "0,0,1,0,1", "-1,0,1,0,1,1", "nan,0,1,0,1,1", "inf,0,1,0,1,1"]
)
def test_what_is_no_polygon_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        polygons.points(text)


def test_checked_takes_fractions_only() -> None:
    assert polygons.checked("0,0,1,0,1,1") == "0,0,1,0,1,1"
    with pytest.raises(ValueError, match="fractions"):
        polygons.checked("0,0,2,0,2,2")


fractions = st.integers(0, 10_000).map(lambda number: number / 10_000)


@given(st.lists(st.tuples(fractions, fractions), min_size=3, max_size=20))
def test_writing_and_reading_agree(polygon: list[tuple[float, float]]) -> None:
    assert polygons.points(polygons.write(polygon)) == tuple(polygon)
