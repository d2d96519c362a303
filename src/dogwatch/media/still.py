"""Decodes one picture of recorded footage."""

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
from dogwatch.media.plain_file import PlainFile
from dogwatch.model import Segment

BYTES_PER_PX = 24  # reference pictures, the picture itself, and its conversion
TOLERANCE_S = 0.002  # times in URLs are rounded to milliseconds


def frame_at(
    segments: Iterable[Segment], time: float, media_root: Path, height: int | None = None
) -> NDArray[np.uint8]:
    """Return the picture (BGR, height x width x 3) that a player would show at `time` (epoch s).

    Only the fragments from the keyframe before it on are decoded. `height` scales it, keeping the aspect ratio.

    Raises:
        NoFootageError: None of `segments` holds this time.
        MediaError: The recording cannot be decoded.
    """
    for segment in segments:
        piece = cut(segment, time, time + TOLERANCE_S)
        if piece is None:
            continue
        try:
            with _Joined(piece, media_root) as source:
                return _picture(_decode(source, time), height)
        except FileNotFoundError:
            continue  # deleted since it was looked up
        except (OSError, av.error.FFmpegError) as error:
            raise MediaError(f"cannot decode {segment.path}: {error}") from error
    raise NoFootageError("there is no recording at this time")


class _Joined(io.RawIOBase):
    """The init section and a piece of a file, read as one file, because some seconds may take tens of megabytes."""

    def __init__(self, piece: Piece, media_root: Path) -> None:
        self._file = (media_root / piece.segment.path).open("rb", buffering=0)
        try:
            fd = self._file.fileno()
            if piece.plain:
                plain = PlainFile(fd)
                self._init = plain.init + plain.head(piece)
            else:
                self._init = fragments.read_init(fd, os.fstat(fd).st_size)
        except BaseException:
            self._file.close()
            raise
        self._offset, self._size, self._at = piece.offset, len(self._init) + piece.size_bytes, 0

    def close(self) -> None:
        self._file.close()
        super().close()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence] + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._at)
        size = left if size < 0 else min(size, left)
        inside = self._at - len(self._init)
        if inside < 0:
            data = self._init[self._at : self._at + size]
        else:
            data = os.pread(self._file.fileno(), size, self._offset + inside)
        self._at += len(data)
        return data


def _decode(source: _Joined, time: float) -> av.VideoFrame:
    found: av.VideoFrame | None = None
    with av.open(source, "r", format="mp4") as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        POOL.need(stream.width * stream.height * BYTES_PER_PX)
        for frame in container.decode(video=0):
            if found is not None and frame.time is not None and frame.time > time + TOLERANCE_S:
                break
            found = frame
    if found is None:
        raise MediaError("no picture could be decoded")
    return found


def _picture(frame: av.VideoFrame, height: int | None) -> NDArray[np.uint8]:
    if height is None or height >= frame.height:
        return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    width = max(2, round(frame.width * height / frame.height / 2) * 2)
    return np.asarray(frame.reformat(width, height, "bgr24").to_ndarray(), np.uint8)
