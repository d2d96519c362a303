"""A still of the picture of several cameras, which is made when somebody asks for it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dogwatch.bus.messages import ShowCells
from dogwatch.live.pictures import Still
from dogwatch.media.picture_pool import POOL, pooled

if TYPE_CHECKING:
    from dogwatch.live.drawing import PictureStyle

BYTES_PER_PX = 12


@pooled
def still(cells: ShowCells, ring_directory: str, style: PictureStyle) -> Still:
    """Return what `cells` show now as an encoded picture; nothing is drawn on it.

    Args:
        cells: What to show.
        ring_directory: Where the frame rings are.
        style: Height, format and quality.

    Raises:
        MediaError: It cannot be encoded.
    """
    from dogwatch.bus.ring import FrameRing
    from dogwatch.errors import RingError
    from dogwatch.media import picture
    from dogwatch.media.mosaic import Mosaic

    POOL.need(cells.width * cells.height * BYTES_PER_PX)
    mosaic = Mosaic(cells.width, cells.height)
    if not cells.cells:
        mosaic.idle()
    for cell in cells.cells:
        try:
            ring = FrameRing.open(ring_directory, cell.ring) if cell.ring else None
        except RingError:  # the camera connects anew
            continue
        i420 = ring.copy(ring.head) if ring is not None else None
        if i420 is not None:
            mosaic.draw(i420, cell.x, cell.y, cell.width, cell.height)
    bgr = picture.i420_to_bgr(mosaic.i420)
    if style.height is not None:
        bgr = picture.resize_to_height(bgr, min(style.height, bgr.shape[0]))
    return Still(picture.encode(bgr, style.extension, style.quality), time.time(), offline=False)
