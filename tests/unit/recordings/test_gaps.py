"""Holes in recordings, as a table."""

import numpy as np
import pytest

from dogwatch.recordings.gaps import find_gaps


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], [(0, 100)]),
        ([(0, 100)], []),
        ([(-5, 105)], []),
        ([(10, 20), (60, 100)], [(0, 10), (20, 60)]),
        ([(60, 100), (10, 20)], [(0, 10), (20, 60)]),
        ([(0, 50), (10, 20), (50, 92)], []),
        ([(0, 50), (10, 20), (50, 89)], [(89, 100)]),
        ([(0, 45), (54, 100)], []),
        ([(200, 300)], [(0, 100)]),
    ],
)
def test_holes(spans: list[tuple[float, float]], expected: list[tuple[float, float]]) -> None:
    assert find_gaps(np.reshape(spans, (-1, 2)), 0, 100, 10) == expected
