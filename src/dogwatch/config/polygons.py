"""Polygons as the file writes them: `x,y,x,y,...` as fractions of the frame, in older files as pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Points: TypeAlias = tuple[tuple[float, float], ...]
MIN_POINTS = 3


def numbers(text: str) -> list[float]:
    """Read comma-separated numbers.

    Raises:
        ValueError: One is no finite number, or is negative.
    """
    found: list[float] = []
    for part in text.strip().strip(",").split(","):
        try:
            number = float(part)
        except ValueError:
            raise ValueError(f"expected numbers 'x,y,x,y,...', found '{part.strip()}'") from None
        if not 0 <= number < float("inf"):
            raise ValueError(f"expected numbers from 0 up, found '{part.strip()}'")
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
    return ",".join(f"{round(number, 4):g}" for point in polygon for number in point)


def in_pixels(polygon: Points) -> bool:
    """Tell whether any coordinate is beyond 1, which makes all of them pixels."""
    return any(number > 1 for point in polygon for number in point)


def relative(polygon: Points, width: int, height: int) -> Points:
    """Turn pixels of a frame of `width` x `height` into fractions.

    Raises:
        ValueError: A point lies outside the frame.
    """
    if any(x > width or y > height for x, y in polygon):
        raise ValueError(f"a point lies outside the detect frame of {width} x {height} pixels")
    return tuple((x / width, y / height) for x, y in polygon)


def checked(text: str) -> str:
    """Return `text` if it is a polygon in fractions.

    Raises:
        ValueError: It is not.
    """
    if in_pixels(points(text)):
        raise ValueError("expected fractions of the frame from 0 to 1")
    return text
