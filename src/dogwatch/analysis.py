"""The settings of the analysis of one camera: the core makes them; workers and `replay` use them.

Areas are in detect-frame pixels or, when at most 1, fractions of the frame. Polygons are in fractions too, or in pixels
when any number is beyond 1. Counts of frames are at the detect rate.
"""

from __future__ import annotations

import msgspec

GRID_SIDE = 8  # cells in a row and in a column of a region grid
Point = tuple[float, float]
Polygon = tuple[Point, ...]


class ObjectFilter(msgspec.Struct, frozen=True):
    """The limits that detections of a label must keep."""

    min_area: float = 0
    max_area: float = 24_000_000
    min_ratio: float = 0
    max_ratio: float = 24_000_000
    threshold: float = 0.7
    min_score: float = 0.5
    masks: tuple[Polygon, ...] = ()


class ZoneSettings(msgspec.Struct, frozen=True):
    """A zone; `inertia` counts detections, `loitering_time` is in seconds.

    `distances` are the four real edge lengths for speed estimation, in metres or feet, else empty.
    """

    name: str
    polygon: Polygon
    objects: tuple[str, ...] = ()
    filters: dict[str, ObjectFilter] = {}
    inertia: int = 3
    loitering_time: float = 0
    distances: tuple[float, ...] = ()
    speed_threshold: float | None = None


class MotionSettings(msgspec.Struct, frozen=True):
    """Motion detection; units as in docs/configuration.md.

    `threshold` is in grey levels, `contour_area` in pixels of a picture `frame_height` pixels high; `frame_alpha` and
    `delta_alpha` are weights of one frame.
    """

    enabled: bool = True
    threshold: int = 30
    lightning_threshold: float = 0.8
    skip_motion_threshold: float | None = None
    contour_area: int = 10
    delta_alpha: float = 0.2
    frame_alpha: float = 0.01
    frame_height: int = 100
    improve_contrast: bool = True
    masks: tuple[Polygon, ...] = ()


class StationarySettings(msgspec.Struct, frozen=True):
    """When an object counts as stationary, in frames; None in `max_frames` means no limit.

    After `interval` frames a stationary object is looked at again; 0 means never, unless something moves there.
    """

    interval: int = 50
    threshold: int = 50
    max_frames: int | None = None
    max_frames_objects: dict[str, int] = {}


class RegionGrid(msgspec.Struct, frozen=True):
    """How large objects look in each part of the frame, from the time `since` (epoch s) on.

    `cells` are width and height of the cells of a grid of 8 x 8, row by row from the top left, as fractions of the
    frame; zeros where too little has been seen. No cells: nothing is known.
    """

    since: float
    cells: tuple[tuple[float, float], ...] = ()


class FalsePlace(msgspec.Struct, frozen=True, array_like=True):
    """A cell in which detections of `label` were often false, see `vision.false_places`; `weight` says how often."""

    label: str
    size: int
    column: int
    row: int
    weight: float


class FalsePlaceMap(msgspec.Struct, frozen=True):
    """Where more evidence is asked for, from the time `since` (epoch s) on. No places: nowhere."""

    since: float
    places: tuple[FalsePlace, ...] = ()


class Learnt(msgspec.Struct, frozen=True):
    """What a camera's analysis goes by that was learnt from what it has found before."""

    grids: tuple[RegionGrid, ...] = ()
    false_places: tuple[FalsePlaceMap, ...] = ()


NOTHING_LEARNT = Learnt()


def grid_cell(x: float, y: float) -> int:
    """Return the cell of a point, in fractions of the frame; one outside belongs to the nearest cell."""
    last = GRID_SIDE - 1
    return min(max(int(y * GRID_SIDE), 0), last) * GRID_SIDE + min(max(int(x * GRID_SIDE), 0), last)


class AnalysisSettings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings that decide what the analysis of one camera finds.

    `width` and `height` give the detect frame; None means the stream's own size. `fps` is the detect rate, in whose
    frames `min_initialized` and `max_disappeared` count. `attributes` maps a label to the labels that are attributes
    of it (`person` -> `face`). `metric` chooses km/h over mph. `idle_after` seconds without motion end full decoding;
    0 means never. `pictures` says whether best pictures are wanted, `previews` whether those of the preview of an hour
    are. Of `grids` and of `false_places`, each in the order of their times, the last one that holds at the time of a
    frame counts. A detector sees at most `max_regions` of a frame and, while the whole frame is scanned, `scan_regions`
    more. `camera_health` says whether pictures are compared with how the scene usually is; the view of a camera that
    `turns` changes without anybody having moved it.
    """

    camera: str
    enabled: bool = True
    detect: bool = True
    width: int | None = None
    height: int | None = None
    fps: float = 5.0
    min_initialized: int = 2
    max_disappeared: int = 25
    moving_s: float = 0.3
    standing_s: float = 2.4
    stationary: StationarySettings = StationarySettings()
    motion: MotionSettings = MotionSettings()
    track: tuple[str, ...] = ("person",)
    filters: dict[str, ObjectFilter] = {}
    masks: tuple[Polygon, ...] = ()
    zones: tuple[ZoneSettings, ...] = ()
    attributes: dict[str, tuple[str, ...]] = {}
    best_image_timeout: float = 60
    pictures: bool = True
    previews: bool = False
    idle_after: float = 10.0
    metric: bool = True
    grids: tuple[RegionGrid, ...] = ()
    false_places: tuple[FalsePlaceMap, ...] = ()
    max_regions: int = 6
    scan_regions: int = 4
    camera_health: bool = False
    turns: bool = False

    @property
    def analysing(self) -> bool:
        """Whether detection is switched on."""
        return self.enabled and self.detect
