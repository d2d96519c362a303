"""Which detections can be meant: size, shape, score and place."""

from __future__ import annotations

from dogwatch.analysis import ObjectFilter, Polygon
from dogwatch.model import Box, Detection
from dogwatch.vision.geometry import Geometry, contains, ground_point
from dogwatch.vision.settings import SceneSettings

OBJECT_FILTER = ObjectFilter()
ATTRIBUTE_FILTER = ObjectFilter(min_score=0.7)  # contract, section 19.4


def filter_for(label: str, settings: SceneSettings) -> ObjectFilter:
    """Return the filter that holds for `label`: the user's, or the default of an object or an attribute."""
    given = settings.filters.get(label)
    if given is not None:
        return given
    return ATTRIBUTE_FILTER if label in settings.attribute_labels else OBJECT_FILTER


def passes(detection: Detection, rule: ObjectFilter, geometry: Geometry) -> bool:
    """Whether size, shape and score of `detection` satisfy `rule`, and it stands in none of the rule's masks."""
    box = detection.box
    if detection.score < rule.min_score or not rule.min_ratio <= box.ratio <= rule.max_ratio:
        return False
    if not pixels(rule.min_area, geometry) <= box.area <= pixels(rule.max_area, geometry):
        return False
    return not (rule.masks and _stands_in(rule.masks, box, geometry))


def wanted(detection: Detection, settings: SceneSettings, geometry: Geometry) -> bool:
    """Whether `detection` is of a tracked label, or an attribute of one, and passes all filters and masks."""
    attribute = detection.label in settings.attribute_labels
    if detection.label not in settings.track and not attribute:
        return False
    if not passes(detection, filter_for(detection.label, settings), geometry):
        return False
    return attribute or not (settings.masks and _stands_in(settings.masks, detection.box, geometry))


def pixels(area: float, geometry: Geometry) -> float:
    """Return `area` in detect-frame pixels; values of at most 1 are fractions of the frame."""
    return area * geometry.area if area <= 1 else area


def _stands_in(masks: tuple[Polygon, ...], box: Box, geometry: Geometry) -> bool:
    x, y = ground_point(box, geometry)
    return any(contains(mask, x, y) for mask in masks)
