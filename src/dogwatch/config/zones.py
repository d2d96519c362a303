"""`zones`: named parts of a camera's picture."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, model_validator

from dogwatch.config import polygons
from dogwatch.config.base import Section, Strings, key, required
from dogwatch.config.masks import Polygon, join
from dogwatch.config.objects import FilterConfig


def unfold(value: Any) -> Any:
    """Bring any form of a zone's coordinates to one text."""
    if isinstance(value, list) and value:
        joined = join(value)
        if joined is not None:
            return joined
        if len(value) == 1:
            return value[0]
        raise ValueError("a zone has one polygon: expected 'x,y,x,y,...' or a list of points 'x,y'")
    return value


def _distances(value: Any) -> Any:
    return polygons.numbers(value) if isinstance(value, str) else value


class ZoneConfig(Section):
    """One zone."""

    coordinates: Annotated[Polygon, BeforeValidator(unfold, json_schema_input_type=str | list[str])] = required(
        "Polygon `x,y,x,y,...` as fractions of the frame; pixels of the detect frame in older files."
    )
    friendly_name: str | None = key(None, "Name that is shown.")
    enabled: bool = key(True, "Whether the zone is used.")
    objects: Strings = key([], "Labels for which the zone applies; all if empty.")
    filters: dict[str, FilterConfig] = key({}, "Filter per label, inside this zone.")
    inertia: int = key(3, "Detections in consecutive frames before an object is inside.", gt=0)
    loitering_time: float = key(0, "Seconds for which an object must stay before it is inside.", ge=0)
    distances: Annotated[list[float], BeforeValidator(_distances, json_schema_input_type=str | list[float])] = key(
        [], "Real lengths of the four edges, for speeds."
    )
    speed_threshold: float | None = key(None, "Least speed of an object that is inside.", ge=0.1)

    @property
    def points(self) -> polygons.Points:
        """The polygon's points, in fractions or in pixels of a frame whose size the file does not give."""
        return polygons.points(self.coordinates)

    @model_validator(mode="after")
    def _speed(self) -> ZoneConfig:
        if self.distances and (len(self.distances) != 4 or len(self.points) != 4):
            raise ValueError("distances takes 4 numbers and needs a zone with 4 corners")
        if any(distance <= 0 for distance in self.distances):
            raise ValueError("distances must be greater than 0")
        if self.speed_threshold is not None and not self.distances:
            raise ValueError("speed_threshold needs distances")
        if self.speed_threshold is not None and self.loitering_time > 0:
            raise ValueError("speed_threshold and loitering_time cannot be used together")
        return self
