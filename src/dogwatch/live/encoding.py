"""One frame of a camera's ring as an encoded picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dogwatch.bus.messages import FrameTracks
from dogwatch.live.drawing import PictureSettings, PictureStyle, draw
from dogwatch.media.picture_pool import POOL

if TYPE_CHECKING:
    from dogwatch.bus.ring import FrameRing
    from dogwatch.media.picture import Picture

BYTES_PER_PX = 12
TRIES = 3


def encoded(
    settings: PictureSettings,
    ring: FrameRing | None,
    seq: int,
    taken: float,
    tracks: FrameTracks | None,
    style: PictureStyle,
) -> bytes:
    """Return frame `seq` of a camera's ring as an encoded picture, or one that says that there is none.

    Args:
        settings: The camera's.
        ring: Its frame ring, if there is one.
        seq: The frame's number, negative without one.
        taken: When it was taken (epoch s).
        tracks: What was found in it, if that is drawn.
        style: How the picture is wanted.

    Raises:
        MediaError: It cannot be encoded.
    """
    from dogwatch.media import picture

    if ring is not None:
        POOL.need(ring.width * ring.height * BYTES_PER_PX)
    i420 = _copy(ring, seq)
    found = i420 is not None
    bgr = _nothing(settings) if i420 is None else picture.i420_to_bgr(i420)
    del i420  # megabytes, while the encoder takes its own
    if style.height is not None:
        bgr = picture.resize_to_height(bgr, min(style.height, bgr.shape[0]))
    if found and ring is not None:
        draw(bgr, style.drawing, settings, tracks, taken, frame=(ring.width, ring.height))
    return picture.encode(bgr, style.extension, style.quality)


def _nothing(settings: PictureSettings) -> Picture:
    """Draw a black picture that says that there is none."""
    from dogwatch.media import picture
    from dogwatch.media.overlay import Canvas, LabelledBox
    from dogwatch.model import Box

    width, height = settings.size
    bgr = picture.black(width, height)
    label = LabelledBox(Box(width // 20, height // 2, width // 20 + 1, height // 2 + 1), "no picture", (200, 200, 200))
    Canvas(bgr, width, height).labelled_boxes([label])
    return bgr


def newest(ring: FrameRing | None, analysed: float | None) -> tuple[int, float]:
    """Return number and time of the frame taken at `analysed` if the ring still has it, else of the newest."""
    if ring is None:
        return -1, 0.0
    head = ring.head
    if analysed is not None:
        for seq in range(head, max(-1, head - ring.slots), -1):
            picture = ring.picture(seq)
            if picture is not None and abs(picture.time - analysed) < 0.001:
                return seq, picture.time
    newest = ring.picture(head)
    return (head, newest.time) if newest is not None else (-1, 0.0)


def _copy(ring: FrameRing | None, seq: int) -> Picture | None:
    """Copy a frame out of the ring; when it is overwritten meanwhile, a newer one does as well."""
    if ring is None or seq < 0:
        return None
    for _ in range(TRIES):
        copied = ring.copy(seq)
        if copied is not None:
            return copied
        seq = ring.head
    return None
