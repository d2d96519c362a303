"""The best picture of each object: kept when better, encoded when sent, and sent seldom.

The first goes out at once, better ones at most each `RESEND_S`, and the last one before the object ends. Objects in one
frame share its pixels. At most `MAX_RAW` frames are kept as pixels; older ones are encoded early, which is a tenth of
the size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from dogwatch.bus.messages import BestPicture
from dogwatch.vision.best_picture import View

RESEND_S = 5.0
MAX_RAW = 4
QUALITY = 95


class Shot:
    """One frame of a camera: I420 pixels `(height * 3 // 2, width)` until it is encoded, a JPEG from then on."""

    def __init__(self, i420: NDArray[np.uint8]) -> None:
        """Keep `i420`, which nobody may change from now on."""
        self.width, self.height = i420.shape[1], i420.shape[0] * 2 // 3
        self._i420: NDArray[np.uint8] | None = i420
        self._jpeg = b""

    @property
    def raw(self) -> bool:
        """Whether it still holds pixels."""
        return self._i420 is not None

    def jpeg(self) -> bytes:
        """Return the frame as JPEG; the pixels are let go."""
        if self._i420 is not None:
            bgr = cv2.cvtColor(self._i420, cv2.COLOR_YUV2BGR_I420)
            _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
            self._jpeg, self._i420 = data.tobytes(), None
        return self._jpeg


@dataclass(slots=True)
class _Held:
    label: str
    shot: Shot | None = None
    view: View | None = None
    sent: float | None = None


class PictureDesk:
    """Keeps and sends the pictures of one camera's objects. Times are frame times."""

    def __init__(self, camera: str, send: Callable[[BestPicture], object]) -> None:
        """Send through `send`."""
        self._camera, self._send = camera, send
        self._held: dict[str, _Held] = {}
        self._raw: list[Shot] = []

    def offer(self, object_id: str, label: str, view: View, shot: Shot) -> None:
        """Keep `shot`, the best view of an object so far; `flush` or `finish` sends it."""
        held = self._held.setdefault(object_id, _Held(label))
        held.shot, held.view = shot, view
        if shot not in self._raw:
            self._raw.append(shot)
        kept = {id(one.shot) for one in self._held.values()}
        self._raw = [one for one in self._raw if one.raw and id(one) in kept]
        while len(self._raw) > MAX_RAW:
            self._raw.pop(0).jpeg()

    def flush(self, time: float) -> None:
        """Send what is due at `time`."""
        for object_id, held in self._held.items():
            if held.sent is None or time - held.sent >= RESEND_S:
                self._post(object_id, held, time)

    def finish(self, object_id: str) -> None:
        """Send what is left of an object that ends, and forget it."""
        held = self._held.pop(object_id, None)
        if held is not None:
            self._post(object_id, held, 0.0)

    def _post(self, object_id: str, held: _Held, time: float) -> None:
        shot, view = held.shot, held.view
        if shot is None or view is None:
            return
        held.shot, held.view, held.sent = None, None, time
        picture = BestPicture(
            camera=self._camera,
            object_id=object_id,
            label=held.label,
            frame_time=view.time,
            jpeg=shot.jpeg(),
            width=shot.width,
            height=shot.height,
            box=view.box,
            region=view.region,
            score=view.score,
            attributes=view.attributes,
        )
        self._send(picture)
