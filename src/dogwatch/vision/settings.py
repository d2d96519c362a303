"""What the user can choose about the analysis of one camera, in units that this package computes with."""

from __future__ import annotations

from dataclasses import dataclass, field

Point = tuple[float, float]
Polygon = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """Motion detection; units as in contract section 19.3, polygons in fractions of the frame.

    `threshold` is in grey levels, `contour_area` in pixels of a picture `frame_height` pixels high; `frame_alpha` and
    `delta_alpha` are weights of one frame at `fps` frames a second.
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
    fps: float = 5.0


@dataclass(frozen=True, slots=True)
class ObjectFilter:
    """What a detection of a label must be like; areas of at most 1 are fractions of the frame."""

    min_area: float = 0
    max_area: float = 24_000_000
    min_ratio: float = 0
    max_ratio: float = 24_000_000
    threshold: float = 0.7
    min_score: float = 0.5
    masks: tuple[Polygon, ...] = ()


@dataclass(frozen=True, slots=True)
class ZoneSettings:
    """A zone; `inertia` counts detections, `loitering_time` is in seconds, `distances` in metres or feet."""

    name: str
    polygon: Polygon
    objects: tuple[str, ...] = ()
    filters: dict[str, ObjectFilter] = field(default_factory=dict)
    inertia: int = 3
    loitering_time: float = 0
    distances: tuple[float, ...] = ()
    speed_threshold: float | None = None


@dataclass(frozen=True, slots=True)
class StationarySettings:
    """When an object counts as stationary, in frames at `SceneSettings.fps`; None in `max_frames` means for ever."""

    interval: int = 50
    threshold: int = 50
    max_frames: int | None = None
    max_frames_objects: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SceneSettings:
    """All that the analysis of one camera needs to know; `attributes` maps a label to labels of parts of it."""

    camera: str
    fps: float = 5.0
    min_initialized: int = 2
    max_disappeared: int = 25
    stationary: StationarySettings = StationarySettings()
    motion: MotionSettings = MotionSettings()
    track: tuple[str, ...] = ("person",)
    filters: dict[str, ObjectFilter] = field(default_factory=dict)
    masks: tuple[Polygon, ...] = ()
    zones: tuple[ZoneSettings, ...] = ()
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    best_image_timeout: float = 60.0
    metric: bool = True
    attribute_labels: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Note every label that is an attribute of a tracked label: each detection is asked about it."""
        labels = frozenset(part for label in self.track for part in self.attributes.get(label, ()))
        object.__setattr__(self, "attribute_labels", labels)
