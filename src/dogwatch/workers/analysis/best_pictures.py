"""Keeps the best picture of each object, encodes it when it is sent, and limits how often it is sent.

The first is sent at once, the next better one at least `RESEND_S` later, each further one after twice as long, and the
last one before the object ends. A picture with a higher attribute rank, because it shows a face or a plate, is sent
after `TELLING_S`. Objects in one frame share its pixels. At most `MAX_RAW` frames of all cameras of a process are kept
as pixels. Older ones are encoded early, with the thumbnails of their objects, which takes a tenth of the memory.

The memory of one frame is kept for the next one for `SPARE_S`, because the pages of fresh memory cost four times as
much as the copy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dogwatch import framing
from dogwatch.bus.messages import BestPicture
from dogwatch.model import Box
from dogwatch.vision.best_picture import View
from dogwatch.vision.cut import chroma, cut_i420
from dogwatch.vision.geometry import Geometry
from dogwatch.workers.analysis import frame_jpeg

RESEND_S = 10.0
RETRY_S = 1.0
TELLING_S = 1.0  # docs/events.md
LONGEST_RESEND_S = 60.0
MAX_RAW = 2
SPARE_S = 10.0
QUALITY = 92


class SpareMemory:
    """The pixels of one frame that is not needed any more, for the next one."""

    def __init__(self) -> None:
        """Begin without any."""
        self._pixels: NDArray[np.uint8] | None = None

    def take(self, shape: tuple[int, ...]) -> NDArray[np.uint8]:
        """Return memory for pixels of `shape`."""
        pixels, self._pixels = self._pixels, None
        return pixels if pixels is not None and pixels.shape == shape else np.empty(shape, np.uint8)

    def give_back(self, pixels: NDArray[np.uint8]) -> None:
        """Keep `pixels` in place of those that were kept before."""
        self._pixels = pixels

    def clear(self) -> None:
        """Keep none."""
        self._pixels = None


class FrameCopy:
    """One frame of a camera: I420 pixels `(height * 3 // 2, width)`, or a JPEG once it is encoded."""

    def __init__(self, i420: NDArray[np.uint8], geometry: Geometry, spare: SpareMemory | None = None) -> None:
        """Copy `i420`, converted to the levels of a JPEG, into memory that `spare` has and gets back."""
        self.geometry = geometry
        self._spare = spare or SpareMemory()
        self._i420: NDArray[np.uint8] | None = self._spare.take(i420.shape)
        frame_jpeg.stretch(i420, self._i420)
        self._jpeg = b""

    @property
    def raw(self) -> bool:
        """Whether it still holds pixels."""
        return self._i420 is not None

    def jpeg(self) -> bytes:
        """Return the frame as JPEG; the pixels are freed."""
        if self._i420 is not None:
            luma = self._i420[: self._i420.shape[0] * 2 // 3]
            self._jpeg = frame_jpeg.encode(luma, chroma(self._i420), QUALITY)
            self._free()
        return self._jpeg

    def _free(self) -> None:
        if self._i420 is not None:
            self._spare.give_back(self._i420)
            self._i420 = None

    __del__ = _free  # when no object is shown best by the frame any more

    def thumb(self, box: Box) -> bytes:
        """Return the surroundings of `box` (detect-frame pixels) as JPEG; only while it holds pixels."""
        assert self._i420 is not None  # noqa: S101 - callers check `raw`
        sizes, height = self.geometry, framing.THUMBNAIL_HEIGHT
        part = framing.around_thumbnail(box, sizes.width, sizes.height)
        # The detect frame may have another aspect ratio than the picture.
        width = framing.width_for(height, part.width * sizes.scale_x / (part.height * sizes.scale_y))
        small = cut_i420(self._i420, part, sizes, width, height)
        return frame_jpeg.encode(small[:height, :width], chroma(small), framing.THUMBNAIL_QUALITY)


class RawFrames:
    """The frames of all cameras of a process that are kept as pixels, the oldest first, each with its keeper."""

    def __init__(self) -> None:
        """Begin without any."""
        self._kept: list[tuple[FrameCopy, BestPictures]] = []
        self._spare, self._added = SpareMemory(), -math.inf

    def copy(self, i420: NDArray[np.uint8], geometry: Geometry) -> FrameCopy:
        """Return a copy of a frame, for `add`."""
        self._forget_unused()  # first, because that may free memory
        return FrameCopy(i420, geometry, self._spare)

    def add(self, frame: FrameCopy, keeper: BestPictures, time: float) -> None:
        """Add `frame` of `keeper`, offered at `time`; encode the oldest ones if there are more than `MAX_RAW`."""
        self._added = time
        self._forget_unused(frame)
        if frame.raw:
            self._kept.append((frame, keeper))
        while len(self._kept) > MAX_RAW:
            oldest, its = self._kept.pop(0)
            its.encode(oldest)

    def rest(self, time: float) -> None:
        """Free the memory that is kept for a next frame, unless one was added shortly before `time`."""
        if time - self._added > SPARE_S:
            self._spare.clear()

    def _forget_unused(self, known: FrameCopy | None = None) -> None:
        """Forget the frames that are encoded or that no object holds any more, and `known`."""
        kept = self._kept
        self._kept = [(one, its) for one, its in kept if one is not known and one.raw and its.holds(one)]


@dataclass(slots=True)
class _Held:
    label: str
    frame: FrameCopy | None = None
    view: View | None = None
    thumb: bytes = b""
    sent: float = -math.inf
    wait: float = 0.0
    told: float = 0.0

    def due(self, view: View) -> float:
        """When `view` may be sent."""
        return self.sent + (min(self.wait, TELLING_S) if view.attribute_rank > self.told else self.wait)


class BestPictures:
    """Keeps and sends the pictures of one camera's objects. Times are frame times."""

    def __init__(self, camera: str, send: Callable[[BestPicture], bool], raw: RawFrames) -> None:
        """Keep pixels in `raw`, and send through `send`.

        That says whether a picture went out; if not, it is sent `RETRY_S` later.
        """
        self._camera, self._send, self._raw = camera, send, raw
        self._held: dict[str, _Held] = {}

    def offer(self, object_id: str, label: str, view: View, frame: FrameCopy) -> None:
        """Keep `frame`, the best view of an object so far; `flush` or `finish` sends it."""
        held = self._held.setdefault(object_id, _Held(label))
        held.frame, held.view = frame, view
        self._raw.add(frame, self, view.time)

    def holds(self, frame: FrameCopy) -> bool:
        """Whether `frame` is kept for an object."""
        return any(held.frame is frame for held in self._held.values())

    def flush(self, time: float) -> None:
        """Send the pictures that are due at `time`."""
        self._raw.rest(time)
        for key, held in self._held.items():
            if held.view is None or time < held.due(held.view):
                continue
            went = self._post(key, held)
            held.sent, held.wait = time, min(max(2 * held.wait, RESEND_S), LONGEST_RESEND_S) if went else RETRY_S

    def finish(self, ids: Collection[str]) -> None:
        """Send the pictures of objects that end, and forget the objects."""
        for key in ids:
            if key in self._held:
                self._post(key, self._held[key])
                del self._held[key]

    def encode(self, frame: FrameCopy) -> None:
        """Encode `frame`, and before it the thumbnails of its objects, which are made from its pixels."""
        if frame.raw:
            for held in self._held.values():
                if held.frame is frame and held.view is not None:
                    held.thumb = frame.thumb(held.view.box)
            frame.jpeg()

    def _post(self, key: str, held: _Held) -> bool:
        if held.frame is None or held.view is None:
            return False
        self.encode(held.frame)
        frame, view = held.frame, held.view
        message = BestPicture(
            camera=self._camera,
            object_id=key,
            label=held.label,
            frame_time=view.time,
            jpeg=frame.jpeg(),
            box=view.box,
            region=view.region,
            score=view.score,
            thumb=held.thumb,
            attributes=view.attributes,
        )
        if not self._send(message):
            return False
        held.frame, held.view, held.thumb, held.told = None, None, b"", max(held.told, view.attribute_rank)
        return True
