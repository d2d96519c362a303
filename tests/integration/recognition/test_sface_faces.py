"""Models of the user: small ones with the form of YuNet and SFace, which take red squares for faces."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dogwatch.recognition.face_recogniser import Pixels
from dogwatch.recognition.face_spec import FaceModels, LookForFace
from dogwatch.recognition.reader_process import FaceProcess
from dogwatch.recognition.sface_faces import SFaceFaces
from tests.drawn_faces import jpeg

onnx = pytest.importorskip("onnx")
SIDE = 64.0  # of the faces that the detector tells
POINTS = ((-0.2, -0.2), (0.2, -0.2), (0.0, 0.0), (-0.15, 0.2), (0.15, 0.2))  # eyes, nose, mouth: from the middle


def saved(path: Path, nodes: list[Any], inputs: list[Any], outputs: list[str], constants: dict[str, Any]) -> Path:
    helper, kept = onnx.helper, onnx.numpy_helper
    shape = [1, 192] if len(outputs) == 1 else [1, "cells", "values"]
    told = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape) for name in outputs]
    values = [kept.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "small", inputs, told, values)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)], ir_version=7), path)
    return path


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> FaceModels:
    """Write both models."""
    folder, helper = tmp_path_factory.mktemp("models"), onnx.helper
    nodes: list[Any] = []
    constants: dict[str, Any] = {"one": [1, -1, 1], "four": [1, -1, 4], "ten": [1, -1, 10]}
    for stride in (8, 16, 32):
        red = np.zeros((1, 3, stride, stride), np.float32)
        if stride == 32:
            red[0, 2], red[0, 0] = 1 / 255 / stride**2, -1 / 255 / stride**2  # blue, green, red
        place = np.array([0.5, 0.5, math.log(SIDE / stride), math.log(SIDE / stride)], np.float32)
        points = np.array([[0.5 + x * SIDE / stride, 0.5 + y * SIDE / stride] for x, y in POINTS], np.float32).ravel()
        heads = {
            "cls": (red, np.zeros(1, np.float32), "one"),
            "obj": (red, np.zeros(1, np.float32), "one"),
            "bbox": (np.zeros((4, 3, stride, stride), np.float32), place, "four"),
            "kps": (np.zeros((10, 3, stride, stride), np.float32), points, "ten"),
        }
        for head, (weight, bias, form) in heads.items():
            name = f"{head}_{stride}"
            constants |= {f"{name}_w": weight, f"{name}_b": bias}
            nodes += [
                helper.make_node(
                    "Conv", ["input", f"{name}_w", f"{name}_b"], [f"{name}_c"], kernel_shape=[stride] * 2,
                    strides=[stride] * 2,
                ),
                helper.make_node("Transpose", [f"{name}_c"], [f"{name}_t"], perm=[0, 2, 3, 1]),
                helper.make_node("Reshape", [f"{name}_t", form], [name]),
            ]  # fmt: skip
    outputs = [f"{head}_{stride}" for head in ("cls", "obj", "bbox", "kps") for stride in (8, 16, 32)]
    value = helper.make_tensor_value_info
    frame = [value("input", onnx.TensorProto.FLOAT, [1, 3, 320, 320])]
    detector = saved(folder / "yunet.onnx", nodes, frame, outputs, {k: np.asarray(v) for k, v in constants.items()})
    face = [value("data", onnx.TensorProto.FLOAT, [1, 3, 112, 112])]
    pooled = helper.make_node("AveragePool", ["data"], ["pooled"], kernel_shape=[14, 14], strides=[14, 14])
    flat = helper.make_node("Flatten", ["pooled"], ["fc1"])
    recogniser = saved(folder / "sface.onnx", [pooled, flat], face, ["fc1"], {})
    return FaceModels(str(detector), str(recogniser))


def frame(left: int = 320, top: int = 160, marks: int = 0) -> Pixels:
    """Return a frame with a red square of 64 pixels, in which a part is marked otherwise."""
    picture = np.full((480, 640, 3), 128, np.uint8)
    picture[top : top + 64, left : left + 64] = (0, 0, 255)
    for mark in range(marks):
        picture[top + 8 + 12 * mark : top + 14 + 12 * mark, left + 10 : left + 54] = (0, 255, 255)
    return picture


def test_a_face_is_found_and_described(models: FaceModels) -> None:
    faces = SFaceFaces(models.detector, models.recogniser)
    picture = frame()
    found = faces.find(picture, (0, 0, 640, 480), 0.0, 0.7)
    assert found is not None
    assert found.score > 0.9
    x1, y1, x2, y2 = found.box
    assert (x2 - x1, y2 - y1) == (64, 64)
    assert abs(x1 - 320) <= 32
    assert abs(y1 - 160) <= 32
    described = faces.describe(picture, found)
    assert np.linalg.norm(described) == pytest.approx(1.0, abs=1e-5)
    inside = faces.find(picture, (300, 140, 420, 260), 0.0, 0.7)
    assert inside is not None
    assert abs(inside.box[0] - x1) <= 40  # in pixels of the whole picture
    assert faces.find(picture, (0, 0, 200, 200), 0.0, 0.7) is None
    assert faces.find(picture, (0, 0, 640, 480), 200.0, 0.7) is None
    moved = found.moved(10, -5)
    assert moved.box == (x1 + 10, y1 - 5, x2 + 10, y2 - 5)
    assert moved.row is not None
    assert found.row is not None
    assert (moved.row - found.row)[:2].tolist() == [10, -5]
    assert (moved.row - found.row)[2:4].tolist() == [0, 0]


def test_cosines_become_scores(models: FaceModels) -> None:
    faces = SFaceFaces(models.detector, models.recogniser)
    one = np.zeros(192, np.float32)
    one[0] = 1
    others = np.zeros((4, 192), np.float32)
    for row, cosine in enumerate((1.0, 0.45, 0.363, 0.0)):
        others[row, 0], others[row, 1] = cosine, math.sqrt(1 - cosine**2)
    assert faces.scores(one, others) == pytest.approx([1.0, 0.9, 0.8, 0.12], abs=0.01)


def test_the_process_uses_them(models: FaceModels, tmp_path: Path) -> None:
    process = FaceProcess()
    (tmp_path / "Bob").mkdir()
    try:
        first = process.ask(LookForFace(picture=jpeg(frame(marks=1)), models=models, blur=False))
        assert first.picture
        (tmp_path / "Bob" / "1.jpg").write_bytes(jpeg(frame(marks=1)))
        found = process.ask(LookForFace(picture=jpeg(frame(marks=1)), models=models, library=str(tmp_path), blur=False))
        assert (found.name, found.score > 0.99) == ("Bob", True)
        plain = process.ask(LookForFace(picture=jpeg(frame(marks=1)), blur=False))
        assert plain.picture == b""  # without the models, a red square is no face
    finally:
        process.close()
