"""Runs a user's model by OpenVINO (the extra `openvino`): its own `.xml` with `.bin`, ONNX, or TensorFlow Lite."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dogwatch.detectors.decode import Outputs
from dogwatch.detectors.network import Input, NetworkDetector
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import DetectorError

log = logging.getLogger(__name__)

CPU = "CPU"


class OpenVinoNetwork:
    """One model, compiled for one device."""

    def __init__(self, spec: DetectorSpec) -> None:
        """Load and compile the model.

        Raises:
            DetectorError: OpenVINO is not installed, or the file or the device will not do.
        """
        self._name = spec.name
        try:
            import openvino
        except ImportError as error:
            raise DetectorError(f"detector '{spec.name}' needs OpenVINO: pip install 'dogwatch[openvino]'") from error
        core = openvino.Core()
        device = _device(spec, core.available_devices)
        # One stream, and no thread pinned to a processor core, because recording comes first.
        settings = {"PERFORMANCE_HINT": "LATENCY"} if device != CPU else {
            "INFERENCE_NUM_THREADS": max(1, spec.threads), "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False,
        }  # fmt: skip
        try:
            model = core.read_model(spec.model.path)
            self._request = core.compile_model(model, device, settings).create_infer_request()
        except RuntimeError as error:
            raise DetectorError(f"detector '{spec.name}': {spec.model.path} cannot be loaded: {error}") from error
        self.inputs = tuple(_input(one, index) for index, one in enumerate(model.inputs))
        self._outputs = [_name(one, f"output{index}") for index, one in enumerate(model.outputs)]

    def run(self, feed: dict[str, NDArray[Any]]) -> Outputs:
        """Run the model; raises DetectorError when that fails."""
        try:
            self._request.infer(dict(enumerate(feed.values())))
            return {
                name: np.asarray(self._request.get_output_tensor(index).data, np.float32)
                for index, name in enumerate(self._outputs)
            }
        except (RuntimeError, ValueError) as error:
            raise DetectorError(f"detector '{self._name}': OpenVINO failed: {error}") from error


def make(spec: DetectorSpec) -> NetworkDetector:
    """Make the detector of `spec`; raises DetectorError as its constructor does."""
    return NetworkDetector(spec, "openvino", OpenVinoNetwork)


def _device(spec: DetectorSpec, usable: list[str]) -> str:
    """Return OpenVINO's name for the device; the processor if this machine lacks it."""
    wanted = spec.device.upper() or CPU
    if wanted.partition(":")[0].partition(".")[0] in {"AUTO", *(name.partition(".")[0] for name in usable)}:
        return wanted
    log.warning("OpenVINO finds no %s here (%s), running on the processor", spec.device, ", ".join(usable))
    return CPU


def _input(one: Any, index: int) -> Input:
    shape = tuple(edge.get_length() if edge.is_static else None for edge in one.get_partial_shape())
    return Input(_name(one, f"input{index}"), shape, np.dtype(one.get_element_type().to_dtype()))


def _name(port: Any, otherwise: str) -> str:
    """Return a port's name; models may leave ports without one."""
    return min(port.get_names(), default=otherwise)
