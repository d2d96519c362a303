"""The detector of plain colours."""

from __future__ import annotations

import numpy as np
import pytest

from dogwatch.detectors.base import Tensor, load
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.errors import DetectorError
from dogwatch.model import Box

RED, GREEN, BLUE = (230, 60, 60), (20, 200, 40), (0, 0, 255)


def picture(*rectangles: tuple[Box, tuple[int, int, int]]) -> Tensor:
    made = np.full((96, 128, 3), 114, np.uint8)
    for box, colour in rectangles:
        made[box.y1 : box.y2, box.x1 : box.x2] = colour
    return made


def detector(**options: str | int | float | bool) -> DetectorSpec:
    return DetectorSpec(name="d", type="pattern", model=ModelSpec(width=128, height=96), options=options)


def test_it_finds_each_rectangle_exactly_and_with_its_label() -> None:
    boxes = Box(3, 5, 20, 40), Box(60, 10, 90, 30), Box(100, 80, 128, 96)
    (found,) = load(detector()).detect([picture(*zip(boxes, (RED, GREEN, BLUE), strict=True))])
    assert {one.label: one.box for one in found} == dict(zip(("person", "car", "face"), boxes, strict=True))
    assert {one.score for one in found} == {0.99}


def test_it_finds_nothing_in_grey_white_or_too_small_pictures() -> None:
    (found,) = load(detector()).detect([picture((Box(1, 1, 4, 40), RED), (Box(40, 40, 60, 60), (255, 255, 255)))])
    assert found == []


def test_what_is_covered_to_a_third_is_not_found() -> None:
    (found,) = load(detector()).detect([picture((Box(0, 0, 30, 30), RED), (Box(5, 5, 20, 25), GREEN))])
    assert [one.label for one in found] == ["car"]


def test_colours_and_labels_can_be_chosen() -> None:
    made = load(detector(colours="magenta=dog, yellow=cat"))
    assert made.info.labels == ("dog", "cat")
    (found,) = made.detect([picture((Box(0, 0, 9, 9), (255, 0, 255)), (Box(50, 50, 60, 60), (255, 255, 0)))])
    assert sorted(one.label for one in found) == ["cat", "dog"]


@pytest.mark.parametrize("colours", ["", "red", "mauve=dog", "red="])
def test_what_cannot_be_read_is_refused(colours: str) -> None:
    with pytest.raises(DetectorError, match="colours are such as"):
        load(detector(colours=colours))
