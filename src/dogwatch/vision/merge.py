"""Removes duplicate detections of one object, from overlapping regions or from the detector itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from dogwatch.model import Box, Detection
from dogwatch.vision.geometry import Geometry

SAME_IOU = 0.45
INSIDE_SHARE = 0.85  # a box of which this share lies in another one is the same object
CLIPPED_SHARE = 0.6  # the same for a box that its region's edge has cut off
EDGE_SHARE = 0.01


class RegionDetection(msgspec.Struct, frozen=True, gc=False):
    """A detection in detect-frame pixels, the region that it was found in, and whether that region's edge cuts it."""

    detection: Detection
    region: Box
    clipped: bool = False


def in_region(region: Box, detections: Sequence[Detection], geometry: Geometry) -> list[RegionDetection]:
    """Return `detections` of `region`, marked when its edge clips them; the frame's own edge does not count."""
    shown = region.clipped(geometry.width, geometry.height)
    return [RegionDetection(one, shown, _cut_off(one.box, region, geometry)) for one in detections if one.box.area > 0]


def consolidate(found: Sequence[RegionDetection]) -> list[RegionDetection]:
    """Return `found` without duplicates: whole boxes win over clipped ones, then higher scores; the order is fixed."""
    ranked = sorted(
        found, key=lambda one: (one.clipped, -one.detection.score, one.detection.box.as_list(), one.detection.label)
    )
    kept: list[RegionDetection] = []
    for one in ranked:
        box = one.detection.box
        x1, y1, x2, y2 = box.x1, box.y1, box.x2, box.y2
        # Most pairs are far apart, which is checked here without a call: a busy frame has hundreds of pairs.
        for other in kept:
            theirs = other.detection.box
            if theirs.x1 < x2 and theirs.x2 > x1 and theirs.y1 < y2 and theirs.y2 > y1 and _double(one, other):
                break
        else:
            kept.append(one)
    return kept


def _cut_off(box: Box, region: Box, geometry: Geometry) -> bool:
    slack_x, slack_y = region.width * EDGE_SHARE + 1, region.height * EDGE_SHARE + 1
    return (
        (region.x1 > 0 and box.x1 <= region.x1 + slack_x)
        or (region.y1 > 0 and box.y1 <= region.y1 + slack_y)
        or (region.x2 < geometry.width and box.x2 >= region.x2 - slack_x)
        or (region.y2 < geometry.height and box.y2 >= region.y2 - slack_y)
    )


def _double(one: RegionDetection, other: RegionDetection) -> bool:
    """Whether two overlapping detections are the same object."""
    mine, theirs = one.detection, other.detection
    if mine.label != theirs.label:
        return False
    shared, area, other_area = mine.box.intersection(theirs.box), mine.box.area, theirs.box.area
    limit = CLIPPED_SHARE if one.clipped else INSIDE_SHARE
    return shared / (area + other_area - shared) > SAME_IOU or shared > limit * min(area, other_area)
