"""Encodes small pictures as a looping GIF or WebP, or as MP4, eight times as fast as they were taken."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

import av
import numpy as np

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media.palette import Palette
from dogwatch.media.preview_film import PreviewTrack, as_video

Kind = Literal["gif", "webp", "mp4"]

SLOWNESS = 0.12  # seconds in which a second is shown
STEP_S = 1 / (8 * SLOWNESS)  # 8 pictures a second are shown
SHORTEST_S = 0.02  # for which one is shown: GIF counts hundredths, and takes no two pictures at once
MOST: dict[Kind, int] = {"gif": 160, "webp": 160, "mp4": 1200}
"""Of a longer range, fewer pictures are shown."""

BYTES_PER_PX = 8  # GIF keeps all pictures until their common colours are known
CRF = 26
WEBP_QUALITY = 60
CENTISECONDS, MILLISECONDS = Fraction(1, 100), Fraction(1, 1000)


def step_of(kind: Kind, length_s: float) -> float:
    """Return how many seconds pictures of a range are apart."""
    return max(STEP_S, length_s / MOST[kind])


def encode(kind: Kind, pictures: Iterator[tuple[float, Any]], start: float, end: float) -> bytes:
    """Encode the pictures of `start` to `end` (epoch s), each with its time.

    Raises:
        NoFootageError: There are none.
        MediaError: They cannot be encoded.
    """
    first = next(pictures, None)
    if first is None:
        raise NoFootageError("No preview found for the time range")
    shown = _shown(first, pictures, start)
    out = io.BytesIO()
    try:
        with av.open(out, "w", format=kind, options={} if kind == "mp4" else {"loop": "0"}) as container:
            if kind == "mp4":
                _write_mp4(container, shown, round((end - start) * SLOWNESS * 1000))
            elif kind == "gif":
                _write_gif(container, shown)
            else:
                _write_webp(container, shown)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise MediaError(f"the preview cannot be encoded: {error}") from error
    return out.getvalue()


def _shown(first: tuple[float, Any], rest: Iterator[tuple[float, Any]], start: float) -> Iterator[tuple[float, Any]]:
    """Yield the pictures, all of the first one's size, and when each is shown (s)."""
    width, height = first[1].width, first[1].height
    last = max(0.0, first[0] - start) * SLOWNESS
    yield last, first[1]
    for time, frame in rest:
        at = (time - start) * SLOWNESS
        if at - last < SHORTEST_S:
            continue
        last, same = at, (frame.width, frame.height) == (width, height)
        yield at, frame if same else frame.reformat(width, height)


def _write_mp4(container: Any, shown: Iterator[tuple[float, Any]], end_ms: int) -> None:
    track: PreviewTrack | None = None
    for at, frame in shown:
        track = track or PreviewTrack(container, frame.width, frame.height, CRF)
        track.add(frame, round(at * 1000))
    if track is not None:
        track.finish(end_ms)


def _write_gif(container: Any, shown: Iterator[tuple[float, Any]]) -> None:
    pictures = [(at, frame.to_ndarray(format="rgb24")) for at, frame in shown]
    palette = Palette([rgb for _, rgb in pictures])
    colours = np.zeros((256, 4), np.uint8)
    colours[:, 0] = 255  # opaque
    colours[: len(palette.colours), 1:] = palette.colours
    height, width = pictures[0][1].shape[:2]
    stream = container.add_stream("gif", rate=100)
    stream.width, stream.height, stream.pix_fmt = width, height, "pal8"
    stream.codec_context.time_base = CENTISECONDS
    for at, rgb in pictures:
        painted: Any = (palette.paint(rgb), colours)
        picture = av.VideoFrame.from_ndarray(painted, "pal8")
        picture.pts, picture.time_base = round(at * 100), CENTISECONDS
        container.mux(stream.encode(picture))
    container.mux(stream.encode(None))


def _write_webp(container: Any, shown: Iterator[tuple[float, Any]]) -> None:
    stream: Any = None
    for at, frame in shown:
        if stream is None:
            stream = container.add_stream("libwebp_anim", rate=1000)
            stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
            stream.codec_context.time_base = MILLISECONDS
            stream.options = {"quality": str(WEBP_QUALITY), "compression_level": "1"}
        picture = as_video(frame, frame.width, frame.height)
        picture.pts, picture.time_base = round(at * 1000), MILLISECONDS
        container.mux(stream.encode(picture))
    container.mux(stream.encode(None))
