"""Converts polygons in pixels to fractions of the frame, once its size is known.

The core leaves polygons in pixels when the configuration does not say how large the frame is.
"""

from __future__ import annotations

from msgspec import structs

from dogwatch import polygon
from dogwatch.analysis import AnalysisSettings, ObjectFilter, Polygon, ZoneSettings
from dogwatch.vision.geometry import Geometry


def in_fractions(settings: AnalysisSettings, geometry: Geometry) -> AnalysisSettings:
    """Return `settings` with every polygon in fractions of the detect frame, without those that lie outside of it."""
    fitting = _Fitting(geometry)
    motion = settings.motion
    return structs.replace(
        settings,
        motion=structs.replace(motion, masks=fitting.masks(motion.masks)),
        filters=fitting.filters(settings.filters),
        masks=fitting.masks(settings.masks),
        zones=tuple(zone for given in settings.zones if (zone := fitting.zone(given)) is not None),
    )


class _Fitting:
    def __init__(self, geometry: Geometry) -> None:
        self._width, self._height = geometry.width, geometry.height

    def _fitted(self, given: Polygon) -> Polygon:
        return polygon.fitted(given, self._width, self._height)

    def masks(self, given: tuple[Polygon, ...]) -> tuple[Polygon, ...]:
        return tuple(fitted for mask in given if (fitted := self._fitted(mask)))

    def filters(self, given: dict[str, ObjectFilter]) -> dict[str, ObjectFilter]:
        return {label: structs.replace(rule, masks=self.masks(rule.masks)) for label, rule in given.items()}

    def zone(self, given: ZoneSettings) -> ZoneSettings | None:
        """Return a zone; without its measured distances if a corner was cut off, as they no longer fit its edges."""
        outline = self._fitted(given.polygon)
        if not outline:
            return None
        in_pixels = polygon.in_pixels(given.polygon)
        before = tuple((x / self._width, y / self._height) for x, y in given.polygon) if in_pixels else outline
        zone = structs.replace(given, polygon=outline, filters=self.filters(given.filters))
        if polygon.same_corners(before, outline):
            return zone
        return structs.replace(zone, distances=(), speed_threshold=None)
