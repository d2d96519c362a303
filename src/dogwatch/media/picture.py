"""Still pictures: encode, decode and resize. All are BGR arrays of shape (height, width, 3), dtype uint8."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.errors import MediaError
from dogwatch.framing import MAX_SIDE

Picture = NDArray[np.uint8]

MAX_WEBP_QUALITY = 90  # at 100 the encoder takes 55 MiB for a 1080p picture of noise, at 90 40 MiB
CONTENT_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def encode(bgr: Picture, fmt: str, quality: int = 70) -> bytes:
    """Encode `bgr` as `fmt` (jpg, jpeg, png or webp); `quality` 0 to 100 counts for the lossy ones.

    Raises:
        MediaError: The format is unknown or the picture is empty or too large for it.
    """
    if fmt not in CONTENT_TYPES:
        raise MediaError(f"unknown picture format '{fmt}': expected one of {', '.join(CONTENT_TYPES)}")
    quality = min(100, max(0, quality))
    options: list[int] = []
    if fmt in ("jpg", "jpeg"):
        options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    elif fmt == "webp":
        options = [cv2.IMWRITE_WEBP_QUALITY, min(max(1, quality), MAX_WEBP_QUALITY)]
    try:
        done, data = cv2.imencode(f".{fmt}", bgr, options)
    except cv2.error as error:
        raise MediaError(f"a picture of shape {bgr.shape} cannot be encoded as {fmt}: {error.err}") from error
    if not done:
        raise MediaError(f"a picture of shape {bgr.shape} cannot be encoded as {fmt}")
    return data.tobytes()


def decode(data: bytes) -> Picture:
    """Decode a JPEG, PNG or WebP picture.

    Raises:
        MediaError: `data` is none of these.
    """
    if not data:
        raise MediaError("an empty picture cannot be decoded")
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise MediaError(f"a picture cannot be decoded: {error.err}") from error
    if bgr is None:
        raise MediaError("a picture cannot be decoded")
    return cast(Picture, bgr)


def i420_to_bgr(i420: Picture) -> Picture:
    """Convert a planar YUV 4:2:0 picture of shape (height * 3 / 2, width), as the frame ring holds it, to BGR."""
    return cast(Picture, cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420))


def bgr_to_i420(bgr: Picture) -> Picture:
    """Convert a picture of even sides to planar YUV 4:2:0; the reverse of `i420_to_bgr`."""
    return cast(Picture, cv2.cvtColor(np.ascontiguousarray(bgr), cv2.COLOR_BGR2YUV_I420))


def black(width: int, height: int) -> Picture:
    """Return a black picture."""
    return np.zeros((height, width, 3), np.uint8)


def resize(bgr: Picture, width: int, height: int) -> Picture:
    """Scale to exactly `width` x `height`."""
    if (width, height) == (bgr.shape[1], bgr.shape[0]):
        return bgr
    method = cv2.INTER_AREA if width < bgr.shape[1] else cv2.INTER_LINEAR
    return cast(Picture, cv2.resize(bgr, (width, height), interpolation=method))


def resize_to_height(bgr: Picture, height: int) -> Picture:
    """Scale to `height` pixels, keeping the aspect ratio; sides stay within 1 to `MAX_SIDE`."""
    rows, columns = bgr.shape[:2]
    height = min(max(1, height), MAX_SIDE, MAX_SIDE * rows // columns or 1)
    return resize(bgr, max(1, round(columns * height / rows)), height)


def fitted(bgr: Picture, width: int, height: int) -> Picture:
    """Scale into `width` x `height` with the same aspect ratio; black bars fill the rest."""
    rows, columns = bgr.shape[:2]
    share = min(width / columns, height / rows)
    inner = resize(bgr, max(1, min(width, round(columns * share))), max(1, min(height, round(rows * share))))
    if inner.shape[:2] == (height, width):
        return inner
    top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    whole = black(width, height)
    whole[top : top + inner.shape[0], left : left + inner.shape[1]] = inner
    return whole


def within(bgr: Picture, height: int, columns: int, rows: int) -> int:
    """Return `height`, limited so that the scaled picture is no larger than a source of `columns` x `rows`."""
    high, wide = bgr.shape[:2]
    return max(1, min(height, rows, columns * int(high) // int(wide)))


def pad_to_ratio(bgr: Picture, ratio: float) -> Picture:
    """Add black left and right until width / height is `ratio`; a picture that is wide enough stays as it is."""
    rows, columns = bgr.shape[:2]
    missing = round(rows * ratio) - columns
    if missing <= 0:
        return bgr
    left = missing // 2
    return cast(Picture, cv2.copyMakeBorder(bgr, 0, 0, left, missing - left, cv2.BORDER_CONSTANT, value=(0, 0, 0)))
