"""Masks: one text, a list of texts, or a map of named masks, depending on the file's age."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from dogwatch.config import polygons
from dogwatch.config.base import Section, key, required

Polygon = Annotated[str, AfterValidator(polygons.checked)]


class MaskConfig(Section):
    """A part of the picture that is left out."""

    name: str = key("", "The mask's key.")
    friendly_name: str | None = key(None, "Name that is shown.")
    enabled: bool = key(True, "Whether the mask applies.")
    coordinates: Polygon = required("Polygon `x,y,x,y,...` as fractions of the frame.")

    @property
    def points(self) -> polygons.Points:
        """The polygon's points, in fractions or in pixels of a frame whose size the file does not give."""
        return polygons.points(self.coordinates)


def unfold(value: Any) -> Any:
    """Bring any form of masks to a list of maps with `name` and `coordinates`; other values are left alone.

    A list whose texts all hold a single point is one polygon, as older files write it.
    """
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [{"name": "mask_1", "coordinates": value}]
    if isinstance(value, dict):
        return [{"name": name, **entry} if isinstance(entry, dict) else entry for name, entry in value.items()]
    if isinstance(value, list) and value:
        joined = join(value)
        if joined is not None:
            return [{"name": "mask_1", "coordinates": joined}]
        return [
            {"name": f"mask_{index}", "coordinates": item} if isinstance(item, str) else item
            for index, item in enumerate(value, 1)
        ]
    return value


def join(items: list[Any]) -> str | None:
    """Join a list of single points `x,y` or `[x, y]`, or of bare numbers, to one polygon; None if it is neither."""
    if all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in items):
        return ",".join(str(item) for item in items)
    if all(isinstance(item, str) and item.count(",") == 1 for item in items):
        return ",".join(items)
    if all(isinstance(item, list) and len(item) == 2 for item in items):
        return join([number for item in items for number in item])
    return None


Masks = Annotated[
    list[MaskConfig],
    BeforeValidator(unfold, json_schema_input_type=str | list[str] | dict[str, MaskConfig]),
]
