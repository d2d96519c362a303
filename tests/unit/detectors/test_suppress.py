"""Non-maximum suppression."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.detectors.suppress import suppress
from dogwatch.model import Box


def run(boxes: list[list[int]], scores: list[float], classes: list[int], iou: float = 0.5) -> list[int]:
    array = np.array(boxes, np.float32).reshape(-1, 4)
    return [int(i) for i in suppress(array, np.array(scores, np.float32), np.array(classes, np.intp), iou)]


def test_the_best_of_an_overlapping_pair_stays() -> None:
    assert run([[0, 0, 10, 10], [1, 0, 11, 10], [50, 50, 60, 60]], [0.5, 0.9, 0.3], [0, 0, 0]) == [1, 2]


def test_classes_do_not_suppress_each_other() -> None:
    assert run([[0, 0, 10, 10], [0, 0, 10, 10]], [0.5, 0.9], [0, 1]) == [1, 0]


def test_nothing_in_nothing_out() -> None:
    assert run([], [], []) == []


spot = st.integers(0, 30)
found = st.tuples(spot, spot, st.integers(1, 20), st.integers(1, 20), st.floats(0.125, 1, width=32))


@given(st.lists(found, max_size=20))
def test_those_that_stay_overlap_little_and_cover_those_that_go(finds: list[tuple[int, int, int, int, float]]) -> None:
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h, _ in finds]
    scores = [score for *_, score in finds]
    kept = run([box.as_list() for box in boxes], scores, [0] * len(boxes), 0.4)
    assert all(boxes[a].iou(boxes[b]) <= 0.4 + 1e-6 for a in kept for b in kept if a != b)
    for gone in set(range(len(boxes))) - set(kept):
        assert any(boxes[gone].iou(boxes[k]) > 0.4 - 1e-6 and scores[k] >= scores[gone] for k in kept)
