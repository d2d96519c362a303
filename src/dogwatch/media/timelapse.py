"""Encodes recorded footage as a timelapse."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media.encoder_spec import TimelapseSpec
from dogwatch.media.recorded_pictures import recorded_pictures

FPS = 30
PROGRESS_EVERY_S = 20.0  # of footage: how often progress is reported


def encode(spec: TimelapseSpec, tell: Callable[[float], None] = lambda _: None) -> int:
    """Write an H.264 MP4 file without sound; return its number of pictures. `tell` is called with the share done.

    Gaps of more than two seconds are cut out. Of pictures that would be shown at the same time, only the first is kept.

    Raises:
        NoFootageError: There is no picture in the range.
        MediaError: The file cannot be encoded or written.
    """
    try:
        return _encode(spec, tell)
    except (av.error.FFmpegError, OSError) as error:
        raise MediaError(f"the timelapse cannot be made: {getattr(error, 'strerror', None) or error}") from error


def _encode(spec: TimelapseSpec, tell: Callable[[float], None]) -> int:
    count, last, told = 0, -1, spec.start
    with av.open(spec.out, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream: Any = None
        for at, elapsed, frame in recorded_pictures(spec.paths, spec.shifts, spec.start, spec.end):
            if at - told >= PROGRESS_EVERY_S:
                told = at
                tell((at - spec.start) / max(spec.end - spec.start, 1e-9))
            number = round(elapsed / spec.speed * FPS)
            if number <= last:
                continue
            last = number
            if stream is None:
                stream = container.add_stream("libx264", rate=FPS)
                stream.width, stream.height, stream.pix_fmt = frame.width & ~1, frame.height & ~1, "yuv420p"
                stream.options = {"preset": "veryfast", "crf": "23", "threads": "1"}
                stream.codec_context.time_base = Fraction(1, FPS)
            picture = frame.reformat(stream.width, stream.height, "yuv420p")
            picture.pts, picture.time_base, picture.pict_type = number, Fraction(1, FPS), 0
            container.mux(stream.encode(picture))
            count += 1
        if stream is None:
            raise NoFootageError("no picture was recorded in this range")
        container.mux(stream.encode(None))
    return count
