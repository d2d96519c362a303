"""Rejects detections by the user's rules for size, shape, score and place."""

from __future__ import annotations

import msgspec

from dogwatch.analysis import AnalysisSettings, ObjectFilter, Polygon
from dogwatch.evidence import PassedLimit
from dogwatch.model import Box, Detection
from dogwatch.vision.geometry import Geometry, contains, ground_point

OBJECT_FILTER = ObjectFilter()
ATTRIBUTE_FILTER = ObjectFilter(min_score=0.7)  # docs/configuration.md
NO_LIMIT = 24_000_000  # the default of `max_area` and `max_ratio`


class Rejection(msgspec.Struct, frozen=True, gc=False):
    """Why a detection was rejected: `rule` is the setting, `value` the detection's, `limit` the setting's.

    Areas are in detect-frame pixels. `value` and `limit` are 0 for `track` and `mask`, which have no numbers.
    """

    rule: str
    value: float = 0.0
    limit: float = 0.0


class DetectionFilters:
    """All filters of one camera. `attribute_labels` are the labels that are attributes of a tracked label."""

    def __init__(self, settings: AnalysisSettings, geometry: Geometry) -> None:
        """Prepare the rules once: they are applied to each detection of each frame."""
        self._settings, self._geometry = settings, geometry
        self.attribute_labels = frozenset(
            part for label in settings.track for part in settings.attributes.get(label, ())
        )

    def rule(self, label: str) -> ObjectFilter:
        """Return the filter for `label`: the user's, or the default for an object or an attribute."""
        given = self._settings.filters.get(label)
        if given is not None:
            return given
        return ATTRIBUTE_FILTER if label in self.attribute_labels else OBJECT_FILTER

    def rejection(self, detection: Detection) -> Rejection | None:
        """Return why `detection` is rejected; None if it counts as an object or as an attribute of one."""
        label, settings = detection.label, self._settings
        attribute = label in self.attribute_labels
        if label not in settings.track and not attribute:
            return Rejection("track")
        if (refused := rejection(detection, self.rule(label), self._geometry)) is not None:
            return refused
        if not attribute and settings.masks and _stands_in(settings.masks, detection.box, self._geometry):
            return Rejection("mask")
        return None

    def passed(self, detection: Detection) -> tuple[PassedLimit, ...]:
        """Return the limits that `detection`, which is not rejected, has kept; not those that let everything pass."""
        rule, box, geometry = self.rule(detection.label), detection.box, self._geometry
        limits = [PassedLimit("min_score", detection.score, rule.min_score)]
        if rule.min_ratio > 0:
            limits.append(PassedLimit("min_ratio", box.ratio, rule.min_ratio))
        if rule.max_ratio < NO_LIMIT:
            limits.append(PassedLimit("max_ratio", box.ratio, rule.max_ratio))
        if rule.min_area > 0:
            limits.append(PassedLimit("min_area", box.area, pixels(rule.min_area, geometry)))
        if rule.max_area < NO_LIMIT:
            limits.append(PassedLimit("max_area", box.area, pixels(rule.max_area, geometry)))
        return tuple(limits)

    def masks(self, label: str) -> int:
        """Return how many masks there are in which an object with `label` must not stand."""
        return len(self.rule(label).masks) + (0 if label in self.attribute_labels else len(self._settings.masks))


def rejection(detection: Detection, rule: ObjectFilter, geometry: Geometry) -> Rejection | None:
    """Return which part of `rule` rejects `detection`, by size, shape, score or place; None if it passes."""
    box = detection.box
    if detection.score < rule.min_score:
        return Rejection("min_score", detection.score, rule.min_score)
    ratio, area = box.ratio, box.area
    if ratio < rule.min_ratio:
        return Rejection("min_ratio", ratio, rule.min_ratio)
    if ratio > rule.max_ratio:
        return Rejection("max_ratio", ratio, rule.max_ratio)
    if area < (least := pixels(rule.min_area, geometry)):
        return Rejection("min_area", area, least)
    if area > (most := pixels(rule.max_area, geometry)):
        return Rejection("max_area", area, most)
    if rule.masks and _stands_in(rule.masks, box, geometry):
        return Rejection("mask")
    return None


def pixels(area: float, geometry: Geometry) -> float:
    """Return `area` in detect-frame pixels; values of at most 1 are fractions of the frame."""
    return area * geometry.area if area <= 1 else area


def _stands_in(masks: tuple[Polygon, ...], box: Box, geometry: Geometry) -> bool:
    x, y = ground_point(box, geometry)
    return any(contains(mask, x, y) for mask in masks)
