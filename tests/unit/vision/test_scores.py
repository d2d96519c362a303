import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.vision.scores import ScoreHistory, median


@pytest.mark.parametrize(
    ("scores", "computed", "top", "false_positive"),
    [
        ([0.9], 0.9, 0.9, False),
        ([0.6, 0.65], 0.625, 0.625, True),
        ([0.6, 0.9, 0.7], 0.7, 0.75, False),
        ([0.8, 0.0, 0.0], 0.0, 0.8, False),
        ([0.6, 0.0, 0.8], 0.6, 0.6, True),
        ([0.9] + [0.5] * 10, 0.5, 0.9, False),
        ([0.0] * 10 + [0.9] * 6, 0.9, 0.9, False),
    ],
)
def test_the_median_of_the_last_ten(scores: list[float], computed: float, top: float, false_positive: bool) -> None:
    history = ScoreHistory(threshold=0.7)
    for time, score in enumerate(scores):
        history.add(score, time)
    assert history.computed == pytest.approx(computed)
    assert history.top == pytest.approx(top)
    assert history.false_positive is false_positive


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.1, 1.0))
def test_top_is_the_highest_and_truth_is_for_ever(scores: list[float], threshold: float) -> None:
    history, highest, true = ScoreHistory(threshold), 0.0, False
    for time, score in enumerate(scores):
        history.add(score, time)
        highest, true = max(highest, history.computed), true or history.computed >= threshold
        assert history.top == highest
        assert history.false_positive is not true


def test_the_frames_that_reached_the_threshold_are_kept() -> None:
    history = ScoreHistory(threshold=0.7)
    for time, score in enumerate([0.5] * 9 + [0.9] * 6 + [0.1, 0.2]):
        history.add(score, time)
    assert history.reached == (*((time, 0.5) for time in range(4, 9)), *((time, 0.9) for time in range(9, 14)))
    assert median(score for _, score in history.reached) == pytest.approx(0.7)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_the_median_is_the_standard_librarys(scores: list[float]) -> None:
    assert median(scores) == statistics.median(scores)
