"""Runs a user's model by any runtime: prepares pictures, decodes the outputs, and labels them.

The input's size, layout and number type in the model file win over those in the configuration.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from dogwatch import coco
from dogwatch.bus.messages import DetectorInfo
from dogwatch.detectors.base import Tensor
from dogwatch.detectors.decode import DECODERS, DecodedBoxes, Outputs
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import DetectorError
from dogwatch.model import Box, Detection

log = logging.getLogger(__name__)

# Mean and deviation that a family's input is normalised with, in the order of its channels. RF-DETR: those of
# ImageNet's pictures, RGB from 0 to 1 (rfdetr.roboflow.com, exports). NanoDet-Plus: BGR from 0 to 255
# (docs.openvino.ai, Open Model Zoo, nanodet-plus-m-1.5x-416); models in OpenVINO's own format do this themselves.
_NORMALISED = {
    "rfdetr": (np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)),
    "nanodet": (np.array([103.53, 116.28, 123.675], np.float32), np.array([57.375, 57.12, 58.395], np.float32)),
}
_TYPES = frozenset(map(np.dtype, (np.float32, np.float16, np.uint8, np.int8)))
# Families that take floats from 0 to 255 unless the configuration says `float`. OpenVINO's SSD models bring their own
# scaling. Source: docs.openvino.ai, Open Model Zoo.
_UNSCALED = {
    "onnx": {"yolox", "nanodet"},
    "openvino": {"yolox", "nanodet", "ssd"},
    "litert": {"yolox", "nanodet"},
}


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a model, as its file declares it; None for open dimensions."""

    name: str
    shape: tuple[int | None, ...]
    dtype: np.dtype[Any]


class Network(Protocol):
    """A model that a runtime has loaded."""

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The picture first, then any others."""
        ...

    def run(self, feed: dict[str, NDArray[Any]]) -> Outputs:
        """Return the outputs by name, in the model's order; they are valid until the next call.

        Raises:
            DetectorError: The runtime failed.
        """
        ...


class NetworkDetector:
    """A detector that runs one model."""

    def __init__(self, spec: DetectorSpec, runtime: str, load: Callable[[DetectorSpec], Network]) -> None:
        """Load the model.

        Args:
            spec: The detector.
            runtime: The type of the detector.
            load: Loads the model file, which exists; raises DetectorError.

        Raises:
            DetectorError: The runtime is not installed, or the file is missing, broken or of another shape.
        """
        model = spec.model
        self._name, self._type = spec.name, model.model_type or coco.DEFAULT_TYPES[runtime]
        if self._type not in DECODERS:
            known = ", ".join(sorted(DECODERS))
            raise DetectorError(f"detector '{spec.name}': model_type '{self._type}' is unknown; known are {known}")
        self._decode = DECODERS[self._type]
        _check_file(spec)
        self._network = load(spec)
        if not self._network.inputs:
            raise DetectorError(f"detector '{spec.name}': the model takes no picture")
        image, *others = self._network.inputs
        self._image, self._sizes = image.name, [one.name for one in others]
        if len(others) > 1 or bool(others) != (self._decode is DECODERS["dfine"]):
            names = ", ".join(one.name for one in (image, *others))
            raise DetectorError(f"detector '{spec.name}': inputs {names} do not fit model_type {self._type}")
        if image.dtype not in _TYPES or len(image.shape) != 4:
            raise DetectorError(f"detector '{spec.name}': the model's input is no picture: {image.dtype} {image.shape}")
        self._dtype = image.dtype
        self._nchw = _is_nchw(image.shape, model.input_tensor)
        self._scaled = model.input_dtype == "float" or (
            model.input_dtype != "float_denorm" and self._type not in _UNSCALED[runtime]
        )
        inside = self._type == "nanodet" and model.path.endswith(".xml")
        self._normalised = None if inside else _NORMALISED.get(self._type)
        rows, columns = image.shape[2:] if self._nchw else image.shape[1:3]
        self._width = _edge(spec.name, "width", columns, model.width)
        self._height = _edge(spec.name, "height", rows, model.height)
        # With an open batch dimension all pictures go in at once, with a fixed one they go in one by one.
        self._batched = image.shape[0] is None
        self._labels = model.labels or coco.labels(self._type, runtime)
        pixel_format: Literal["rgb", "bgr"] = "bgr" if model.input_pixel_format == "bgr" else "rgb"
        labels = tuple(dict.fromkeys(self._labels.values()))
        batch = max(1, spec.batch) if self._batched else 1
        smallest = min(self._width, self._height)
        self._info = DetectorInfo(spec.name, self._width, self._height, pixel_format, labels, batch, smallest)

    @property
    def info(self) -> DetectorInfo:
        """The input that the model's file declares."""
        return self._info

    def detect(self, batch: list[Tensor]) -> list[list[Detection]]:
        """Run the model; raises DetectorError when it or its output fails."""
        if self._batched:
            return self._run(batch)
        return [self._run([picture])[0] for picture in batch]

    def _run(self, pictures: list[Tensor]) -> list[list[Detection]]:
        feed: dict[str, NDArray[Any]] = {self._image: self._prepare(pictures)}
        for name in self._sizes:
            feed[name] = np.tile(np.array([self._width, self._height], np.int64), (len(pictures), 1))
        outputs = self._network.run(feed)
        found = [self._label(one) for one in self._decode(outputs, self._width, self._height)]
        return found + [[] for _ in range(len(pictures) - len(found))]  # a flat output omits empty pictures

    def _prepare(self, pictures: list[Tensor]) -> NDArray[Any]:
        """Stack the pictures in the layout and number type of the model's input."""
        stack: NDArray[Any] = np.stack(pictures)
        if self._dtype == np.int8:
            stack = (stack ^ 0x80).view(np.int8)  # 0 to 255 become -128 to 127, the range of the quantised input
        elif self._dtype != np.uint8:
            stack = stack.astype(np.float32)
            if self._scaled:
                stack /= 255
            if self._normalised is not None:
                mean, deviation = self._normalised
                stack = (stack - mean) / deviation
        if self._nchw:
            stack = stack.transpose(0, 3, 1, 2)
        return np.ascontiguousarray(stack.astype(self._dtype, copy=False))

    def _label(self, found: DecodedBoxes) -> list[Detection]:
        """Give the boxes their labels; a class without one, such as a background, is dropped."""
        detections = []
        for corners, score, number in zip(found.boxes, found.scores, found.classes, strict=True):
            label = self._labels.get(int(number))
            if label is None or not np.isfinite(corners).all():
                continue
            x1, y1, x2, y2 = (round(float(value)) for value in corners)
            box = Box(x1, y1, x2, y2).clipped(self._width, self._height)
            if box.area:
                detections.append(Detection(label, min(1.0, float(score)), box))
        return detections


def _check_file(spec: DetectorSpec) -> None:
    if not spec.model.path:
        raise DetectorError(f"detector '{spec.name}' has no model: set model.path, or run: dogwatch model add FILE")
    if not Path(spec.model.path).is_file():
        raise DetectorError(f"detector '{spec.name}': there is no model file {spec.model.path}")


def _is_nchw(shape: tuple[int | None, ...], configured: str) -> bool:
    """Tell the layout by the place of the three channels, else by the configuration."""
    if shape[1] == 3 and shape[3] != 3:
        return True
    if shape[3] == 3 and shape[1] != 3:
        return False
    return configured == "nchw"


def _edge(name: str, edge: str, declared: int | None, configured: int) -> int:
    """Return the input's width or height, from the file or else from the configuration."""
    if declared:
        if configured and configured != declared:
            log.info("the model's %s is %d; the configuration's %d is ignored", edge, declared, configured)
        return declared
    if not configured:
        raise DetectorError(f"detector '{name}': the model takes any {edge}; set model.{edge}")
    return configured
