"""Takes one picture of the edge camera, as the NVR's own live pictures show it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from dogwatch.errors import MediaError
from dogwatch.live.drawing import PictureStyle
from dogwatch.live.pictures import LivePictures

LIMIT_S = 10.0
FRESH_S = 2.0  # older pictures are not those of now: while the picture is quiet, only keyframes are decoded
AGAIN_S = 0.2
STYLE = PictureStyle(quality=90)


class Stills:
    """Takes pictures of one camera. For worker threads."""

    def __init__(
        self, pictures: LivePictures, camera: str, clock: Callable[[], float], limit_s: float = LIMIT_S
    ) -> None:
        """Take pictures of `camera`, each within `limit_s`; `clock` gives epoch seconds."""
        self._pictures, self._camera, self._clock, self._limit_s = pictures, camera, clock, limit_s
        self._over = threading.Event()

    def start(self) -> None:
        """Do nothing: pictures are taken when they are asked for."""

    def close(self) -> None:
        """Wait no longer for pictures."""
        self._over.set()

    def take(self) -> bytes:
        """Return the present picture as a JPEG.

        Raises:
            MediaError: The camera has sent none, or it cannot be encoded.
            NotFoundError: There is no such camera any more.
        """
        asked, until = self._clock(), time.monotonic() + self._limit_s
        while True:
            still = self._pictures.still(self._camera, STYLE)
            if not still.offline and still.time >= asked - FRESH_S:
                return still.data
            if time.monotonic() >= until or self._over.is_set():
                raise MediaError(f"the camera has sent no picture for {self._limit_s:.0f} s")
            self._pictures.ask(self._camera)
            self._over.wait(AGAIN_S)
