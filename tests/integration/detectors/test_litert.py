"""Tiny models of every layout, run by LiteRT for real."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dogwatch.detectors.base import Detector, load
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.errors import DetectorError
from dogwatch.model import Box
from tests.integration.detectors.layouts import BOX, SIZE, layouts, pictures

pytest.importorskip("ai_edge_litert", reason="LiteRT has no wheel for this machine")
from tests.integration.detectors import flat

LAYOUTS = [name for name, (kind, _) in layouts().items() if kind != "dfine"]  # which has a second input
CAR = [("car", 0.9, Box(8, 16, 24, 56))]


def load_model(path: str, kind: str, device: str = "", **model: Any) -> Detector:
    spec = ModelSpec(path=path, model_type=kind, **model)
    return load(DetectorSpec(name="mine", type="litert", model=spec, batch=4, device=device))


def found(detector: Detector, count: int = 1) -> list[list[tuple[str, float, Box]]]:
    return [
        [(one.label, round(one.score, 2), one.box) for one in answer] for answer in detector.detect(pictures(count))
    ]


def spot(scale: float = 1.0) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the rows of a find that lacks its score, boxes divided by `scale`."""
    rows = np.zeros((7, 6), np.float32)
    rows[0, :4] = np.array(BOX) / scale
    return rows


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout(tmp_path: Path, layout: str) -> None:
    kind, outputs = layouts()[layout]
    detector = load_model(flat.save(tmp_path / "m.tflite", outputs, SIZE), kind, labels={2: "car"})
    info = detector.info
    assert (info.width, info.height, info.pixel_format, info.labels, info.batch) == (SIZE, SIZE, "rgb", ("car",), 1)
    assert found(detector, 3) == [CAR] * 3


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 0, 3, 1), (1, 3, 0, 2)])
def test_ssd_outputs_in_any_order_without_telling_names(tmp_path: Path, order: tuple[int, ...]) -> None:
    values = list(layouts()["ssd"][1].values())
    outputs = {f"StatefulPartitionedCall:{n}": values[index] for n, index in enumerate(order)}
    path = flat.save(tmp_path / "m.tflite", outputs, SIZE)
    # TensorFlow Lite does not count the background: class 2 is the third category.
    assert found(load_model(path, "")) == [[("car", 0.9, Box(8, 16, 24, 56))]]


def test_boxes_in_fractions(tmp_path: Path) -> None:
    outputs = {"output0": layouts()["v8"][1]["output0"].copy()}
    outputs["output0"][:4] /= SIZE
    path = flat.save(tmp_path / "m.tflite", outputs, SIZE)
    assert found(load_model(path, "yolo-generic")) == [CAR]


@pytest.mark.parametrize(
    ("dtype", "configured", "quantisation", "score"),
    [
        (np.float32, "float", None, 0.5),
        (np.float32, "int", None, 0.5),
        (np.float32, "float_denorm", None, 1.0),  # 128, cut to 1
        (np.uint8, "int", (1 / 255, 0), 0.5),
        (np.int8, "int", (1 / 255, -128), 0.5),
    ],
)
def test_the_model_sees_the_picture_in_its_own_numbers(
    tmp_path: Path, dtype: type[np.generic], configured: str, quantisation: tuple[float, int] | None, score: float
) -> None:
    rows = spot(SIZE if quantisation else 1)
    path = flat.save(tmp_path / "m.tflite", {"o": rows}, SIZE, dtype, bright={"o": 4}, quantisation=quantisation)
    detector = load_model(path, "yolo-generic", input_dtype=configured)
    picture = np.zeros((SIZE, SIZE, 3), np.uint8)
    picture[:, :, 0] = 128
    (answer,) = detector.detect([picture])
    assert [(round(one.score, 2), one.box) for one in answer] == [(score, Box(8, 16, 24, 56))]


def test_an_open_size_comes_from_the_configuration(tmp_path: Path) -> None:
    path = flat.save(tmp_path / "m.tflite", {"o": spot()}, SIZE, bright={"o": 4}, signature=(-1, -1, -1, 3))
    detector = load_model(path, "yolo-generic", width=96, height=64)
    assert (detector.info.width, detector.info.height, detector.info.batch) == (96, 64, 1)
    for _ in range(2):
        (answer,) = detector.detect([np.full((64, 96, 3), 255, np.uint8)])
        assert [(one.score, one.box) for one in answer] == [(1.0, Box(8, 16, 24, 56))]
    with pytest.raises(DetectorError, match=r"set model\.height|set model\.width"):
        load_model(path, "yolo-generic")


def test_what_is_wrong_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DetectorError, match="there is no model file"):
        load_model(str(tmp_path / "m.tflite"), "yolo-generic")
    (tmp_path / "m.tflite").write_bytes(b"this is no model")
    with pytest.raises(DetectorError, match="cannot be loaded"):
        load_model(str(tmp_path / "m.tflite"), "yolo-generic")
    path = flat.save(tmp_path / "m.tflite", {"o": spot()}, SIZE)
    with pytest.raises(DetectorError, match="on the device cpu only, not on 'edgetpu'"):
        load_model(path, "yolo-generic", device="edgetpu")
    with pytest.raises(DetectorError, match="LiteRT failed"):
        load_model(path, "yolo-generic").detect([np.zeros((32, 32, 3), np.uint8)])
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(DetectorError, match=r"pip install 'dogwatch\[litert\]'"):
        load_model(path, "yolo-generic")
