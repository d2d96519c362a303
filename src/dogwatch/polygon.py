"""Converts polygons from pixels to fractions of the picture, and clips them. The core and the analysis share this."""

from __future__ import annotations

from collections.abc import Callable

Point = tuple[float, float]
Polygon = tuple[Point, ...]

TOLERANCE = 0.02
"""A corner at most this far outside, as a fraction of the picture, counts as on the edge."""
MIN_AREA = 1e-7
"""A polygon with a smaller area, as a fraction of the picture, counts as empty."""


def in_pixels(polygon: Polygon) -> bool:
    """Whether any coordinate is above 1, which makes all of them pixels."""
    return any(number > 1 for point in polygon for number in point)


def relative(polygon: Polygon, width: float, height: float) -> Polygon:
    """Convert pixels of a picture of `width` x `height` to fractions from 0 to 1.

    Corners just outside are moved to the edge; parts further outside are cut off.

    Returns:
        The polygon, which may have other corners than before; empty if no part of it is inside the picture.
    """
    found = tuple((x / width, y / height) for x, y in polygon)
    if inside(found):
        return found
    near = all(-TOLERANCE <= number <= 1 + TOLERANCE for point in found for number in point)
    left = clamped(found) if near else cut(found)
    return left if something(left, found) else ()


def something(left: Polygon, before: Polygon) -> bool:
    """Whether anything of `before` is `left`; a polygon that had no area before needs none now."""
    if area(left) > MIN_AREA:
        return True
    width, height = (max(numbers) - min(numbers) for numbers in zip(*left, strict=True)) if left else (0, 0)
    return area(before) <= MIN_AREA < width * height  # such as two triangles that meet in a point


def same_corners(one: Polygon, other: Polygon) -> bool:
    """Whether two polygons in fractions have the same corners, within `TOLERANCE`."""
    flat = [number for polygon in (one, other) for point in polygon for number in point]
    half = len(flat) // 2
    return len(one) == len(other) and all(
        abs(a - b) <= TOLERANCE for a, b in zip(flat[:half], flat[half:], strict=True)
    )


def fitted(polygon: Polygon, width: float, height: float) -> Polygon:
    """Return `polygon` in fractions: unchanged if it is in fractions already, else converted by `relative`."""
    return relative(polygon, width, height) if in_pixels(polygon) else polygon


def inside(polygon: Polygon) -> bool:
    """Whether all corners, in fractions, are inside the picture."""
    return all(0 <= number <= 1 for point in polygon for number in point)


def clamped(polygon: Polygon) -> Polygon:
    """Move every corner, in fractions, to the nearest point in the picture."""
    return tuple((min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)) for x, y in polygon)


def area(polygon: Polygon) -> float:
    """Return the area that the corners enclose (the shoelace formula)."""
    pairs = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairs)) / 2


def cut(polygon: Polygon) -> Polygon:
    """Clip `polygon`, in fractions, to the picture (Sutherland and Hodgman, 1974)."""
    for axis in (0, 1):
        polygon = _cut_edge(polygon, axis, 0.0, lambda number: number >= 0)
        polygon = _cut_edge(polygon, axis, 1.0, lambda number: number <= 1)
    return clamped(polygon)


def _cut_edge(polygon: Polygon, axis: int, edge: float, kept: Callable[[float], bool]) -> Polygon:
    """Keep the part of `polygon` on the kept side of the line where coordinate `axis` is `edge`."""
    found: list[Point] = []
    for index, here in enumerate(polygon):
        before = polygon[index - 1]
        if kept(here[axis]) != kept(before[axis]):
            share = (edge - before[axis]) / (here[axis] - before[axis])
            other = before[1 - axis] + share * (here[1 - axis] - before[1 - axis])
            found.append((edge, other) if axis == 0 else (other, edge))
        if kept(here[axis]):
            found.append(here)
    return tuple(found)
