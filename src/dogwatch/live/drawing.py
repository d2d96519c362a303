"""What is drawn on a live picture, and how large and good it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dogwatch.bus.messages import FrameTracks
from dogwatch.model import Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dogwatch.config import Config
    from dogwatch.config.masks import MaskConfig
    from dogwatch.config.snapshots import TimestampStyleConfig
    from dogwatch.config.zones import ZoneConfig
    from dogwatch.media.overlay import Canvas, LabelledBox
    from dogwatch.media.picture import Picture


RED, YELLOW = (255, 64, 64), (255, 220, 0)


@dataclass(frozen=True, slots=True)
class GridDrawing:
    """A region grid to draw: for each cell, how many samples it has, and width and height as fractions of the frame."""

    cells: tuple[tuple[int, float, float], ...]
    colour: tuple[int, int, int] = (0, 255, 0)
    font_scale: float = 0.5


@dataclass(frozen=True, slots=True)
class DrawnPlace:
    """A place to draw: left, top, width and height as fractions of the frame, and whether it is `in_force`."""

    box: tuple[float, float, float, float]
    text: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawing options of docs/api/cameras.md; all off by default."""

    bbox: bool = False
    timestamp: bool = False
    zones: bool = False
    mask: bool = False
    motion: bool = False
    regions: bool = False
    paths: bool = False
    grid: GridDrawing | None = None
    places: tuple[DrawnPlace, ...] = ()

    @property
    def of_tracks(self) -> bool:
        """Whether anything is drawn that belongs to one analysed frame."""
        return self.bbox or self.motion or self.regions or self.paths


NOTHING_DRAWN = Drawing()


@dataclass(frozen=True, slots=True)
class PictureStyle:
    """How a picture is wanted; `height` None is the stream's own."""

    drawing: Drawing = NOTHING_DRAWN
    height: int | None = None
    extension: str = "jpg"
    quality: int = 70


PLAIN = PictureStyle()


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """What the configuration says of one camera's pictures.

    A picture older than `offline_s` is no longer that of now. `size` is what a picture has of which nothing is known.
    """

    offline_s: float
    size: tuple[int, int]
    zones: Mapping[str, ZoneConfig]
    masks: Sequence[MaskConfig]
    style: TimestampStyleConfig
    timezone: str | None


def pictures_of(config: Config) -> Mapping[str, PictureSettings]:
    """Return the settings of every camera's pictures."""
    return {
        name: PictureSettings(
            offline_s=max(10.0, camera.ffmpeg.retry_interval),
            size=(camera.detect.width or 1280, camera.detect.height or 720),
            zones=camera.zones,
            masks=camera.motion.mask,
            style=camera.timestamp_style,
            timezone=config.ui.timezone,
        )
        for name, camera in config.cameras.items()
    }


def draw(
    picture: Picture,
    drawing: Drawing,
    settings: PictureSettings,
    tracks: FrameTracks | None,
    time: float,
    *,
    frame: tuple[int, int],
) -> None:
    """Draw on `picture` in place.

    `tracks` are those of this picture, `time` (epoch s) is when it was taken. `frame` is width and height of the
    stream: zones and masks of a camera without a detect size may be in its pixels.
    """
    from dogwatch import polygon
    from dogwatch.media.overlay import Canvas, TimestampStyle

    height, width = picture.shape[:2]
    canvas = Canvas(picture, tracks.width if tracks else width, tracks.height if tracks else height)
    if drawing.mask:
        canvas.masks(polygon.fitted(mask.points, *frame) for mask in settings.masks if mask.enabled)
    if drawing.zones:
        zones = settings.zones.items()
        canvas.zones({name: polygon.fitted(zone.points, *frame) for name, zone in zones if zone.enabled})
    if tracks is not None:
        if drawing.regions:
            canvas.regions(tracks.regions)
        if drawing.motion:
            canvas.motion(tracks.motion_boxes)
        if drawing.paths:
            canvas.paths(found for found in tracks.objects if not found.false_positive)
        if drawing.bbox:
            canvas.objects(tracks.objects)
    if drawing.grid is not None:
        grid = drawing.grid
        wide, high = frame
        texts = [[f"{n}", f"{round(w * wide)}x{round(h * high)}"] if n else [] for n, w, h in grid.cells]
        canvas.grid(texts, grid.colour, grid.font_scale)
    if drawing.places:
        canvas.labelled_boxes(_place(place, canvas) for place in drawing.places)
    if drawing.timestamp:
        style = settings.style
        colour = (style.color.red, style.color.green, style.color.blue)
        zone = ZoneInfo(settings.timezone) if settings.timezone else None
        canvas.timestamp(
            time, TimestampStyle(style.position, style.format, colour, style.thickness, style.effect), zone
        )


def _place(place: DrawnPlace, canvas: Canvas) -> LabelledBox:
    """Return what is drawn of a place: thick and red while it is in force, else thin and yellow."""
    from dogwatch.media.overlay import LabelledBox

    x, y, width, height = place.box
    box = Box(
        round(x * canvas.width),
        round(y * canvas.height),
        round((x + width) * canvas.width),
        round((y + height) * canvas.height),
    )
    return LabelledBox(box, place.text, RED if place.in_force else YELLOW, 2 if place.in_force else 1)
