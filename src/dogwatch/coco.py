"""The labels of models that were trained on COCO, and how families of models number them."""

from __future__ import annotations

NAMES = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant",
    "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard",
    "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli",
    "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet",
    "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink",
    "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip
"""The 80 labels of the data set, in the order that models number them."""
GAPS = frozenset({12, 26, 29, 30, 45, 66, 68, 69, 71, 83})
"""Category numbers, from 1 to 90, that the data set left out. Source: cocodataset.org, 2017 release."""
BY_CATEGORY = frozenset({"ssd", "rfdetr"})
"""Families that number by category, 1 to 90 with gaps; all others by place, 0 to 79 without."""
DEFAULT_TYPES = {"onnx": "yolo-generic", "openvino": "ssd", "litert": "ssd"}
"""The family of a model without a configured type, by the runtime: the most common one."""


def labels(model_type: str, runtime: str = "onnx") -> dict[int, str]:
    """Return the label of each class number of a model of `model_type`; empty for the runtime's default type."""
    kind = model_type or DEFAULT_TYPES.get(runtime, "")
    if kind not in BY_CATEGORY:
        return dict(enumerate(NAMES))
    # TensorFlow Lite's detection operator omits the background class: its numbers are one less.
    # Source: tensorflow/lite/kernels/detection_postprocess.cc, and the label files that go with such models.
    shift = 1 if runtime == "litert" and kind == "ssd" else 0
    categories = (number - shift for number in range(1, 91) if number not in GAPS)
    return dict(zip(categories, NAMES, strict=True))
