"""Which parts of a frame are worth a detector's look.

A region has the shape of the detector's input. One region serves several neighbouring boxes as long as that shrinks the
picture no further than the largest of them needs by itself. Regions keep inside the frame; only one that is larger than
the frame reaches over its right or lower edge, and the rest of its tensor stays grey.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dogwatch.model import Box
from dogwatch.vision.geometry import Geometry, union

MARGIN = 1.4  # a region is this many times as large as what it is made for: detectors want surroundings
SHARED_MARGIN = 1.1  # neighbours need less: each is another's surroundings
TILE_OVERLAP = 0.25
MAX_REGIONS = 6
MAX_FINE_TILES = 24


@dataclass(frozen=True, slots=True)
class TensorSize:
    """A detector's input in pixels, and the smallest region edge in picture pixels that is worth enlarging to it."""

    width: int
    height: int
    min_region: int = 0

    @property
    def min_scale(self) -> float:
        """The smallest region, in tensors."""
        return max(0.05, self.min_region / min(self.width, self.height))


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Boxes that share a region, and how many tensors wide that must be."""

    box: Box
    scale: float


def choose_regions(
    wanted: Sequence[Box], geometry: Geometry, tensor: TensorSize, *, limit: int = MAX_REGIONS, turn: int = 0
) -> tuple[Box, ...]:
    """Return at most `limit` regions that hold the boxes in `wanted` (both in detect-frame pixels).

    When there are more than `limit`, `turn`, which the caller counts up, decides whose turn it is: nobody starves.
    """
    clusters: list[_Cluster] = []
    for box in sorted(wanted, key=lambda b: (-b.area, b.x1, b.y1, b.x2, b.y2)):
        _join(clusters, _Cluster(box, scale_for(box, geometry, tensor)), geometry, tensor)
    while True:
        before, clusters, old = len(clusters), [], clusters
        for cluster in old:
            _join(clusters, cluster, geometry, tensor)
        if len(clusters) == before:
            break
    regions = list(dict.fromkeys(_region(one.box, one.scale, geometry, tensor) for one in clusters))
    if len(regions) > limit:
        start = turn * limit % len(regions)
        regions = (regions[start:] + regions[:start])[:limit]
    return tuple(regions)


def scale_for(box: Box, geometry: Geometry, tensor: TensorSize, margin: float = MARGIN) -> float:
    """Return how many tensors wide a region around `box` must be."""
    across = box.width * geometry.scale_x * margin / tensor.width
    down = box.height * geometry.scale_y * margin / tensor.height
    return max(min(max(across, down), max(_fits(geometry, tensor))), tensor.min_scale)


def scan(geometry: Geometry, tensor: TensorSize) -> tuple[Box, ...]:
    """Return regions that together show the whole frame: a few coarse ones first, then fine ones if not too many."""
    coarse_scale = max(tensor.min_scale, min(_fits(geometry, tensor)))
    fine_scale = max(tensor.min_scale, 1.0)
    tiles = _tiles(coarse_scale, geometry, tensor)
    if fine_scale < coarse_scale * 0.75:
        fine = _tiles(fine_scale, geometry, tensor)
        if len(fine) <= MAX_FINE_TILES:
            tiles += fine
    return tuple(tiles)


def covered(box: Box, regions: Sequence[Box], share: float = 0.8) -> bool:
    """Whether one of `regions` shows at least `share` of `box`."""
    needed = share * box.area
    for region in regions:  # in numbers rather than boxes: it runs a thousand times in a busy frame
        width = min(region.x2, box.x2) - max(region.x1, box.x1)
        height = min(region.y2, box.y2) - max(region.y1, box.y1)
        if (width * height if width > 0 and height > 0 else 0) >= needed:
            return True
    return False


def _fits(geometry: Geometry, tensor: TensorSize) -> tuple[float, float]:
    return geometry.native_width / tensor.width, geometry.native_height / tensor.height


def _join(clusters: list[_Cluster], new: _Cluster, geometry: Geometry, tensor: TensorSize) -> None:
    """Join `new` to the cluster that grows least by it, or make it one of its own."""
    best, best_scale = -1, math.inf
    box, (wide, high), smallest = new.box, _fits(geometry, tensor), tensor.min_scale
    largest = max(wide, high)
    # In numbers rather than boxes: with forty boxes in a busy picture this loop runs a thousand times a frame.
    across = geometry.scale_x * SHARED_MARGIN / tensor.width
    down = geometry.scale_y * SHARED_MARGIN / tensor.height
    for index, cluster in enumerate(clusters):
        own, most = cluster.box, max(new.scale, cluster.scale)
        width = max(own.x2, box.x2) - min(own.x1, box.x1)
        height = max(own.y2, box.y2) - min(own.y1, box.y1)
        joined = max(min(max(width * across, height * down), largest), smallest, most)
        if joined <= max(1.0, most) and joined < best_scale:
            best, best_scale = index, joined
    if best < 0:
        clusters.append(new)
    else:
        clusters[best] = _Cluster(union((clusters[best].box, new.box)), best_scale)


def _region(box: Box, scale: float, geometry: Geometry, tensor: TensorSize) -> Box:
    width = max(1, round(tensor.width * scale / geometry.scale_x))
    height = max(1, round(tensor.height * scale / geometry.scale_y))
    x1 = _inside((box.x1 + box.x2 - width) // 2, width, geometry.width)
    y1 = _inside((box.y1 + box.y2 - height) // 2, height, geometry.height)
    return Box(x1, y1, x1 + width, y1 + height)


def _inside(start: int, size: int, limit: int) -> int:
    return max(0, min(start, limit - size))


def _tiles(scale: float, geometry: Geometry, tensor: TensorSize) -> list[Box]:
    width = max(1, round(tensor.width * scale / geometry.scale_x))
    height = max(1, round(tensor.height * scale / geometry.scale_y))
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
