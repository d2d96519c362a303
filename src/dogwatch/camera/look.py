"""A detector's look at one frame: what is sent, what is remembered meanwhile, and what comes back."""

from __future__ import annotations

import time as time_module
from dataclasses import dataclass

from dogwatch.bus.detector_client import DetectorClient
from dogwatch.bus.messages import DetectorInfo, FrameReady
from dogwatch.bus.ring import FrameRing
from dogwatch.camera.pictures import Shot
from dogwatch.model import Box, Detection
from dogwatch.vision.cut import cut, tensor_shape, to_frame
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.merge import Found, found_in
from dogwatch.vision.motion import Motion
from dogwatch.vision.regions import TensorSize


@dataclass(slots=True)
class Look:
    """A frame that a detector is looking at since `since`; `published` once its patience has run out.

    `id` is the request's, `shot` holds the frame's pixels for best pictures.
    """

    id: int
    frame: FrameReady
    motion: Motion
    regions: tuple[Box, ...]
    tensor: TensorSize
    shot: Shot
    since: float
    published: bool = False

    def found(self, detections: tuple[tuple[Detection, ...], ...], sizes: Geometry) -> list[Found]:
        """Bring a detector's answer, one tuple a region, to detect-frame pixels."""
        found: list[Found] = []
        for region, mine in zip(self.regions, detections, strict=True):
            found += found_in(region, [to_frame(one, region, self.tensor, sizes) for one in mine], sizes)
        return found


def tensor_size(info: DetectorInfo) -> TensorSize:
    """Return the input that a detector described."""
    return TensorSize(info.width, info.height, info.min_region)


def begin_look(
    client: DetectorClient,
    ring: FrameRing,
    frame: FrameReady,
    motion: Motion,
    regions: tuple[Box, ...],
    sizes: Geometry,
    now: float,
) -> Look | None:
    """Send `regions` of `frame` to the least busy detector; None if none has room, or the frame is overwritten."""
    if not regions or (choice := client.choose(len(regions))) is None:
        return None
    lane, slots = choice
    # The copy is what tensors and best pictures are made of: the ring moves on while the detector thinks.
    i420 = ring.copy(frame.seq)
    if i420 is None or lane.info is None or lane.pool is None:
        client.give_back(lane, slots)
        return None
    tensor, pixel_format = tensor_size(lane.info), lane.info.pixel_format
    shape = tensor_shape(tensor, pixel_format)
    for slot, region in zip(slots, regions, strict=True):
        cut(i420, region, sizes, pixel_format, lane.pool.tensor(slot, shape))
    request = client.request(lane, slots, time_module.monotonic())
    return None if request is None else Look(request, frame, motion, regions, tensor, Shot(i420, sizes), now)
