"""Frames as films are encoded from them: upright, in yuv420p of limited range, with even sides, and drawn on."""

from __future__ import annotations

from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorRange

from dogwatch.media.file_overlay import FileOverlay
from dogwatch.media.upright import upright

PIXELS = "yuv420p"


def film_frame(frame: Any, rotation: int, overlay: FileOverlay | None, n: int, time: float) -> Any:
    """Return the picture of frame `n`, shown at `time` (s), as it is encoded.

    Sides that are odd get one more column or row, which repeats the last one.
    """
    frame = upright(frame, rotation)
    if frame.format.name != PIXELS or frame.color_range == ColorRange.JPEG:
        frame = frame.reformat(format=PIXELS, dst_color_range=ColorRange.MPEG)
    if overlay is not None and overlay.draws_on(n):
        frame = _copied(frame, frame.width, frame.height)  # the decoder may still refer to its frame
        overlay.draw(frame, n, time)
    if frame.width % 2 or frame.height % 2:
        frame = _copied(frame, frame.width + frame.width % 2, frame.height + frame.height % 2)
    return frame


def _copied(frame: Any, width: int, height: int) -> Any:
    """Return a copy with as many columns and rows, at most one of each more."""
    copy: Any = av.VideoFrame(width, height, PIXELS)
    for plane, source in zip(copy.planes, frame.planes, strict=True):
        theirs = np.frombuffer(source, np.uint8).reshape(-1, source.line_size)[: source.height, : source.width]
        mine = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
        rows, columns = theirs.shape
        mine[:rows, :columns] = theirs
        mine[:rows, columns:] = theirs[:, -1:]
        mine[rows:] = mine[rows - 1]
    copy.colorspace, copy.color_range = frame.colorspace, frame.color_range
    copy.color_primaries, copy.color_trc = frame.color_primaries, frame.color_trc
    return copy
