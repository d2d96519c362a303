"""Asks a detector about one frame, and keeps the frame's data until the answer comes."""

from __future__ import annotations

import functools
import time as time_module
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dogwatch.bus.detector_client import DetectorClient
from dogwatch.bus.messages import DetectorInfo, FrameReady
from dogwatch.bus.ring import FrameRing
from dogwatch.model import Box, Detection
from dogwatch.vision.colours import Colours, Look, colours_in
from dogwatch.vision.cut import cut, tensor_shape
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import RegionDetection
from dogwatch.vision.motion import Motion
from dogwatch.vision.pipeline import in_frame
from dogwatch.vision.regions import TensorSize
from dogwatch.workers.analysis.best_pictures import FrameCopy, RawFrames


@dataclass(slots=True)
class DetectionRequest:
    """A request to a detector about one frame, made at `since`; `published` once the frame did not wait any longer.

    `id` is the request's. The ring holds the frame's pixels for best pictures until `release`. `kept` are those of a
    ring that has been replaced.
    """

    id: int
    frame: FrameReady
    motion: Motion
    regions: tuple[Box, ...]
    tensor: TensorSize
    ring: FrameRing | None
    since: float
    kept: NDArray[np.uint8] | None = None
    published: bool = False

    @property
    def in_ring(self) -> bool:
        """Whether the frame's pixels are still available."""
        return self.kept is not None or (self.ring is not None and self.ring.holds(self.frame.seq))

    def take(self) -> None:
        """Copy the frame out of the ring, if it still holds it, and release the ring."""
        if self.ring is not None and self.kept is None:
            self.kept = self.ring.copy(self.frame.seq)
        self.ring = None

    def release(self) -> None:
        """Let the ring overwrite the frame."""
        if self.ring is not None:
            self.ring.hold(-1)

    def copy_frame(self, sizes: Geometry, raw: RawFrames) -> FrameCopy | None:
        """Return the frame for best pictures; None if the ring has overwritten it."""
        if self.kept is not None:
            return raw.copy(self.kept, sizes)
        picture = self.ring.picture(self.frame.seq) if self.ring is not None else None
        copied = raw.copy(picture.i420, sizes) if picture is not None else None
        return copied if self.in_ring else None  # else the copy may mix two frames

    def look(self, sizes: Geometry) -> Look | None:
        """Return what tells the colours in a box of the frame; None if the ring has overwritten it.

        The ring holds the frame until `release`. While memory is so short that it has but two slots, it may overwrite
        the frame all the same: then there are no colours.
        """
        if self.kept is not None:
            return functools.partial(colours_in, self.kept, geometry=sizes)
        ring, seq = self.ring, self.frame.seq
        if ring is None or (picture := ring.picture(seq)) is None:
            return None
        pixels = picture.i420

        def seen(box: Box) -> Colours | None:
            colours = colours_in(pixels, box, sizes)
            return colours if ring.holds(seq) else None  # else they may be of two frames

        return seen

    def found(self, detections: tuple[tuple[Detection, ...], ...], sizes: Geometry) -> list[RegionDetection]:
        """Convert a detector's answer, a tuple of detections for each region, to detect-frame pixels."""
        return in_frame(self.regions, detections, self.tensor, sizes)


def tensor_size(info: DetectorInfo) -> TensorSize:
    """Return the size of a detector's input."""
    return _tensor_size(info.width, info.height, info.min_region)


_tensor_size = functools.lru_cache(maxsize=64)(TensorSize)  # called twice a frame


def request_detection(
    client: DetectorClient,
    ring: FrameRing,
    frame: FrameReady,
    motion: Motion,
    regions: tuple[Box, ...],
    sizes: Geometry,
    now: float,
) -> DetectionRequest | None:
    """Send `regions` of `frame`, which the ring then holds, to the least busy detector.

    None if no detector has room, or the frame is overwritten.
    """
    if not regions or (choice := client.choose(len(regions))) is None:
        return None
    connection, slots = choice
    picture = ring.picture(frame.seq)
    if picture is None or connection.info is None or connection.pool is None:
        client.give_back(connection, slots)
        return None
    tensor, pixel_format = tensor_size(connection.info), connection.info.pixel_format
    shape = tensor_shape(tensor, pixel_format)
    for slot, region in zip(slots, regions, strict=True):
        cut(picture.i420, region, sizes, pixel_format, connection.pool.tensor(slot, shape))
    if not ring.holds(frame.seq):  # the tensors may mix two frames
        client.give_back(connection, slots)
        return None
    request = client.request(connection, slots, time_module.monotonic())
    if request is None:
        return None
    ring.hold(frame.seq)
    return DetectionRequest(request, frame, motion, regions, tensor, ring, now)
