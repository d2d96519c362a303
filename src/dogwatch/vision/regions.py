"""Chooses the regions of a frame that a detector should see.

A region has the aspect ratio of the detector's input. Several neighbouring boxes share a region as long as that scales
the picture down no further than the largest of them needs by itself. Regions stay inside the frame. Only a region
larger than the frame extends over its right or lower edge, and the rest of its tensor is grey.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from dogwatch.model import Box
from dogwatch.vision.geometry import Geometry

MARGIN = 1.4  # a region is this many times as large as its box: detectors need the surroundings
ROUND_DOWN = 0.1  # leaves a margin of 1.27 at least
SHARED_MARGIN = 1.1  # boxes that share a region need less: each is part of the other's surroundings
TILE_OVERLAP = 0.25
MAX_REGIONS = 6
MAX_FINE_TILES = 24


@dataclass(frozen=True, slots=True)
class TensorSize:
    """The size of a detector's input, and the smallest region edge (picture pixels) that is worth enlarging to it.

    `min_scale` is that smallest region in tensors.
    """

    width: int
    height: int
    min_region: int = 0
    min_scale: float = field(init=False)

    def __post_init__(self) -> None:
        """Compute once what is used for every box of every frame."""
        object.__setattr__(self, "min_scale", max(0.05, self.min_region / min(self.width, self.height)))


# Boxes that share a region: x1, y1, x2, y2 of the rectangle around them, and how many tensors wide the region must be.
# A tuple, because it unpacks fast: a busy frame compares a thousand pairs.
_Cluster = tuple[int, int, int, int, float]


def choose_regions(
    wanted: Sequence[Box], geometry: Geometry, tensor: TensorSize, *, limit: int = MAX_REGIONS, turn: int = 0
) -> tuple[Box, ...]:
    """Return at most `limit` regions that hold the boxes in `wanted` (both in detect-frame pixels).

    When there are more than `limit`, they take turns: `turn`, which the caller increases, decides which come first.
    """
    across, down = geometry.scale_x * SHARED_MARGIN / tensor.width, geometry.scale_y * SHARED_MARGIN / tensor.height
    largest = max(_fits(geometry, tensor))
    ranked = sorted([(-box.area, box.x1, box.y1, box.x2, box.y2) for box in wanted])
    clusters = [
        (x1, y1, x2, y2, _scale(x2 - x1, y2 - y1, geometry, tensor, MARGIN, largest)) for _, x1, y1, x2, y2 in ranked
    ]
    before = len(clusters) + 1
    while len(clusters) < before:  # until nothing was joined any more
        before, clusters, old = len(clusters), [], clusters
        for cluster in old:
            _join(clusters, cluster, across, down, largest)
    regions = list(dict.fromkeys([_region(one, geometry, tensor) for one in clusters]))
    if len(regions) > limit:
        start = turn * limit % len(regions)
        regions = (regions[start:] + regions[:start])[:limit]
    return tuple(regions)


def scan(geometry: Geometry, tensor: TensorSize) -> tuple[Box, ...]:
    """Return regions that together cover the whole frame: a few coarse ones, then fine ones if not too many."""
    coarse_scale = max(tensor.min_scale, min(_fits(geometry, tensor)))
    fine_scale = max(tensor.min_scale, 1.0)
    tiles = _tiles(coarse_scale, geometry, tensor)
    if fine_scale < coarse_scale * 0.75:
        fine = _tiles(fine_scale, geometry, tensor)
        if len(fine) <= MAX_FINE_TILES:
            tiles += fine
    return tuple(tiles)


def covered(box: Box, regions: Sequence[Box], share: float = 0.8) -> bool:
    """Whether one of `regions` covers at least `share` of `box`."""
    if not (needed := share * box.area):
        return bool(regions)
    x1, y1, x2, y2 = box.x1, box.y1, box.x2, box.y2
    for region in regions:  # most are disjoint, or one is inside the other: checked here without a call
        left, top, right, bottom = region.x1, region.y1, region.x2, region.y2
        if left >= x2 or right <= x1 or top >= y2 or bottom <= y1:
            continue
        if left <= x1 and right >= x2 and top <= y1 and bottom >= y2 and share <= 1.0:
            return True
        if region.intersection(box) >= needed:
            return True
    return False


def _fits(geometry: Geometry, tensor: TensorSize) -> tuple[float, float]:
    return geometry.native_width / tensor.width, geometry.native_height / tensor.height


def _scale(width: int, height: int, geometry: Geometry, tensor: TensorSize, margin: float, largest: float) -> float:
    """Return how many tensors wide a region around a box of `width` x `height` must be, at most `largest`.

    The picture is scaled by that number. It is rounded if it is nearly whole: scaling by a whole number takes a
    fifth of the time and does not blur.
    """
    across = width * geometry.scale_x * margin / tensor.width
    down = height * geometry.scale_y * margin / tensor.height
    scale = across if across > down else down  # noqa: FURB136 - see _join
    whole = round(scale) if scale > 1.0 else 1
    if -ROUND_DOWN * whole <= scale - whole <= ROUND_DOWN * whole:
        scale = float(whole)
    if scale > largest:
        scale = largest
    return scale if scale > tensor.min_scale else tensor.min_scale  # noqa: FURB136


def _join(clusters: list[_Cluster], new: _Cluster, across: float, down: float, largest: float) -> None:
    """Join `new` to the cluster that grows least by it, or append it as a cluster of its own.

    A detect-frame pixel is `across` tensors wide and `down` tensors high; `largest` tensors hold the whole frame.
    """
    best, best_scale, joined = -1, math.inf, new
    x1, y1, x2, y2, scale = new
    # Comparisons rather than min and max, which cost three times as much.
    for index, (left, top, right, bottom, most) in enumerate(clusters):
        most = most if most > scale else scale  # noqa: FURB136
        limit = most if most > 1.0 else 1.0  # noqa: FURB136
        left, right = left if left < x1 else x1, right if right > x2 else x2  # noqa: FURB136
        if (wide := (right - left) * across) > limit < largest:
            continue
        top, bottom = top if top < y1 else y1, bottom if bottom > y2 else y2  # noqa: FURB136
        if (high := (bottom - top) * down) > limit < largest:
            continue
        if (needed := max(most, min(max(wide, high), largest))) < best_scale:
            best, best_scale, joined = index, needed, (left, top, right, bottom, needed)
    if best < 0:
        clusters.append(new)
    else:
        clusters[best] = joined


def _region(around: _Cluster, geometry: Geometry, tensor: TensorSize) -> Box:
    left, top, right, bottom, scale = around
    width, height = _size(scale, geometry, tensor)
    x1 = _inside((left + right - width) // 2, width, geometry.width)
    y1 = _inside((top + bottom - height) // 2, height, geometry.height)
    return Box(x1, y1, x1 + width, y1 + height)


def _size(scale: float, geometry: Geometry, tensor: TensorSize) -> tuple[int, int]:
    """Return width and height of a region that is `scale` tensors wide, in detect-frame pixels."""
    return round(tensor.width * scale / geometry.scale_x) or 1, round(tensor.height * scale / geometry.scale_y) or 1


def _inside(start: int, size: int, limit: int) -> int:
    if start + size > limit:
        start = limit - size
    return start if start > 0 else 0  # noqa: FURB136


def _tiles(scale: float, geometry: Geometry, tensor: TensorSize) -> list[Box]:
    width, height = _size(scale, geometry, tensor)
    return [
        Box(x, y, x + width, y + height)
        for y in _starts(height, geometry.height)
        for x in _starts(width, geometry.width)
    ]


def _starts(size: int, limit: int) -> list[int]:
    if size >= limit:
        return [0]
    count = 1 + math.ceil((limit - size) / (size * (1 - TILE_OVERLAP)))
    return [round(index * (limit - size) / (count - 1)) for index in range(count)]
