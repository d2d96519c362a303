"""Gathers where something moved in a segment: how many frames had motion in each cell of a grid over the picture.

The grid of a segment is packed into at most 128 bytes, see `CellCounts.packed`; `motion_map` reads it. No NumPy here:
this module is loaded before the core does what cameras need.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from dogwatch.model import Box

SIDE = 16
"""Cells across and down; they are numbered row by row from the upper left corner."""
LEVELS = (0, 1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181)
"""The counts of frames that are told apart; others are rounded down."""
DENSE_BYTES = SIDE * SIDE // 2
_ROW = SIDE + 1


class CellCounts:
    """Counts, for each cell, the boxes of motion that touch it: about the frames in which something moved there."""

    __slots__ = ("_edges",)

    def __init__(self) -> None:
        """Start with no motion anywhere."""
        self._edges: list[int] | None = None  # differences to the cell on the left and to that above

    def add(self, boxes: Iterable[Box], width: int, height: int) -> None:
        """Add the boxes of a frame of `width` x `height` pixels. A box costs the same however many cells it covers."""
        for box in boxes:
            left, right = _covered(box.x1, box.x2, width)
            top, bottom = _covered(box.y1, box.y2, height)
            if self._edges is None:
                self._edges = [0] * (_ROW * _ROW)
            self._edges[top * _ROW + left] += 1
            self._edges[top * _ROW + right] -= 1
            self._edges[bottom * _ROW + left] -= 1
            self._edges[bottom * _ROW + right] += 1

    def packed(self) -> bytes | None:
        """Return the cells with motion; None if there are none.

        These are pairs of bytes: the number of the cell and the index of its count in `LEVELS`. Where that would take
        as much, it is half a byte for each of all cells, `DENSE_BYTES` in all; the first of two is the higher half.
        """
        if self._edges is None:
            return None
        above = [0] * SIDE
        levels: list[int] = []
        for row in range(SIDE):
            steps = accumulate(self._edges[row * _ROW : row * _ROW + SIDE])
            above = [before + step for before, step in zip(above, steps, strict=True)]
            levels += [bisect_right(LEVELS, count) - 1 for count in above]
        pairs = bytes(byte for cell, level in enumerate(levels) if level for byte in (cell, level))
        if len(pairs) < DENSE_BYTES:
            return pairs
        return bytes(high << 4 | low for high, low in zip(levels[::2], levels[1::2], strict=True))


def _covered(low: int, high: int, size: int) -> tuple[int, int]:
    """Return the first cell that `low` to `high` (pixels of `size`) touches, and the one behind the last."""
    first = min(max(low * SIDE // size, 0), SIDE - 1)
    return first, min(max(-(-high * SIDE // size), first + 1), SIDE)
