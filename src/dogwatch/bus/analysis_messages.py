"""What the processes that look and listen tell the core, and the figures of detectors and encoders."""

from __future__ import annotations

from dogwatch.bus.message import Message
from dogwatch.evidence import ObjectEvidence
from dogwatch.model import Box, Detection, TrackedObject


class SoundsHeard(Message, frozen=True):
    """The sounds that were told apart in the last moments of a camera's sound, with their scores (0 to 1).

    `time` is their end (epoch s). Only what is listened for and reaches its threshold is told.
    """

    camera: str
    time: float
    scores: dict[str, float]


class FrameTracks(Message, frozen=True):
    """The result of analysing one frame; sent for every analysed frame.

    `width` and `height` are the size of the detect frame, in whose pixels all boxes and `motion_area` are. `objects`
    are all tracked objects, including false positives, which are marked. `ended` are the objects that ended with this
    frame, with their `end_time`. `motion_known` means that motion was looked for and could be determined.
    `detected_time` is the time of the newest frame that the detector has seen or that needed no detection: None if that
    is this frame, and 0 if there was none since analysis began. `evidence` is what decided about objects that have
    ended, or that count or have entered a zone only now; none about false positives.
    """

    camera: str
    frame_time: float
    width: int
    height: int
    motion_area: int
    motion_boxes: tuple[Box, ...] = ()
    regions: tuple[Box, ...] = ()
    objects: tuple[TrackedObject, ...] = ()
    ended: tuple[TrackedObject, ...] = ()
    motion_known: bool = True
    detected_time: float | None = None
    evidence: tuple[ObjectEvidence, ...] = ()


class BestPicture(Message, frozen=True):
    """A new best picture of a tracked object.

    `jpeg` is the full frame without drawings, at stream resolution. `thumb` is a JPEG of the
    object's surroundings, 175 pixels high. `box` and `region` are in detect-frame pixels. Analysis limits the rate;
    the last picture before the object ends becomes its snapshot.
    """

    camera: str
    object_id: str
    label: str
    frame_time: float
    jpeg: bytes
    box: Box
    region: Box
    score: float
    thumb: bytes
    attributes: tuple[Detection, ...] = ()


class PreviewPicture(Message, frozen=True):
    """A small picture of the whole frame for the preview of the hour, as JPEG; see docs/previews.md for how often."""

    camera: str
    frame_time: float
    jpeg: bytes


class AnalysisStats(Message, frozen=True):
    """The rates of one camera's analysis. `skipped_fps` counts frames that were not analysed.

    `conditions` are what pictures tell to be wrong with the camera itself: see `vision.camera_health.KINDS`.
    """

    camera: str
    pid: int
    process_fps: float
    skipped_fps: float
    detection_fps: float
    dropped_messages: int = 0
    conditions: tuple[str, ...] = ()


class DetectorStats(Message, frozen=True):
    """The figures of a detector. `inference_speed` is the mean in ms; `detection_start` is 0.0 when idle.

    `batches` and the `regions` in them count since the process began.
    """

    name: str
    pid: int
    inference_speed: float
    detection_start: float
    batches: int = 0
    regions: int = 0
    queue: int = 0


class EncoderStats(Message, frozen=True):
    """The figures of an encoding process, since it began.

    `pictures` were encoded. `dropped` are packets that it had no time for, and messages that the core did not take.
    """

    name: str
    pid: int
    pictures: int
    dropped: int


class ListeningStats(Message, frozen=True):
    """The figures of the process that tells sounds apart. `inference_speed` is the mean in ms.

    `windows` were looked at since it began, and `late` pieces were not, because newer ones had come meanwhile.
    """

    pid: int
    inference_speed: float
    windows: int
    late: int
