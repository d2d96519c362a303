"""What is to be drawn on a video file, as bytes for the process that draws it.

NumPy is not needed here, since the core loads it late.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from enum import StrEnum

Row = tuple[int, int, int, int, int, int, int, bool, float]
"""Frame, trace, x, y, width, height, number of the label, whether interpolated, confidence."""
_PACKED = struct.Struct("<IIHHHHHHf")  # `file_overlay.ROW`


class Overlay(StrEnum):
    """What is drawn beside the frame line of debug mode."""

    NOTHING = "nothing"
    BOXES = "boxes"  # each box with label and confidence
    LABELS = "labels"  # each box with its label
    TRACE = "trace"  # the boxes of one trace
    CLIP = "clip"  # the word of a clip


def pack(rows: Iterable[Row]) -> bytes:
    """Return boxes, ascending by frame, as `file_overlay.ROW` has them."""
    return b"".join(_PACKED.pack(*row) for row in rows)
