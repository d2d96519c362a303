"""What is known against the places of a camera: how it counts, fades and is bounded."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.events.false_place import (
    HALF_LIFE_S,
    MOST_AGAINST,
    MOST_LABELS,
    MOST_PLACES,
    MOST_SHIPPED,
    CameraPlaces,
    Count,
    Fractions,
    places_of,
    stays,
)
from dogwatch.vision.false_places import BEGINS, FULL

NOW = 1_700_000_000.0
HERE: Fractions = (0.4, 0.4, 0.05, 0.2)


REJECTED: tuple[Count, float] = ("rejected", 1.0)
WRONG: tuple[Count, float] = ("wrong", 1.0)


def known(*counts: tuple[Count, float]) -> CameraPlaces:
    places = CameraPlaces()
    for what, by in counts:
        places.count("person", HERE, what, by, NOW)
    return places


def weight(places: CameraPlaces) -> float:
    return sum(one.weight for one in places.shown())


def test_a_users_word_weighs_more_than_the_trackers() -> None:
    assert weight(known(("rejected", 1.0))) == 1
    assert weight(known(("deleted", 1.0))) == 3
    assert weight(known(("wrong", 1.0))) == 8
    assert weight(known(("right", 1.0))) == -16


def test_one_rejection_asks_for_nothing_and_two_marks_for_everything() -> None:
    assert known(("rejected", 1.0)).known() == ()
    assert [one.weight for one in known(("wrong", 1.0), ("wrong", 1.0)).known()] == [16.0]
    assert FULL <= 16.0


def test_a_correct_event_takes_back_what_is_known_against_the_place() -> None:
    places = known(*[REJECTED] * 100, ("wrong", 1.0))
    assert weight(places) == MOST_AGAINST
    places.count("person", HERE, "right", 1.0, NOW)
    assert weight(places) == MOST_AGAINST - 16
    places.count("person", HERE, "right", 1.0, NOW)
    assert places.known() == ()


def test_it_fades_within_weeks() -> None:
    places = known(*[REJECTED] * 100, *[WRONG] * 9)
    places.fade(NOW + HALF_LIFE_S)
    assert weight(places) == MOST_AGAINST
    places.fade(NOW + 8 * HALF_LIFE_S)
    assert places.known() == ()
    rejected = known(*[REJECTED] * 100)
    rejected.fade(NOW + 3 * HALF_LIFE_S)
    assert weight(rejected) == pytest.approx(MOST_AGAINST / 8) == BEGINS
    assert rejected.known() == ()
    rejected.fade(NOW + 30 * HALF_LIFE_S)
    assert rejected.labels == {}


def test_a_clock_that_leaps_and_comes_back_does_not_stop_the_fading() -> None:
    places = CameraPlaces()
    places.count("person", HERE, "wrong", 1.0, NOW + 1e9)  # the clock was wrong
    places.count("person", HERE, "rejected", 1.0, NOW)
    assert weight(places) == 9
    places.fade(NOW + HALF_LIFE_S)
    assert weight(places) == pytest.approx(4.5)


def test_taking_back_more_than_is_there_leaves_nothing() -> None:
    places = CameraPlaces()
    places.count("person", HERE, "right", -1.0, NOW)
    assert places.labels == {}
    places.count("person", HERE, "wrong", 1.0, NOW)
    places.count("person", HERE, "wrong", -3.0, NOW)
    assert weight(places) == 0


def test_neighbouring_cells_count_together() -> None:
    places = CameraPlaces()
    for n in range(12):
        places.count("person", (0.4 + 0.002 * n, 0.4, 0.05, 0.2 + 0.001 * n), "rejected", 1.0, NOW)
    assert max(one.summed for one in places.shown()) >= 9


def test_places_labels_and_what_the_analysis_gets_are_bounded() -> None:
    places = CameraPlaces()
    for label in range(MOST_LABELS + 4):
        for n in range(MOST_PLACES + 20):
            box = (n % 16 / 16, n // 16 / 16, 0.02, 0.06)
            places.count(f"label{label}", box, "wrong", 1.0, NOW + label)
    assert len(places.labels) == MOST_LABELS
    assert f"label{MOST_LABELS + 3}" in places.labels
    assert max(map(len, places.labels.values())) == MOST_PLACES
    assert len(places.known()) == MOST_SHIPPED


def test_the_first_count_of_one_label_too_many_counts() -> None:
    places = CameraPlaces()
    for label in range(MOST_LABELS + 1):
        places.count(f"label{label}", HERE, "wrong", 1.0 + label, NOW)
    assert len(places.labels) == MOST_LABELS
    assert "label0" not in places.labels
    assert sum(one.place.wrong for one in places.shown() if one.label == f"label{MOST_LABELS}") == MOST_LABELS + 1


def test_the_least_known_place_makes_room() -> None:
    places = CameraPlaces()
    for n in range(MOST_PLACES):
        places.count("person", (n % 16 / 16, n // 16 / 16, 0.02, 0.06), "rejected", 3.0 if n else 1.0, NOW)
    places.count("person", HERE, "rejected", 0.5, NOW)
    boxes = [one.place.box for one in places.shown()]
    assert HERE in boxes
    assert (0.0, 0.0, 0.02, 0.06) not in boxes


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["rejected", "deleted", "wrong", "right", "held"]), st.floats(-2, 2), st.floats(0, 1e7)
        ),
        max_size=20,
    )
)
def test_whatever_comes_the_weight_is_bounded_and_stored_places_come_back(
    changes: list[tuple[Count, float, float]],
) -> None:
    places = CameraPlaces()
    for what, by, after in changes:
        places.count("person", HERE, what, by, NOW + after)
    for one in places.shown():
        assert -32 <= one.weight <= MOST_AGAINST
    again = CameraPlaces({label: places_of(rows) for label, rows in places.rows().items()})
    assert again.rows() == places.rows()


@pytest.mark.parametrize(
    "rows",
    [
        None,
        3,
        "x",
        [[1.0]],
        [None],
        [[0.1] * 9 + ["x"]],
        {"a": 1},
        [[0.1] * 4 + [math.nan] * 6],
        [[math.inf] * 10],
        [[0.1] * 9 + [10**400]],
        [[1e308] * 10],
    ],
)
def test_rows_of_another_shape_are_left_out(rows: object) -> None:
    assert places_of(rows) == {}


def test_who_stays() -> None:
    assert stays([HERE])
    assert stays([HERE, (0.41, 0.43, 0.05, 0.19)])
    assert not stays([HERE, (0.4, 0.47, 0.05, 0.2)])
    assert not stays([HERE, (0.45, 0.4, 0.05, 0.2)])
