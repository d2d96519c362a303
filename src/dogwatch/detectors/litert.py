"""Runs a user's TensorFlow Lite model on the processor by LiteRT (the extra `litert`)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dogwatch.detectors.decode import Outputs
from dogwatch.detectors.network import Input, NetworkDetector
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import DetectorError


class LiteRtNetwork:
    """One model in one interpreter."""

    def __init__(self, spec: DetectorSpec) -> None:
        """Load the model.

        Raises:
            DetectorError: LiteRT is not installed, the file is broken, or another device than the processor is wanted.
        """
        self._name = spec.name
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise DetectorError(f"detector '{spec.name}' needs LiteRT: pip install 'dogwatch[litert]'") from error
        if spec.device.lower() not in ("", "cpu"):
            raise DetectorError(f"detector '{spec.name}': LiteRT runs on the device cpu only, not on '{spec.device}'")
        try:
            self._interpreter = Interpreter(spec.model.path, num_threads=max(1, spec.threads))
            self._interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise DetectorError(f"detector '{spec.name}': {spec.model.path} cannot be loaded: {error}") from error
        details = self._interpreter.get_input_details()
        self._outputs = self._interpreter.get_output_details()
        self._places = {one["name"]: one["index"] for one in details}
        self.inputs = tuple(_input(one) for one in details)

    def run(self, feed: dict[str, NDArray[Any]]) -> Outputs:
        """Run the model, resized if its input size is open; raises DetectorError when that fails."""
        interpreter = self._interpreter
        try:
            for one in interpreter.get_input_details():
                wanted = feed[one["name"]].shape
                if tuple(one["shape"]) != wanted:
                    interpreter.resize_tensor_input(one["index"], wanted, strict=True)
                    interpreter.allocate_tensors()
            for name, value in feed.items():
                interpreter.set_tensor(self._places[name], value)
            interpreter.invoke()
            return {one["name"]: _real(interpreter.get_tensor(one["index"]), one) for one in self._outputs}
        except (RuntimeError, ValueError) as error:
            raise DetectorError(f"detector '{self._name}': LiteRT failed: {error}") from error


def make(spec: DetectorSpec) -> NetworkDetector:
    """Make the detector of `spec`; raises DetectorError as its constructor does."""
    return NetworkDetector(spec, "litert", LiteRtNetwork)


def _input(one: dict[str, Any]) -> Input:
    # One picture at a time, even if the file leaves the batch size open: few models are made for more.
    sizes = (int(edge) if edge > 0 else None for edge in one["shape_signature"][1:])
    return Input(one["name"], (1, *sizes), np.dtype(one["dtype"]))


def _real(values: NDArray[Any], one: dict[str, Any]) -> NDArray[np.float32]:
    """Return an output's values as floats; those of quantised models are integers."""
    scale, zero = one["quantization"]
    real = values.astype(np.float32)
    return (real - np.float32(zero)) * np.float32(scale) if scale else real
