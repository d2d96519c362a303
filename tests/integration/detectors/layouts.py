"""What models of each family give for one and the same find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dogwatch.detectors.base import Detector
from dogwatch.model import Box
from tests.integration.detectors import models

SIZE = 64
BOX = [8.0, 16.0, 24.0, 56.0]
CENTRE = [16.0, 36.0, 16.0, 40.0]


def pictures(count: int = 1) -> list[NDArray[np.uint8]]:
    return [np.full((SIZE, SIZE, 3), 90, np.uint8) for _ in range(count)]


def row(shape: tuple[int, int], values: list[float]) -> NDArray[np.float32]:
    out = np.zeros(shape, np.float32)
    out[5] = values
    return out


def layouts() -> dict[str, tuple[str, dict[str, NDArray[np.float32]]]]:
    """Return for each model_type the outputs that mean one `BOX` of class 2 with score 0.9."""
    logits = np.full((4, 91), -9, np.float32)
    logits[0, 2] = np.log(9)
    grid = np.zeros((84, 8), np.float32)
    grid[34] = [0.0, 0.5, np.log(2), np.log(5), 0.9, 0, 0, 1.0]
    # Of 64x64, the first 64 points have stride 8: point 34 lies at 16, 32. The distances are steps of a stride.
    nano = np.zeros((85, 3 + 4 * 8), np.float32)
    nano[34, 2] = 0.9
    for side, steps in enumerate((1, 2, 1, 3)):
        nano[34, 3 + side * 8 + steps] = 40
    fraction = np.array([[0.25, 0.125, 0.875, 0.375], [0, 0, 0, 0]], np.float32)
    return {
        "v8": ("yolo-generic", {"output0": row((84, 7), [*CENTRE, 0, 0, 0.9]).T}),
        "v5": ("yolo-generic", {"output": row((84, 8), [*CENTRE, 0.9, 0, 0, 1.0])}),
        "v10": ("yolo-generic", {"output0": row((300, 6), [*BOX, 0.9, 2])}),
        "nas": ("yolonas", {"boxes": row((84, 4), BOX), "scores": row((84, 3), [0, 0, 0.9])}),
        "x": ("yolox", {"output": grid}),
        "nano": ("nanodet", {"output": nano}),
        "ssd": (
            "ssd",
            {
                "detection_boxes": fraction,
                "detection_classes": np.array([2, 0], np.float32),
                "detection_scores": np.array([0.9, 0], np.float32),
                "num_detections": np.array(1, np.float32),
            },
        ),
        "rf": ("rfdetr", {"dets": row((6, 4), [0.25, 0.5625, 0.25, 0.625])[[5, 0, 1, 2]], "labels": logits}),
        "d": (
            "dfine",
            {
                "labels": np.array([2, 0], np.float32),
                "boxes": np.array([BOX, BOX], np.float32),
                "scores": np.array([0.9, 0.1], np.float32),
            },
        ),
    }


def check_layout(load: Callable[..., Detector], tmp: Path, layout: str, batch: int | str) -> None:
    """Run a model of `layout`, saved as ONNX, on three pictures; it must find its car in each."""
    kind, outputs = layouts()[layout]
    extra = "orig_target_sizes" if kind == "dfine" else ""
    path = models.save(tmp / "m.onnx", outputs, [batch, 3, SIZE, SIZE], extra=extra)
    detector = load(path, kind, labels={2: "car"})
    info = detector.info
    assert (info.width, info.height, info.pixel_format, info.labels) == (SIZE, SIZE, "rgb", ("car",))
    assert info.batch == (4 if batch == "n" else 1)
    for answer in detector.detect(pictures(3)):
        assert [(one.label, round(one.score, 4), one.box) for one in answer] == [("car", 0.9, Box(8, 16, 24, 56))]
