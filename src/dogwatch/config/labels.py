"""Labels: what detectors can find, which labels are attributes of others, and a colour for each."""

from __future__ import annotations

import colorsys
import re
from pathlib import Path

from dogwatch import coco
from dogwatch.config.detectors import BUILT_IN, BUILT_IN_TYPES, DetectorConfig, ModelConfig
from dogwatch.config.root import Config

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
LONGEST_NUMBER = 6  # digits; what is longer is no number of a class


def attributes_map(model: ModelConfig) -> dict[str, list[str]]:
    """Return which labels are attributes of which; the file's entries over the default ones."""
    return {**ATTRIBUTES, **(model.attributes_map or {})}


def all_attributes(model: ModelConfig) -> list[str]:
    """Return every label that is an attribute of another, sorted."""
    return sorted({label for labels in attributes_map(model).values() for label in labels})


def needs_model(config: Config) -> bool:
    """Tell whether any detector loads a model of the user's."""
    return any(detector.type != BUILT_IN for detector in config.detectors.values())


def model_of(config: Config, detector: DetectorConfig) -> ModelConfig:
    """Return the `model` section that counts for `detector`: its own, or the shared one."""
    return detector.model or config.model


def model_file(config: Config, detector: DetectorConfig) -> str:
    """Return the path of the model that `detector` loads; empty if it needs no file of the user's."""
    if detector.type in BUILT_IN_TYPES:
        return ""
    return detector.model_path or model_of(config, detector).path or ""


def model_type(model: ModelConfig, runtime: str) -> str:
    """Return the family of `model`; that which is usual for the detector type `runtime` if the file names none."""
    return model.model_type or coco.DEFAULT_TYPES.get(runtime, "")


def model_labels(model: ModelConfig, runtime: str) -> dict[int, str]:
    """Return the labels of a model by its own numbers: its label file, else COCO; `labelmap` entries on top.

    Args:
        model: The model.
        runtime: The type of the detector that loads it.
    """
    labels = coco.labels(model_type(model, runtime), runtime)
    if model.labelmap_path and (file := Path(model.labelmap_path)).is_file():
        labels = read_labels(file.read_text(errors="replace")) or labels
    return {**labels, **model.labelmap}


def read_labels(text: str) -> dict[int, str]:
    """Read a label file: one label a line; a line may begin with its number."""
    labels: dict[int, str] = {}
    for index, line in enumerate(line for line in text.splitlines() if line.strip()):
        match = re.match(rf"\s*(\d{{1,{LONGEST_NUMBER}}})[\s:,]+(\S.*)$", line)
        labels[int(match[1]) if match else index] = (match[2] if match else line).strip()
    return labels


def built_in_labels(detector: DetectorConfig) -> list[str]:
    """Return what an `opencv` detector looks for: what is switched on, by default people and faces."""
    return [label for label in BUILT_IN_LABELS if detector.options.get(label, label not in BUILT_IN_OFF)]


def known_labels(config: Config) -> dict[int, str]:
    """Return the labels that the configured detectors can find, by the numbers of the first one's model.

    What only the others find comes after these.
    """
    found: dict[int, str] = {}
    for detector in sorted(config.detectors.values(), key=lambda one: one.type == BUILT_IN):
        if detector.type == BUILT_IN:
            own = dict(enumerate(built_in_labels(detector)))
        else:
            own = model_labels(model_of(config, detector), detector.type)
        more = [label for label in dict.fromkeys(own.values()) if label not in found.values()]
        found = found | dict(enumerate(more, max(found) + 1)) if found else own
    return found


def color(index: int) -> list[int]:
    """Return the `index`-th of a row of well separated colours as red, green, blue from 0 to 255."""
    hue = (index * 0.618033988749895) % 1  # the golden ratio spreads any number of hues evenly
    return [round(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.75, 0.95)]


def colormap(labels: dict[int, str]) -> dict[str, list[int]]:
    """Return a colour for every label."""
    return {label: color(index) for index, label in enumerate(dict.fromkeys(labels.values()))}
