from hypothesis import given
from hypothesis import strategies as st

from dogwatch.model import Box, Detection
from dogwatch.vision.merge import RegionDetection, consolidate, in_region
from tests.unit.vision.strategies import SIZES, detections

LEFT, RIGHT = Box(0, 0, 416, 416), Box(300, 0, 716, 416)


def person(x1: int, y1: int, x2: int, y2: int, score: float = 0.8, label: str = "person") -> Detection:
    return Detection(label, score, Box(x1, y1, x2, y2))


def test_the_same_person_in_two_regions_is_one() -> None:
    found = in_region(LEFT, [person(320, 100, 380, 240, 0.7)], SIZES)
    found += in_region(RIGHT, [person(322, 104, 382, 242, 0.8)], SIZES)
    assert [one.detection.score for one in consolidate(found)] == [0.8]


def test_a_whole_box_beats_one_that_a_region_cuts_off() -> None:
    cut_off = in_region(LEFT, [person(380, 100, 416, 240, 0.9)], SIZES)
    whole = in_region(RIGHT, [person(382, 100, 450, 240, 0.6)], SIZES)
    assert [one.clipped for one in cut_off + whole] == [True, False]
    assert consolidate(cut_off + whole) == whole


def test_the_frames_own_edge_cuts_nothing_off() -> None:
    assert not in_region(LEFT, [person(0, 0, 60, 140)], SIZES)[0].clipped
    corner = Box(1280 - 416, 720 - 416, 1280, 720)
    assert not in_region(corner, [person(1220, 580, 1280, 720)], SIZES)[0].clipped


def test_a_cut_off_box_without_a_better_one_stays() -> None:
    assert len(consolidate(in_region(LEFT, [person(380, 100, 416, 240)], SIZES))) == 1


def test_people_side_by_side_and_other_labels_stay() -> None:
    found = in_region(LEFT, [person(100, 100, 160, 240), person(150, 100, 210, 240)], SIZES)
    found += in_region(LEFT, [person(100, 100, 160, 240, label="dog")], SIZES)
    assert len(consolidate(found)) == 3


def test_empty_boxes_are_no_finds() -> None:
    assert in_region(LEFT, [person(10, 10, 10, 50)], SIZES) == []


@given(st.lists(detections(), max_size=12))
def test_merging_is_stable_and_keeps_the_best(some: list[Detection]) -> None:
    found = [RegionDetection(one, LEFT) for one in some]
    kept = consolidate(found)
    assert consolidate(kept) == kept
    assert consolidate(list(reversed(found))) == kept
    for label in {one.label for one in some}:
        best = max(one.score for one in some if one.label == label)
        assert best in {one.detection.score for one in kept if one.detection.label == label}
