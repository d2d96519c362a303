"""What the user can choose about the analysis of one camera, in units that this package computes with."""

from __future__ import annotations

from dataclasses import dataclass, field

from dogwatch.analysis import MotionSettings, ObjectFilter, Polygon, StationarySettings, ZoneSettings


@dataclass(frozen=True, slots=True)
class SceneSettings:
    """All that the analysis of one camera needs to know; `attributes` maps a label to labels of parts of it."""

    camera: str
    fps: float = 5.0
    min_initialized: int = 2
    max_disappeared: int = 25
    stationary: StationarySettings = field(default_factory=StationarySettings)
    motion: MotionSettings = field(default_factory=MotionSettings)
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
