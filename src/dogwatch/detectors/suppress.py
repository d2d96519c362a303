"""Suppresses overlapping boxes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def suppress(boxes: Floats, scores: Floats, classes: NDArray[np.intp], iou: float) -> NDArray[np.intp]:
    """Return the indices of the boxes that stay, best first: greedy non-maximum suppression within each class.

    Args:
        boxes: Shape `(n, 4)`, x1, y1, x2, y2.
        scores: Shape `(n,)`.
        classes: Shape `(n,)`; boxes of different classes never suppress each other.
        iou: Overlap above which the box with the lower score is dropped.
    """
    order = np.argsort(-scores, kind="stable")
    areas = (boxes[:, 2] - boxes[:, 0]).clip(0) * (boxes[:, 3] - boxes[:, 1]).clip(0)
    kept = []
    while order.size:
        best, rest = order[0], order[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[rest, :2])
        high = np.minimum(boxes[best, 2:], boxes[rest, 2:])
        shared = (high - low).clip(0).prod(axis=1)
        union = areas[best] + areas[rest] - shared
        order = rest[(shared <= iou * union) | (classes[rest] != classes[best])]
    return np.array(kept, np.intp)
