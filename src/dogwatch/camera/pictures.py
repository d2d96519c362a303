"""The best picture of each object: kept when better, encoded when sent, and sent seldom.

The first goes out at once, the next better one `RESEND_S` later at the earliest, each further one after twice as long
as the one before, and the last one before the object ends. One that tells more, because it shows a face or a plate,
goes after `TELLING_S`. Objects in one frame share its pixels. At most `MAX_RAW` frames are kept as pixels; older ones
are encoded early, which is a tenth of the size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from dogwatch.bus.messages import BestPicture
from dogwatch.media import picture
from dogwatch.model import Box
from dogwatch.vision.best_picture import View
from dogwatch.vision.cut import cut
from dogwatch.vision.geometry import Geometry

RESEND_S = 10.0
TELLING_S = 1.0  # contract, section 20.2
LONGEST_RESEND_S = 60.0
MAX_RAW = 2
QUALITY = 92


class Shot:
    """One frame of a camera: I420 pixels `(height * 3 // 2, width)` until it is encoded, a JPEG from then on."""

    def __init__(self, i420: NDArray[np.uint8], geometry: Geometry) -> None:
        """Keep `i420`, which nobody may change from now on."""
        self.geometry = geometry
        self._i420: NDArray[np.uint8] | None = i420
        self._jpeg = b""

    @property
    def raw(self) -> bool:
        """Whether it still holds pixels."""
        return self._i420 is not None

    def jpeg(self) -> bytes:
        """Return the frame as JPEG; the pixels are let go."""
        if self._i420 is not None:
            self._jpeg, self._i420 = _jpeg(self._i420), None
        return self._jpeg

    def thumb(self, box: Box) -> bytes:
        """Return what is around `box` (detect-frame pixels) as WebP; empty if the pixels have gone."""
        sizes = self.geometry
        if self._i420 is None:
            return b""
        part = picture.around_thumbnail(box, sizes.width, sizes.height)
        width = round(picture.THUMBNAIL_HEIGHT * part.width * sizes.scale_x / (part.height * sizes.scale_y))
        width = min(max(1, width), picture.MAX_SIDE)  # a detect frame may have quite another shape than the picture
        small = np.empty((picture.THUMBNAIL_HEIGHT, width, 3), np.uint8)
        cut(self._i420, part, sizes, "bgr", small)
        return picture.encode(small, "webp", picture.THUMBNAIL_QUALITY)


@dataclass(slots=True)
class _Held:
    label: str
    shot: Shot | None = None
    view: View | None = None
    sent: float = -math.inf
    wait: float = 0.0
    told: float = 0.0

    def due(self, view: View) -> float:
        """When `view` may be sent."""
        return self.sent + (min(self.wait, TELLING_S) if view.telling > self.told else self.wait)


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
        due = {key: held for key, held in self._held.items() if held.view is not None and time >= held.due(held.view)}
        self._post(due)
        for held in due.values():
            held.sent, held.wait = time, min(max(2 * held.wait, RESEND_S), LONGEST_RESEND_S)

    def finish(self, ids: Collection[str]) -> None:
        """Send what is left of objects that end, and forget them."""
        self._post({key: self._held.pop(key) for key in ids if key in self._held})

    def _post(self, chosen: dict[str, _Held]) -> None:
        ready = [(key, held, held.shot, held.view) for key, held in chosen.items() if held.shot and held.view]
        thumbs = [shot.thumb(view.box) for _, _, shot, view in ready]  # while all of them still have their pixels
        for (key, held, shot, view), thumb in zip(ready, thumbs, strict=True):
            held.shot, held.view, held.told = None, None, max(held.told, view.telling)
            message = BestPicture(
                camera=self._camera,
                object_id=key,
                label=held.label,
                frame_time=view.time,
                jpeg=shot.jpeg(),
                width=shot.geometry.native_width,
                height=shot.geometry.native_height,
                box=view.box,
                region=view.region,
                score=view.score,
                attributes=view.attributes,
                thumb=thumb,
            )
            self._send(message)


def _jpeg(i420: NDArray[np.uint8]) -> bytes:
    """Encode an I420 picture, plane by plane: by way of RGB it would take half as long again."""
    width, height = i420.shape[1], i420.shape[0] * 2 // 3
    # Video counts luma from 16 to 235 and chroma from 16 to 240, JPEG both from 0 to 255 (ITU-T T.871).
    luma, chroma = _stretched(i420[:height], 219, 16.0, 0.0), _stretched(i420[height:], 224, 128.0, 128.0)
    blue, red = chroma.reshape(2, height // 2, width // 2)
    data: bytes = simplejpeg.encode_jpeg_yuv_planes(luma, blue, red, quality=QUALITY)
    return data


def _stretched(plane: NDArray[np.uint8], steps: int, origin: float, target: float) -> NDArray[np.uint8]:
    """Scale levels about `origin`, which becomes `target`, so that `steps` of them become 255; in one pass."""
    scale = 255 / steps
    return np.asarray(cv2.addWeighted(plane, scale, plane, 0.0, target - origin * scale), np.uint8)
