"""A detector of plain colours, always right and always the same. For tests with synthetic pictures.

It finds upright rectangles of one strong colour, at least 4 x 4 pixels large, which nothing covers. Options: `colours`
says which colours mean which labels, by default `red=person,green=car,blue=face`; also known are yellow, cyan and
magenta. The score is the share of the rectangle that has the colour, at most 0.99.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.bus.messages import DetectorInfo
from dogwatch.detectors.base import Tensor
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import DetectorError
from dogwatch.model import Box, Detection

CHANNELS = {
    "red": (True, False, False),
    "green": (False, True, False),
    "blue": (False, False, True),
    "yellow": (True, True, False),
    "cyan": (False, True, True),
    "magenta": (True, False, True),
}
DEFAULT = "red=person,green=car,blue=face"
SIDE = 640
DIFFERENCE = 64  # levels between the channels that a colour has and those that it lacks
LEAST_PX = 4
FILLED = 0.8
BEST = 0.99


class PatternDetector:
    """Finds rectangles of plain colours; see the module."""

    def __init__(self, spec: DetectorSpec) -> None:
        """Read the options.

        Raises:
            DetectorError: One cannot be read.
        """
        text = str(spec.options.get("colours", DEFAULT))
        pairs = [part.partition("=") for part in text.split(",") if part.strip()]
        self._labels = {colour.strip(): label.strip() for colour, _, label in pairs}
        if not self._labels or not all(self._labels.values()) or not self._labels.keys() <= CHANNELS.keys():
            raise DetectorError(f"detector '{spec.name}': colours are such as {DEFAULT}; not {text!r}")
        width, height = spec.model.width or SIDE, spec.model.height or SIDE
        labels = tuple(dict.fromkeys(self._labels.values()))
        self._info = DetectorInfo(spec.name, width, height, "rgb", labels, max(1, spec.batch), min(width, height))

    @property
    def info(self) -> DetectorInfo:
        """The size of the model section, 640 x 640 by default; smaller regions are not enlarged to it."""
        return self._info

    def detect(self, batch: list[Tensor]) -> list[list[Detection]]:
        """Return the rectangles in each tensor."""
        return [self._look(picture) for picture in batch]

    def _look(self, picture: Tensor) -> list[Detection]:
        channels = [np.asarray(plane, np.uint8) for plane in cv2.split(picture)]
        found = [
            Detection(label, score, box)
            for colour, label in self._labels.items()
            for score, box in _rectangles(_has(channels, CHANNELS[colour]))
        ]
        return sorted(found, key=lambda one: (-one.score, one.label, one.box.as_list()))


def make(spec: DetectorSpec) -> PatternDetector:
    """Make the detector of `spec`; raises DetectorError as its constructor does."""
    return PatternDetector(spec)


def _has(channels: list[NDArray[np.uint8]], wanted: tuple[bool, ...]) -> NDArray[np.uint8]:
    """Return 1 where the wanted channels are all far above the others."""
    highs: list[Any] = [channel for channel, high in zip(channels, wanted, strict=True) if high]
    lows: list[Any] = [channel for channel, high in zip(channels, wanted, strict=True) if not high]
    low = highs[0] if len(highs) == 1 else cv2.min(highs[0], highs[1])
    high = lows[0] if len(lows) == 1 else cv2.max(lows[0], lows[1])
    return np.asarray(cv2.compare(cv2.subtract(low, high), DIFFERENCE, cv2.CMP_GE), np.uint8)  # type: ignore[call-overload]


def _rectangles(mask: NDArray[np.uint8]) -> list[tuple[float, Box]]:
    if not cv2.countNonZero(mask):
        return []
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    found = []
    for x, y, width, height, area in stats[1:].tolist():
        share = area / (width * height)
        if min(width, height) >= LEAST_PX and share >= FILLED:
            found.append((min(share, BEST), Box(x, y, x + width, y + height)))
    return found
