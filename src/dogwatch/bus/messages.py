"""Every message that crosses a process border.

Workers send `Up` messages to the core over their link, each behind its number, and the core sends `Down` messages to
them. Ingest announces frames to analysis with `FrameReady`; analysis asks detectors with `DetectRequest`. All are
MessagePack, tagged by type. docs/messages.md describes each one, and a test fails when it does not.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from dogwatch.evidence import ObjectEvidence
from dogwatch.model import Box, Detection, Segment, TrackedObject


class Message(msgspec.Struct, frozen=True, tag=True, array_like=False):
    """The base of all messages."""


# ---------------------------------------------------------------- worker -> core


class WorkerReady(Message, frozen=True):
    """The first message on each connection of a worker.

    `kind` is ingest, analysis, detection, encoding or listening, and `name` is unique for each kind. `spec_digest`
    identifies the spec that the worker follows; see `bus.spec.digest`.
    """

    kind: str
    name: str
    pid: int
    spec_digest: str = ""


class StreamOpened(Message, frozen=True):
    """An input of a camera is connected.

    Codecs have their libav names, and are empty if there is none.
    """

    camera: str
    roles: tuple[str, ...]
    video_codec: str
    width: int
    height: int
    fps: float
    audio_codec: str = ""


class StreamLost(Message, frozen=True):
    """An input of a camera has lost its connection, and ingest tries to reconnect. `reason` is a text for users."""

    camera: str
    roles: tuple[str, ...]
    reason: str


class SegmentOpened(Message, frozen=True):
    """Recording has begun to write a file. `path` is relative to the media root."""

    camera: str
    path: str
    start_time: float


class SegmentWritten(Message, frozen=True):
    """A segment is complete on disk.

    `init` contains the file's `ftyp` and `moov`. `continuous` is true if the first sample follows the last one of the
    previous segment without a gap.
    """

    segment: Segment
    init: bytes
    continuous: bool


class FootageLost(Message, frozen=True):
    """A time span that could not be recorded.

    `reason` is `no_space`, `write_error`, `queue_full`, `bad_stream` or `clock_set_back`.
    """

    camera: str
    start_time: float
    end_time: float
    reason: str
    detail: str = ""


class SpaceWanted(Message, frozen=True):
    """Ingest needs more space for its next segment and the floor: the core should delete the oldest footage now."""

    camera: str
    bytes_wanted: int


class ClipOpened(Message, frozen=True):
    """The first packets of a clip are on disk. It begins at `start_time`, which is before the request as a rule."""

    camera: str
    clip: str
    path: str
    start_time: float


class ClipWritten(Message, frozen=True):
    """A clip has ended because the core wanted it to, and is complete on disk.

    The file's own times begin near zero, with the picture of `start_time`.
    """

    camera: str
    clip: str
    path: str
    start_time: float
    end_time: float
    size_bytes: int


class ClipLost(Message, frozen=True):
    """A clip could not begin, or has ended without being asked to.

    `reason` is `stream_lost`, `stream_changed`, `leaving`, `replaced`, `no_space`, `write_error`, `queue_full` or
    `bad_stream`. What was written until `end_time` plays; with `size_bytes` 0 there is no file.
    """

    camera: str
    clip: str
    path: str
    reason: str
    detail: str = ""
    start_time: float = 0.0
    end_time: float = 0.0
    size_bytes: int = 0


class IngestStats(Message, frozen=True):
    """What ingest has measured since its last report. Rates are per second.

    `decoding` is `full`, `keyframes` or `off`. The counters (`reconnects`, `stalls`, `repaired_timestamps`,
    `audio_faults`, `dropped_*`) count since the process began. `audio_dbfs` is None without an audio role.
    """

    camera: str
    camera_fps: float
    expected_fps: float
    decoded_fps: float
    bytes_per_second: float
    decoding: str
    reconnects: int = 0
    stalls: int = 0
    repaired_timestamps: int = 0
    audio_faults: int = 0
    dropped_decode: int = 0
    dropped_live: int = 0
    dropped_messages: int = 0
    dropped_sound: int = 0
    audio_dbfs: float | None = None
    audio_rms: float | None = None


class SoundLevel(Message, frozen=True):
    """How loud half a second of a camera's sound was, while sound is listened to.

    `time` is its end (epoch s), `rms` is on the scale of 16-bit samples.
    """

    camera: str
    time: float
    dbfs: float
    rms: float


class SoundsHeard(Message, frozen=True):
    """The sounds that were told apart in the last moments of a camera's sound, with their scores (0 to 1).

    `time` is their end (epoch s). Only what is listened for and reaches its threshold is told.
    """

    camera: str
    time: float
    scores: dict[str, float]


class RingMade(Message, frozen=True):
    """Ingest has created a frame ring for pictures of `width` x `height`, the size of the stream.

    Older rings are invalid.
    """

    camera: str
    ring: str
    width: int
    height: int


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


# ---------------------------------------------------------------- ingest -> live viewers, through the core


class LiveReady(Message, frozen=True):
    """The first message on the second link of an ingest process, which exists while somebody watches."""

    camera: str
    pid: int


class LiveInit(Message, frozen=True):
    """A live stream begins: its `ftyp` and `moov`, and its RFC 6381 codecs (`avc1.640029,mp4a.40.2`).

    `input` is the number of the camera's input, from 0.
    """

    camera: str
    input: int
    codecs: str
    init: bytes


class LiveFragment(Message, frozen=True):
    """One or more `moof` and `mdat` of a live stream. A player can begin at a `keyframe`.

    Decode times count from the start of the live muxer, near zero.
    """

    camera: str
    input: int
    time: float
    keyframe: bool
    data: bytes


class PacketTrack(msgspec.Struct, frozen=True):
    """One track of a stream of packets. `codec` is its libav name, and `clock_rate` is in ticks per second.

    `extradata` are libav's: parameter sets (Annex B or a configuration record), an AudioSpecificConfig, or nothing.
    Video has `width` and `height` (pixels), sound has `channels` and `sample_rate` (per second).
    """

    video: bool
    codec: str
    clock_rate: int
    extradata: bytes = b""
    width: int = 0
    height: int = 0
    channels: int = 0
    sample_rate: int = 0


class PacketsBegin(Message, frozen=True):
    """A live stream of packets begins, as the camera sends them: sound is not transcoded. Video is track 0."""

    camera: str
    input: int
    tracks: tuple[PacketTrack, ...]


class LivePacket(Message, frozen=True):
    """One packet of a live stream: a picture, or a little sound.

    `track` is its number in `PacketsBegin`. `time` (epoch s) is when it is shown. `pts` and `dts` are ticks of the
    track's clock since the epoch. `keyframe` is only true for video with which a player can begin.
    """

    camera: str
    input: int
    track: int
    time: float
    pts: int
    dts: int
    keyframe: bool
    data: bytes


Live = LiveInit | LiveFragment | PacketsBegin | LivePacket

Up = (
    WorkerReady
    | StreamOpened
    | StreamLost
    | SegmentOpened
    | SegmentWritten
    | FootageLost
    | SpaceWanted
    | ClipOpened
    | ClipWritten
    | ClipLost
    | IngestStats
    | SoundLevel
    | SoundsHeard
    | RingMade
    | FrameTracks
    | BestPicture
    | PreviewPicture
    | AnalysisStats
    | DetectorStats
    | EncoderStats
    | ListeningStats
    | LiveReady
    | LiveInit
    | LiveFragment
    | PacketsBegin
    | LivePacket
)

# ---------------------------------------------------------------- core -> workers


class Ack(Message, frozen=True):
    """The core has received a worker's messages up to `number`.

    The first one on a connection answers `WorkerReady`: 0 for a process that the core does not know yet.
    """

    number: int


class Reconfigure(Message, frozen=True):
    """A worker must follow another spec from now on: `spec` is what a new worker would get on standard input."""

    spec: str


class AcceptView(Message, frozen=True):
    """The analysis takes the present picture of a camera for how its scene usually is, and learns that anew."""

    camera: str


class Watch(Message, frozen=True):
    """Somebody watches these inputs of a camera live, and no others. Inputs are numbered from 0.

    Of `inputs` the fragments are wanted, of `packets` the camera's own packets. Ingest forgets this when its link ends,
    and the core sends it again.
    """

    inputs: tuple[int, ...]
    packets: tuple[int, ...] = ()


class ClipBegin(Message, frozen=True):
    """Write a clip: what is kept of the last seconds, and then every packet, until `ClipEnd`.

    `clip` names it in the answers, and `path` is the absolute path of the file, which may not be there yet. It is
    fragmented MP4 and grows by a fragment a second. There is one clip at a time: a new one ends the one before.
    """

    clip: str
    path: str


class ClipEnd(Message, frozen=True):
    """End this clip; another one goes on."""

    clip: str


class PictureCell(msgspec.Struct, frozen=True):
    """Where the newest picture of a camera is drawn (pixels, even), and the ring that it is in; empty for none yet."""

    camera: str
    ring: str
    x: int
    y: int
    width: int
    height: int


class ShowCells(Message, frozen=True):
    """Encode a picture of `width` x `height` that is made of these cells, until the next such message."""

    width: int
    height: int
    cells: tuple[PictureCell, ...]


class TranscodeBegin(Message, frozen=True):
    """Packets to encode anew begin; `tracks` as in `PacketsBegin`."""

    tracks: tuple[PacketTrack, ...]


class TranscodePacket(Message, frozen=True):
    """One packet to encode anew; see `LivePacket`."""

    track: int
    time: float
    pts: int
    dts: int
    keyframe: bool
    data: bytes


Down = Ack | Reconfigure | AcceptView | Watch | ClipBegin | ClipEnd | ShowCells | TranscodeBegin | TranscodePacket

# ---------------------------------------------------------------- ingest -> analysis


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


# ---------------------------------------------------------------- ingest -> listening


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


# ---------------------------------------------------------------- analysis <-> detection


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


Ask = DetectorHello | DetectRequest
Answer = DetectorInfo | DetectReply

NUMBER_BYTES = 8  # before a message up, big-endian; 0 for what is not acknowledged

encode = msgspec.msgpack.Encoder().encode
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError)  # what decoders raise; the latter for text that is no UTF-8
decode_up = msgspec.msgpack.Decoder(Up).decode
decode_down = msgspec.msgpack.Decoder(Down).decode
decode_frame = msgspec.msgpack.Decoder(FrameReady).decode
decode_sound = msgspec.msgpack.Decoder(SoundPiece).decode
decode_ask = msgspec.msgpack.Decoder(Ask).decode
decode_answer = msgspec.msgpack.Decoder(Answer).decode


def encode_numbered(message: Message, number: int) -> bytes:
    """Return `message` as it goes up."""
    return number.to_bytes(NUMBER_BYTES, "big") + encode(message)


def number_of(data: bytes) -> int:
    """Return the number of a message that came up."""
    return int.from_bytes(data[:NUMBER_BYTES], "big")
