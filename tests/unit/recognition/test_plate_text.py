"""What readings mean, and which of several counts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.recognition.plate_text import (
    MOST_READINGS,
    PlateReading,
    PlateRules,
    PlateVotes,
    cleaned,
    distance,
    owner,
    usable,
)

WORDS = st.text("AB01", max_size=6)


def reading(text: str, score: float = 0.95) -> PlateReading:
    return PlateReading(text, score, (0, 0, 10, 4))


@given(WORDS, WORDS, WORDS)
def test_distance_is_a_distance(one: str, other: str, third: str) -> None:
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, other) == distance(other, one)
    assert distance(one, third) <= distance(one, other) + distance(other, third)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("AB123", "AB123", 0), ("AB123", "A8123", 1), ("AB123", "B123", 1), ("AB", "", 2)]
)
def test_distance(one: str, other: str, expected: int) -> None:
    assert distance(one, other) == expected


def test_texts_become_capitals_and_digits_and_replacements_follow() -> None:
    assert cleaned(" b-mw 47·11 ", PlateRules()) == "BMW4711"
    rules = PlateRules(replacements=((re.compile("O"), "0"), (re.compile("^0"), "D")))
    assert cleaned("OO-1o", rules) == "D010"


def test_what_can_be_a_plate() -> None:
    rules = PlateRules(min_length=5, format=re.compile("[A-Z]+[0-9]+"))
    assert usable("AB123", rules)
    assert not usable("AB12", rules)
    assert not usable("123AB", rules)
    assert not usable("AB123X", rules)  # as a whole


def test_known_plates_are_known_by_pattern_or_nearly() -> None:
    known = {"Ann": [re.compile("bxy123", re.IGNORECASE)], "Parcels": [re.compile("AB.{4}ZZ")]}
    rules = PlateRules(known=known)
    assert owner("BXY123", rules) == "Ann"
    assert owner("8XY123", rules) == "Ann"
    assert owner("8XY128", rules) is None
    assert owner("AB1234ZZ", rules) == "Parcels"
    assert owner("AB1234ZY", rules) is None  # a pattern says exactly what it means
    assert owner("8XY123", PlateRules(known=known, match_distance=0)) is None


def test_readings_that_agree_outvote_a_surer_one() -> None:
    votes, rules = PlateVotes(), PlateRules()
    assert votes.best(rules) is None
    votes.add(reading("XX9999", 0.99))
    for text in ("AB1234", "AB1234", "A81234"):
        votes.add(reading(text, 0.92))
    best = votes.best(rules)
    assert best is not None
    assert (best.text, best.score) == ("AB1234", 0.92)


def test_an_unsure_text_is_none() -> None:
    votes = PlateVotes()
    votes.add(reading("AB1234", 0.85))
    assert votes.best(PlateRules()) is None
    votes.add(reading("AB1234", 0.99))
    best = votes.best(PlateRules())
    assert best is not None
    assert best.score == pytest.approx(0.92)


def test_the_box_is_that_of_the_surest_reading() -> None:
    votes = PlateVotes()
    votes.add(PlateReading("AB1234", 0.91, (1, 1, 2, 2)))
    votes.add(PlateReading("AB1234", 0.99, (5, 5, 9, 9)))
    votes.add(PlateReading("AB1234", 0.92, (7, 7, 8, 8)))
    best = votes.best(PlateRules())
    assert best is not None
    assert best.box == (5, 5, 9, 9)


def test_the_readings_of_one_object_are_limited() -> None:
    votes = PlateVotes()
    for number in range(3 * MOST_READINGS):
        votes.add(reading(f"AB{number:04}", 0.5 + number / 1000))
    assert len(votes._readings) == MOST_READINGS
    assert min(one.score for one in votes._readings) >= 0.6


def test_replacements_that_grow_stay_short() -> None:
    rules = PlateRules(replacements=[(re.compile("."), "A" * 20)] * 50)  # 8 x 20^50 letters
    text = cleaned("AB1234CD", rules)
    assert len(text) <= 65
    assert not usable(text, rules)
    assert usable("A" * 64, rules)
