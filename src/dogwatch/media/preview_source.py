"""Reads the small pictures of previews, from MP4 files and from JPEGs."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import av

from dogwatch.media.padded_packet import padded_packet
from dogwatch.media.preview_files import HOLD_S, PreviewSource, frame_names, frame_time, within

log = logging.getLogger(__name__)
KEYFRAMES_FROM_S = 40.0  # there is a keyframe every 40 pictures


def pictures(
    sources: Iterable[PreviewSource], start: float, end: float, step: float = 0.0
) -> Iterator[tuple[float, av.VideoFrame]]:
    """Yield the pictures of `sources` from `start` to `end` (epoch s), in order, each with its time.

    The first one may be that of shortly before `start`, which was still on; its time is then `start`. A source that has
    been deleted or cannot be read is left out. Of pictures in the same `step` seconds, only
    the first is there.
    """
    before: tuple[float, av.VideoFrame] | None = None
    last = -1e12
    for source in sorted(sources, key=lambda one: one.start):
        if source.start > end or source.end < start - HOLD_S:
            continue
        try:
            for time, frame in _of(source, start - HOLD_S, end, keyframes=step >= KEYFRAMES_FROM_S):
                if time > end:
                    break
                if time <= start:
                    before = (start, frame)
                    continue
                if before is not None:
                    last = start
                    yield before
                    before = None
                if time > last and (not step or (time - start) // step > (last - start) // step):
                    last = time
                    yield time, frame
        except (av.error.FFmpegError, OSError) as error:
            log.warning("a preview cannot be read: %s: %s", source.path, error)
    if before is not None and last < start:
        yield before


def _of(source: PreviewSource, start: float, end: float, *, keyframes: bool) -> Iterator[tuple[float, Any]]:
    if Path(source.path).is_dir():
        return _of_folder(source.path, start, end)
    return _of_film(source, start, keyframes=keyframes)


def _of_folder(path: str, start: float, end: float) -> Iterator[tuple[float, Any]]:
    decoder: Any = av.CodecContext.create("mjpeg", "r")
    decoder.thread_count = 1
    for name in within(frame_names(path), start, end):
        try:
            packet = padded_packet((Path(path) / name).read_bytes())
            for frame in decoder.decode(packet):  # as YUV, which encoders take
                yield frame_time(name), frame
        except (OSError, av.error.FFmpegError):
            continue  # cut short by a power cut, or deleted


def _of_film(source: PreviewSource, start: float, *, keyframes: bool) -> Iterator[tuple[float, Any]]:
    with av.open(source.path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        if keyframes:
            stream.codec_context.skip_frame = "NONKEY"
        if start > source.start:
            container.seek(int((start - source.start) * av.time_base))
        for frame in container.decode(video=0):
            if frame.time is not None:
                yield source.start + frame.time, frame
