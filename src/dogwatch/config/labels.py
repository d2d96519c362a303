"""Labels: what detectors can find, which labels are attributes of others, and a colour for each."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterable
from pathlib import Path

from dogwatch.config.detectors import BUILT_IN, DetectorConfig, ModelConfig
from dogwatch.config.root import Config

COCO = (
    "person",
    "bicycle",
    "car",
    "motorcycle",
    "airplane",
    "bus",
    "train",
    "truck",
    "boat",
    "traffic light",
    "fire hydrant",
    "stop sign",
    "parking meter",
    "bench",
    "bird",
    "cat",
    "dog",
    "horse",
    "sheep",
    "cow",
    "elephant",
    "bear",
    "zebra",
    "giraffe",
    "backpack",
    "umbrella",
    "handbag",
    "tie",
    "suitcase",
    "frisbee",
    "skis",
    "snowboard",
    "sports ball",
    "kite",
    "baseball bat",
    "baseball glove",
    "skateboard",
    "surfboard",
    "tennis racket",
    "bottle",
    "wine glass",
    "cup",
    "fork",
    "knife",
    "spoon",
    "bowl",
    "banana",
    "apple",
    "sandwich",
    "orange",
    "broccoli",
    "carrot",
    "hot dog",
    "pizza",
    "donut",
    "cake",
    "chair",
    "couch",
    "potted plant",
    "bed",
    "dining table",
    "toilet",
    "tv",
    "laptop",
    "mouse",
    "remote",
    "keyboard",
    "cell phone",
    "microwave",
    "oven",
    "toaster",
    "sink",
    "refrigerator",
    "book",
    "clock",
    "vase",
    "scissors",
    "teddy bear",
    "hair drier",
    "toothbrush",
)
"""The 80 labels of the COCO data set, in the order that models number them."""
COCO_GAPS = frozenset({12, 26, 29, 30, 45, 66, 68, 69, 71, 83})
"""Category numbers, from 1 to 90, that the data set left out. Source: cocodataset.org, 2017 release."""
GAPPED_TYPES = ("ssd", "rfdetr")
"""Model types that number labels by category."""


LOGOS = (
    "amazon",
    "an_post",
    "canada_post",
    "dhl",
    "dpd",
    "fedex",
    "gls",
    "nzpost",
    "postnl",
    "postnord",
    "purolator",
    "royal_mail",
    "ups",
    "usps",
)
ATTRIBUTES: dict[str, list[str]] = {
    "person": ["amazon", "face"],
    "car": sorted([*LOGOS, "license_plate"]),
    "motorcycle": ["license_plate"],
}
NOT_LOGOS = ("face", "license_plate")
BUILT_IN_LABELS = ("person", "face", "cat", "license_plate")
BUILT_IN_OFF = ("cat", "license_plate")
ATTRIBUTE_MIN_SCORE = 0.7


def attributes_map(model: ModelConfig) -> dict[str, list[str]]:
    """Return which labels are attributes of which; the file's entries over the default ones."""
    return {**ATTRIBUTES, **(model.attributes_map or {})}


def all_attributes(model: ModelConfig) -> list[str]:
    """Return every label that is an attribute of another, sorted."""
    return sorted({label for labels in attributes_map(model).values() for label in labels})


def needs_model(config: Config) -> bool:
    """Tell whether any detector loads a model of the user's."""
    return any(detector.type != BUILT_IN for detector in config.detectors.values())


def model_labels(model: ModelConfig) -> dict[int, str]:
    """Return the labels of a model by number: its label file, else COCO; `labelmap` entries on top."""
    numbers: Iterable[int] = range(len(COCO))
    if model.model_type in GAPPED_TYPES:
        numbers = (number for number in range(1, 91) if number not in COCO_GAPS)
    labels = dict(zip(numbers, COCO, strict=True))
    if model.labelmap_path and (file := Path(model.labelmap_path)).is_file():
        labels = read_labels(file.read_text(errors="replace")) or labels
    return {**labels, **model.labelmap}


def read_labels(text: str) -> dict[int, str]:
    """Read a label file: one label a line; a line may begin with its number."""
    labels: dict[int, str] = {}
    for index, line in enumerate(line for line in text.splitlines() if line.strip()):
        match = re.match(r"\s*(\d+)[\s:,]+(\S.*)$", line)
        labels[int(match[1]) if match else index] = (match[2] if match else line).strip()
    return labels


def built_in_labels(detector: DetectorConfig) -> list[str]:
    """Return what an `opencv` detector looks for: what is switched on, by default people and faces."""
    return [label for label in BUILT_IN_LABELS if detector.options.get(label, label not in BUILT_IN_OFF)]


def known_labels(config: Config) -> dict[int, str]:
    """Return the labels that the configured detectors can find, by number."""
    if needs_model(config):
        return model_labels(config.model)
    found = (label for detector in config.detectors.values() for label in built_in_labels(detector))
    return dict(enumerate(dict.fromkeys(found)))


def color(index: int) -> list[int]:
    """Return the `index`-th of a row of well separated colours as red, green, blue from 0 to 255."""
    hue = (index * 0.618033988749895) % 1  # the golden ratio spreads any number of hues evenly
    return [round(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.75, 0.95)]


def colormap(labels: dict[int, str]) -> dict[str, list[int]]:
    """Return a colour for every label."""
    return {label: color(index) for index, label in enumerate(dict.fromkeys(labels.values()))}
