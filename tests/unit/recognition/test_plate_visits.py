"""Which readings are of one visit, and when it is over."""

from __future__ import annotations

from dogwatch.config import parse
from dogwatch.recognition.plate_text import PlateReading, PlateRules
from dogwatch.recognition.plate_visits import LONGEST_S, MOST_VISITS, PlateVisits
from dogwatch.recognition.plates import plates_of

RULES = PlateRules(match_distance=1)


def reading(text: str, score: float = 0.95) -> PlateReading:
    return PlateReading(text, score, (0, 0, 10, 4))


def test_readings_that_are_near_are_one_visit() -> None:
    visits = PlateVisits()
    first = visits.add(reading("AB1234"), 1.0, RULES)
    assert visits.add(reading("A81234"), 2.0, RULES) is first
    assert visits.add(reading("XY9999"), 3.0, RULES) is not first
    assert first is not None
    assert (first.began, first.seen) == (1.0, 2.0)
    assert visits.over(3.9, 3.0) == []
    assert visits.over(5.0, 3.0) == [first]
    assert visits.over(5.0, 3.0) == []
    assert visits
    assert len(visits.over(6.0, 3.0)) == 1
    assert not visits


def test_the_text_with_most_support_is_the_visits() -> None:
    visits = PlateVisits()
    visits.add(reading("A81234"), 1.0, RULES)
    visit = visits.add(reading("AB1234"), 2.0, RULES)
    visits.add(reading("AB1234"), 3.0, RULES)
    assert visit is not None
    assert visit.text == "AB1234"
    best = visit.votes.best(RULES)
    assert best is not None
    assert best.text == "AB1234"


def test_they_are_bounded() -> None:
    visits = PlateVisits()
    for number in range(MOST_VISITS):
        assert visits.add(reading(f"{number:03d}" * 3), 1.0, RULES) is not None
    assert visits.add(reading("ZZZZZZZZZ"), 1.0, RULES) is None
    visits.add(reading("000000000"), LONGEST_S, RULES)
    assert len(visits.over(1.0 + LONGEST_S, 1e9)) == MOST_VISITS


def test_a_plate_that_is_gone_at_once_is_gone_after_a_second() -> None:
    """Else each picture of a car would begin an event of its own."""
    text = (
        "lpr: {enabled: true}\n"
        "cameras: {gate: {type: lpr, lpr: {expire_time: 0}, ffmpeg: {inputs: [{path: 'rtsp://a/b'}]}}}\n"
    )
    assert plates_of(parse(text, env={}).config).dedicated == {"gate": 1.0}
