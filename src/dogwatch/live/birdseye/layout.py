"""Where each camera is drawn in a picture of several: rows of equal heights that grow into the room that is left.

The cameras fill rows in their order, as text fills lines. The number of rows is the one with the largest pictures.
Then each row whose pictures do not yet fill the width grows into the height that is left, the lowest ones first. So
a camera is never smaller than in a plain grid, and portrait pictures get the height that they need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

LARGEST_ASPECT = 8.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle of the picture, in pixels; all four are even, as 4:2:0 pictures need."""

    x: int
    y: int
    width: int
    height: int


def place(aspects: Sequence[float], width: int, height: int, enlarging: float = 2.0) -> list[Cell]:
    """Return a cell for each camera, in reading order.

    Args:
        aspects: Width / height of each camera's picture, in the order in which they are to be read.
        width: Of the whole picture, in pixels.
        height: As `width`.
        enlarging: How high one camera may be, in halves of the whole picture: with 1 a single camera gets a quarter of
            it, and from 2 on all of it.
    """
    if not aspects:
        return []
    shapes = [min(max(aspect, 1 / LARGEST_ASPECT), LARGEST_ASPECT) for aspect in aspects]
    limit = max(2.0, height * min(1.0, enlarging / 2))
    rows, low = _rows(shapes, width, height)
    highs = _grown([sum(row) for row in rows], min(low, limit), limit, width, height)
    return _cells(rows, highs, width, height)


def _rows(shapes: Sequence[float], width: int, height: int) -> tuple[list[list[float]], float]:
    """Return the shapes in the rows in which they are largest, and the height of all rows.

    For each number of rows, the shapes are shared out so that the widest row is as narrow as possible.
    """
    sums, n = [0.0, *accumulate(shapes)], len(shapes)
    narrowest = sums[:]  # by i: how wide the widest row of the first i shapes is, in as many rows as now
    cuts: list[list[int]] = [[0] * (n + 1)]  # by row and i: where the last row of the first i shapes begins
    best, high = 1, min(float(height), width / sums[n])
    for count in range(2, n + 1):
        found = [min((max(narrowest[at], sums[i] - sums[at]), at) for at in range(i + 1)) for i in range(n + 1)]
        narrowest = [widest for widest, _ in found]
        cuts.append([at for _, at in found])
        if min(height / count, width / narrowest[n]) > high + 1e-9:
            best, high = count, min(height / count, width / narrowest[n])
    rows: list[list[float]] = []
    end = n
    for begins in reversed(cuts[:best]):
        rows.append(list(shapes[begins[end] : end]))
        end = begins[end]
    return [row for row in reversed(rows) if row], high


def _grown(widths: Sequence[float], low: float, limit: float, width: int, height: int) -> list[float]:
    """Return the height of each row: they share what is left, but none gets higher than `limit` or too wide.

    Args:
        widths: The width of each row at a height of 1.
        low: The height that each row has for sure.
        limit: The greatest height.
        width: Of the whole picture.
        height: As `width`.
    """
    most = [max(low, min(limit, width / one)) for one in widths]
    highs = [low] * len(widths)
    left = height - sum(highs)
    growing = {row for row, high in enumerate(highs) if high < most[row]}
    while growing and left > 1e-6:
        step = min(left / len(growing), min(most[row] - highs[row] for row in growing))
        for row in growing:
            highs[row] += step
        left -= step * len(growing)
        growing = {row for row in growing if most[row] - highs[row] > 1e-6}
    return highs


def _cells(rows: Sequence[Sequence[float]], highs: Sequence[float], width: int, height: int) -> list[Cell]:
    """Put rows below one another, each of them and all of them in the middle."""
    cells, y = [], (height - sum(highs)) / 2
    for row, high in zip(rows, highs, strict=True):
        top = _even(y)
        tall = max(2, min(_even(high), height - top))
        x = (width - sum(row) * high) / 2
        for shape in row:
            left, wide = _even(x), shape * high
            cells.append(Cell(left, top, max(2, min(_even(x + wide) - left, width - left)), tall))
            x += wide
        y += high
    return cells


def _even(value: float) -> int:
    return max(0, int(value + 1e-6) // 2 * 2)
