"""Still pictures: encode, decode, resize and crop. All are BGR arrays of shape (height, width, 3), dtype uint8."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.errors import MediaError
from dogwatch.model import Box

Picture = NDArray[np.uint8]

CONTENT_TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
REDUCED = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
THUMBNAIL_HEIGHT, THUMBNAIL_QUALITY = 175, 80  # the height: contract, section 16
MAX_SIDE = 16_000  # neither JPEG (65,535) nor WebP (16,383) goes much further


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
        options = [cv2.IMWRITE_WEBP_QUALITY, max(1, quality)]  # above 100 OpenCV would go lossless
    try:
        done, data = cv2.imencode(f".{fmt}", bgr, options)
    except cv2.error as error:
        raise MediaError(f"a picture of shape {bgr.shape} cannot be encoded as {fmt}: {error.err}") from error
    if not done:
        raise MediaError(f"a picture of shape {bgr.shape} cannot be encoded as {fmt}")
    return data.tobytes()


def decode(data: bytes, *, reduced: int = 1) -> Picture:
    """Decode a JPEG, PNG or WebP picture, at 1, 1/2, 1/4 or 1/8 of its size as `reduced` (1, 2, 4, 8) says.

    Reduced JPEGs cost a fraction: libjpeg does not even make the pixels that are left out.

    Raises:
        MediaError: `data` is none of these.
    """
    if not data:
        raise MediaError("an empty picture cannot be decoded")
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), REDUCED[reduced])
    except cv2.error as error:
        raise MediaError(f"a picture cannot be decoded: {error.err}") from error
    if bgr is None:
        raise MediaError("a picture cannot be decoded")
    return cast(Picture, bgr)


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return the width and height that a JPEG's frame header tells; None if there is none, or it is no JPEG."""
    at = 2 if data[:2] == b"\xff\xd8" else len(data)
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):  # SOF0 to SOF15, without DHT, JPG and DAC
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def i420_to_bgr(i420: Picture) -> Picture:
    """Convert a planar YUV 4:2:0 picture of shape (height * 3 / 2, width), as the frame ring holds it, to BGR."""
    return cast(Picture, cv2.cvtColor(i420, cv2.COLOR_YUV2BGR_I420))


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


def pad_to_ratio(bgr: Picture, ratio: float) -> Picture:
    """Add black left and right until width / height is `ratio`; a picture that is wide enough stays as it is."""
    rows, columns = bgr.shape[:2]
    missing = round(rows * ratio) - columns
    if missing <= 0:
        return bgr
    left = missing // 2
    return cast(Picture, cv2.copyMakeBorder(bgr, 0, 0, left, missing - left, cv2.BORDER_CONSTANT, value=(0, 0, 0)))


def scaled(box: Box, frame: tuple[int, int], picture: tuple[int, int]) -> Box:
    """Carry `box` from a frame of (width, height) `frame` over to a picture of (width, height) `picture`."""
    fx, fy = picture[0] / frame[0], picture[1] / frame[1]
    return Box(round(box.x1 * fx), round(box.y1 * fy), round(box.x2 * fx), round(box.y2 * fy))


def around(box: Box, width: int, height: int, *, margin: float = 1.1, ratio: float = 1.0, smallest: int = 100) -> Box:
    """Return a rectangle of `ratio` (width / height) inside a `width` x `height` picture that holds `box`.

    It is the smallest one that holds `box` enlarged by `margin`, is at least `smallest` pixels wide, and has the
    ratio; it is moved, then cut, to stay inside the picture.
    """
    wide = max(box.width * margin, box.height * margin * ratio, float(smallest))
    wide = min(wide, float(width), height * ratio)
    # A box that the ratio cannot hold inside the picture is kept whole at the price of the ratio.
    w = min(width, max(round(wide), box.width))
    h = min(height, max(round(wide / ratio), box.height))
    x = min(max(0, (box.x1 + box.x2 - w) // 2), width - w)
    y = min(max(0, (box.y1 + box.y2 - h) // 2), height - h)
    return Box(x, y, x + w, y + h)


def around_thumbnail(box: Box, width: int, height: int) -> Box:
    """Return what the thumbnail of an object in `box` shows of a `width` x `height` picture: a square, if it fits."""
    return around(box, width, height, smallest=height // 4)


def crop(bgr: Picture, box: Box) -> Picture:
    """Cut `box` (pixels of this very picture) out; what lies outside is dropped, and at least one pixel stays."""
    rows, columns = bgr.shape[:2]
    x1, y1 = min(max(0, box.x1), columns - 1), min(max(0, box.y1), rows - 1)
    return bgr[y1 : max(y1 + 1, min(box.y2, rows)), x1 : max(x1 + 1, min(box.x2, columns))]
