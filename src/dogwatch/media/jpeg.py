"""Encodes and decodes JPEG without OpenCV, which takes ten megabytes of memory at its first call.

Pictures are BGR arrays of shape (height, width, 3), dtype uint8, as in `media.picture`.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from dogwatch.errors import MediaError

Picture = NDArray[np.uint8]
Levels = NDArray[np.uint8] | NDArray[np.float32]


def size(data: bytes) -> tuple[int, int] | None:
    """Return width and height from a JPEG's frame header; None if it has none, or is no JPEG."""
    at = 2 if data[:2] == b"\xff\xd8" else len(data)
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):  # SOF0 to SOF15, without DHT, JPG and DAC
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def decode(data: bytes, *, reduced: int = 1) -> Picture:
    """Decode a JPEG at 1, 1/2, 1/4 or 1/8 of its size as `reduced` (1, 2, 4, 8) says.

    A reduced picture costs a fraction: libjpeg does not compute the pixels that are left out.

    Raises:
        MediaError: `data` is no JPEG.
    """
    if (found := size(data)) is None:
        raise MediaError("a picture cannot be decoded: it is no JPEG")
    width, height = (-(-side // reduced) for side in found)
    try:
        bgr = simplejpeg.decode_jpeg(data, "BGR", min_width=width, min_height=height, strict=False)
    except ValueError as error:
        raise MediaError(f"a picture cannot be decoded: {error}") from error
    return cast(Picture, bgr)


def encode(bgr: Picture, quality: int) -> bytes:
    """Encode `bgr`; `quality` 1 to 100.

    Raises:
        MediaError: The picture is empty or too large.
    """
    try:
        data: bytes = simplejpeg.encode_jpeg(np.ascontiguousarray(bgr), quality, "BGR", "420")
    except ValueError as error:
        raise MediaError(f"a picture of shape {bgr.shape} cannot be encoded as JPEG: {error}") from error
    return data


def scale(bgr: Picture, width: int, height: int) -> Picture:
    """Scale to exactly `width` x `height` by linear interpolation; below half the size it skips pixels."""
    if (width, height) == (bgr.shape[1], bgr.shape[0]):
        return bgr
    above, below, down = _between(bgr.shape[0], height)
    left, right, across = _between(bgr.shape[1], width)
    rows = _mix(bgr[above], bgr[below], down[:, None, None])
    return cast(Picture, np.rint(_mix(rows[:, left], rows[:, right], across[:, None])).astype(np.uint8))


def _between(length: int, wanted: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """Return the two of `length` pixels between which each of `wanted` pixels lies, and the weight of the second."""
    at = (np.arange(wanted, dtype=np.float32) + np.float32(0.5)) * np.float32(length / wanted) - np.float32(0.5)
    at = np.clip(at, 0, length - 1)
    first = at.astype(np.intp)
    return first, np.minimum(first + 1, length - 1), at - first.astype(np.float32)


def _mix(first: Levels, second: Levels, share: NDArray[np.float32]) -> NDArray[np.float32]:
    return cast(NDArray[np.float32], first * (1 - share) + second * share)
