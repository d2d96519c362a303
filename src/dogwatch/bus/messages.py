"""Every message that crosses a process border.

Workers send `Up` messages to the core over their link, each behind its number, and the core sends `Down` messages to
them. Ingest announces frames to analysis with `FrameReady`; analysis asks detectors with `DetectRequest`. All are
MessagePack, tagged by type. docs/messages.md describes each one, and a test fails when it does not.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from dogwatch.model import Box, Detection, Segment, TrackedObject


class Message(msgspec.Struct, frozen=True, tag=True, array_like=False):
    """The base of all messages."""


# ---------------------------------------------------------------- worker -> core


class WorkerReady(Message, frozen=True):
    """The first message on each of a worker's connections.

    `kind` is ingest, analysis or detection; `name` is unique per kind. `spec_digest` is that of the spec that it
    follows; see `bus.spec.digest`.
    """

    kind: str
    name: str
    pid: int
    spec_digest: str = ""


class StreamOpened(Message, frozen=True):
    """An input of a camera is connected; codecs by their libav names, empty when absent. `url` is redacted."""

    camera: str
    roles: tuple[str, ...]
    url: str
    video_codec: str
    width: int
    height: int
    fps: float
    audio_codec: str = ""


class StreamLost(Message, frozen=True):
    """An input of a camera has broken off; ingest goes on trying. `reason` is fit for a user."""

    camera: str
    roles: tuple[str, ...]
    reason: str
    time: float


class SegmentOpened(Message, frozen=True):
    """Recording has begun to write a file (path relative to the media root)."""

    camera: str
    path: str
    start_time: float


class SegmentWritten(Message, frozen=True):
    """A segment is complete on disk. `init` holds the file's `ftyp` + `moov` bytes.

    `continuous` is true when this segment's first sample follows the previous segment's last one without a gap.
    """

    segment: Segment
    init: bytes
    continuous: bool


class FootageLost(Message, frozen=True):
    """Recorded time that could not be kept, and why.

    That is `no_space`, `write_error`, `queue_full`, `bad_stream` or `clock_set_back`.
    """

    camera: str
    start_time: float
    end_time: float
    reason: str
    detail: str = ""


class SpaceWanted(Message, frozen=True):
    """Ingest has less room than its next segment and the floor need; the core should delete the oldest now."""

    camera: str
    bytes_wanted: int


class IngestStats(Message, frozen=True):
    """What ingest measured since its last report (rates per second over `seconds`).

    `decoding` is `full`, `keyframes` or `off`. Counters (`reconnects`, `stalls`, `repaired_timestamps`,
    `dropped_*`) count since the process began. `audio_dbfs` is None without an audio role.
    """

    camera: str
    seconds: float
    camera_fps: float
    expected_fps: float
    decoded_fps: float
    published_fps: float
    bytes_per_second: float
    decoding: str
    reconnects: int = 0
    stalls: int = 0
    repaired_timestamps: int = 0
    audio_faults: int = 0
    dropped_decode: int = 0
    dropped_live: int = 0
    dropped_messages: int = 0
    audio_dbfs: float | None = None
    audio_rms: float | None = None


class RingMade(Message, frozen=True):
    """Ingest has made a frame ring of `width` x `height` pictures (the stream's own size); older ones are void."""

    camera: str
    ring: str
    width: int
    height: int


class FrameTracks(Message, frozen=True):
    """What analysis made of one frame; sent for every analysed frame.

    `width` and `height` are the detect frame's, in which all boxes are given. `motion_area` is in detect-frame
    pixels. `objects` are all live tracked objects (false positives among them, marked); `ended` those that
    ended with this frame, with `end_time` set. `idle` says the frame was a quiet keyframe. `motion_known` says that
    motion was looked for and could be told. `detected_time` is the time of the newest frame in which objects were
    looked for or that called for no look, 0 if there was none since analysis began, and None for this very frame.
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
    idle: bool = False
    motion_known: bool = True
    detected_time: float | None = None


class BestPicture(Message, frozen=True):
    """A new best picture of a tracked object.

    `jpeg` is the clean full frame at stream resolution (`width` x `height`), `thumb` what is around the object as
    JPEG, 175 pixels high; `box` and `region` are in detect-frame pixels. Rate limited by analysis; the last one before
    `ended` is the object's snapshot.
    """

    camera: str
    object_id: str
    label: str
    frame_time: float
    jpeg: bytes
    width: int
    height: int
    box: Box
    region: Box
    score: float
    thumb: bytes
    attributes: tuple[Detection, ...] = ()


class AnalysisStats(Message, frozen=True):
    """Rates of one camera's analysis over `seconds`; `skipped_fps` are frames never looked at."""

    camera: str
    pid: int
    seconds: float
    process_fps: float
    skipped_fps: float
    detection_fps: float
    dropped_messages: int = 0


class DetectorStats(Message, frozen=True):
    """How a detector does. `inference_speed` is the mean in ms; `detection_start` is 0.0 when idle."""

    name: str
    pid: int
    inference_speed: float
    detection_start: float
    batches: int = 0
    regions: int = 0
    queue: int = 0


# ---------------------------------------------------------------- ingest -> live viewers, through the core


class LiveReady(Message, frozen=True):
    """The first message on the second link of an ingest process, which is there while somebody watches."""

    camera: str
    pid: int


class LiveInit(Message, frozen=True):
    """A live stream begins: its `ftyp` + `moov` bytes and its RFC 6381 codecs (`avc1.640029,mp4a.40.2`).

    `input` counts the camera's inputs from 0.
    """

    camera: str
    input: int
    codecs: str
    init: bytes


class LiveFragment(Message, frozen=True):
    """One or more `moof` + `mdat` of a live stream; `keyframe` says that a player can begin here.

    Decode times count from the moment the live muxer began, near zero.
    """

    camera: str
    input: int
    time: float
    keyframe: bool
    data: bytes


Up = (
    WorkerReady
    | StreamOpened
    | StreamLost
    | SegmentOpened
    | SegmentWritten
    | FootageLost
    | SpaceWanted
    | IngestStats
    | RingMade
    | FrameTracks
    | BestPicture
    | AnalysisStats
    | DetectorStats
    | LiveReady
    | LiveInit
    | LiveFragment
)

# ---------------------------------------------------------------- core -> workers


class Ack(Message, frozen=True):
    """The core has taken a worker's messages up to `number`.

    The first one on a connection answers `WorkerReady`: 0 for a process of which the core knows nothing yet.
    """

    number: int


class Reconfigure(Message, frozen=True):
    """A worker is to follow another spec of its kind from now on: `spec` is what a new one gets on standard input."""

    spec: str


class Watch(Message, frozen=True):
    """Somebody watches these inputs of a camera live, and no others; they count from 0.

    Ingest forgets this with its link: the core says it anew.
    """

    inputs: tuple[int, ...]


class SetSwitch(Message, frozen=True):
    """Change a run-time switch of one camera, for example `detect` = True or `motion_threshold` = 40.

    Names are those of docs/api/websocket.md; each worker obeys those that concern it.
    """

    camera: str
    name: str
    value: bool | int | str


Down = Ack | Reconfigure | Watch | SetSwitch

# ---------------------------------------------------------------- ingest -> analysis


class FrameReady(Message, frozen=True):
    """A frame lies in slot `seq % slots` of ring `ring`.

    `probe` marks a keyframe decoded while the picture is quiet: if it shows motion, analysis asks for full
    decoding (`FrameRing.demand_full`) and drops it, and ingest sends it again in its place in time.
    """

    camera: str
    ring: str
    seq: int
    time: float
    keyframe: bool
    probe: bool = False


# ---------------------------------------------------------------- analysis <-> detection


class DetectorHello(Message, frozen=True):
    """Ask a detector what it wants as input."""


class DetectorInfo(Message, frozen=True):
    """The input and the labels of a detector.

    A region tensor is `height` x `width` (x 3) uint8 in `pixel_format`; `labels` are all it can report.
    `min_region` is the smallest region edge in frame pixels worth looking at (no upscaling beyond it).
    """

    name: str
    width: int
    height: int
    pixel_format: Literal["gray", "rgb", "bgr"]
    labels: tuple[str, ...]
    batch: int
    min_region: int


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


Ask = DetectorHello | DetectRequest
Answer = DetectorInfo | DetectReply

NUMBER_BYTES = 8  # before a message up, big-endian; 0 for what is not acknowledged

encode = msgspec.msgpack.Encoder().encode
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError)  # what decoders raise; the latter for text that is no UTF-8
decode_up = msgspec.msgpack.Decoder(Up).decode
decode_down = msgspec.msgpack.Decoder(Down).decode
decode_frame = msgspec.msgpack.Decoder(FrameReady).decode
decode_ask = msgspec.msgpack.Decoder(Ask).decode
decode_answer = msgspec.msgpack.Decoder(Answer).decode


def encode_numbered(message: Message, number: int) -> bytes:
    """Return `message` as it goes up."""
    return number.to_bytes(NUMBER_BYTES, "big") + encode(message)


def number_of(data: bytes) -> int:
    """Return the number of a message that came up."""
    return int.from_bytes(data[:NUMBER_BYTES], "big")
