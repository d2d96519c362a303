import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dogwatch.model import Box
from dogwatch.vision import association as module
from dogwatch.vision import joining
from dogwatch.vision.kalman import BoxFilter, to_center, to_corners
from dogwatch.vision.tracker import Tracker, TrackerUpdate
from tests.unit.vision.strategies import walks

STEP_S = 0.2


def tracker() -> Tracker:
    return Tracker(min_initialized=2, max_missing_s=5.0, frame_s=STEP_S)


def feed(
    one: Tracker,
    time: float,
    *boxes: tuple[float, float, float, float],
    labels: list[int] | None = None,
    sure: list[bool] | None = None,
    looked: list[bool] | None = None,
    told: list[bool] | None = None,
) -> TrackerUpdate:
    certain = [True] * len(boxes) if sure is None else sure
    return one.update(time, boxes, labels or [0] * len(boxes), certain, looked, told)


def at(x: float, y: float = 100.0) -> tuple[float, float, float, float]:
    return (x, y, x + 50, y + 120)


def test_the_speed_is_learnt_in_pixels_a_second_at_any_frame_rate() -> None:
    for step in (0.1, 0.2, 0.5):
        one = tracker()
        for n in range(20):
            feed(one, n * step, at(100 + 60 * n * step))
        assert abs(one.speeds()[0][0] - 60) < 2
        assert abs(one.predicted(19 * step + 1.0)[0][0] - (100 + 60 * 19 * step + 60)) < 4


def test_a_walker_keeps_its_key_behind_a_pole() -> None:
    one = tracker()
    for n in range(10):
        feed(one, n * STEP_S, at(100 + 14 * n))
    for n in range(10, 16):
        assert feed(one, n * STEP_S).missed == (0,)
    assert feed(one, 16 * STEP_S, at(100 + 14 * 16)).seen == {0: 0}


def test_walkers_who_cross_keep_their_keys() -> None:
    one = tracker()
    seen: dict[int, int] = {}
    for n in range(41):
        left, right = at(100 + 10 * n), at(500 - 10 * n, 108)
        hidden = abs(left[0] - right[0]) < 25  # the nearer hides the other
        seen = feed(one, n * STEP_S, *((left,) if hidden else (left, right))).seen
    assert seen == {0: 0, 1: 1}


def test_a_box_that_shows_the_upper_half_only_moves_nobody() -> None:
    one = tracker()
    for n in range(10):
        feed(one, n * STEP_S, at(100 + 10 * n))
    for n in range(10, 16):  # behind a hedge
        x1, y1, x2, _ = at(100 + 10 * n)
        assert feed(one, n * STEP_S, (x1, y1, x2, y1 + 55)).seen == {0: 0}
    _, y1, _, y2 = one.predicted(15 * STEP_S)[0]
    assert y1 == pytest.approx(100, abs=10)
    assert y2 > 195  # and not 155
    assert feed(one, 16 * STEP_S, at(260)).seen == {0: 0}


def test_the_one_behind_does_not_take_the_box_of_the_one_in_front() -> None:
    one = tracker()
    for n in range(31):
        back, front = at(100 + 10 * n), at(400 - 10 * n, 135)
        hidden = abs(back[0] - front[0]) < 60
        boxes = [front] if hidden else [back, front]
        seen = feed(one, n * STEP_S, *boxes).seen
        assert seen.get(1) == len(boxes) - 1, n
    assert seen == {0: 0, 1: 1}


def test_what_was_begun_while_the_old_track_was_missed_joins_it_unless_it_is_known() -> None:
    for told, joined in ((False, {1: 0}), (True, {})):
        one = tracker()
        for n in range(8):
            feed(one, n * STEP_S, at(100))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(module, "COST_LIMIT", 0.2)  # too far to be taken for the same at once
            for n in range(8, 12):
                feed(one, n * STEP_S)
            assert feed(one, 12 * STEP_S, at(160)).seen == {1: 0}
            patched.undo()
            step = feed(one, 13 * STEP_S, at(160), told=[True, told])
        assert step.joined == joined
        assert step.seen == ({0: 0} if joined else {1: 0})


def test_a_new_track_near_a_lost_one_is_contested_and_one_elsewhere_is_not() -> None:
    one = tracker()
    for n in range(8):
        feed(one, n * STEP_S, at(100))
    for n in range(8, 12):
        feed(one, n * STEP_S)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "COST_LIMIT", 0.2)  # too far to be taken for the same at once
        patched.setattr(joining, "ACCEPTED", 100.0)  # and too doubtful to join
        for n in range(12, 14):
            feed(one, n * STEP_S, at(160), at(1100), told=[True, *[False] * (2 * (n - 12))])
    assert one.contested == [False, True, False]
    for n in range(14, 50):  # the lost one ends
        feed(one, n * STEP_S, at(160), at(1100))
    assert one.contested == [False, False]


def test_what_has_another_label_than_the_lost_one_is_not_contested() -> None:
    one = tracker()
    for n in range(8):
        feed(one, n * STEP_S, at(100))
    for n in range(8, 12):
        feed(one, n * STEP_S)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "COST_LIMIT", 0.2)
        patched.setattr(joining, "ACCEPTED", 100.0)
        for n in range(12, 14):
            told = [True, *[False] * (2 * (n - 12))]
            feed(one, n * STEP_S, at(160), at(100, 101), labels=[1, 1], told=told)
    assert one.contested == [False, False, False]


def test_a_track_ends_after_its_time_and_not_before() -> None:
    one = tracker()
    feed(one, 0.0, at(100))
    feed(one, 0.2, at(100))
    for n in range(24):
        assert feed(one, 0.4 + n * STEP_S).lost == ()
    assert feed(one, 0.4 + 24 * STEP_S).lost == (0,)
    assert len(one) == 0


def test_a_new_track_may_be_missed_for_a_moment_only() -> None:
    one = tracker()
    feed(one, 0.0, at(100))
    assert feed(one, 0.2).lost == ()
    assert feed(one, 0.4, at(104)).seen == {0: 0}
    lone = tracker()
    feed(lone, 0.0, at(100))
    lost = [feed(lone, n * STEP_S).lost for n in range(1, 5)]
    assert lost == [(), (), (), (0,)]


def test_who_was_not_looked_for_is_not_missed() -> None:
    one = tracker()
    feed(one, 0.0, at(100))
    for n in range(1, 100):
        step = feed(one, n * 1.0, looked=[False])
        assert (step.missed, step.lost) == ((), ())


def test_only_equal_labels_match() -> None:
    one = tracker()
    feed(one, 0.0, at(100), labels=[0])
    assert feed(one, 0.2, at(100), labels=[1]).seen == {1: 0}


def test_the_sure_detection_is_matched_first_and_the_doubtful_gets_what_is_left() -> None:
    one = tracker()
    feed(one, 0.0, at(100), at(140))
    step = feed(one, 0.2, at(104), at(102), sure=[False, True])
    assert step.seen == {0: 1, 1: 0}


def test_a_doubtful_detection_keeps_a_track_alive() -> None:
    one = tracker()
    feed(one, 0.0, at(100))
    assert feed(one, 0.2, at(102), sure=[False]).seen == {0: 0}


def test_far_away_is_somebody_else() -> None:
    one = tracker()
    for n in range(5):
        feed(one, n * STEP_S, at(100))
    assert feed(one, 5 * STEP_S, at(400)).seen == {1: 0}


def test_keys_are_never_used_twice() -> None:
    one = tracker()
    feed(one, 0.0, at(100))
    one.drop([0])
    assert feed(one, 0.2, at(100)).seen == {1: 0}


def test_coasting_counts_only_those_that_are_waited_for() -> None:
    one = tracker()
    for n in range(3):
        feed(one, n * STEP_S, at(100), at(600))
    assert one.coast(1.0, [True, False]) == ()
    assert one.coast(7.0, [True, False]) == (0,)
    assert one.keys == [1]


@settings(max_examples=30)
@given(walks(4))
def test_walkers_in_lanes_keep_their_keys(frames: list[list[Box]]) -> None:
    one, again = tracker(), tracker()
    for n, row in enumerate(frames):
        boxes = [tuple(map(float, box.as_list())) for box in row]
        step = feed(one, n * STEP_S, *boxes)  # type: ignore[arg-type]
        assert step.seen == {0: 0, 1: 1, 2: 2, 3: 3}
        assert step == feed(again, n * STEP_S, *boxes)  # type: ignore[arg-type]


@given(st.tuples(st.floats(0, 1000), st.floats(0, 1000), st.floats(2, 500), st.floats(2, 500)))
def test_corners_and_centres_are_each_others_inverse(values: tuple[float, float, float, float]) -> None:
    assert to_center(to_corners(values)) == pytest.approx(values)


@given(st.floats(0.01, 10.0), st.integers(1, 30))
def test_uncertainty_grows_unseen_and_shrinks_when_seen(step: float, frames: int) -> None:
    measured = (100.0, 100.0, 50.0, 120.0)
    state = BoxFilter(measured)
    for _ in range(frames):
        before = state.variance.copy()
        state.advance(step)
        assert all(new > old for new, old in zip(state.variance, before, strict=True))
        grown = state.variance.copy()
        state.correct(measured)
        assert all(new < old for new, old in zip(state.variance, grown, strict=True))
        assert all(fast > 0 for fast in state.speed_variance)
        parts = zip(state.variance, state.speed_variance, state.mixed, strict=True)
        assert all(one * fast >= mixed**2 * 0.999 for one, fast, mixed in parts)


BOXES = st.tuples(st.integers(0, 400), st.integers(0, 200), st.integers(1, 120), st.integers(1, 200))


@settings(max_examples=50)
@given(st.lists(BOXES, min_size=1, max_size=8), st.lists(st.tuples(BOXES, st.booleans()), min_size=1, max_size=8))
def test_where_there_is_nothing_to_choose_from_the_assignment_is_that_of_the_solver(
    first: list[tuple[int, int, int, int]], second: list[tuple[tuple[int, int, int, int], bool]]
) -> None:
    one, solved = tracker(), tracker()
    boxes = [(x, y, x + w, y + h) for x, y, w, h in first]
    for each in (one, solved):
        feed(each, 0.0, *boxes)
    found = [(x, y, x + w, y + h) for (x, y, w, h), _ in second]
    sure = [good for _, good in second]
    plain = feed(one, STEP_S, *found, sure=sure)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "nothing_to_choose", lambda _: False)
        assert feed(solved, STEP_S, *found, sure=sure) == plain


@pytest.mark.parametrize("shape", [0.5, 0.75, 1.0, 1.5, 2.5])  # height by width
@pytest.mark.parametrize("fps", [5, 10, 15])
def test_what_is_fast_from_its_first_frame_on_keeps_its_key(fps: int, shape: float) -> None:
    # Only cases in which the boxes, enlarged by what a first speed may be, still overlap.
    for width in (40.0, 80.0, 120.0):
        for speed in (0.3, 0.5, 0.75) if fps < 15 or shape < 1.5 else (0.3, 0.5):
            one, high = tracker(), width * shape
            for n in range(16):
                x = 100.0 + speed * width * n
                assert feed(one, n / fps, (x, 100, x + width, 100 + high)).seen == {0: 0}, (width, speed, n)


@pytest.mark.parametrize("shape", [0.5, 0.75, 1.0, 1.5, 2.5])
@pytest.mark.parametrize("fps", [5, 10, 15])
def test_what_is_fast_is_found_again_after_a_miss(fps: int, shape: float) -> None:
    for width in (40.0, 80.0, 120.0):
        for missed in (3, 4, 5, 8):
            one, high = tracker(), width * shape
            for n in range(16):
                x = 100.0 + 0.5 * width * n
                boxes = [] if n == missed else [(x, 100, x + width, 100 + high)]
                assert set(feed(one, n / fps, *boxes).seen) == ({0} if boxes else set()), (width, missed, n)


def test_who_is_hidden_by_something_nearer_is_not_missed_for_now_and_ends_in_time() -> None:
    one = tracker()
    for n in range(6):
        feed(one, n * STEP_S, at(100), (400, 60, 500, 300))
    hiding = (90.0, 80.0, 190.0, 330.0)
    for n in range(6, 12):
        step = feed(one, n * STEP_S, hiding, (400, 60, 500, 300))
        assert (0 in step.seen, step.missed) == (False, ())
    for n in range(12, 18):
        assert feed(one, n * STEP_S, (400, 60, 500, 300)).missed[:1] == (0,)
    lost: set[int] = set()
    for n in range(18, 40):
        lost |= set(feed(one, n * STEP_S, (400, 60, 500, 300)).lost)
    assert 0 in lost
