"""Draws filled rectangles and text on the planes of a frame, in place: all other pixels stay as they are.

Drawing in RGB would convert every pixel of a frame twice, which costs more than all else, and change each a little.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dogwatch.media.glyphs import Mask

Rgb = tuple[int, int, int]
Plane = NDArray[np.uint8]

_WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114)}  # red and blue in luma, by libav's colour space
_SHIFTS = {"yuv420p": (1, 1), "yuv422p": (1, 0), "yuv444p": (0, 0)}  # of the chroma planes


class Area(NamedTuple):
    """A rectangle of pixels, without `x2` and `y2`."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class YuvSurface:
    """The three planes of a frame of 8 bits and limited range; `weights` are those of red and blue in its luma."""

    planes: tuple[Plane, Plane, Plane]
    shift_x: int
    shift_y: int
    weights: tuple[float, float]

    @classmethod
    def of(cls, frame: Any) -> YuvSurface:
        """Return the surface of a `VideoFrame` in yuv420p, yuv422p or yuv444p, which nobody else may use."""
        shift_x, shift_y = _SHIFTS[frame.format.name]
        planes = tuple(
            np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
            for plane in frame.planes
        )
        usual = (_WEIGHTS[1] if frame.height >= 720 else _WEIGHTS[5]) if int(frame.colorspace) == 2 else _WEIGHTS[5]
        return cls((planes[0], planes[1], planes[2]), shift_x, shift_y, _WEIGHTS.get(int(frame.colorspace), usual))

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.planes[0].shape[1])

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.planes[0].shape[0])

    def fill(self, area: Area, colour: Rgb) -> None:
        """Fill the part of `area` that lies inside."""
        x1, y1 = max(0, area.x1), max(0, area.y1)
        x2, y2 = min(self.width, area.x2), min(self.height, area.y2)
        if x1 >= x2 or y1 >= y2:
            return
        values = self._yuv(colour)
        self.planes[0][y1:y2, x1:x2] = values[0]
        for plane, value in zip(self.planes[1:], values[1:], strict=True):
            plane[y1 >> self.shift_y : -(-y2 >> self.shift_y), x1 >> self.shift_x : -(-x2 >> self.shift_x)] = value

    def stamp(self, mask: Mask, x: int, y: int, colour: Rgb) -> None:
        """Paint the pixels of `mask`, whose upper left one is put at (`x`, `y`); what lies outside is left out."""
        left, top = max(0, -x), max(0, -y)
        mask = mask[top : max(0, self.height - y), left : max(0, self.width - x)]
        if not mask.size:
            return
        x, y = x + left, y + top
        rows, columns = mask.shape
        luma, *chroma = self._yuv(colour)
        self.planes[0][y : y + rows, x : x + columns][mask] = luma
        share = _share(mask, x, y, self.shift_x, self.shift_y)
        x, y = x >> self.shift_x, y >> self.shift_y
        for plane, value in zip(self.planes[1:], chroma, strict=True):
            part = plane[y : y + share.shape[0], x : x + share.shape[1]]
            part += np.rint((value - part.astype(np.float32)) * share).astype(np.int16).astype(np.uint8)

    def _yuv(self, colour: Rgb) -> tuple[int, int, int]:
        """Return a colour in limited range. Source: ITU-T H.273, section 8.3."""
        red, green, blue = (part / 255 for part in colour)
        of_red, of_blue = self.weights
        luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
        u, v = (blue - luma) / (2 * (1 - of_blue)), (red - luma) / (2 * (1 - of_red))
        return round(16 + 219 * luma), round(128 + 224 * u), round(128 + 224 * v)


def _share(mask: Mask, x: int, y: int, shift_x: int, shift_y: int) -> NDArray[np.float32]:
    """Return how much of each chroma sample `mask` covers, if its upper left pixel is at (`x`, `y`)."""
    wide, high = 1 << shift_x, 1 << shift_y
    before = (y % high, x % wide)
    after = tuple(-(start + size) % step for start, size, step in zip(before, mask.shape, (high, wide), strict=True))
    padded = np.pad(mask, tuple(zip(before, after, strict=True)))
    cells = padded.reshape(padded.shape[0] // high, high, padded.shape[1] // wide, wide)
    share: NDArray[np.float32] = cells.mean(axis=(1, 3), dtype=np.float32)
    return share
