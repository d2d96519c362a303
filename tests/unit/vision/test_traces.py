"""Traces from detections."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.model import Box
from dogwatch.vision.traces import Sighting, Trace, boxes, kind_of, longest_gap, unbroken

FPS = 10.0


def seen(frame: int, x: int = 0, confidence: float = 0.5) -> Sighting:
    return Sighting(frame, frame / FPS, Box(x, 10, x + 20, 50), confidence)


def times(frame: int) -> float:
    return frame / FPS


def test_gaps_are_filled_linearly_and_marked() -> None:
    made = list(boxes([seen(4, 0, 0.4), seen(8, 40, 0.8), seen(9, 50)], times))
    assert [one.frame for one in made] == [4, 5, 6, 7, 8, 9]
    assert [one.x for one in made] == [0, 10, 20, 30, 40, 50]
    assert [one.interpolated for one in made] == [False, True, True, True, False, False]
    assert [round(one.confidence, 6) for one in made] == [0.4, 0.5, 0.6, 0.7, 0.8, 0.5]
    assert {(one.width, one.height) for one in made} == {(20, 40)}


def test_filling_goes_by_time_where_the_rate_varies() -> None:
    at = {0: 0.0, 1: 0.1, 2: 0.4}
    first, last = Sighting(0, 0.0, Box(0, 0, 4, 4), 1.0), Sighting(2, 0.4, Box(40, 0, 44, 4), 1.0)
    assert [one.x for one in boxes([first, last], at.__getitem__)] == [0, 10, 40]


def test_a_second_without_a_detection_ends_a_trace() -> None:
    parts = list(unbroken([seen(0), seen(10), seen(21), seen(22)], longest_gap(0.1)))
    assert [[one.frame for one in part] for part in parts] == [[0, 10], [21, 22]]


def test_frames_that_are_further_apart_than_a_second_still_make_a_trace() -> None:
    assert len(list(unbroken([seen(0), seen(15), seen(30)], longest_gap(1.5)))) == 1
    assert longest_gap(60.0) < 2.1


def test_a_trace_tells_what_it_is() -> None:
    trace = Trace(kind_of("face"), "face", (seen(3, confidence=0.5), seen(7, confidence=0.75)))
    assert (trace.kind, trace.frame_count, trace.avg_confidence) == ("face", 5, 0.625)
    assert kind_of("person") == "object"


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 600)), min_size=1, max_size=30, unique_by=lambda p: p[0]))
def test_no_box_is_beyond_first_and_last_and_there_is_one_for_each_frame(places: list[tuple[int, int]]) -> None:
    found = [seen(frame, x) for frame, x in sorted(places)]
    for part in unbroken(found, 1.0):
        made = list(boxes(part, times))
        assert [one.frame for one in made] == list(range(part[0].frame, part[-1].frame + 1))
        assert all(one.width >= 1 and one.height >= 1 for one in made)
        assert [one.frame for one in made if not one.interpolated] == [one.frame for one in part]
