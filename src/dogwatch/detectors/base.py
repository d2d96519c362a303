"""The protocol of detectors, and how one is made from its spec."""

from __future__ import annotations

import importlib
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from dogwatch.bus.messages import DetectorInfo
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import DetectorError
from dogwatch.model import Detection

Tensor = NDArray[np.uint8]

# The configuration's type -> the module here. `cpu` is the default of a configuration without detectors.
MODULES = {
    "opencv": "opencv",
    "cpu": "opencv",
    "onnx": "onnx",
    "openvino": "openvino",
    "litert": "litert",
    "deepstack": "remote",
    "remote": "remote",
    "fixed": "fixed",
    "pattern": "pattern",
}


class Detector(Protocol):
    """Finds objects in region tensors. Used by one thread at a time."""

    @property
    def info(self) -> DetectorInfo:
        """Its input format and its labels."""
        ...

    def detect(self, batch: list[Tensor]) -> list[list[Detection]]:
        """Return the detections of each tensor, best first, boxes in tensor pixels.

        Args:
            batch: At most `info.batch` arrays of shape `(height, width)` for gray, else `(height, width, 3)`.

        Raises:
            DetectorError: The runtime failed; the detector can be asked again.
        """
        ...


def module_of(spec: DetectorSpec) -> str:
    """Return the name of the module that serves `spec`.

    The type `cpu` with an ONNX model means the ONNX runtime on the processor.

    Raises:
        DetectorError: There is no such type.
    """
    if spec.type == "cpu" and spec.model.path.endswith(".onnx"):
        return "onnx"
    if spec.type not in MODULES:
        raise DetectorError(
            f"detector '{spec.name}': there is no type '{spec.type}'; known are {', '.join(sorted(MODULES))}. "
            "A model for another runtime can usually be exported to ONNX and run by type onnx"
        )
    return MODULES[spec.type]


def load(spec: DetectorSpec) -> Detector:
    """Make the detector that `spec` describes, its model loaded.

    Raises:
        DetectorError: The type is unknown, its runtime is not installed, or its model cannot be loaded.
    """
    module = importlib.import_module(f"dogwatch.detectors.{module_of(spec)}")
    return cast(Detector, module.make(spec))
