"""Which frame shows an object best (docs/vision.md)."""

from __future__ import annotations

import msgspec

from dogwatch.model import Box, Detection
from dogwatch.vision.geometry import Geometry

BETTER_SCORE = 1.05
BIGGER_AREA = 1.10
ATTRIBUTE_RANK = {"face": 2, "license_plate": 2}


class View(msgspec.Struct, frozen=True, gc=False):
    """An object as one frame shows it."""

    time: float
    score: float
    box: Box
    region: Box
    attributes: tuple[Detection, ...] = ()

    @property
    def attribute_rank(self) -> float:
        """The rank of the best attribute in this frame: 2 for a face or plate, 1 for another, 0 without any."""
        return max(ATTRIBUTE_RANK.get(one.label, 1) for one in self.attributes) if self.attributes else 0

    def touches_edge(self, geometry: Geometry) -> bool:
        """Whether the object may be cut off by the edge of the frame."""
        box = self.box
        return box.x1 <= 0 or box.y1 <= 0 or box.x2 >= geometry.width or box.y2 >= geometry.height


def is_better(new: View, old: View | None, geometry: Geometry, timeout: float) -> bool:
    """Whether `new` should replace `old`; `timeout` seconds after `old` anything does."""
    if old is None or new.time - old.time >= timeout:
        return True
    tells, told = new.attribute_rank, old.attribute_rank
    if tells != told:
        return tells > told
    cut_off = old.touches_edge(geometry)
    if new.touches_edge(geometry) != cut_off:
        return cut_off
    return new.score > old.score * BETTER_SCORE or new.box.area > old.box.area * BIGGER_AREA
