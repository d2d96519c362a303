"""Hides parts of pictures for good: polygons are blacked out, boxes become a few blurred squares.

What is covered is not in the result in any form, so nothing can bring it back but a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from dogwatch import polygon
from dogwatch.media.encoder_spec import CoverBox
from dogwatch.media.picture import Picture

SQUARES = 4  # across the shorter side of a box: enough to see that somebody is there, too few to see who
BLACK = (16, 128, 128)  # Y, U and V
LONGEST_SIDE = 1920


def fitting(width: int, height: int) -> tuple[int, int]:
    """Return the size, with even sides, of a covered picture of a source of `width` x `height`."""
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    return max(2, int(width * scale) & ~1), max(2, int(height * scale) & ~1)


def planes(i420: Picture) -> tuple[Picture, Picture, Picture]:
    """Return Y, U and V of a picture of shape (height * 3 / 2, width), as views."""
    rows, columns = i420.shape[0] * 2 // 3, i420.shape[1]
    flat = i420.reshape(-1)
    luma, chroma = rows * columns, rows * columns // 4
    half = (rows // 2, columns // 2)
    return (
        flat[:luma].reshape(rows, columns),
        flat[luma : luma + chroma].reshape(half),
        flat[luma + chroma : luma + 2 * chroma].reshape(half),
    )


def hide(
    parts: Sequence[Picture],
    polygons: Iterable[polygon.Polygon],
    boxes: Iterable[CoverBox],
    fill: Sequence[int] = BLACK,
) -> None:
    """Cover the planes of one picture in place; polygons are in fractions, `fill` has a value for each plane."""
    boxes, polygons = tuple(boxes), tuple(polygons)
    for plane, value in zip(parts, fill, strict=True):
        rows, columns = plane.shape[:2]
        for box in boxes:
            _blur(plane, box, rows, columns)
        for points in polygons:
            # Rounded outwards by half a pixel and drawn with an edge, so that nothing shines through at the rim.
            corners = np.array([[round(x * columns), round(y * rows)] for x, y in points], np.int32)
            cv2.fillPoly(plane, [corners], (value,))
            cv2.polylines(plane, [corners], isClosed=True, color=(value,), thickness=2)


def _blur(plane: Picture, box: CoverBox, rows: int, columns: int) -> None:
    x1, y1 = max(0, int(box.x1 * columns)), max(0, int(box.y1 * rows))
    x2, y2 = min(columns, int(box.x2 * columns) + 1), min(rows, int(box.y2 * rows) + 1)
    if x1 >= x2 or y1 >= y2:
        return
    part = plane[y1:y2, x1:x2]
    height, width = part.shape[:2]
    side = max(1, min(width, height) // SQUARES)
    small = cv2.resize(part, (max(1, width // side), max(1, height // side)), interpolation=cv2.INTER_AREA)
    plane[y1:y2, x1:x2] = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
