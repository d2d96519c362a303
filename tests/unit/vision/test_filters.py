import pytest

from dogwatch.analysis import AnalysisSettings, ObjectFilter
from dogwatch.model import Box, Detection
from dogwatch.vision.filters import DetectionFilters, Rejection, rejection
from tests.unit.vision.strategies import SIZES

LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
PERSON = Detection("person", 0.6, Box(100, 100, 150, 200))  # area 5000, ratio 0.5


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        (ObjectFilter(), True),
        (ObjectFilter(min_score=0.6), True),
        (ObjectFilter(min_score=0.61), False),
        (ObjectFilter(min_area=5000), True),
        (ObjectFilter(min_area=5001), False),
        (ObjectFilter(max_area=4999), False),
        (ObjectFilter(min_area=0.01), False),
        (ObjectFilter(min_area=0.005), True),
        (ObjectFilter(max_area=0.005), False),
        (ObjectFilter(max_area=1.0), True),
        (ObjectFilter(min_ratio=0.51), False),
        (ObjectFilter(max_ratio=0.49), False),
        (ObjectFilter(min_ratio=0.5, max_ratio=0.5), True),
        (ObjectFilter(masks=(LEFT,)), False),
    ],
)
def test_rules(rule: ObjectFilter, good: bool) -> None:
    assert (rejection(PERSON, rule, SIZES) is None) is good


def test_a_mask_asks_where_the_object_stands() -> None:
    over_the_line = Detection("person", 0.9, Box(600, 100, 700, 200))  # bottom centre at 650 of 1280
    assert rejection(over_the_line, ObjectFilter(masks=(LEFT,)), SIZES) is None


@pytest.mark.parametrize(
    ("label", "score", "good"),
    [("person", 0.5, True), ("person", 0.49, False), ("car", 0.9, False), ("face", 0.69, False), ("face", 0.7, True)],
)
def test_only_tracked_labels_and_their_attributes(label: str, score: float, good: bool) -> None:
    settings = AnalysisSettings(camera="c", attributes={"person": ("face",), "car": ("license_plate",)})
    filters = DetectionFilters(settings, SIZES)
    assert (filters.rejection(Detection(label, score, PERSON.box)) is None) is good
    assert filters.rejection(Detection("license_plate", 0.9, PERSON.box)) == Rejection("track")


def test_the_cameras_mask_holds_for_all_objects() -> None:
    filters = DetectionFilters(AnalysisSettings(camera="c", masks=(LEFT,)), SIZES)
    assert filters.rejection(PERSON) == Rejection("mask")


def test_the_users_filter_comes_first() -> None:
    mine = ObjectFilter(min_score=0.2)
    settings = AnalysisSettings(camera="c", filters={"face": mine}, attributes={"person": ("face",)})
    filters = DetectionFilters(settings, SIZES)
    assert filters.rule("face") is mine
    assert filters.rule("person") == ObjectFilter()


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (ObjectFilter(min_score=0.61), Rejection("min_score", 0.6, 0.61)),
        (ObjectFilter(min_area=0.01), Rejection("min_area", 5000, 9216)),
        (ObjectFilter(max_area=4999), Rejection("max_area", 5000, 4999)),
        (ObjectFilter(min_ratio=0.51), Rejection("min_ratio", 0.5, 0.51)),
        (ObjectFilter(max_ratio=0.49), Rejection("max_ratio", 0.5, 0.49)),
        (ObjectFilter(masks=(LEFT,)), Rejection("mask")),
    ],
)
def test_a_refusal_tells_the_setting_and_the_numbers(rule: ObjectFilter, why: Rejection) -> None:
    assert rejection(PERSON, rule, SIZES) == why


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (ObjectFilter(), ["min_score"]),
        (ObjectFilter(min_area=0.005, max_area=1.0), ["min_score", "min_area", "max_area"]),
        (ObjectFilter(min_ratio=0.5, max_ratio=0.5, masks=(LEFT,)), ["min_score", "min_ratio", "max_ratio"]),
    ],
)
def test_the_limits_that_were_kept_are_those_that_can_reject(rule: ObjectFilter, names: list[str]) -> None:
    filters = DetectionFilters(AnalysisSettings(camera="c", filters={"person": rule}, masks=(LEFT,)), SIZES)
    passed = filters.passed(PERSON)
    assert [one.rule for one in passed] == names
    for one in passed:
        assert one.value >= one.limit if one.rule.startswith("min") else one.value <= one.limit
    assert filters.masks("person") == 1 + len(rule.masks)


@pytest.mark.parametrize("name", ["min_score", "min_area", "max_area", "min_ratio", "max_ratio"])
def test_a_limit_is_compared_with_what_rejects(name: str) -> None:
    """Otherwise the reasons of an event would show other figures than those that counted."""
    value = {"score": PERSON.score, "area": PERSON.box.area, "ratio": PERSON.box.ratio}[name.partition("_")[2]]
    beyond = value + 0.001 if name.startswith("min") else value - 0.001
    filters = DetectionFilters(AnalysisSettings(camera="c", filters={"person": ObjectFilter(**{name: beyond})}), SIZES)  # type: ignore[arg-type]
    refused = filters.rejection(PERSON)
    assert refused is not None
    (shown,) = [one for one in filters.passed(PERSON) if one.rule == name]
    assert (shown.rule, shown.value, shown.limit) == (refused.rule, refused.value, refused.limit)
