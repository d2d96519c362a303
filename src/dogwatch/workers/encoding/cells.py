"""The picture that is made of the newest frames of some cameras, out of their frame rings.

Frames are taken as detection got them: already decoded, at its rate and size. To decode the stream once more for every
picture of the camera would cost more than all of detection's decoding, and a picture of many cameras, or one for a
player without MSE and WebRTC, is no place for it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from dogwatch.bus.messages import PictureCell, ShowCells
from dogwatch.bus.ring import FrameRing, Reader
from dogwatch.errors import RingError
from dogwatch.media.mosaic import I420, Mosaic

log = logging.getLogger(__name__)

DEMAND_S = 3.0
STALE_S = 5.0  # keyframes of a quiet camera come more often; one that is not decoded at all has to be asked for
RETRY_S = 1.0


@dataclass(slots=True)
class _Drawn:
    """A cell, its ring once it is open, and the frame that was drawn last."""

    cell: PictureCell
    ring: FrameRing | None = None
    seq: int = -1
    next_try: float = 0.0


class CellPictures:
    """Draws the cells. For one thread."""

    def __init__(self, ring_dir: str, *, every_frame: bool) -> None:
        """Look for rings in `ring_dir`; see `EncodingSpec` for `every_frame`."""
        self._directory, self._every_frame = ring_dir, every_frame
        self._mosaic: Mosaic | None = None
        self._drawn: list[_Drawn] = []
        self._changed = False

    @property
    def ready(self) -> bool:
        """Whether it is known what to show."""
        return self._mosaic is not None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return (self._mosaic.width, self._mosaic.height) if self._mosaic is not None else (0, 0)

    def show(self, message: ShowCells) -> None:
        """Show these cells from now on; what is drawn in cells that stay is kept."""
        kept = {one.cell: one for one in self._drawn}
        if (message.width, message.height) != self.size:
            self._mosaic, kept = Mosaic(message.width, message.height), {}
        elif kept.keys() == set(message.cells) and kept:
            return
        assert self._mosaic is not None  # noqa: S101 - it has just been made, or was there
        rings = {one.cell.ring: one.ring for one in self._drawn if one.ring is not None}
        if message.cells:
            self._mosaic.clear()
        else:
            self._mosaic.idle()
        self._drawn = [_Drawn(cell, rings.get(cell.ring)) for cell in message.cells]
        self._changed = True

    def update(self) -> bool:
        """Draw what is new; return whether the picture has changed since the last call."""
        assert self._mosaic is not None  # noqa: S101 - asked for only when `ready`
        for one in self._drawn:
            self._changed = self._draw(self._mosaic, one) or self._changed
        changed, self._changed = self._changed, False
        return changed

    def picture(self) -> I420:
        """Return the picture as it is drawn."""
        assert self._mosaic is not None  # noqa: S101 - asked for only when `ready`
        return self._mosaic.i420

    def demand(self) -> None:
        """Ask cameras for every frame if that is wanted; otherwise those of which none came for a while."""
        now = time.time()
        for one in self._drawn:
            if one.ring is None:
                continue
            newest = one.ring.newest()
            if self._every_frame or newest is None or abs(now - newest.time) > STALE_S:
                one.ring.demand_full(Reader.CORE, now + DEMAND_S)

    def _draw(self, mosaic: Mosaic, one: _Drawn) -> bool:
        ring = one.ring or self._open(one)
        if ring is None or (head := ring.head) == one.seq:
            return False
        found = ring.picture(head)
        if found is None:
            return False
        cell, one.seq = one.cell, head
        mosaic.draw(found.i420, cell.x, cell.y, cell.width, cell.height)
        # A frame that was overwritten meanwhile is drawn half; the one that overwrote it comes next.
        return True

    def _open(self, one: _Drawn) -> FrameRing | None:
        now = time.monotonic()
        if not one.cell.ring or now < one.next_try:
            return None
        try:
            one.ring = FrameRing.open(self._directory, one.cell.ring)
        except RingError as error:  # the core tells of the new one soon
            log.debug("%s: %s", one.cell.camera, error)
            one.next_try = now + RETRY_S
        return one.ring
