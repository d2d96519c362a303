"""What is drawn on pictures: boxes, zones, masks, motion, regions, paths and the time.

A `Canvas` knows the picture and the size of the detect frame, and takes everything in detect-frame coordinates.
Colours are RGB outside this module, as in the configuration, and BGR inside, as in OpenCV.
"""

from __future__ import annotations

import colorsys
import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.media.picture import Picture
from dogwatch.model import Box, TrackedObject

Rgb = tuple[int, int, int]
Polygon = Sequence[tuple[float, float]]

MOTION_COLOUR: Rgb = (255, 0, 0)
REGION_COLOUR: Rgb = (0, 255, 0)
ZONE_COLOUR: Rgb = (255, 255, 0)
FONT = cv2.FONT_HERSHEY_SIMPLEX
REFERENCE_HEIGHT = 720  # line widths and letters are made for it and scaled for other sizes


@dataclass(frozen=True, slots=True)
class TimestampStyle:
    """How the time is written on a picture (docs/configuration.md, `timestamp_style`)."""

    position: Literal["tl", "tr", "bl", "br"] = "tl"
    format: str = "%m/%d/%Y %H:%M:%S"
    colour: Rgb = (255, 255, 255)
    thickness: int = 2
    effect: Literal["solid", "shadow"] | None = None


@dataclass(frozen=True, slots=True)
class LabelledBox:
    """A box to draw, with text above it."""

    box: Box
    text: str
    colour: Rgb
    thickness: int = 2


def label_colour(label: str, colormap: Mapping[str, Rgb] | None = None) -> Rgb:
    """Return the colour of `label`: from `colormap`, or a bright one that is always the same for one label."""
    if colormap and label in colormap:
        return colormap[label]
    hue = (zlib.crc32(label.encode()) % 360) / 360
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75, 1.0)
    return round(red * 255), round(green * 255), round(blue * 255)


def labelled_box(obj: TrackedObject, colormap: Mapping[str, Rgb] | None = None, name: str = "") -> LabelledBox:
    """Return the box and text of a tracked object: `person: 78% 12345`, thin when stationary or not yet confirmed."""
    text = f"{name or obj.label}: {round(obj.score * 100)}% {obj.box.area}"
    quiet = obj.stationary or obj.false_positive
    return LabelledBox(obj.box, text, label_colour(obj.label, colormap), 1 if quiet else 2)


@dataclass(slots=True)
class Canvas:
    """A picture to draw on, in place, in the coordinates of a detect frame of `width` x `height`."""

    picture: Picture
    width: int
    height: int
    colormap: Mapping[str, Rgb] = field(default_factory=dict)

    def labelled_boxes(self, boxes: Iterable[LabelledBox]) -> None:
        """Draw boxes with their texts."""
        for labelled in boxes:
            self._rectangle(labelled.box, labelled.colour, labelled.thickness)
            self._label(labelled)

    def objects(self, objects: Iterable[TrackedObject]) -> None:
        """Draw the boxes of tracked objects with label, score and area."""
        self.labelled_boxes(labelled_box(obj, self.colormap) for obj in objects)

    def zones(self, zones: Mapping[str, Polygon], colours: Mapping[str, Rgb] | None = None) -> None:
        """Outline zones; polygons are (x, y) fractions of the frame."""
        for name, polygon in zones.items():
            colour = (colours or {}).get(name, ZONE_COLOUR)
            cv2.polylines(self.picture, [self._points(polygon)], True, _bgr(colour), self._line(2))

    def masks(self, masks: Iterable[Polygon]) -> None:
        """Black out masks; polygons are (x, y) fractions of the frame."""
        for polygon in masks:
            cv2.fillPoly(self.picture, [self._points(polygon)], (0, 0, 0))

    def motion(self, boxes: Iterable[Box]) -> None:
        """Draw motion boxes."""
        for box in boxes:
            self._rectangle(box, MOTION_COLOUR, 2)

    def regions(self, boxes: Iterable[Box]) -> None:
        """Draw the squares that the detector has looked at."""
        for box in boxes:
            self._rectangle(box, REGION_COLOUR, 2)

    def paths(self, objects: Iterable[TrackedObject]) -> None:
        """Draw the paths of objects: a dot for each point, lines between them."""
        for obj in objects:
            if not obj.path:
                continue
            colour = _bgr(label_colour(obj.label, self.colormap))
            points = self._points([(x, y) for x, y, _ in obj.path])
            cv2.polylines(self.picture, [points], False, colour, self._line(2))
            for x, y in points.tolist():
                cv2.circle(self.picture, (x, y), self._line(4), colour, -1)

    def grid(self, texts: Sequence[Sequence[str]], colour: Rgb, font_scale: float) -> None:
        """Draw a square grid with as many cells as `texts`, row by row, and in each cell its lines of text."""
        rows, columns = self.picture.shape[:2]
        side = math.isqrt(len(texts))
        bgr, thick, scale = _bgr(colour), self._line(1), font_scale * max(rows / REFERENCE_HEIGHT, 0.6)
        for n in range(1, side):
            x, y = round(n * columns / side), round(n * rows / side)
            cv2.line(self.picture, (x, 0), (x, rows - 1), bgr, thick)
            cv2.line(self.picture, (0, y), (columns - 1, y), bgr, thick)
        (_, high), below = cv2.getTextSize("0", FONT, scale, thick)
        for number, lines in enumerate(texts):
            left, top = number % side * columns / side, number // side * rows / side
            for line, text in enumerate(lines):
                place = (round(left) + 3 * thick, round(top) + (line + 1) * (high + below))
                cv2.putText(self.picture, text, place, FONT, scale, bgr, thick, cv2.LINE_AA)

    def timestamp(self, time: float, style: TimestampStyle | None = None, zone: tzinfo | None = UTC) -> None:
        """Write `time` (epoch s) in a corner; `zone` None means the machine's own timezone."""
        style = style or TimestampStyle()
        text = datetime.fromtimestamp(time, zone).strftime(style.format)
        scale, thick = self._letters(), self._line(style.thickness)
        (wide, high), below = cv2.getTextSize(text, FONT, scale, thick)
        margin = self._line(5)
        x = margin if style.position.endswith("l") else max(0, self.picture.shape[1] - wide - margin)
        top = style.position.startswith("t")
        y = high + margin if top else max(high, self.picture.shape[0] - below - margin)
        if style.effect == "solid":
            # The background contrasts with the letters.
            ground = (0, 0, 0) if sum(style.colour) > 382 else (255, 255, 255)
            cv2.rectangle(self.picture, (x - margin, y - high - margin), (x + wide + margin, y + below), ground, -1)
        elif style.effect == "shadow":
            cv2.putText(self.picture, text, (x + thick, y + thick), FONT, scale, (0, 0, 0), thick, cv2.LINE_AA)
        cv2.putText(self.picture, text, (x, y), FONT, scale, _bgr(style.colour), thick, cv2.LINE_AA)

    def _scale(self) -> tuple[float, float]:
        return self.picture.shape[1] / self.width, self.picture.shape[0] / self.height

    def _line(self, thickness: int) -> int:
        rows: int = self.picture.shape[0]
        return max(1, round(thickness * rows / REFERENCE_HEIGHT))

    def _letters(self) -> float:
        rows: int = self.picture.shape[0]
        return max(0.35, 0.9 * rows / REFERENCE_HEIGHT)

    def _points(self, polygon: Polygon) -> NDArray[np.int32]:
        rows, columns = self.picture.shape[:2]
        return np.array([(round(x * columns), round(y * rows)) for x, y in polygon], np.int32).reshape(-1, 2)

    def _rectangle(self, box: Box, colour: Rgb, thickness: int) -> None:
        fx, fy = self._scale()
        first = (round(box.x1 * fx), round(box.y1 * fy))
        last = (round(box.x2 * fx) - 1, round(box.y2 * fy) - 1)
        cv2.rectangle(self.picture, first, last, _bgr(colour), self._line(thickness))

    def _label(self, labelled: LabelledBox) -> None:
        if not labelled.text:
            return
        fx, fy = self._scale()
        scale, thick = self._letters() * 0.6, self._line(1)
        (wide, high), below = cv2.getTextSize(labelled.text, FONT, scale, thick)
        x = min(max(0, round(labelled.box.x1 * fx)), max(0, self.picture.shape[1] - wide))
        y = round(labelled.box.y1 * fy) - below  # above the box, or inside it at the picture's upper edge
        if y - high < 0:
            y = min(round(labelled.box.y1 * fy) + high + below, self.picture.shape[0] - below)
        cv2.rectangle(self.picture, (x, y - high - 1), (x + wide, y + below), _bgr(labelled.colour), -1)
        cv2.putText(self.picture, labelled.text, (x, y), FONT, scale, (0, 0, 0), thick, cv2.LINE_AA)


def _bgr(colour: Rgb) -> tuple[int, int, int]:
    return colour[2], colour[1], colour[0]
