"""Tiny models of every layout, run by OpenVINO for real."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import numpy as np
import openvino
import pytest

from dogwatch.detectors.base import Detector, load
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.errors import DetectorError
from dogwatch.model import Box
from tests.integration.detectors import models
from tests.integration.detectors.layouts import SIZE, check_layout, layouts, pictures

NCHW: list[int | str] = ["n", 3, SIZE, SIZE]


def load_model(path: str, kind: str, batch: int = 4, device: str = "", **model: Any) -> Detector:
    spec = ModelSpec(path=path, model_type=kind, **model)
    return load(DetectorSpec(name="mine", type="openvino", model=spec, batch=batch, device=device))


@pytest.mark.parametrize("batch", ["n", 1])
@pytest.mark.parametrize("layout", list(layouts()))
def test_each_layout(tmp_path: Path, layout: str, batch: int | str) -> None:
    check_layout(load_model, tmp_path, layout, batch)


def test_its_own_format_and_its_own_ssd_layout(tmp_path: Path) -> None:
    rows = np.zeros((1, 4, 7), np.float32)
    rows[0, 0] = [0, 2, 0.9, 0.125, 0.25, 0.375, 0.875]
    rows[0, 1, 0] = -1  # the end; what comes after is left from an earlier picture
    rows[0, 2] = [0, 3, 0.8, 0, 0, 1, 1]
    source = models.save(tmp_path / "m.onnx", {"detection_out": rows}, [1, 3, SIZE, SIZE])
    openvino.save_model(openvino.Core().read_model(source), tmp_path / "m.xml")
    detector = load_model(str(tmp_path / "m.xml"), "")
    for answer in detector.detect(pictures(2)):
        assert [(one.label, round(one.score, 2), one.box) for one in answer] == [("bicycle", 0.9, Box(8, 16, 24, 56))]


@pytest.mark.parametrize(
    ("dtype", "configured", "shape", "score"),
    [
        (np.float32, "float", ["n", 3, SIZE, SIZE], 0.5),
        (np.float32, "int", [1, SIZE, SIZE, 3], 0.5),
        (np.float16, "float", [1, 3, SIZE, SIZE], 0.5),
        (np.float32, "float_denorm", ["n", 3, SIZE, SIZE], 1.0),  # 127.5, cut to 1
        (np.uint8, "int", [1, SIZE, SIZE, 3], 1.0),
    ],
)
def test_the_model_sees_the_picture_in_its_own_form(
    tmp_path: Path, dtype: type[np.generic], configured: str, shape: list[int | str], score: float
) -> None:
    path = models.save_bright_spot(tmp_path / "m.onnx", shape, dtype, nchw=shape[1] == 3)
    detector = load_model(path, "yolo-generic", input_dtype=configured)
    picture = np.zeros((SIZE, SIZE, 3), np.uint8)
    picture[:, :, 0] = 128  # only the first colour counts, which a wrong layout would mix with the others
    (found,) = detector.detect([picture])
    assert [round(one.score, 2) for one in found] == [score]


@pytest.mark.parametrize(("configured", "brightest"), [("int", 255), ("float_denorm", 255), ("float", 1)])
def test_ssd_models_scale_by_themselves(tmp_path: Path, configured: str, brightest: int) -> None:
    detector = load_model(models.save_bright_spot(tmp_path / "m.onnx", NCHW), "ssd", input_dtype=configured)
    prepared = detector._prepare([np.full((SIZE, SIZE, 3), 255, np.uint8)])  # type: ignore[attr-defined]
    assert (prepared.dtype, prepared.max()) == (np.float32, brightest)


def test_answers_keep_the_order_of_the_batch(tmp_path: Path) -> None:
    path = models.save_bright_spot(tmp_path / "m.onnx", NCHW)
    batch = [np.full((SIZE, SIZE, 3), level, np.uint8) for level in (255, 0, 102)]
    answers = load_model(path, "yolo-generic").detect(batch)
    assert [[round(one.score, 2) for one in answer] for answer in answers] == [[1.0], [], [0.4]]


def test_an_open_size_comes_from_the_configuration(tmp_path: Path) -> None:
    path = models.save_bright_spot(tmp_path / "m.onnx", ["n", 3, "h", "w"])
    detector = load_model(path, "yolo-generic", width=96, height=64)
    assert (detector.info.width, detector.info.height) == (96, 64)
    (found,) = detector.detect([np.full((64, 96, 3), 255, np.uint8)])
    assert len(found) == 1
    with pytest.raises(DetectorError, match=r"set model\.height|set model\.width"):
        load_model(path, "yolo-generic")


def test_a_device_that_is_not_there_is_told_and_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = models.save_bright_spot(tmp_path / "m.onnx", NCHW)
    with caplog.at_level(logging.WARNING):
        assert load_model(path, "yolo-generic", device="cpu").detect(pictures())[0]
        assert not caplog.records
        assert load_model(path, "yolo-generic", device="abacus").detect(pictures())[0]
    assert "OpenVINO finds no abacus here" in caplog.text


def test_what_is_wrong_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DetectorError, match=r"set model\.path"):
        load_model("", "yolo-generic")
    (tmp_path / "m.xml").write_bytes(b"this is no model")
    with pytest.raises(DetectorError, match="cannot be loaded"):
        load_model(str(tmp_path / "m.xml"), "yolo-generic")
    path = models.save_bright_spot(tmp_path / "m.onnx", [1, 3, SIZE, SIZE])
    with pytest.raises(DetectorError, match="OpenVINO failed"):
        load_model(path, "yolo-generic").detect([np.zeros((32, 32, 3), np.uint8)])
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(DetectorError, match=r"pip install 'dogwatch\[openvino\]'"):
        load_model(path, "yolo-generic")
