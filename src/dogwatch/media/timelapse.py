"""Encodes recorded footage as a timelapse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import av

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media.clip import LONGEST_GAP_S
from dogwatch.media.encoder_spec import TimelapseSpec

FPS = 30
PROGRESS_EVERY_S = 20.0  # of footage: how often progress is reported
TOLERANCE_S = 0.002


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
        for at, elapsed, frame in _pictures(spec):
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


def _pictures(spec: TimelapseSpec) -> Iterator[tuple[float, float, Any]]:
    """Yield for each picture its time (epoch s), the length of the footage before it (s), and the picture."""
    skipped, before = spec.start, None
    for path, shift in zip(spec.paths, spec.shifts or (0.0,) * len(spec.paths), strict=True):
        try:
            container = av.open(path)
        except FileNotFoundError:
            continue  # deleted since the export was asked for
        with container:
            container.streams.video[0].thread_type = "NONE"
            for frame in container.decode(video=0):
                at = frame.time
                if at is None or at + shift < spec.start - TOLERANCE_S or (before is not None and at + shift <= before):
                    continue
                at += shift
                if at >= spec.end:
                    return
                if before is None:
                    skipped = at
                elif at - before > LONGEST_GAP_S:
                    skipped += at - before
                before = at
                yield at, at - skipped, frame
