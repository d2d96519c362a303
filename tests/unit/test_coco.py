"""The COCO tables."""

from __future__ import annotations

import pytest

from dogwatch.coco import GAPS, labels

NUMBERS = {"person": (0, 1), "car": (2, 3), "stop sign": (11, 13), "dog": (16, 18), "bottle": (39, 44)}


@pytest.mark.parametrize(
    ("model_type", "runtime", "column", "shift"),
    [
        ("yolo-generic", "onnx", 0, 0),
        ("yolox", "litert", 0, 0),
        ("dfine", "openvino", 0, 0),
        ("ssd", "onnx", 1, 0),
        ("ssd", "openvino", 1, 0),
        ("ssd", "litert", 1, 1),
        ("rfdetr", "onnx", 1, 0),
        ("rfdetr", "litert", 1, 0),
        ("", "onnx", 0, 0),
        ("", "openvino", 1, 0),
        ("", "litert", 1, 1),
        ("", "remote", 0, 0),
    ],
)
def test_numbers(model_type: str, runtime: str, column: int, shift: int) -> None:
    found = labels(model_type, runtime)
    assert len(found) == 80
    assert {label: found[numbers[column] - shift] for label, numbers in NUMBERS.items()} == {
        label: label for label in NUMBERS
    }


def test_left_out_categories_have_no_label() -> None:
    assert not GAPS & labels("ssd").keys()
    assert labels("ssd")[90] == "toothbrush"
