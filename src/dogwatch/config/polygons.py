"""Polygons as the file writes them: `x,y,x,y,...` as fractions of the frame, in older files as pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

Points: TypeAlias = tuple[tuple[float, float], ...]
MIN_POINTS = 3
PIXELS = 2
"""No polygon in pixels is smaller: coordinates up to this one are fractions, some of them outside of the frame."""


def numbers(text: str) -> list[float]:
    """Read comma-separated numbers of either sign; none in an empty text.

    Raises:
        ValueError: One is no finite number.
    """
    found: list[float] = []
    for part in text.strip().strip(",").split(",") if text.strip() else []:
        try:
            number = float(part)
        except ValueError:
            raise ValueError(f"expected numbers 'x,y,x,y,...', found '{part.strip()[:20]}'") from None
        if not math.isfinite(number):
            raise ValueError(f"expected finite numbers, found '{part.strip()[:20]}'")
        found.append(number)
    return found


def points(text: str) -> Points:
    """Read a polygon.

    Raises:
        ValueError: It is no list of numbers, has an odd count of them, or fewer than three points.
    """
    flat = numbers(text)
    if len(flat) % 2:
        raise ValueError(f"expected pairs 'x,y', found {len(flat)} numbers")
    if len(flat) < 2 * MIN_POINTS:
        raise ValueError(f"expected at least {MIN_POINTS} points, found {len(flat) // 2}")
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def write(polygon: Sequence[tuple[float, float]]) -> str:
    """Write a polygon the way the file has it, with at most four decimals."""
    return ",".join(f"{round(number, 4):.10g}" for point in polygon for number in point)


def means_pixels(polygon: Points) -> bool:
    """Tell whether the numbers are pixels rather than fractions of the frame.

    Fractions may lie outside of the frame: a zone that was drawn up to the edge often has -0.002 or 1.001. A number
    between 0 and 1 is no pixel, unless nearly all others are.

    Raises:
        ValueError: There is about as much of both.
    """
    flat = [number for point in polygon for number in point]
    fractions = sum(0 < number < 1 for number in flat)
    pixels = sum(number > PIXELS for number in flat)
    if not pixels or fractions > 2 * pixels:
        return False
    if 2 * fractions < pixels:
        return True
    raise ValueError("mixes fractions and pixels")


def checked(text: str) -> str:
    """Return `text` if it is a polygon.

    Raises:
        ValueError: It is not.
    """
    points(text)
    return text
