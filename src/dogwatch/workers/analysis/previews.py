"""Makes the small pictures of which the preview of an hour consists, of frames that are analysed anyway.

The clock is divided into slots, and the first frame in each slot is taken. So there is one a second while something
moves, and the first picture of an hour comes right after its begin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from dogwatch import framing
from dogwatch.bus.messages import Message, PreviewPicture
from dogwatch.bus.ring import FrameRing, RingPicture
from dogwatch.model import Box, TrackedObject
from dogwatch.vision.cut import chroma, cut_i420
from dogwatch.vision.geometry import Geometry
from dogwatch.workers.analysis import frame_jpeg

QUIET_S, BUSY_S, CAR_S = 30.0, 1.0, 0.5
CAR = "car"
QUALITY = 80


class PreviewPictures:
    """Those of one camera."""

    def __init__(self, camera: str, send: Callable[[Message], bool]) -> None:
        """Send with `send`."""
        self._camera, self._send = camera, send
        self._last: float | None = None
        self._active = self._car = False

    def observe(self, objects: Iterable[TrackedObject]) -> None:
        """Take note of the objects in the last frame that was published."""
        labels = [one.label for one in objects if not (one.stationary or one.false_positive)]
        self._active, self._car = bool(labels), CAR in labels

    def offer(self, picture: RingPicture, ring: FrameRing, sizes: Geometry, *, motion: bool) -> None:
        """Send `picture` if one is due."""
        if self._due(picture.time, motion=motion):
            small = _small(picture.i420, sizes)
            if ring.holds(picture.seq):  # else overwritten meanwhile: it may be of two frames; the next one will do
                self._tell(picture.time, small)

    def offer_pixels(self, i420: NDArray[np.uint8], time: float, sizes: Geometry, *, motion: bool) -> None:
        """Send a picture, as I420 that nobody overwrites, if one is due."""
        if self._due(time, motion=motion):
            self._tell(time, _small(i420, sizes))

    def _tell(self, time: float, small: NDArray[np.uint8]) -> None:
        frame_jpeg.stretch(small, small)
        data = frame_jpeg.encode(small[: small.shape[0] * 2 // 3], chroma(small), QUALITY)
        self._last = time
        self._send(PreviewPicture(self._camera, time, data))

    def _due(self, time: float, *, motion: bool) -> bool:
        slot_s = CAR_S if self._car else BUSY_S if self._active or motion else QUIET_S
        return self._last is None or time // slot_s != self._last // slot_s


def _small(i420: NDArray[np.uint8], sizes: Geometry) -> NDArray[np.uint8]:
    """Return a picture in the size of previews."""
    width, height = framing.preview_size(i420.shape[1], i420.shape[0] * 2 // 3)
    return cut_i420(i420, Box(0, 0, sizes.width, sizes.height), sizes, width, height)
