"""A picture of several pictures, planar YUV 4:2:0; only what has changed is drawn again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

I420 = NDArray[np.uint8]
"""A picture of shape (height * 3 / 2, width), as the frame ring holds it; both sides are even."""
BLACK, GREY, TEXT = 16, 128, 120  # luma of nothing, neutral chroma, luma of text
IDLE_TEXT = "No activity"


class Mosaic:
    """The picture. Rectangles are `x, y, width, height` in pixels, all even and inside."""

    def __init__(self, width: int, height: int) -> None:
        """Begin with black."""
        self.width, self.height = width, height
        self.i420: I420 = np.empty((height * 3 // 2, width), np.uint8)
        self.clear()

    def clear(self) -> None:
        """Make all of it black."""
        self.i420[: self.height] = BLACK
        self.i420[self.height :] = GREY

    def blank(self, x: int, y: int, width: int, height: int) -> None:
        """Make a rectangle black."""
        for plane, shade, share in zip(_planes(self.i420), (BLACK, GREY, GREY), (1, 2, 2), strict=True):
            plane[y // share : (y + height) // share, x // share : (x + width) // share] = shade

    def draw(self, source: I420, x: int, y: int, width: int, height: int) -> None:
        """Scale `source` into a rectangle."""
        for plane, drawn, share in zip(_planes(self.i420), _planes(source), (1, 2, 2), strict=True):
            wide, high = width // share, height // share
            plane[y // share : y // share + high, x // share : x // share + wide] = _scaled(drawn, wide, high)

    def idle(self) -> None:
        """Show that there is nothing to show."""
        import cv2  # loaded only where it is needed: a worker that encodes one camera may do without

        self.clear()
        scale, thickness = self.height / 600, max(1, self.height // 360)
        (wide, high), _ = cv2.getTextSize(IDLE_TEXT, cv2.FONT_HERSHEY_SIMPLEX, scale, thickness)
        at = (max(0, (self.width - wide) // 2), (self.height + high) // 2)
        luma = self.i420[: self.height]
        cv2.putText(luma, IDLE_TEXT, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (TEXT,), thickness, cv2.LINE_AA)


def _planes(i420: I420) -> Iterator[I420]:
    """Yield views of the three planes."""
    height, width = i420.shape[0] * 2 // 3, i420.shape[1]
    yield i420[:height]
    flat, size = i420.reshape(-1), width * height
    yield flat[size : size + size // 4].reshape(height // 2, width // 2)
    yield flat[size + size // 4 : size + size // 2].reshape(height // 2, width // 2)


def _scaled(plane: I420, width: int, height: int) -> I420:
    if plane.shape == (height, width):
        return plane
    import cv2

    method = cv2.INTER_AREA if width < plane.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, (width, height), interpolation=method), np.uint8)
