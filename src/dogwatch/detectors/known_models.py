"""Well-known detection models that `dogwatch model add NAME` fetches.

All were trained on COCO, may be used and passed on freely, and are published as ONNX by their makers. Sizes are those
of the input and the published file; `precision` is the makers' figure for COCO's validation pictures (AP, IoU 0.5 to
0.95). Source: github.com/Megvii-BaseDetection/YOLOX, demo/ONNXRuntime; github.com/RangiLyu/nanodet, model zoo;
github.com/onnx/models, ssd-mobilenetv1.
"""

from __future__ import annotations

from dataclasses import dataclass

_YOLOX = "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/"
_NANODET = "https://github.com/RangiLyu/nanodet/releases/download/v1.0.0-alpha-1/"
_ZOO = "https://github.com/onnx/models/raw/main/validated/vision/object_detection_segmentation/"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One of them: where it comes from, and what `detectors` must know of it."""

    name: str
    address: str
    model_type: str
    width: int
    height: int
    pixel_format: str
    licence: str
    size_mb: float
    precision: float
    about: str


def _all() -> tuple[KnownModel, ...]:
    apache = "Apache-2.0"
    return (
        KnownModel(
            "yolox-nano", f"{_YOLOX}yolox_nano.onnx", "yolox", 416, 416, "bgr", apache, 3.7, 25.8,
            "small; for a Raspberry Pi 4 or many cameras",
        ),
        KnownModel(
            "yolox-tiny", f"{_YOLOX}yolox_tiny.onnx", "yolox", 416, 416, "bgr", apache, 20.2, 32.8,
            "a good choice for most computers",
        ),
        KnownModel(
            "yolox-s", f"{_YOLOX}yolox_s.onnx", "yolox", 640, 640, "bgr", apache, 35.9, 40.5,
            "the most accurate of these; wants a graphics card or a fast processor",
        ),
        KnownModel(
            "nanodet-plus-m-320", f"{_NANODET}nanodet-plus-m_320.onnx", "nanodet", 320, 320, "bgr", apache, 4.8, 27.0,
            "the fastest of these",
        ),
        KnownModel(
            "nanodet-plus-m-416", f"{_NANODET}nanodet-plus-m_416.onnx", "nanodet", 416, 416, "bgr", apache, 4.8, 30.4,
            "fast, and more accurate than yolox-nano",
        ),
        KnownModel(
            "nanodet-plus-m-1.5x-416", f"{_NANODET}nanodet-plus-m-1.5x_416.onnx", "nanodet", 416, 416, "bgr", apache,
            9.9, 34.1, "about as accurate as yolox-tiny at half of its cost",
        ),
        KnownModel(
            "ssd-mobilenet-v1", f"{_ZOO}ssd-mobilenetv1/model/ssd_mobilenet_v1_12.onnx", "ssd", 300, 300, "rgb", apache,
            28.1, 23.0, "an old one that many know",
        ),
    )  # fmt: skip


KNOWN_MODELS = {model.name: model for model in _all()}
