import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.vision.scores import ScoreHistory, median


@pytest.mark.parametrize(
    ("scores", "computed", "top", "false_positive"),
    [
        ([0.9], 0.0, 0.0, True),
        ([0.6, 0.65], 0.6, 0.6, True),
        ([0.9, 0.9], 0.9, 0.9, True),
        ([0.9, 0.9, 0.9], 0.9, 0.9, False),
        ([0.6, 0.9, 0.7], 0.7, 0.7, True),
        ([0.6, 0.9, 0.7, 0.8], 0.75, 0.75, True),
        ([0.6, 0.9, 0.7, 0.8, 0.7], 0.7, 0.75, False),
        ([0.8, 0.0, 0.0], 0.0, 0.0, True),
        ([0.6, 0.0, 0.8], 0.6, 0.6, True),
        ([0.9] * 3 + [0.5] * 10, 0.5, 0.9, False),
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


def counts_after(scores: list[float], *, moved: float, fps: float = 5) -> int | None:
    history = ScoreHistory(threshold=0.7)
    for n, score in enumerate(scores):
        history.add(score, n / fps, moved=moved)
        if not history.false_positive:
            return n + 1
    return None


def test_what_moves_counts_sooner_than_what_flickers_at_one_place() -> None:
    assert (counts_after([0.9] * 9, moved=0.2), counts_after([0.9] * 9, moved=0.05)) == (2, 6)
    assert (counts_after([0.75] * 12, moved=0.2), counts_after([0.75] * 12, moved=0.05)) == (2, 10)
    flicker = [0.75, 0.9, 0.0, 0.72, 0.0, 0.81, 0.7, 0.65, 0.0, 0.85]
    assert counts_after(flicker, moved=0.05) is None
    assert counts_after([0.75, 0.8, 0.0, 0.72], moved=0.2) == 2


def test_a_median_that_has_reached_the_threshold_counts_for_two_seconds_while_evidence_comes() -> None:
    # At the 11th score, the median is at the threshold for the last time. At the 13th, there is enough evidence.
    assert counts_after([*[0.72] * 7, *[0.65] * 20], moved=0.05) == 13
    assert counts_after([*[0.72] * 3, *[0.0] * 10, *[0.65] * 40], moved=0.05) is None


def test_half_the_movement_is_enough_for_scores_that_are_clearly_above_the_threshold() -> None:
    assert (counts_after([0.8] * 12, moved=0.1), counts_after([0.72] * 12, moved=0.1)) == (2, 11)
    assert counts_after([0.8] * 12, moved=0.05) == 8
    assert counts_after([0.72, 0.72, 0.78, 0.78, 0.78, 0.78], moved=0.1) == 4  # of these, the median is 0.75


def test_more_is_asked_of_what_may_be_an_object_that_was_lost() -> None:
    counts = []
    for contested, moved in ((False, 0.2), (True, 0.2), (False, 0.1), (True, 0.1)):
        history, frames = ScoreHistory(threshold=0.7, contested=contested), 0
        while history.false_positive and frames < 20:
            history.add(0.8, frames / 5, moved=moved)
            frames += 1
        counts.append(frames)
    assert counts == [2, 3, 2, 10]  # at 0.8, a frame counts 0.3 s


def test_a_frame_without_the_object_does_not_say_that_it_has_not_moved() -> None:
    history = ScoreHistory(threshold=0.7)
    history.add(0.6, 0.0, moved=0.2)
    history.add(0.0, 0.2)
    assert history.moved
    history.add(0.6, 0.4, moved=0.05)
    assert not history.moved


@pytest.mark.parametrize("moved", [0.2, 0.0])
def test_evidence_takes_the_same_time_at_any_frame_rate(moved: float) -> None:
    times = {fps: counts_after([0.75] * 60, moved=moved, fps=fps) for fps in (2, 5, 10, 20)}
    needed = 0.3 if moved else 2.4
    for fps, count in times.items():
        assert count is not None
        seen = (0.2 + (count - 1) / fps) * 1.25
        assert seen >= needed
        assert count == 2 or seen - 1.25 / fps < needed


def frames_until_it_counts(min_score: float, score: float) -> int:
    history, frames = ScoreHistory(threshold=0.8, min_score=min_score), 0
    while history.false_positive and frames < 100:
        frames += 1
        history.add(score, frames / 5)
    return frames


@pytest.mark.parametrize("score", [0.8, 0.81, 0.9])
def test_a_smallest_score_near_the_threshold_asks_for_no_more_than_a_lower_one(score: float) -> None:
    usual = frames_until_it_counts(0.7, score)
    assert usual <= 13
    assert all(usual - 1 <= frames_until_it_counts(near, score) <= usual for near in (0.75, 0.8, 0.9))


def test_one_detection_is_enough_for_those_who_say_so() -> None:
    history = ScoreHistory(threshold=0.7, single=True)
    history.add(0.71, 0.0)
    assert (history.computed, history.false_positive) == (0.71, False)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.1, 1.0))
def test_top_is_the_highest_and_truth_is_for_ever(scores: list[float], threshold: float) -> None:
    history, highest, true = ScoreHistory(threshold, single=True), 0.0, False
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
