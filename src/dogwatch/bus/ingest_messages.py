"""What ingest, and every worker at first, tells the core."""

from __future__ import annotations

from dogwatch.bus.message import Message
from dogwatch.model import Segment


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


class RingMade(Message, frozen=True):
    """Ingest has created a frame ring for pictures of `width` x `height`, the size of the stream.

    Older rings are invalid.
    """

    camera: str
    ring: str
    width: int
    height: int
