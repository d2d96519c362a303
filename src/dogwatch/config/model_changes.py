"""What changes in a configuration when another model is to detect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dogwatch.config.detectors import BUILT_IN_TYPES
from dogwatch.config.root import Config


def model_changes(config: Config, keys: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """Return the changes that make `keys` the shared model; type `onnx` runs it instead of built-in detectors."""
    changes: dict[tuple[str, ...], Any] = {("model", key): value for key, value in keys.items()}
    detectors = config.detectors
    if not any(detector.type == "onnx" for detector in detectors.values()):
        changes["detectors", "onnx", "type"] = "onnx"
    for name, detector in detectors.items():
        own = detector.model or detector.model_path
        if detector.type in BUILT_IN_TYPES or (detector.type == "litert" and not own):  # which cannot run this model
            changes["detectors", name] = None
    return changes
