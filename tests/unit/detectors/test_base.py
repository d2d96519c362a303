"""Which module serves which type, and the instant detector."""

from __future__ import annotations

import numpy as np
import pytest

from dogwatch.config.detectors import OWN_TYPES
from dogwatch.detectors.base import MODULES, load, module_of
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.errors import DetectorError
from dogwatch.model import Box, Detection


def spec(kind: str, model: ModelSpec | None = None, **options: str | int | float | bool) -> DetectorSpec:
    return DetectorSpec(name="d", type=kind, model=model or ModelSpec(), options=options)


def test_cpu_is_the_built_in_one_unless_it_has_an_onnx_model() -> None:
    assert module_of(spec("cpu")) == "opencv"
    assert module_of(spec("cpu", ModelSpec(path="/m/yolo.onnx"))) == "onnx"


def test_an_unknown_type_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DetectorError, match=r"no type 'hailo8l'; known are cpu, deepstack.*export"):
        load(spec("hailo8l"))


def test_every_known_type_has_a_module_that_makes_it() -> None:
    for kind in MODULES:
        try:
            info = load(spec(kind)).info
        except DetectorError as error:
            assert "'d'" in str(error)  # noqa: PT017 - types that need settings say so
        else:
            assert info.name == "d"


def test_every_type_that_a_configuration_may_name_has_a_module_and_the_other_way_round() -> None:
    assert set(OWN_TYPES) <= set(MODULES)
    assert set(MODULES.values()) <= set(OWN_TYPES)


def test_fixed_answers_with_its_boxes() -> None:
    detector = load(spec("fixed", boxes="person,0.9,10,20,110,220; car,0.6,0,0,50,40"))
    assert detector.info.labels == ("person", "car")
    expected = [Detection("person", 0.9, Box(10, 20, 110, 220)), Detection("car", 0.6, Box(0, 0, 50, 40))]
    picture = np.zeros((320, 320, 3), np.uint8)
    assert detector.detect([picture, picture]) == [expected, expected]


def test_fixed_without_boxes_finds_nothing_and_bad_ones_are_refused() -> None:
    assert load(spec("fixed")).detect([np.zeros((320, 320, 3), np.uint8)]) == [[]]
    with pytest.raises(DetectorError, match="label,score,x1"):
        load(spec("fixed", boxes="person,0.9,10"))
    with pytest.raises(DetectorError, match="pixel_format"):
        load(spec("fixed", pixel_format="cmyk"))


def test_remote_wants_an_http_address() -> None:
    with pytest.raises(DetectorError, match="api_url"):
        load(spec("remote", api_url="file:///etc/passwd"))
