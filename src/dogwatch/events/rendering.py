"""Pictures made from an object's clean picture: snapshots, thumbnails, review thumbnails. Takes and gives bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from dogwatch.config import labels
from dogwatch.media.picture_pool import POOL, pooled
from dogwatch.model import Box

if TYPE_CHECKING:
    from dogwatch.config import CameraConfig, Config
    from dogwatch.config.mqtt import CameraMqttConfig
    from dogwatch.config.snapshots import SnapshotsConfig
    from dogwatch.media.overlay import Canvas

MAGIC = {"jpg": b"\xff\xd8", "jpeg": b"\xff\xd8", "png": b"\x89PNG", "webp": b"RIFF"}
REVIEW_HEIGHT = 180
BYTES_PER_PX = 12  # decoded, scaled and encoded: the dearest is WebP
UNKNOWN_PX = 7680 * 4320
REVIEW_RATIO = 16 / 9
ANDROID_RATIO = 2.0
Fractions = Sequence[float]


@dataclass(frozen=True, slots=True)
class Stamp:
    """How the time is written; see `media.overlay.TimestampStyle`. `zone` None means the machine's."""

    position: Literal["tl", "tr", "bl", "br"] = "tl"
    format: str = "%m/%d/%Y %H:%M:%S"
    colour: tuple[int, int, int] = (255, 255, 255)
    thickness: int = 2
    effect: Literal["solid", "shadow"] | None = None
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """How a snapshot is made from a clean picture; `height` in pixels, None keeps the size."""

    bbox: bool = True
    timestamp: bool = False
    crop: bool = False
    height: int | None = None
    quality: int = 60
    stamp: Stamp = Stamp()
    colormap: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on a picture; boxes are `[x, y, w, h]` fractions, None without one."""

    label: str
    score: float
    frame_time: float
    box: Fractions | None = None
    region: Fractions | None = None
    attributes: tuple[tuple[str, float, Fractions], ...] = ()
    draw: Mapping[str, Any] = field(default_factory=dict)


@pooled
def snapshot(clean: bytes, shown: Shown, style: Style) -> bytes:
    """Return a JPEG of the clean picture `clean`: boxes first, then cut, scaled, and stamped with the time.

    Raises:
        MediaError: `clean` is no picture.
    """
    from dogwatch import framing
    from dogwatch.media import overlay, picture

    _reserve(clean)
    bgr = picture.decode(clean)
    whole_rows, whole_columns = bgr.shape[:2]
    if style.bbox:
        _draw(overlay.Canvas(bgr, bgr.shape[1], bgr.shape[0], style.colormap), shown)
    region = shown.region or shown.box
    if style.crop and region is not None:
        rows, columns = bgr.shape[:2]
        wanted = _box(region, columns, rows)
        ratio = wanted.width / max(1, wanted.height)
        bgr = framing.crop(bgr, framing.around(wanted, columns, rows, ratio=ratio or 1.0)).copy()
    if style.height is not None:
        bgr = picture.resize_to_height(bgr, picture.within(bgr, style.height, whole_columns, whole_rows))
    if style.timestamp:
        stamp = style.stamp
        text = overlay.TimestampStyle(stamp.position, stamp.format, stamp.colour, stamp.thickness, stamp.effect)
        overlay.Canvas(bgr, bgr.shape[1], bgr.shape[0]).timestamp(shown.frame_time, text, stamp.zone)
    return picture.encode(bgr, "jpg", style.quality)


@pooled
def thumbnail(clean: bytes, box: Fractions | None) -> bytes:
    """Return a square cut around `box` of the picture `clean`, 175 pixels high, as JPEG.

    Raises:
        MediaError: `clean` is no picture.
    """
    from dogwatch import framing

    def place(columns: int, rows: int) -> Box:
        if box is None:
            return Box(0, 0, columns, rows)
        return framing.around_thumbnail(_box(box, columns, rows), columns, rows)

    return _cut(clean, place, framing.THUMBNAIL_HEIGHT)


@pooled
def review_thumbnail(clean: bytes, boxes: Sequence[Fractions]) -> bytes:
    """Return a 16:9 cut of the picture `clean`, 180 pixels high, that holds all `boxes`, as JPEG.

    Raises:
        MediaError: `clean` is no picture.
    """
    from dogwatch import framing

    def place(columns: int, rows: int) -> Box:
        found = [_box(box, columns, rows) for box in boxes] or [Box(0, 0, columns, rows)]
        hull = Box(
            min(b.x1 for b in found), min(b.y1 for b in found), max(b.x2 for b in found), max(b.y2 for b in found)
        )
        return framing.around(hull, columns, rows, ratio=REVIEW_RATIO, smallest=columns // 3)

    return _cut(clean, place, REVIEW_HEIGHT, REVIEW_RATIO)


@pooled
def converted(data: bytes, fmt: str, *, ratio: float | None = None) -> bytes:
    """Return picture `data` as `fmt`, padded with black to `ratio` (width / height) if given.

    Raises:
        MediaError: `data` is no picture.
    """
    from dogwatch.media import picture

    if ratio is None and data.startswith(MAGIC[fmt]):
        return data
    _reserve(data)
    bgr = picture.decode(data)
    return picture.encode(picture.pad_to_ratio(bgr, ratio) if ratio else bgr, fmt, 85)


@lru_cache(4)
@pooled
def blank(width: int, height: int) -> bytes:
    """Return a black JPEG."""
    from dogwatch.media import picture

    return picture.encode(picture.black(width, height), "jpg")


def of_row(row: Mapping[str, Any]) -> Shown:
    """Return what the snapshot of an event row shows; `row` is as in docs/api/events.md."""
    data = row["data"]
    found = data.get("attributes") or []
    return Shown(
        label=row["sub_label"] or row["label"],
        score=float(data.get("score") or 0),
        frame_time=float(data.get("snapshot_frame_time") or row["start_time"]),
        box=data.get("box"),
        region=data.get("region"),
        attributes=tuple((each["label"], each["score"], each["box"]) for each in found if each.get("box")),
        draw=data.get("draw") or {},
    )


def style_of(saved: SnapshotsConfig | CameraMqttConfig, camera: CameraConfig, config: Config) -> Style:
    """Return the style of a camera's snapshots: of those it keeps, or of those it sends over MQTT."""
    known = labels.colormap(labels.known_labels(config))
    colours = {label: (red, green, blue) for label, (red, green, blue) in known.items()}
    stamp = stamp_of(camera, config)
    return Style(saved.bounding_box, saved.timestamp, saved.crop, saved.height, saved.quality, stamp, colours)


def stamp_of(camera: CameraConfig, config: Config) -> Stamp:
    """Return how `camera` writes the time."""
    style, name = camera.timestamp_style, config.ui.timezone
    colour = (style.color.red, style.color.green, style.color.blue)
    zone = ZoneInfo(name) if name else None
    return Stamp(style.position, style.format, colour, style.thickness, style.effect, zone)


def _reserve(data: bytes, reduced: int = 1) -> None:
    """Wait until there is room for what a picture takes while it is worked at, in 1/`reduced` of its size."""
    from dogwatch.media import jpeg, other_pictures

    columns, rows = jpeg.size(data) or other_pictures.size(data) or (UNKNOWN_PX, 1)
    POOL.need(columns * rows * BYTES_PER_PX // reduced**2)


def _cut(clean: bytes, place: Callable[[int, int], Box], height: int, ratio: float | None = None) -> bytes:
    """Return what `place` chooses of a picture of so many columns and rows, `height` pixels high, as JPEG.

    It is `height * ratio` wide, or as wide as its shape wants. It is decoded no larger than that needs, and without
    OpenCV, because the core makes these also while nobody looks.
    """
    from dogwatch import framing
    from dogwatch.media import jpeg

    if not clean.startswith(MAGIC["jpg"]):
        clean = _as_jpeg(clean)
    size = jpeg.size(clean)
    spare = place(*size).height / height if size is not None else 1.0
    reduced = next((by for by in (8, 4, 2) if spare >= by), 1)
    _reserve(clean, reduced)
    bgr = jpeg.decode(clean, reduced=reduced)
    part = framing.crop(bgr, place(bgr.shape[1], bgr.shape[0]))
    width = framing.width_for(height, ratio or part.shape[1] / part.shape[0])
    return jpeg.encode(jpeg.scale(part, width, height), framing.THUMBNAIL_QUALITY)


def _as_jpeg(data: bytes) -> bytes:
    from dogwatch.media import picture

    _reserve(data)
    return picture.encode(picture.decode(data), "jpg", 85)


def _draw(canvas: Canvas, shown: Shown) -> None:
    from dogwatch.media.overlay import LabelledBox, label_colour

    width, height = canvas.width, canvas.height
    if shown.box is not None:
        box = _box(shown.box, width, height)
        text = f"{shown.label}: {round(shown.score * 100)}%"
        canvas.labelled_boxes([LabelledBox(box, text, label_colour(shown.label, canvas.colormap))])
    for label, score, fractions in shown.attributes:
        text = f"{label}: {round(score * 100)}%"
        canvas.labelled_boxes([LabelledBox(_box(fractions, width, height), text, label_colour(label, canvas.colormap))])
    for drawn in shown.draw.get("boxes") or ():
        red, green, blue = drawn.get("color") or (255, 0, 0)
        text = f"{shown.label}: {drawn['score']}%" if drawn.get("score") is not None else shown.label
        canvas.labelled_boxes([LabelledBox(_box(drawn["box"], width, height), text, (int(red), int(green), int(blue)))])


def _box(fractions: Fractions, width: int, height: int) -> Box:
    x, y, w, h = fractions
    return Box(round(x * width), round(y * height), round((x + w) * width), round((y + h) * height))
