"""The built-in detector's scores and options."""

from __future__ import annotations

import numpy as np
import pytest

from dogwatch.detectors.opencv import OpenCVDetector, score_of_weight
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import DetectorError


def make(**options: str | int | float | bool) -> OpenCVDetector:
    return OpenCVDetector(DetectorSpec(name="cpu", type="opencv", options=options))


def test_weights_become_scores() -> None:
    assert score_of_weight(0.6) == pytest.approx(0.5)
    assert score_of_weight(1.02) == pytest.approx(0.7, abs=0.01)
    assert score_of_weight(0.3) < 0.35
    assert score_of_weight(3) > 0.98


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        ({}, ("person", "face")),
        ({"face": False}, ("person",)),
        ({"person": False, "cat": True}, ("face", "cat")),
        ({"license_plate": True, "api_url": "of another type"}, ("person", "face", "license_plate")),
    ],
)
def test_labels_are_those_switched_on(options: dict[str, str | bool], labels: tuple[str, ...]) -> None:
    info = make(**options).info
    assert info.labels == labels
    assert (info.pixel_format, info.width, info.height, info.min_region) == ("gray", 416, 416, 416)


def test_nothing_switched_on_is_a_mistake() -> None:
    with pytest.raises(DetectorError, match="every label is switched off"):
        make(person=False, face=False)


def test_an_empty_wall_holds_nobody() -> None:
    detector = make(cat=True, license_plate=True, face_anywhere=True)
    assert detector.detect([np.full((416, 416), 128, np.uint8)]) == [[]]
