"""Takes one picture of the edge camera, as the NVR's own live pictures show it, in the size of its stream.

Live pictures have the size of the stream for detection. Where the camera is also recorded, in a larger size, the newest
recorded picture is taken instead.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from dogwatch.errors import DogwatchError, MediaError
from dogwatch.live.drawing import PictureStyle
from dogwatch.live.pictures import LivePictures
from dogwatch.media import init_section, jpeg
from dogwatch.media.picture_pool import INTERNAL_CALLER, POOL
from dogwatch.recordings.catalogue import Catalogue

log = logging.getLogger(__name__)

LIMIT_S = 10.0
FRESH_S = 2.0  # older pictures are not those of now: while the picture is quiet, only keyframes are decoded
AGAIN_S = 0.2
LAST_S = 0.01  # before the end of a recording its last picture is shown
QUALITY = 90
STYLE = PictureStyle(quality=QUALITY)


class Stills:
    """Takes pictures of one camera. For worker threads."""

    def __init__(
        self,
        pictures: LivePictures,
        catalogue: Catalogue,
        camera: str,
        clock: Callable[[], float],
        limit_s: float = LIMIT_S,
    ) -> None:
        """Take pictures of `camera`, each within `limit_s`; `clock` gives epoch seconds."""
        self._pictures, self._catalogue, self._camera = pictures, catalogue, camera
        self._clock, self._limit_s = clock, limit_s
        self._over = threading.Event()

    def start(self) -> None:
        """Do nothing: pictures are taken when they are asked for."""

    def close(self) -> None:
        """Wait no longer for pictures."""
        self._over.set()

    def take(self) -> bytes:
        """Return the present picture as a JPEG in the size of the stream.

        Raises:
            MediaError: The camera has sent none, or it cannot be encoded.
            NotFoundError: There is no such camera any more.
        """
        live = self.live()
        try:
            return self._recorded(jpeg.size(live)) or live
        except (DogwatchError, OSError) as error:
            log.debug("the live picture is taken, as the recorded one cannot be: %s", error)
            return live

    def live(self) -> bytes:
        """Return the present live picture as a JPEG; this costs less.

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

    def _recorded(self, size: tuple[int, int] | None) -> bytes | None:
        """Return the newest recorded picture, if there is one of now that is larger than `size`."""
        now = self._clock()
        found = self._catalogue.segments(self._camera, now - FRESH_S, now + FRESH_S)
        if not found:
            return None
        newest, media_root = found[-1], self._catalogue.media_root
        tracks = init_section.parse_init(self._catalogue.init(newest.init_id))
        if size is not None and max(track.width for track in tracks) <= size[0]:
            return None

        def make() -> bytes:
            from dogwatch.media.still import frame_at  # PyAV: only where it is needed

            return jpeg.encode(frame_at([newest], newest.end_time - LAST_S, media_root), QUALITY)

        return POOL.run(INTERNAL_CALLER, make)
