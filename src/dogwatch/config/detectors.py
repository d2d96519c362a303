"""`detectors` and `model`: what finds objects in pictures."""

from __future__ import annotations

import importlib.util
import re
from typing import Any, Literal

from pydantic import ConfigDict

from dogwatch.config.base import Section, Strings, key

BUILT_IN = "opencv"
BUILT_IN_TYPES = frozenset({BUILT_IN, "cpu"})
"""What finds objects without a model of the user's."""
OWN_TYPES = ("opencv", "onnx", "openvino", "litert", "remote", "fixed", "pattern")
RUNTIMES = {"onnx": "onnxruntime", "openvino": "openvino", "litert": "ai_edge_litert"}
"""The package that each type needs which runs models of the user's; the extra of Dogwatch has the type's name."""
FOREIGN_TYPES = (
    "apple",
    "apple_silicon",
    "axengine",
    "cpu",
    "cpu_tfl",
    "cuda",
    "degirum",
    "edgetpu",
    "edgetpu_tfl",
    "hailo",
    "hailo10h",
    "hailo8",
    "hailo8l",
    "memryx",
    "rknn",
    "rocm",
    "synaptics",
    "teflon",
    "teflon_tfl",
    "tensorrt",
    "zmq",
    "zmq_ipc",
)
"""Detectors of this NVR family that Dogwatch lacks; `onnx` stands in if they have such a model, else `opencv`."""
RENAMED_TYPES = {"deepstack": "remote"}
OPENCV_OPTIONS = ("person", "face", "cat", "license_plate", "face_anywhere")
REMOTE_OPTIONS = ("api_url", "api_timeout", "api_key")


def family_name(kind: str) -> str:
    """Return a known detector type as it is spelled here: `Apple Silicon` is `apple_silicon`."""
    return _SPELLED.get(_letters(kind), kind)


def _letters(kind: str) -> str:
    return re.sub(r"[^a-z0-9]", "", kind.lower())


_SPELLED = {_letters(kind): kind for kind in (*OWN_TYPES, *FOREIGN_TYPES, *RENAMED_TYPES)}


def installed(kind: str) -> bool:
    """Tell whether the runtime that a type needs is there, without loading it."""
    return kind not in RUNTIMES or importlib.util.find_spec(RUNTIMES[kind]) is not None


class ModelConfig(Section):
    """The model that detectors load; the built-in `opencv` detector needs none."""

    path: str | None = key(None, "Model file.")
    labelmap_path: str | None = key(None, "Text file with one label on each line, optionally after its number.")
    width: int = key(320, "Width of the model's input in pixels.", ge=1, le=8192)
    height: int = key(320, "Height of the model's input in pixels.", ge=1, le=8192)
    labelmap: dict[int, str] = key({}, "Labels by number; they replace those of the file.")
    attributes_map: dict[str, Strings] | None = key(None, "Labels that are attributes of another label.")
    input_tensor: Literal["nhwc", "nchw", "hwnc", "hwcn"] = key("nhwc", "Order of the input's dimensions.")
    input_pixel_format: Literal["rgb", "bgr", "yuv"] = key("rgb", "Order of the input's colour channels.")
    input_dtype: Literal["int", "float", "float_denorm"] = key("int", "Number type of the input.")
    model_type: str | None = key(
        None,
        "Family: ssd, yolox, nanodet, yolonas, yolo-generic, rfdetr, dfine. "
        "If not given yolo-generic for `onnx`, else ssd.",
        pattern=r"^[a-z0-9_-]+$",
    )


class DetectorConfig(Section):
    """One detector, in a process of its own. Other keys with plain values go to the detector's type as they are."""

    model_config = ConfigDict(extra="allow")

    type: str = key(
        BUILT_IN,
        "Type: opencv (built in), onnx, openvino or litert (your own model), or remote (a server).",
    )
    device: str | None = key(None, "Device, such as `CPU` or `GPU`; by default that of the type.")
    num_threads: int | None = key(None, "Threads; by default half of the processor's.", ge=1, le=64)
    batch: int = key(4, "Largest number of regions in one batch.", ge=1, le=64)
    model: ModelConfig | None = key(None, "A model of its own; else the top-level `model`.")
    model_path: str | None = key(None, "Same as `model.path`.")
    person: bool | None = key(None, "`opencv` only: find people.")
    face: bool | None = key(None, "`opencv` only: find faces.")
    cat: bool | None = key(None, "`opencv` only: find cats.")
    license_plate: bool | None = key(None, "`opencv` only: find licence plates.")

    face_anywhere: bool | None = key(None, "`opencv` only: find faces in the whole region, not only on people.")
    api_url: str | None = key(None, "`remote` only: address of the detection server.")
    api_timeout: float | None = key(None, "`remote` only: seconds to wait for an answer.", gt=0)
    api_key: str | None = key(None, "`remote` only: the server's key.", secret=True)

    @property
    def options(self) -> dict[str, str | int | float | bool]:
        """The type's own settings that are given, known ones and further plain values."""
        own = {name: getattr(self, name) for name in (*OPENCV_OPTIONS, *REMOTE_OPTIONS)}
        extra: dict[str, Any] = self.model_extra or {}
        return {name: value for name, value in (own | extra).items() if isinstance(value, (str, int, float, bool))}
