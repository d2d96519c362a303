"""Which boxes of faces are looked at."""

from __future__ import annotations

from dogwatch.library import face_choice
from dogwatch.library.face_choice import MOST_PICTURES, MOST_TRACES, FaceChoice


def box(
    frame: int, side: int = 100, confidence: float = 0.9, *, filled: bool = False
) -> tuple[int, int, int, int, int, float, bool, float | None]:
    return frame, 10, 20, side, side, confidence, filled, None


def test_each_part_of_a_trace_has_its_best_box_and_no_trace_more_than_five() -> None:
    choice = FaceChoice()
    choice.begin(4, 100, 199)
    better = {107, 125, 141, 179, 199}
    choice.add([box(frame, 101 if frame in better else 100) for frame in range(100, 150)])
    choice.add([box(frame, 101 if frame in better else 100) for frame in range(150, 200)])
    assert len(better) == MOST_PICTURES
    assert [frame for _, frame, _ in choice.parts()] == [107, 125, 141, 179, 199]
    assert {trace for trace, _, _ in choice.parts()} == {4}


def test_boxes_are_widened_all_around() -> None:
    choice = FaceChoice()
    choice.begin(1, 5, 5)
    choice.add([(5, 10, 20, 50, 100, 0.9, False, None)])
    assert [*choice.parts()] == [(1, 5, (-50, -40, 120, 180))]


def test_what_was_filled_in_or_is_too_small_does_not_count() -> None:
    choice = FaceChoice()
    choice.begin(1, 0, 1)
    choice.add([box(0, filled=True), box(1, side=face_choice.LEAST_SIDE - 1)])
    assert [*choice.parts()] == []
    assert not choice


def test_a_large_face_that_is_unsure_is_worth_less_than_a_sure_one() -> None:
    choice = FaceChoice()
    choice.begin(1, 0, 9)
    choice.add([box(0, 100, 0.9), box(1, 110, 0.5)])
    assert [frame for _, frame, _ in choice.parts()] == [0]


def test_no_more_traces_than_a_limit() -> None:
    choice = FaceChoice()
    for trace in range(1, MOST_TRACES + 3):
        choice.begin(trace, 0, 0)
        choice.add([box(0)])
    assert len(choice) == MOST_TRACES
    assert max(trace for trace, _, _ in choice.parts()) == MOST_TRACES
