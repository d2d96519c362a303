"""Turns decoded frames upright: the rotation that a file names goes into the pixels."""

from __future__ import annotations

from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from dogwatch.media.file_facts import rotation_of

PLANAR = frozenset({"yuv420p", "yuvj420p", "yuv444p", "yuvj444p"})
"""Formats of which each plane can be turned by itself."""


def upright(frame: Any, rotation: int | None = None) -> Any:
    """Return the frame turned by `rotation` degrees clockwise; by default, by what it says itself."""
    turned = rotation_of(frame) if rotation is None else rotation % 360
    if not turned:
        return frame
    if frame.format.name not in PLANAR:
        frame = _same_time(frame.reformat(format="yuv444p"), frame)
    width, height = (frame.width, frame.height) if turned == 180 else (frame.height, frame.width)
    made = av.VideoFrame(width, height, frame.format.name)
    for source, target in zip(frame.planes, made.planes, strict=True):
        _plane(target)[:] = np.rot90(_plane(source), -(turned // 90))
    made.colorspace, made.color_range = frame.colorspace, frame.color_range
    return _same_time(made, frame)


def rgb(frame: Any) -> NDArray[np.uint8]:
    """Return the pixels of a frame, height x width x 3, full range; exact at odd sizes too."""
    return np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)


def _plane(plane: Any) -> NDArray[np.uint8]:
    """Return a view of the pixels of a plane."""
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]


def _same_time(frame: Any, other: Any) -> Any:
    frame.pts, frame.time_base = other.pts, other.time_base
    return frame
