"""Tiny models of every layout, run by ONNX Runtime for real."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from dogwatch.config.effective import effective
from dogwatch.config.load import default
from dogwatch.detectors.base import Detector, load
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.errors import DetectorError
from dogwatch.runtime.paths import Paths
from dogwatch.runtime.specs import detection_specs
from tests.integration.detectors import models
from tests.integration.detectors.layouts import SIZE, check_layout, layouts, pictures

NCHW: list[int | str] = ["n", 3, SIZE, SIZE]


def load_model(path: str, kind: str, batch: int = 4, device: str = "", **model: Any) -> Detector:
    spec = ModelSpec(path=path, model_type=kind, **model)
    return load(DetectorSpec(name="mine", type="onnx", model=spec, batch=batch, device=device))


@pytest.mark.parametrize("batch", ["n", 1])
@pytest.mark.parametrize("layout", list(layouts()))
def test_each_layout(tmp_path: Path, layout: str, batch: int | str) -> None:
    check_layout(load_model, tmp_path, layout, batch)


def test_coco_labels_when_none_are_given(tmp_path: Path) -> None:
    for layout, label in (("v8", "car"), ("rf", "bicycle"), ("ssd", "bicycle")):
        kind, outputs = layouts()[layout]
        path = models.save(tmp_path / f"{layout}.onnx", outputs, NCHW)
        assert [one.label for one in load_model(path, kind).detect(pictures())[0]] == [label]


@pytest.mark.parametrize("labelmap", [{}, {2: "hedgehog"}, {7: "hedgehog"}])
@pytest.mark.parametrize(
    ("layout", "named"), [*((layout, True) for layout in layouts()), ("v8", False), ("v5", False), ("v10", False)]
)
def test_the_configuration_names_what_the_detector_finds(
    tmp_path: Path, layout: str, named: bool, labelmap: dict[int, str]
) -> None:
    kind, outputs = layouts()[layout]
    extra = "orig_target_sizes" if kind == "dfine" else ""
    path = models.save(tmp_path / "m.onnx", outputs, NCHW, extra=extra)
    model = {"path": path, "labelmap": labelmap, **({"model_type": kind} if named else {})}
    config = default(detectors={"mine": {"type": "onnx"}}, model=model)
    block = effective(config)["model"]
    (spec,) = detection_specs(config, Paths(tmp_path, tmp_path, tmp_path, str(tmp_path)))
    (found,) = load(spec.detector).detect(pictures())[0]
    assert found.label == block["labelmap"]["2"]
    assert block["model_type"] == kind


def test_a_class_without_label_is_left_out(tmp_path: Path) -> None:
    path = models.save(tmp_path / "m.onnx", layouts()["v8"][1], NCHW)
    assert load_model(path, "yolo-generic", labels={0: "person"}).detect(pictures()) == [[]]


@pytest.mark.parametrize(
    ("dtype", "configured", "shape", "score"),
    [
        (np.float32, "float", ["n", 3, SIZE, SIZE], 0.5),
        (np.float32, "int", ["n", 3, SIZE, SIZE], 0.5),
        (np.float16, "float", ["n", 3, SIZE, SIZE], 0.5),
        (np.float32, "float", ["n", SIZE, SIZE, 3], 0.5),
        (np.float32, "float_denorm", ["n", 3, SIZE, SIZE], 1.0),  # 127.5, cut to 1
        (np.uint8, "int", [1, SIZE, SIZE, 3], 1.0),
    ],
)
def test_the_model_sees_the_picture_in_its_own_form(
    tmp_path: Path, dtype: type[np.generic], configured: str, shape: list[int | str], score: float
) -> None:
    nchw = shape[1] == 3
    path = models.save_bright_spot(tmp_path / "m.onnx", shape, dtype, nchw=nchw)
    detector = load_model(path, "yolo-generic", input_dtype=configured)
    picture = np.zeros((SIZE, SIZE, 3), np.uint8)
    picture[:, :, 0] = 128  # only the first colour counts, which a wrong layout would mix with the others
    (found,) = detector.detect([picture])
    assert [round(one.score, 2) for one in found] == [score]


def test_answers_keep_the_order_of_the_batch(tmp_path: Path) -> None:
    path = models.save_bright_spot(tmp_path / "m.onnx", NCHW)
    batch = [np.full((SIZE, SIZE, 3), level, np.uint8) for level in (255, 0, 102)]
    answers = load_model(path, "yolo-generic").detect(batch)
    assert [[round(one.score, 2) for one in answer] for answer in answers] == [[1.0], [], [0.4]]


def test_rfdetr_gets_normalised_pictures(tmp_path: Path) -> None:
    path = models.save_bright_spot(tmp_path / "m.onnx", NCHW)
    detector = load_model(path, "rfdetr")
    red = round(255 * (0.485 + 0.229 * 0.5))
    prepared = detector._prepare([np.full((SIZE, SIZE, 3), red, np.uint8)])  # type: ignore[attr-defined]
    assert prepared[0, 0].mean() == pytest.approx(0.5, abs=0.01)


def test_nanodet_gets_normalised_pictures(tmp_path: Path) -> None:
    path = models.save_bright_spot(tmp_path / "m.onnx", NCHW)
    detector = load_model(path, "nanodet")
    blue = round(103.53 + 57.375)
    prepared = detector._prepare([np.full((SIZE, SIZE, 3), blue, np.uint8)])  # type: ignore[attr-defined]
    assert prepared[0, 0].mean() == pytest.approx(1, abs=0.01)


def test_an_open_size_comes_from_the_configuration(tmp_path: Path) -> None:
    path = models.save_bright_spot(tmp_path / "m.onnx", ["n", 3, "h", "w"])
    detector = load_model(path, "yolo-generic", width=96, height=64)
    assert (detector.info.width, detector.info.height) == (96, 64)
    with pytest.raises(DetectorError, match=r"set model\.height|set model\.width"):
        load_model(path, "yolo-generic")


@pytest.mark.parametrize(
    ("kind", "layout", "message"),
    [
        ("yolox", "v8", "anchors"),
        ("yolonas", "v8", "check model_type"),
        ("dfine", "v8", "do not fit model_type dfine"),
        ("resnet", "v8", "model_type 'resnet' is unknown"),
    ],
)
def test_the_wrong_type_is_told(tmp_path: Path, kind: str, layout: str, message: str) -> None:
    path = models.save(tmp_path / "m.onnx", layouts()[layout][1], NCHW)
    with pytest.raises(DetectorError, match=message):
        load_model(path, kind).detect(pictures())


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(DetectorError, match="there is no model file"):
        load_model(str(tmp_path / "m.onnx"), "yolo-generic")
    (tmp_path / "m.onnx").write_bytes(b"this is no model")
    with pytest.raises(DetectorError, match="cannot be loaded"):
        load_model(str(tmp_path / "m.onnx"), "yolo-generic")
    with pytest.raises(DetectorError, match=r"set model\.path"):
        load_model("", "yolo-generic")


def test_a_model_without_inputs_is_told(tmp_path: Path) -> None:
    node = helper.make_node("Constant", [], ["y"], value=helper.make_tensor("c", TensorProto.FLOAT, [1], [1.0]))
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])]
    model = helper.make_model(helper.make_graph([node], "g", [], outputs), opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(DetectorError, match="takes no picture"):
        load_model(str(tmp_path / "m.onnx"), "yolo-generic")


def test_an_unknown_device_is_told(tmp_path: Path) -> None:
    path = models.save_bright_spot(tmp_path / "m.onnx", NCHW)
    with pytest.raises(DetectorError, match="device 'abacus' is none of cpu, gpu"):
        load_model(path, "yolo-generic", device="abacus")


def test_a_missing_runtime_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = models.save_bright_spot(tmp_path / "m.onnx", NCHW)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(DetectorError, match=r"pip install 'dogwatch\[onnx\]'"):
        load_model(path, "yolo-generic")


def test_a_failing_run_is_a_detector_error(tmp_path: Path) -> None:
    path = models.save(tmp_path / "m.onnx", layouts()["v8"][1], NCHW)
    detector = load_model(path, "yolo-generic")
    with pytest.raises(DetectorError, match="ONNX Runtime failed"):
        detector.detect([np.zeros((32, 32, 3), np.uint8)])
