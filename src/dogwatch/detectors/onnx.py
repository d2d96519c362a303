"""Runs a user's ONNX model by ONNX Runtime (the extra `onnx`)."""

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

_TYPES: dict[str, np.dtype[Any]] = {
    "tensor(float)": np.dtype(np.float32),
    "tensor(float16)": np.dtype(np.float16),
    "tensor(uint8)": np.dtype(np.uint8),
    "tensor(int8)": np.dtype(np.int8),
    "tensor(int64)": np.dtype(np.int64),
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


class OnnxNetwork:
    """One model in one ONNX Runtime session."""

    def __init__(self, spec: DetectorSpec) -> None:
        """Load the model.

        Raises:
            DetectorError: ONNX Runtime is not installed, or the file is broken.
        """
        self._name, self._session = spec.name, _session(spec)
        self._outputs = [output.name for output in self._session.get_outputs()]
        self.inputs = tuple(
            Input(
                one.name,
                tuple(edge if isinstance(edge, int) and edge > 0 else None for edge in one.shape),
                _TYPES.get(one.type, np.dtype(object)),
            )
            for one in self._session.get_inputs()
        )

    def run(self, feed: dict[str, NDArray[Any]]) -> Outputs:
        """Run the model; raises DetectorError when that fails."""
        try:
            values = self._session.run(None, feed)
        except Exception as error:  # ONNX Runtime's exceptions have no base class of their own
            raise DetectorError(f"detector '{self._name}': ONNX Runtime failed: {error}") from error
        return {name: np.asarray(value, np.float32) for name, value in zip(self._outputs, values, strict=True)}


def make(spec: DetectorSpec) -> NetworkDetector:
    """Make the detector of `spec`; raises DetectorError as its constructor does."""
    return NetworkDetector(spec, "onnx", OnnxNetwork)


def _session(spec: DetectorSpec) -> Any:
    """Open the model file."""
    try:
        import onnxruntime
    except ImportError as error:
        raise DetectorError(f"detector '{spec.name}' needs ONNX Runtime: pip install 'dogwatch[onnx]'") from error
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
    # Threads that spin between two regions would take processor time from recording.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(spec.model.path, options, providers=providers)
    except Exception as error:  # ONNX Runtime's exceptions have no base class of their own
        raise DetectorError(f"detector '{spec.name}': {spec.model.path} cannot be loaded: {error}") from error
