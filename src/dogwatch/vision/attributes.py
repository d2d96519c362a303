"""Assigns faces, number plates and logos to the objects they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dogwatch.model import Box, Detection


def assign(
    parts: Sequence[Detection], objects: Mapping[int, Detection], attributes: Mapping[str, tuple[str, ...]]
) -> dict[int, tuple[Detection, ...]]:
    """Return the attributes of each object.

    Args:
        parts: Detected attributes.
        objects: The detected objects by key.
        attributes: The labels of attributes that an object's label can have.

    Returns:
        Attributes by object key. A part is assigned to the smallest object around its centre that can have it.
    """
    owned: dict[int, list[Detection]] = {}
    for part in parts:
        owners = [
            (one.box.area, key)
            for key, one in objects.items()
            if part.label in attributes.get(one.label, ()) and _holds(one.box, part.box)
        ]
        if owners:
            owned.setdefault(min(owners)[1], []).append(part)
    return {key: tuple(found) for key, found in owned.items()}


def _holds(box: Box, part: Box) -> bool:
    x, y = (part.x1 + part.x2) / 2, (part.y1 + part.y2) / 2
    return box.x1 <= x < box.x2 and box.y1 <= y < box.y2
