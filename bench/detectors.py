"""What a region costs: the built-in detector, and a small convolutional model in ONNX Runtime, by batch size."""

import statistics
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.detectors.base import Detector, load
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.media.street import StreetScene

RUNS = 12


def main() -> None:
    scene = StreetScene(1280, 720, 15, 1)
    pictures = [scene.render(n) for n in range(60, 60 + 8 * 15, 15)]
    print(f"StreetScene 1280x720: {_ms(lambda: scene.render(75)):.2f} ms a frame")
    print("detector                         batch   ms/batch  ms/region")
    for name, options in (
        ("opencv person+face (default)", {}),
        ("opencv person", {"face": False}),
        ("opencv + cat", {"cat": True}),
        ("opencv + license_plate", {"license_plate": True}),
    ):
        _measure(name, load(_spec("opencv", options=dict(options))), pictures, (1,))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "tiny.onnx")
        _save_convolutions(path)
        _measure("onnx, 5 convolutions, 320x320", load(_spec("onnx", ModelSpec(path=path))), pictures, (1, 4, 8))
    _measure("fixed (instant)", load(_spec("fixed")), pictures, (1, 8))


def _spec(
    kind: str, model: ModelSpec | None = None, options: dict[str, str | int | float | bool] | None = None
) -> DetectorSpec:
    return DetectorSpec(name=kind, type=kind, model=model or ModelSpec(), options=options or {}, batch=8)


def _measure(name: str, detector: Detector, pictures: list[NDArray[np.uint8]], batches: tuple[int, ...]) -> None:
    info = detector.info
    regions = []
    for picture in pictures:
        region = cv2.resize(picture[200 : 200 + 416, 432 : 432 + 416], (info.width, info.height))
        region = cv2.cvtColor(region, cv2.COLOR_BGR2GRAY) if info.pixel_format == "gray" else region
        regions.append(np.asarray(region, np.uint8))
    for batch in batches:
        starts = iter(range(1 << 20))
        each = _ms(lambda: detector.detect([regions[(next(starts) + i) % len(regions)] for i in range(batch)]))  # noqa: B023
        print(f"{name:32} {batch:5} {each:10.2f} {each / batch:10.2f}", flush=True)


def _ms(call: object) -> float:
    assert callable(call)
    call()
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1000


def _save_convolutions(path: str) -> None:
    """Write a model of 0.3 GFLOP with the input and output of a small YOLO; its weights are noise."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(0)
    nodes, weights = [], []
    before, channels = "images", 3
    for layer, wide in enumerate((16, 32, 64, 64, 84)):
        kernel = rng.normal(0, 0.05, (wide, channels, 3, 3)).astype(np.float32)
        weights.append(numpy_helper.from_array(kernel, f"w{layer}"))
        nodes.append(helper.make_node("Conv", [before, f"w{layer}"], [f"c{layer}"], strides=[2, 2], pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{layer}"], [f"r{layer}"]))
        before, channels = f"r{layer}", wide
    weights.append(numpy_helper.from_array(np.array([0, 84, 100], np.int64), "shape"))
    nodes.append(helper.make_node("Reshape", [before, "shape"], ["output0"]))
    graph = helper.make_graph(
        nodes,
        "convolutions",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["n", 3, 320, 320])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, ["n", 84, 100])],
        weights,
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), path)
