"""Chooses which part of a picture is shown, and how large. The core and analysis share this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.model import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

THUMBNAIL_HEIGHT = 175  # docs/api/files.md
THUMBNAIL_QUALITY = 90  # more than a small picture needs, because clients that want WebP get it encoded again
PREVIEW_SIDE = 180  # docs/api/previews.md
MAX_SIDE = 16_000  # neither JPEG (65,535) nor WebP (16,383) goes much further


def around(box: Box, width: int, height: int, *, margin: float = 1.1, ratio: float = 1.0, smallest: int = 100) -> Box:
    """Return a rectangle of `ratio` (width / height) inside a `width` x `height` picture that holds `box`.

    It is the smallest one that holds `box` enlarged by `margin`, is at least `smallest` pixels wide, and has the
    ratio; it is moved, then cut, to stay inside the picture.
    """
    wide = max(box.width * margin, box.height * margin * ratio, float(smallest))
    wide = min(wide, float(width), height * ratio)
    # If no rectangle of the ratio inside the picture holds the box, the box counts more than the ratio.
    w = min(width, max(round(wide), box.width))
    h = min(height, max(round(wide / ratio), box.height))
    x = min(max(0, (box.x1 + box.x2 - w) // 2), width - w)
    y = min(max(0, (box.y1 + box.y2 - h) // 2), height - h)
    return Box(x, y, x + w, y + h)


def around_thumbnail(box: Box, width: int, height: int) -> Box:
    """Return the part of a `width` x `height` picture that the thumbnail of `box` shows: a square, if it fits."""
    return around(box, width, height, smallest=height // 4)


def width_for(height: int, ratio: float) -> int:
    """Return how wide a picture of `height` and `ratio` (width / height) is made, in pixels."""
    return min(max(1, round(height * ratio)), MAX_SIDE)


def preview_size(width: int, height: int) -> tuple[int, int]:
    """Return width and height of the preview of a `width` x `height` picture: the shorter side is `PREVIEW_SIDE`.

    The longer one is a multiple of 4, as encoders of video want it.
    """
    longer = min(MAX_SIDE, max(PREVIEW_SIDE, round(max(width, height) / min(width, height) * PREVIEW_SIDE / 4) * 4))
    return (longer, PREVIEW_SIDE) if width >= height else (PREVIEW_SIDE, longer)


def crop(bgr: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """Cut out `box` (pixels of this picture), clipped to the picture, but at least one pixel."""
    rows, columns = bgr.shape[:2]
    x1, y1 = min(max(0, box.x1), columns - 1), min(max(0, box.y1), rows - 1)
    return bgr[y1 : max(y1 + 1, min(box.y2, rows)), x1 : max(x1 + 1, min(box.x2, columns))]
