"""A still with date and time in a corner, in a wanted size."""

from __future__ import annotations

from datetime import tzinfo

from dogwatch.media.jpeg import decode, encode
from dogwatch.media.overlay import Canvas, TimestampStyle
from dogwatch.media.picture import fitted

QUALITY = 85
STYLE = TimestampStyle("bl", "%Y-%m-%d %H:%M:%S", effect="shadow")


def stamped(data: bytes, size: tuple[int, int] | None, time: float | None, zone: tzinfo | None) -> bytes:
    """Return the JPEG `data` fitted into `size`, if one is given, with the local `time` (epoch s) bottom left.

    Without a `time`, nothing is written on it.

    Raises:
        MediaError: `data` is no JPEG.
    """
    if size is None and time is None:
        return data
    bgr = decode(data)
    if size is not None:
        bgr = fitted(bgr, *size)
    if time is not None:
        Canvas(bgr, bgr.shape[1], bgr.shape[0]).timestamp(time, STYLE, zone)
    return encode(bgr, QUALITY)
