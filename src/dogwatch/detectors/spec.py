"""What a detector is made of."""

from __future__ import annotations

import msgspec


class ModelSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The model of a detector; empty values mean the detector type's own."""

    path: str = ""
    width: int = 0
    height: int = 0
    labels: dict[int, str] = {}
    input_tensor: str = "nhwc"
    input_pixel_format: str = "rgb"
    input_dtype: str = "int"
    model_type: str = ""


class DetectorSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One detector. `type` names a module of `detectors/`; `options` are that type's own settings."""

    name: str
    type: str
    model: ModelSpec = ModelSpec()
    device: str = ""
    threads: int = 1
    batch: int = 4
    options: dict[str, str | int | float | bool] = {}
