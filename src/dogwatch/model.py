"""The values that all parts of Dogwatch share: frozen and small.

Coordinates: boxes here are integer pixels `x1, y1, x2, y2` of the *detect frame* (the size that the camera's
`detect` section gives, or the stream's own size). HTTP answers carry `x, y, w, h` as fractions; use
`Box.fractions`. Times are UTC epoch seconds as floats.

Values made for every object in every frame are msgspec structs: making one takes a tenth of the time of a frozen
dataclass.
"""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import Literal

import msgspec

Severity = Literal["alert", "detection"]
ID_ALPHABET = string.ascii_lowercase + string.digits
LONGEST_SEGMENT_S = 660.0
"""No recorded segment is longer, because ingest splits them: so a segment that overlaps a time begins within this."""
VOLUME_FILE = ".dogwatch-volume"  # in the recordings directory: identifies the disk, so that a missing one is noticed


def new_id(time: float) -> str:
    """Make an id, such as `1682970645.13116-1ug7ns`, for an object that began at `time`.

    Ids sort as text in time order. Source: docs/api/conventions.md.
    """
    stamp = f"{time:.6f}".rstrip("0").rstrip(".")
    return f"{stamp}-{''.join(secrets.choice(ID_ALPHABET) for _ in range(6))}"


class Box(msgspec.Struct, frozen=True, gc=False):
    """A rectangle in detect-frame pixels; `x2` and `y2` are exclusive."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.x2 - self.x1

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.y2 - self.y1

    @property
    def area(self) -> int:
        """Area in square pixels."""
        width, height = self.x2 - self.x1, self.y2 - self.y1
        return width * height if width > 0 and height > 0 else 0

    @property
    def ratio(self) -> float:
        """Width divided by height."""
        return (self.x2 - self.x1) / max(1, self.y2 - self.y1)

    @property
    def bottom_center(self) -> tuple[float, float]:
        """The point where a standing object touches the ground."""
        return (self.x1 + self.x2) / 2, float(self.y2)

    def as_list(self) -> list[int]:
        """Return `[x1, y1, x2, y2]`, the form of MQTT and WebSocket messages."""
        return [self.x1, self.y1, self.x2, self.y2]

    def fractions(self, width: int, height: int) -> list[float]:
        """Return `[x, y, w, h]` as fractions of a frame of `width` x `height`, the form of HTTP answers."""
        return [
            round(self.x1 / width, 6),
            round(self.y1 / height, 6),
            round(self.width / width, 6),
            round(self.height / height, 6),
        ]

    def clipped(self, width: int, height: int) -> Box:
        """Return the part of this box that lies inside a frame of `width` x `height`."""
        if 0 <= self.x1 <= width and 0 <= self.x2 <= width and 0 <= self.y1 <= height and 0 <= self.y2 <= height:
            return self
        return Box(
            min(max(self.x1, 0), width),
            min(max(self.y1, 0), height),
            min(max(self.x2, 0), width),
            min(max(self.y2, 0), height),
        )

    def intersection(self, other: Box) -> int:
        """Return the area in square pixels that both boxes cover."""
        x1, y1, x2, y2 = self.x1, self.y1, self.x2, self.y2
        # Comparisons, because min and max take three times as long, and this is called most of all.
        width = (x2 if x2 < other.x2 else other.x2) - (x1 if x1 > other.x1 else other.x1)  # noqa: FURB136
        height = (y2 if y2 < other.y2 else other.y2) - (y1 if y1 > other.y1 else other.y1)  # noqa: FURB136
        return width * height if width > 0 and height > 0 else 0

    def iou(self, other: Box) -> float:
        """Return intersection over union, 0 to 1."""
        inter = self.intersection(other)
        union = self.area + other.area - inter
        return inter / union if union else 0.0


class Detection(msgspec.Struct, frozen=True, gc=False):
    """An object that a detector found in one frame; `score` is 0 to 1."""

    label: str
    score: float
    box: Box


class TrackedObject(msgspec.Struct, frozen=True, gc=False):
    """The state of one tracked object at one frame.

    `computed_score` is the median of the last scores, `top_score` its maximum so far; `false_positive` stays
    true until `computed_score` has passed the label's threshold once (docs/vision.md).
    `path` holds `(x, y, time)` with x, y as fractions of the detect frame (bottom centre of the box).
    `attributes` maps an attribute's label to its best score so far; `current_attributes` are those seen in
    this frame.
    """

    id: str
    camera: str
    label: str
    frame_time: float
    start_time: float
    box: Box
    region: Box
    score: float
    computed_score: float
    top_score: float
    false_positive: bool
    stationary: bool = False
    motionless_count: int = 0
    position_changes: int = 0
    current_zones: tuple[str, ...] = ()
    entered_zones: tuple[str, ...] = ()
    loitering_zones: tuple[str, ...] = ()
    pending_loitering: bool = False
    attributes: dict[str, float] = {}
    current_attributes: tuple[Detection, ...] = ()
    path: tuple[tuple[float, float, float], ...] = ()
    current_speed: float = 0.0
    average_speed: float = 0.0
    velocity_angle: float = 0.0
    end_time: float | None = None

    @property
    def active(self) -> bool:
        """Whether the object is moving; the opposite of stationary."""
        return not self.stationary


@dataclass(frozen=True, slots=True)
class Fragment:
    """One `moof` + `mdat` pair inside a segment file.

    `offset` and `size_bytes` give the byte range; `start_time` (epoch s) and `duration` (s) are those of the
    video track; `keyframe` says that its first video sample can be decoded alone. `plain` says that the file is a
    plain MP4 file, whose bytes stand for a fragment once a `moof` is put before them (`media.plain_file`).
    """

    offset: int
    size_bytes: int
    start_time: float
    duration: float
    keyframe: bool
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One recorded file.

    `path` is relative to the media root (`recordings/2026-04-01/12/front/30.22.mp4`). `init_id` names the
    `ftyp` + `moov` bytes (the first 16 hex digits of their SHA-256): files with equal ids share one
    decoder configuration. `motion` is the sum of motion areas, `objects` the count of active objects over
    frames. Each is None until the whole time span has been analysed: retention keeps such segments.
    """

    camera: str
    path: str
    start_time: float
    end_time: float
    size_bytes: int
    init_id: str
    fragments: tuple[Fragment, ...]
    has_audio: bool = False
    dbfs: float | None = None
    motion: int | None = None
    objects: int | None = None

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end_time - self.start_time

    @property
    def plain(self) -> bool:
        """Whether its file is a plain MP4 file, whose own times begin near zero."""
        return any(fragment.plain for fragment in self.fragments[:1])
