"""The run-time switches of one camera that concern its analysis (docs/api/websocket.md)."""

from __future__ import annotations

from msgspec import structs

from dogwatch.analysis import AnalysisSettings, Polygon

OF_MOTION = ("enabled", "improve_contrast", "threshold", "contour_area")


class SwitchedSettings:
    """The settings of one camera under its run-time switches; `now` is what is in force."""

    def __init__(self, settings: AnalysisSettings) -> None:
        """Begin with `settings` as they are."""
        self._base = settings
        self._motion = settings.motion
        self._enabled, self._detect = settings.enabled, settings.detect
        self._off: set[str] = set()  # zones and masks, as their switches are called: `motion_mask/sky`
        self.now = settings

    def rebase(self, settings: AnalysisSettings) -> None:
        """Continue with other `settings`; what these do not change stays as it was switched."""
        before, self._base = self._base, settings
        self._enabled = self._enabled if settings.enabled == before.enabled else settings.enabled
        self._detect = self._detect if settings.detect == before.detect else settings.detect
        old, new = before.motion, settings.motion
        own = {name: getattr(self._motion, name) for name in OF_MOTION if getattr(old, name) == getattr(new, name)}
        self._motion = structs.replace(new, **own)
        self.now = self._applied()

    def set(self, name: str, value: bool | int | str) -> None:
        """Set switch `name`; others are ignored.

        `snapshots` is among these: thumbnails of events and review items are made of the same pictures.
        """
        match name:
            case "enabled":
                self._enabled = bool(value)
            case "detect":
                self._detect = bool(value)
                if self._detect:  # detection needs motion
                    self._motion = structs.replace(self._motion, enabled=True)
            case "motion":
                self._motion = structs.replace(self._motion, enabled=bool(value) or self._detect)
            case "improve_contrast":
                self._motion = structs.replace(self._motion, improve_contrast=bool(value))
            case "motion_threshold":
                self._motion = structs.replace(self._motion, threshold=min(max(int(value), 1), 255))
            case "motion_contour_area":
                self._motion = structs.replace(self._motion, contour_area=max(int(value), 1))
            case _ if name.startswith(("zone/", "motion_mask/", "object_mask/")):
                (self._off.discard if value else self._off.add)(name)
            case _:
                return
        self.now = self._applied()

    def _applied(self) -> AnalysisSettings:
        base = self._base
        return structs.replace(
            base,
            enabled=self._enabled,
            detect=self._detect,
            motion=structs.replace(
                self._motion, masks=self._in_force("motion_mask", base.motion.mask_names, base.motion.masks)
            ),
            masks=self._in_force("object_mask", base.mask_names, base.masks),
            zones=tuple(zone for zone in base.zones if f"zone/{zone.name}" not in self._off),
        )

    def _in_force(self, kind: str, names: tuple[str, ...], masks: tuple[Polygon, ...]) -> tuple[Polygon, ...]:
        off = {index for index, name in enumerate(names) if f"{kind}/{name}" in self._off}
        return tuple(mask for index, mask in enumerate(masks) if index not in off)
