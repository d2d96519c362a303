"""Sizes of the picture and of the detect frame, and the scale between them."""

from __future__ import annotations

from dataclasses import dataclass, field

from dogwatch.analysis import Polygon
from dogwatch.model import Box

LAST = 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Geometry:
    """A picture of `native_width` x `native_height` pixels, described in a detect frame of `width` x `height`.

    `scale_x` and `scale_y` are picture pixels in a detect-frame pixel, `area` is the detect frame's in pixels.
    """

    native_width: int
    native_height: int
    width: int
    height: int
    scale_x: float = field(init=False)
    scale_y: float = field(init=False)
    area: int = field(init=False)

    def __post_init__(self) -> None:
        """Compute once what is used for every box of every frame."""
        object.__setattr__(self, "scale_x", self.native_width / self.width)
        object.__setattr__(self, "scale_y", self.native_height / self.height)
        object.__setattr__(self, "area", self.width * self.height)


def contains(polygon: Polygon, x: float, y: float) -> bool:
    """Whether the point lies inside `polygon` (even-odd rule; all in the same unit).

    A point on a left or upper edge is inside, on a right or lower one outside: so adjacent polygons share no point.
    """
    inside = False
    x0, y0 = polygon[-1] if polygon else (0.0, 0.0)
    for x1, y1 in polygon:
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            inside = not inside
        x0, y0 = x1, y1
    return inside


def ground_point(box: Box, geometry: Geometry) -> tuple[float, float]:
    """Return the point where the object in `box` stands, as fractions strictly inside the frame."""
    x, y = (box.x1 + box.x2) / 2 / geometry.width, box.y2 / geometry.height
    if 0.0 <= x <= LAST and 0.0 <= y <= LAST:
        return x, y
    # A box that reaches the lower edge stands just inside it: otherwise no zone drawn to the edge would contain it.
    return min(max(x, 0.0), LAST), min(max(y, 0.0), LAST)
