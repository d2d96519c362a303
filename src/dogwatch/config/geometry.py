"""Masks and zones to fractions of the frame: what older files give in pixels, and what lies outside of the frame."""

from __future__ import annotations

from collections.abc import Iterator

from dogwatch import polygon
from dogwatch.config import masks, polygons, zones
from dogwatch.config.migrate import sections
from dogwatch.config.problems import Mark, Report
from dogwatch.config.tree import Items, Map, Value

ASSUMED = (1280, 720)
"""The detect frame of a camera whose size is neither given nor known yet (docs/configuration.md)."""
MOVED = "lies partly outside of the frame; it is cut off at the edge"
GONE = "lies outside of the frame and is left out"
NOWHERE = "0,0,0,0,0,0"
MIXED = "give all numbers as fractions from 0 to 1"


def to_fractions(camera: Map, report: Report) -> None:
    """Bring all polygons of a camera to fractions and all masks to lists of maps, in place.

    Pixels stay what they are when the file does not say how large the frame is: vision converts them when it knows
    the stream's size. What is no polygon is left for the models to report.
    """
    converter = _Converter(camera.get("detect"), report)
    for holder in _holders(camera):
        if "mask" in holder:
            converter.convert_masks(holder, "mask")
    if "privacy_masks" in camera:
        converter.convert_masks(camera, "privacy_masks")
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
        self._size = _size(detect)
        self._report = report
        self._cut = False
        """Whether the polygon converted last has lost corners."""

    def _fractions(self, text: str, mark: Mark | None) -> str:
        """Return `text` in fractions, or in pixels if the frame's size is not known; empty if nothing of it is left."""
        self._cut = False
        try:
            given = polygons.points(text)
        except ValueError:
            return text
        try:
            pixels = polygons.means_pixels(given)
        except ValueError as error:
            self._report.error(mark, str(error), MIXED)
            return text
        if pixels and self._size is None:
            self._report.notice(
                mark, "is in pixels, but detect.width and detect.height are not given; the stream's size will count"
            )
            return text
        width, height = self._size if pixels and self._size else (1, 1)
        before = tuple((x / width, y / height) for x, y in given)
        if polygon.inside(before):
            return polygons.write(before) if pixels else text
        found = polygon.relative(given, width, height) if pixels else polygon.clamped(given)
        left = polygon.something(found, before)
        self._report.notice(mark, MOVED if left else GONE)
        self._cut = left and not polygon.same_corners(before, found)
        return polygons.write(found) if left else ""

    def convert_masks(self, holder: Map, name: str) -> None:
        value, key_mark = holder[name], holder.marks.get(name)
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
                if text == "":
                    continue  # what an editor leaves of a mask that was deleted
                converted = self._fractions(text, mark) if isinstance(text, str) else written
                if converted == "":
                    continue
                kept.append({**entry, "coordinates": converted})
            else:
                kept.append(entry)
            kept_marks.append(mark or Mark(0, 0, ""))
        holder[name] = Items(kept, kept_marks)

    def convert_zone(self, zone: Map) -> None:
        try:
            text = zones.unfold(zone.get("coordinates"))
        except ValueError:
            return
        if not isinstance(text, str):
            return
        converted = self._fractions(text, zone.marks.get("coordinates"))
        if not converted:  # others may name the zone, so it stays, but nothing is ever inside
            zone["coordinates"], zone["enabled"] = NOWHERE, False
            return
        zone["coordinates"] = converted
        if self._cut and "distances" in zone:
            self._report.notice(zone.marks.get("distances"), "a zone that is cut off measures no speeds")
            zone.take("distances")
            zone.take("speed_threshold")


def _size(detect: Value) -> tuple[int, int] | None:
    """Return width and height as the file gives them, None if it does not."""
    if not isinstance(detect, Map):
        return None
    try:
        width, height = int(str(detect.get("width"))), int(str(detect.get("height")))
    except ValueError:
        return None
    return (width, height) if width > 0 and height > 0 else None
