"""Models of one's own in ONNX files, run by ONNX Runtime (the extra `onnx`).

What the file says of its input (size, layout, number type) goes before what the configuration says.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dogwatch import coco
from dogwatch.bus.messages import DetectorInfo
from dogwatch.bus.specs import DetectorSpec
from dogwatch.detectors.base import Tensor
from dogwatch.detectors.decode import DECODERS, Found
from dogwatch.errors import DetectorError
from dogwatch.model import Box, Detection

log = logging.getLogger(__name__)

# The mean and deviation of ImageNet's pictures, with which RF-DETR was trained. Source: rfdetr.roboflow.com, exports.
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
_TYPES: dict[str, np.dtype[Any]] = {
    "tensor(float)": np.dtype(np.float32),
    "tensor(float16)": np.dtype(np.float16),
    "tensor(uint8)": np.dtype(np.uint8),
}
_PROVIDERS = {
    "": ("CPUExecutionProvider",),
    "cpu": ("CPUExecutionProvider",),
    "gpu": ("CUDAExecutionProvider", "ROCMExecutionProvider", "CoreMLExecutionProvider", "CPUExecutionProvider"),
    "cuda": ("CUDAExecutionProvider", "CPUExecutionProvider"),
    "tensorrt": ("TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"),
    "openvino": ("OpenVINOExecutionProvider", "CPUExecutionProvider"),
    "coreml": ("CoreMLExecutionProvider", "CPUExecutionProvider"),
}


class OnnxDetector:
    """One model in one ONNX Runtime session."""

    def __init__(self, spec: DetectorSpec) -> None:
        """Load the model.

        Raises:
            DetectorError: ONNX Runtime is not installed, or the file is missing, broken or of another shape.
        """
        model = spec.model
        self._name, self._type = spec.name, model.model_type or coco.DEFAULT_TYPES["onnx"]
        if self._type not in DECODERS:
            known = ", ".join(sorted(DECODERS))
            raise DetectorError(f"detector '{spec.name}': model_type '{self._type}' is unknown; known are {known}")
        self._decode = DECODERS[self._type]
        self._session = _session(spec)
        image, *others = self._session.get_inputs()
        self._image, self._sizes = image.name, [one.name for one in others]
        if len(others) > 1 or bool(others) != (self._decode is DECODERS["dfine"]):
            names = ", ".join(one.name for one in (image, *others))
            raise DetectorError(f"detector '{spec.name}': inputs {names} do not fit model_type {self._type}")
        if image.type not in _TYPES or len(image.shape) != 4:
            raise DetectorError(f"detector '{spec.name}': the model's input is no picture: {image.type} {image.shape}")
        self._dtype: np.dtype[Any] = _TYPES[image.type]
        self._nchw = _is_nchw(image.shape, model.input_tensor)
        self._scaled = model.input_dtype != "float_denorm" and (self._type != "yolox" or model.input_dtype == "float")
        rows, columns = image.shape[2:] if self._nchw else image.shape[1:3]
        self._width = _edge(spec.name, "width", columns, model.width)
        self._height = _edge(spec.name, "height", rows, model.height)
        # A batch dimension with a name takes any number; a fixed one takes one picture after the other.
        self._batched = not isinstance(image.shape[0], int)
        self._labels = model.labels or coco.labels(self._type, "onnx")
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
        try:
            values = self._session.run(None, feed)
        except Exception as error:  # ONNX Runtime's exceptions have no base class of their own
            raise DetectorError(f"detector '{self._name}': ONNX Runtime failed: {error}") from error
        names = [output.name for output in self._session.get_outputs()]
        outputs = {name: np.asarray(value, np.float32) for name, value in zip(names, values, strict=True)}
        found = [self._name_finds(one) for one in self._decode(outputs, self._width, self._height)]
        return found + [[] for _ in range(len(pictures) - len(found))]  # a flat output does not count empty pictures

    def _prepare(self, pictures: list[Tensor]) -> NDArray[Any]:
        """Stack the pictures in the layout and number type that the model wants."""
        stack: NDArray[Any] = np.stack(pictures)
        if self._dtype != np.uint8:
            stack = stack.astype(np.float32)
            if self._scaled:
                stack /= 255
            if self._type == "rfdetr":
                stack = (stack - _MEAN) / _DEVIATION
        if self._nchw:
            stack = stack.transpose(0, 3, 1, 2)
        return np.ascontiguousarray(stack.astype(self._dtype, copy=False))

    def _name_finds(self, found: Found) -> list[Detection]:
        """Give the finds their labels; a class without one, such as a background, is left out."""
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


def make(spec: DetectorSpec) -> OnnxDetector:
    """Make the detector of `spec`; raises DetectorError as its constructor does."""
    return OnnxDetector(spec)


def _session(spec: DetectorSpec) -> Any:
    """Open the model file."""
    try:
        import onnxruntime
    except ImportError as error:
        raise DetectorError(f"detector '{spec.name}' needs ONNX Runtime: pip install 'dogwatch[onnx]'") from error
    if not spec.model.path:
        raise DetectorError(f"detector '{spec.name}' has no model: set model.path, or run: dogwatch model add FILE")
    if not Path(spec.model.path).is_file():
        raise DetectorError(f"detector '{spec.name}': there is no model file {spec.model.path}")
    device = spec.device.lower()
    if device not in _PROVIDERS:
        raise DetectorError(
            f"detector '{spec.name}': device '{spec.device}' is none of {', '.join(filter(None, _PROVIDERS))}"
        )
    usable = onnxruntime.get_available_providers()
    providers = [provider for provider in _PROVIDERS[device] if provider in usable]
    if device not in ("", "cpu") and providers == ["CPUExecutionProvider"]:
        log.warning("this ONNX Runtime cannot use %s, running on the processor", spec.device)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = max(1, spec.threads)
    options.inter_op_num_threads = 1
    # Threads that spin between two regions would eat what recording needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(spec.model.path, options, providers=providers)
    except Exception as error:  # ONNX Runtime's exceptions have no base class of their own
        raise DetectorError(f"detector '{spec.name}': {spec.model.path} cannot be loaded: {error}") from error


def _is_nchw(shape: list[Any], configured: str) -> bool:
    """Tell the layout by where the three channels are, else by the configuration."""
    if shape[1] == 3 and shape[3] != 3:
        return True
    if shape[3] == 3 and shape[1] != 3:
        return False
    return configured == "nchw"


def _edge(name: str, edge: str, declared: Any, configured: int) -> int:
    """Return the input's width or height: what the file declares, else what the configuration says."""
    if isinstance(declared, int) and declared > 0:
        if configured and configured != declared:
            log.info("the model's %s is %d; the configuration's %d means nothing", edge, declared, configured)
        return declared
    if not configured:
        raise DetectorError(f"detector '{name}': the model takes any {edge}; set model.{edge}")
    return configured
