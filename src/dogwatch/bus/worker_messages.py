"""What workers tell each other: ingest those that look and listen, and analysis detectors."""

from __future__ import annotations

from typing import Literal

from dogwatch.bus.message import Message
from dogwatch.model import Detection


class FrameReady(Message, frozen=True):
    """Frame `seq` is in ring `ring`.

    `probe` marks a keyframe that was decoded while the picture is quiet. If it shows motion, analysis drops it and
    requests full decoding (`FrameRing.demand_full`), and ingest sends it again in its order.
    """

    camera: str
    ring: str
    seq: int
    time: float
    keyframe: bool
    probe: bool = False


class SoundPiece(Message, frozen=True):
    """About half a second of a camera's sound: mono 16-bit samples, `rate` a second.

    `number` counts the pieces of the camera, also those that are not sent: so gaps show. `time` is its end
    (epoch s). A piece that does not count was sent for what follows it.
    """

    camera: str
    number: int
    time: float
    rate: int
    counts: bool
    samples: bytes


class DetectorHello(Message, frozen=True):
    """Ask a detector for its input format and labels."""


class DetectorInfo(Message, frozen=True):
    """The input format and the labels of a detector.

    A region tensor is `height` x `width` (x 3) uint8 in `pixel_format`. `labels` are all labels that it can report.
    `min_region` is the smallest useful edge of a region in frame pixels: smaller regions would only be scaled up.
    Square tensors with edges from `least` on are taken too, and cost less; 0 means none but `height` x `width`.
    """

    name: str
    width: int
    height: int
    pixel_format: Literal["gray", "rgb", "bgr"]
    labels: tuple[str, ...]
    batch: int
    min_region: int
    least: int = 0


class DetectRequest(Message, frozen=True):
    """Detect in `slots` of tensor pool `pool`; ids are unique per analysis process."""

    id: int
    pool: str
    slots: tuple[int, ...]


class DetectReply(Message, frozen=True):
    """The detections of each slot asked for, in region-tensor pixels; `error` is set when the batch failed."""

    id: int
    detections: tuple[tuple[Detection, ...], ...]
    error: str = ""
