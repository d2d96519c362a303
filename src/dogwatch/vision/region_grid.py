"""How large objects usually look in each part of the frame, so that little motion gets a region that fits its cause.

Motion often shows a part of an object only: its legs, or an edge of something that has the colour of the street. A
region around that part would cut the object off, and show it larger than the detector can find it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dogwatch.analysis import GRID_SIDE, RegionGrid, grid_cell
from dogwatch.model import Box
from dogwatch.vision.geometry import Geometry


@dataclass(slots=True)
class ExpectedSizes:
    """The sizes of one camera's objects, in detect-frame pixels, as `grids` say at the time of each frame."""

    grids: tuple[RegionGrid, ...]
    geometry: Geometry
    _next: int = 0
    _sizes: Sequence[tuple[int, int]] = ()

    def at(self, time: float) -> bool:
        """Take what holds at `time`, which does not go back; return whether anything is known then."""
        while self._next < len(self.grids) and self.grids[self._next].since <= time:
            cells = self.grids[self._next].cells
            width, height = self.geometry.width, self.geometry.height
            self._sizes = (
                [(round(w * width), round(h * height)) for w, h in cells] if len(cells) == GRID_SIDE * GRID_SIDE else ()
            )
            self._next += 1
        return bool(self._sizes)

    def around(self, box: Box) -> Box:
        """Return `box`, enlarged to the size of the objects in its cell if that is larger."""
        geometry = self.geometry
        x, y = (box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2
        width, height = self._sizes[grid_cell(x / geometry.width, y / geometry.height)]
        wide, high = max(width, box.width), max(height, box.height)
        if wide == box.width and high == box.height:
            return box
        left, top = round(x - wide / 2), round(y - high / 2)
        return Box(left, top, left + wide, top + high).clipped(geometry.width, geometry.height)
