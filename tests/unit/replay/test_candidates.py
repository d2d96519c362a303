"""What is told of things that never became objects."""

import pytest

from dogwatch.analysis import AnalysisSettings
from dogwatch.model import Box, Detection, TrackedObject
from dogwatch.replay.candidates import FORGET_S, MAX_KEPT, Candidate, CandidateCollector, numbers
from dogwatch.vision.filters import Rejection
from tests.tracks import tracked

BOX = Box(100, 100, 150, 200)


def notes() -> CandidateCollector:
    return CandidateCollector(AnalysisSettings(camera="cam"))


def refuse(
    one: CandidateCollector, time: float, score: float, why: Rejection, *objects: TrackedObject, x: int = 0
) -> None:
    box = Box(BOX.x1 + x, BOX.y1, BOX.x2 + x, BOX.y2)
    one.rejected(time, Detection("person", score, box), why)
    one.frame_done(time, objects)


def test_what_is_refused_again_and_again_is_one_candidate() -> None:
    one = notes()
    for n, score in enumerate([0.3, 0.45, 0.4]):
        refuse(one, n / 5, score, Rejection("min_score", score, 0.5), x=5 * n)
    (found,) = one.finish()
    assert (found.label, found.start_time, found.end_time, found.detections) == ("person", 0.0, 0.4, 3)
    assert (found.score, found.box.x1) == (0.45, 105)
    assert [(reason.setting, reason.value, reason.limit) for reason in found.reasons] == [
        ("objects.filters.person.min_score", 0.45, 0.5)
    ]
    assert found.reasons[0].text == "its score 0.45 is below min_score 0.50"


@pytest.mark.parametrize(
    ("why", "setting", "text"),
    [
        (Rejection("track"), "objects.track", "person is not among the labels that are tracked"),
        (Rejection("mask"), "objects.mask", "it stands inside an object mask"),
        (Rejection("min_area", 5000, 9216), "objects.filters.person.min_area", "its area 5000 is below min_area 9216"),
        (Rejection("max_ratio", 2.5, 1), "objects.filters.person.max_ratio", "its ratio 2.50 is above max_ratio 1.00"),
    ],
)
def test_each_refusal_names_its_setting_and_numbers(why: Rejection, setting: str, text: str) -> None:
    one = notes()
    refuse(one, 0.0, 0.9, why)
    ((reason,),) = [found.reasons for found in one.finish()]
    assert (reason.setting, reason.text) == (setting, text)


def test_far_apart_in_place_or_time_are_several() -> None:
    one = notes()
    low = Rejection("min_score", 0.3, 0.5)
    refuse(one, 0.0, 0.3, low)
    refuse(one, 0.2, 0.3, low, x=500)
    refuse(one, 0.4 + FORGET_S, 0.3, low)
    refuse(one, 0.6 + FORGET_S, 0.3, low)
    assert [found.detections for found in one.finish()] == [1, 1, 2]


def test_what_is_an_object_or_becomes_one_is_no_candidate() -> None:
    one = notes()
    thing = tracked(box=BOX, label="person")
    low = Rejection("min_score", 0.3, 0.5)
    refuse(one, 0.0, 0.3, low, thing)
    refuse(one, 0.2, 0.3, low, x=500)
    one.frame_done(0.4, [tracked(box=Box(600, 100, 650, 200), label="person")])
    assert one.finish() == []


def test_there_is_a_limit_and_it_is_told() -> None:
    one = notes()
    for _ in range(MAX_KEPT + 3):
        one.add(Candidate("person", 0, 0, 1, 0.5, BOX, ()))
    assert (len(one.finish()), one.dropped) == (MAX_KEPT, 3)


def test_numbers_have_the_digits_that_tell_them_apart() -> None:
    assert numbers(0.497, 0.5) == ("0.497", "0.500")
    assert numbers(5000.0, 9216.0) == ("5000", "9216")
    assert numbers(0.4, 0.5) == ("0.40", "0.50")
