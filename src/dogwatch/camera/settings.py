"""From the spec that the core sends to the settings that `vision` computes with."""

from __future__ import annotations

from dogwatch.bus.specs import CameraVisionSpec, FilterSpec, ZoneSpec
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.settings import (
    MotionSettings,
    ObjectFilter,
    SceneSettings,
    StationarySettings,
    ZoneSettings,
)


def scene_settings(spec: CameraVisionSpec) -> SceneSettings:
    """Return the settings of one camera's scene."""
    return SceneSettings(
        camera=spec.name,
        fps=spec.fps,
        min_initialized=spec.min_initialized,
        max_disappeared=spec.max_disappeared,
        stationary=StationarySettings(
            spec.stationary.interval,
            spec.stationary.threshold,
            spec.stationary.max_frames,
            spec.stationary.max_frames_objects,
        ),
        motion=motion_settings(spec),
        track=spec.track,
        filters=_filters(spec.filters),
        masks=spec.masks,
        zones=tuple(_zone(zone) for zone in spec.zones),
        attributes=spec.attributes,
        best_image_timeout=spec.best_image_timeout,
        metric=spec.metric,
    )


def motion_settings(spec: CameraVisionSpec) -> MotionSettings:
    """Return the settings of one camera's motion detection."""
    motion = spec.motion
    return MotionSettings(
        enabled=motion.enabled,
        threshold=motion.threshold,
        lightning_threshold=motion.lightning_threshold,
        skip_motion_threshold=motion.skip_motion_threshold,
        contour_area=motion.contour_area,
        delta_alpha=motion.delta_alpha,
        frame_alpha=motion.frame_alpha,
        frame_height=motion.frame_height,
        improve_contrast=motion.improve_contrast,
        masks=motion.masks,
        fps=spec.fps,
    )


def geometry(spec: CameraVisionSpec, native_width: int, native_height: int) -> Geometry:
    """Return the sizes for pictures of `native_width` x `native_height`; a spec without a size means the picture's."""
    return Geometry(native_width, native_height, spec.width or native_width, spec.height or native_height)


def _filters(given: dict[str, FilterSpec]) -> dict[str, ObjectFilter]:
    return {
        label: ObjectFilter(
            rule.min_area,
            rule.max_area,
            rule.min_ratio,
            rule.max_ratio,
            rule.threshold,
            rule.min_score,
            rule.masks,
        )
        for label, rule in given.items()
    }


def _zone(zone: ZoneSpec) -> ZoneSettings:
    return ZoneSettings(
        zone.name,
        zone.polygon,
        zone.objects,
        _filters(zone.filters),
        zone.inertia,
        zone.loitering_time,
        zone.distances,
        zone.speed_threshold,
    )
