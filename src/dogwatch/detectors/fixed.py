"""An instant detector that answers every region with the same boxes. For tests and benchmarks.

Options: `boxes`, such as `person,0.9,10,20,110,220; car,0.6,0,0,50,40` (label, score, x1, y1, x2, y2 in tensor
pixels), empty by default; `delay_ms` to pretend to work; `pixel_format` gray, rgb (default) or bgr.
"""

from __future__ import annotations

import time
from typing import Literal, cast

from dogwatch.bus.messages import DetectorInfo
from dogwatch.detectors.base import Tensor
from dogwatch.detectors.spec import DetectorSpec
from dogwatch.errors import DetectorError
from dogwatch.model import Box, Detection


class FixedDetector:
    """Answers with the boxes in its options; see the module."""

    def __init__(self, spec: DetectorSpec) -> None:
        """Read the options.

        Raises:
            DetectorError: One cannot be read.
        """
        options = spec.options
        try:
            self._found = [_detection(part) for part in str(options.get("boxes", "")).split(";") if part.strip()]
            self._delay = float(options.get("delay_ms", 0)) / 1000
        except ValueError as error:
            raise DetectorError(f"detector '{spec.name}': boxes are label,score,x1,y1,x2,y2; ...: {error}") from error
        pixel_format = options.get("pixel_format", "rgb")
        if pixel_format not in ("gray", "rgb", "bgr"):
            raise DetectorError(f"detector '{spec.name}': pixel_format is gray, rgb or bgr, not {pixel_format!r}")
        self._info = DetectorInfo(
            name=spec.name,
            width=spec.model.width or 320,
            height=spec.model.height or 320,
            pixel_format=cast(Literal["gray", "rgb", "bgr"], pixel_format),
            labels=tuple(spec.model.labels.values()) or tuple(dict.fromkeys(one.label for one in self._found)),
            batch=max(1, spec.batch),
            min_region=spec.model.width or 320,
        )

    @property
    def info(self) -> DetectorInfo:
        """The size of the model section, 320 x 320 by default."""
        return self._info

    def detect(self, batch: list[Tensor]) -> list[list[Detection]]:
        """Return the fixed boxes for each tensor."""
        if self._delay:
            time.sleep(self._delay)
        return [self._found for _ in batch]


def make(spec: DetectorSpec) -> FixedDetector:
    """Make the detector of `spec`; raises DetectorError as its constructor does."""
    return FixedDetector(spec)


def _detection(text: str) -> Detection:
    label, score, *corners = (part.strip() for part in text.split(","))
    x1, y1, x2, y2 = (int(corner) for corner in corners)
    return Detection(label, float(score), Box(x1, y1, x2, y2))
