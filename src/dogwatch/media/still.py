"""One picture out of recorded footage."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from dogwatch.errors import MediaError, NoFootageError
from dogwatch.media import fragments
from dogwatch.media.picture_pool import POOL
from dogwatch.media.pieces import Piece, cut
from dogwatch.model import Segment

BYTES_PER_PX = 24  # pictures that others refer to, the one that is wanted, and what is made of it
TOLERANCE_S = 0.002  # times in URLs have milliseconds


def frame_at(
    segments: Iterable[Segment], time: float, media_root: Path, height: int | None = None
) -> NDArray[np.uint8]:
    """Return the picture (BGR, height x width x 3) that was on at `time` (epoch s).

    Only the fragments from the keyframe before it are read and decoded. `height` scales it, keeping the shape.

    Raises:
        NoFootageError: None of `segments` holds this time.
        MediaError: What is there cannot be decoded.
    """
    for segment in segments:
        piece = cut(segment, time, time + TOLERANCE_S)
        if piece is None:
            continue
        try:
            return _decode(_read(piece, media_root), time, height)
        except FileNotFoundError:
            continue  # deleted since it was looked up
        except (OSError, av.error.FFmpegError) as error:
            raise MediaError(f"cannot decode {segment.path}: {error}") from error
    raise NoFootageError("there is no recording at this time")


def _read(piece: Piece, media_root: Path) -> bytes:
    fd = os.open(media_root / piece.segment.path, os.O_RDONLY)
    try:
        init = fragments.read_init(fd, os.fstat(fd).st_size)
        return init + os.pread(fd, piece.size_bytes, piece.offset)
    finally:
        os.close(fd)


def _decode(data: bytes, time: float, height: int | None) -> NDArray[np.uint8]:
    found: av.VideoFrame | None = None
    with av.open(io.BytesIO(data), "r", format="mp4") as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        POOL.need(stream.width * stream.height * BYTES_PER_PX)
        for frame in container.decode(video=0):
            if found is not None and frame.time is not None and frame.time > time + TOLERANCE_S:
                break
            found = frame
        if found is None:
            raise MediaError("no picture could be decoded")
        if height is None:
            return np.asarray(found.to_ndarray(format="bgr24"), np.uint8)
        height = min(height, found.height)
        width = max(2, round(found.width * height / found.height / 2) * 2)
        return np.asarray(found.reformat(width, height, "bgr24").to_ndarray(), np.uint8)
