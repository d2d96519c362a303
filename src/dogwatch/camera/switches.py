"""The run-time switches of one camera that concern vision (contract, section 18.3)."""

from __future__ import annotations

import dataclasses

from msgspec import structs

from dogwatch.analysis import MotionSettings, Polygon
from dogwatch.bus.specs import CameraVisionSpec
from dogwatch.vision.settings import SceneSettings


class Switchboard:
    """What is on and off now; begins as the spec says."""

    def __init__(self, spec: CameraVisionSpec) -> None:
        """Read the spec."""
        self._spec = spec
        self.enabled, self.detect = spec.enabled, spec.detect
        self.hidden_zones: set[str] = set()
        self._hidden_masks: set[str] = set()  # as the switches are called: `motion_mask/sky`
        self._motion = spec.motion.enabled
        self._contrast = spec.motion.improve_contrast
        self._threshold = spec.motion.threshold
        self._contour_area = spec.motion.contour_area

    @property
    def analysing(self) -> bool:
        """Whether objects are to be found."""
        return self.enabled and self.detect

    def set(self, name: str, value: bool | int | str) -> None:
        """Set switch `name`; others are ignored.

        `snapshots` is among these: thumbnails of events and review items are made of the same pictures.
        """
        match name:
            case "enabled":
                self.enabled = bool(value)
            case "detect":
                self.detect = bool(value)
                self._motion = self._motion or self.detect  # detection needs motion
            case "motion":
                self._motion = bool(value) or self.detect
            case "improve_contrast":
                self._contrast = bool(value)
            case "motion_threshold":
                self._threshold = min(max(int(value), 1), 255)
            case "motion_contour_area":
                self._contour_area = max(int(value), 1)
            case _ if name.startswith("zone/"):
                (self.hidden_zones.discard if value else self.hidden_zones.add)(name.removeprefix("zone/"))
            case _ if name.startswith(("motion_mask/", "object_mask/")):
                (self._hidden_masks.discard if value else self._hidden_masks.add)(name)

    def motion(self, settings: MotionSettings) -> MotionSettings:
        """Return `settings` with the switches applied."""
        return structs.replace(
            settings,
            enabled=self._motion,
            improve_contrast=self._contrast,
            threshold=self._threshold,
            contour_area=self._contour_area,
            masks=self._in_force("motion_mask", self._spec.motion.mask_names, self._spec.motion.masks),
        )

    def scene(self, settings: SceneSettings) -> SceneSettings:
        """Return `settings` with the switches applied."""
        return dataclasses.replace(
            settings,
            motion=self.motion(settings.motion),
            masks=self._in_force("object_mask", self._spec.mask_names, self._spec.masks),
        )

    def _in_force(self, kind: str, names: tuple[str, ...], masks: tuple[Polygon, ...]) -> tuple[Polygon, ...]:
        hidden = {index for index, name in enumerate(names) if f"{kind}/{name}" in self._hidden_masks}
        return tuple(mask for index, mask in enumerate(masks) if index not in hidden)
