"""Encodes I420 pictures of video as JPEG, without a detour over RGB."""

from __future__ import annotations

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray


def stretch(i420: NDArray[np.uint8], out: NDArray[np.uint8]) -> None:
    """Copy `i420` into `out` with the levels of a JPEG; both may be the same.

    Video counts luma from 16 to 235 and chroma from 16 to 240, JPEG both from 0 to 255 (ITU-T T.871).
    """
    rows = i420.shape[0] * 2 // 3
    for part, steps, origin, target in ((slice(rows), 219, 16, 0), (slice(rows, None), 224, 128, 128)):
        scale = 255 / steps
        cv2.addWeighted(i420[part], scale, i420[part], 0.0, target - origin * scale, dst=out[part])  # in one pass


def encode(luma: NDArray[np.uint8], colours: NDArray[np.uint8], quality: int) -> bytes:
    """Encode an I420 picture from its planes, because conversion to RGB would take half as long again.

    `luma` may have odd sizes only as a view of an even-sized array, because libjpeg reads up to the even size.
    """
    data: bytes = simplejpeg.encode_jpeg_yuv_planes(luma, *colours, quality=quality)
    return data
