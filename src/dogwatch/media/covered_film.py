"""Encodes recorded footage anew with parts of each picture covered, without sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media.cover import fitting, hide, planes
from dogwatch.media.encoder_spec import CoverBox
from dogwatch.media.picture import Picture
from dogwatch.media.recorded_pictures import recorded_pictures
from dogwatch.polygon import Polygon

TICKS = 90_000
PROGRESS_EVERY_S = 1.0  # of footage: how often progress is reported


@dataclass(frozen=True, slots=True)
class Footage:
    """What is encoded: `start` to `end` of the files at `paths`, to whose own times `shifts` are added if given."""

    paths: Sequence[str]
    shifts: Sequence[float]
    start: float
    end: float

    def pictures(self) -> Iterator[tuple[float, float, Any]]:
        """Yield its pictures; see `recorded_pictures`."""
        return recorded_pictures(self.paths, self.shifts, self.start, self.end)


def look(footage: Footage, see: Callable[[float, Picture], None], tell: Callable[[float], None]) -> None:
    """Call `see` with the time and the luma of each picture, as `encode` will have it, and `tell` with the share done.

    Raises:
        MediaError: The footage cannot be read.
    """
    try:
        told = footage.start
        for at, _, frame in footage.pictures():
            told = _told(at, told, footage, tell)
            width, height = fitting(frame.width, frame.height)
            see(at, planes(frame.reformat(width, height, "yuv420p").to_ndarray())[0])
    except (av.error.FFmpegError, OSError) as error:
        raise _failed(error) from error


def encode(
    footage: Footage,
    out: str,
    polygons: Sequence[Polygon],
    boxes_at: Callable[[float], Sequence[CoverBox]],
    tell: Callable[[float], None],
) -> int:
    """Write an H.264 MP4 file; return its number of pictures.

    Args:
        footage: What to encode.
        out: Where the file goes.
        polygons: What is blacked out, in fractions.
        boxes_at: Returns what is blurred in the picture at a time.
        tell: Is called with the share done.

    Raises:
        NoFootageError: There is no picture in the range.
        MediaError: The footage cannot be read, or the file not be written.
    """
    try:
        return _encode(footage, out, polygons, boxes_at, tell)
    except (av.error.FFmpegError, OSError) as error:
        raise _failed(error) from error


def _encode(
    footage: Footage,
    out: str,
    polygons: Sequence[Polygon],
    boxes_at: Callable[[float], Sequence[CoverBox]],
    tell: Callable[[float], None],
) -> int:
    count, last, told = 0, -1, footage.start
    with av.open(out, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream: Any = None
        for at, elapsed, frame in footage.pictures():
            told = _told(at, told, footage, tell)
            if stream is None:
                stream = container.add_stream("libx264", rate=30)
                stream.width, stream.height = fitting(frame.width, frame.height)
                stream.pix_fmt = "yuv420p"
                stream.options = {"preset": "veryfast", "crf": "23", "threads": "1"}
                stream.codec_context.time_base = Fraction(1, TICKS)
            pixels = frame.reformat(stream.width, stream.height, "yuv420p").to_ndarray()
            hide(planes(pixels), polygons, boxes_at(at))
            picture = av.VideoFrame.from_ndarray(pixels, "yuv420p")
            last = max(last + 1, round(elapsed * TICKS))
            picture.pts, picture.time_base = last, Fraction(1, TICKS)
            container.mux(stream.encode(picture))
            count += 1
        if stream is None:
            raise NoFootageError("no picture was recorded in this range")
        container.mux(stream.encode(None))
    return count


def _told(at: float, told: float, footage: Footage, tell: Callable[[float], None]) -> float:
    if at - told < PROGRESS_EVERY_S:
        return told
    tell((at - footage.start) / max(footage.end - footage.start, 1e-9))
    return at


def _failed(error: Exception) -> MediaError:
    return MediaError(f"the copy cannot be made: {getattr(error, 'strerror', None) or error}")
