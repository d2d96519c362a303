"""What stands is not moved by what passes (`vision.standing`)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.vision.kalman import Corners, Values, to_center
from dogwatch.vision.standing import PART, StandingPlace, overlap
from dogwatch.vision.tracker import Tracker, TrackerUpdate

STEP_S = 0.2
PARKED = (400.0, 300.0, 800.0, 460.0)
CENTER = to_center(PARKED)


def feed(one: Tracker, time: float, *boxes: Corners) -> TrackerUpdate:
    return one.update(time, boxes, [0] * len(boxes), [True] * len(boxes))


def parked(seconds: float = 8.0) -> tuple[Tracker, int]:
    """Return a tracker of a car that has stood for so long, and the number of the next frame."""
    one = Tracker(min_initialized=2, max_missing_s=5.0, frame_s=STEP_S)
    count = round(seconds / STEP_S)
    for n in range(count):
        feed(one, n * STEP_S, PARKED)
    return one, count


def passing(n: int, speed: float = 60.0) -> Corners:
    """Return the box, in frame `n`, of a larger car that drives in front of the parked one."""
    return (-100.0 + n * speed, 340.0, 420.0 + n * speed, 560.0)


@pytest.mark.parametrize("missed", [0, 3])
def test_what_passes_in_front_is_another_object_from_its_first_frame(missed: int) -> None:
    one, begun = parked()
    keys = set()
    for n in range(missed, 20):
        hides = passing(n)[0] < PARKED[0] + 100 and passing(n)[2] > PARKED[2] - 100
        boxes = (passing(n),) if hides else (passing(n), PARKED)
        seen = feed(one, (begun + n) * STEP_S, *boxes).seen
        keys.add(next(key for key, index in seen.items() if index == 0))
        assert (0 in seen) is not hides
    assert keys == {1}
    assert feed(one, (begun + 20) * STEP_S, PARKED).seen == {0: 0}
    assert one.predicted((begun + 20) * STEP_S)[0] == pytest.approx(PARKED, abs=2)


def test_what_first_shows_over_the_parked_one_is_another_object() -> None:
    one, begun = parked()
    for n in range(3):
        assert 0 not in feed(one, (begun + n) * STEP_S, (450.0, 340.0, 970.0, 560.0)).seen


@pytest.mark.parametrize("missed", [3, 5, 8])
def test_what_passes_while_the_parked_one_is_not_found_does_not_go_on_as_it(missed: int) -> None:
    # By their odds, a new track could continue the lost one: it drives as if it had come from there.
    one, begun = parked()
    for n in range(missed):
        feed(one, (begun + n) * STEP_S)
    for n in range(8):
        assert feed(one, (begun + missed + n) * STEP_S, (630.0 + 60 * n, 310.0, 970.0 + 60 * n, 440.0)).seen == {1: 0}
    assert feed(one, (begun + missed + 8) * STEP_S, PARKED).seen == {0: 0}


@pytest.mark.parametrize("missed", [(), (3, 6, 7)])
def test_a_car_that_drives_off_keeps_its_key(missed: tuple[int, ...]) -> None:
    one, begun = parked()
    for n in range(25):
        ahead = 0.5 * 2.5 / 1.5 * 160 * (n * STEP_S) ** 2  # 2.5 m/s^2; the car is 1.5 m high
        if n not in missed:
            seen = feed(one, (begun + n) * STEP_S, (PARKED[0] + ahead, 300.0, PARKED[2] + ahead, 460.0)).seen
            assert seen == {0: 0}


def test_a_part_is_completed_to_the_whole() -> None:
    home = StandingPlace(CENTER)
    left = to_center((402.0, 302.0, 560.0, 458.0))
    assert home.cost(left, 3.0) == pytest.approx(PART, abs=0.1)
    whole = home.seen(left)
    assert whole is not None
    assert whole[2] == 400.0
    assert home.box == pytest.approx(CENTER, abs=3)


def test_of_which_a_part_was_hidden_shows_whole_later() -> None:
    home = StandingPlace(to_center((400.0, 300.0, 560.0, 460.0)))
    assert home.cost(CENTER, 3.0) is not None
    assert home.cost(to_center((400.0, 340.0, 920.0, 560.0)), 3.0) is None, "what is nearer is larger in both ways"


def test_a_slow_change_is_learnt() -> None:
    home = StandingPlace(CENTER)
    for n in range(60):
        home.seen((CENTER[0] + n, CENTER[1], CENTER[2], CENTER[3]))
    assert home.box[0] == pytest.approx(CENTER[0] + 50, abs=3)


sizes = st.floats(2, 500)
places = st.floats(-500, 500)
boxes = st.tuples(places, places, sizes, sizes)


@given(boxes, boxes)
def test_overlap_is_a_share_and_symmetric(one: Values, other: Values) -> None:
    assert 0.0 <= overlap(one, other) <= 1.0 + 1e-9
    assert overlap(one, other) == pytest.approx(overlap(other, one))
    assert overlap(one, one) == pytest.approx(1.0)


@given(boxes, boxes, st.floats(0, 60))
def test_what_fits_costs_little_and_keeps_fitting(one: Values, other: Values, unseen_s: float) -> None:
    home = StandingPlace(one)
    cost = home.cost(other, unseen_s)
    assert cost is None or -1e-9 <= cost <= 0.55
    if home.seen(other) is None:
        assert home.box == one
