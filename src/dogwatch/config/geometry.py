"""Masks and zones of older files: pixels of the detect frame to fractions."""

from __future__ import annotations

from collections.abc import Iterator

from dogwatch.config import masks, polygons, zones
from dogwatch.config.migrate import sections
from dogwatch.config.problems import Mark, Report
from dogwatch.config.tree import Items, Map, Value

ASSUMED = (1280, 720)
"""The detect frame of a camera whose size is neither given nor known yet (contract, section 19.3)."""


def to_fractions(camera: Map, report: Report) -> None:
    """Bring all polygons of a camera to fractions and all masks to lists of maps, in place.

    What is no polygon is left for the models to report.
    """
    converter = _Converter(camera.get("detect"), report)
    for holder in _holders(camera):
        if "mask" in holder:
            converter.convert_masks(holder)
    for zone in sections(camera.get("zones")):
        converter.convert_zone(zone)


def _holders(camera: Map) -> Iterator[Map]:
    objects = camera.get("objects")
    yield from (part for part in (camera.get("motion"), objects) if isinstance(part, Map))
    if isinstance(objects, Map):
        yield from sections(objects.get("filters"))
    for zone in sections(camera.get("zones")):
        yield from sections(zone.get("filters"))


class _Converter:
    def __init__(self, detect: Value, report: Report) -> None:
        width, height = (detect.get("width"), detect.get("height")) if isinstance(detect, Map) else (None, None)
        self._known = isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0
        self._size: tuple[int, int] = (int(width), int(height)) if self._known and width and height else ASSUMED
        self._report = report

    def _fractions(self, text: str, mark: Mark | None) -> str | None:
        """Return `text` in fractions; None, with the error reported, if it does not fit the frame."""
        try:
            polygon = polygons.points(text)
        except ValueError:
            return text
        if not polygons.in_pixels(polygon):
            return text
        if not self._known:
            self._report.notice(
                mark,
                "is in pixels but detect.width and detect.height are not given; "
                f"a frame of {ASSUMED[0]} x {ASSUMED[1]} is assumed",
            )
        try:
            return polygons.write(polygons.relative(polygon, *self._size))
        except ValueError as error:
            self._report.error(mark, str(error), "give detect.width and detect.height, or use fractions from 0 to 1")
            return None

    def convert_masks(self, holder: Map) -> None:
        value, key_mark = holder["mask"], holder.marks.get("mask")
        entries = masks.unfold(value)
        if not isinstance(entries, list):
            return
        marks = (
            value.marks if isinstance(value, Items) else list(value.marks.values()) if isinstance(value, Map) else []
        )
        places = [marks[index] if index < len(marks) else key_mark for index in range(len(entries))]
        kept: list[Value] = []
        kept_marks: list[Mark] = []
        for entry, mark in zip(entries, places, strict=True):
            if isinstance(entry, dict):
                written = entry.get("coordinates")
                text = masks.join(written) if isinstance(written, list) else written
                converted = self._fractions(text, mark) if isinstance(text, str) else written
                if converted is None:
                    continue
                kept.append({**entry, "coordinates": converted})
            else:
                kept.append(entry)
            kept_marks.append(mark or Mark(0, 0, ""))
        holder["mask"] = Items(kept, kept_marks)

    def convert_zone(self, zone: Map) -> None:
        try:
            text = zones.unfold(zone.get("coordinates"))
        except ValueError:
            return
        if isinstance(text, str):
            converted = self._fractions(text, zone.marks.get("coordinates"))
            zone["coordinates"] = converted if converted is not None else "0,0,1,0,1,1"
