"""From the spec that the core sends to what `vision` computes with."""

from __future__ import annotations

from dogwatch.bus.specs import CameraVisionSpec
from dogwatch.vision.geometry import Geometry
from dogwatch.vision.settings import SceneSettings


def scene_settings(spec: CameraVisionSpec) -> SceneSettings:
    """Return the settings of one camera's scene."""
    return SceneSettings(
        camera=spec.name,
        fps=spec.fps,
        min_initialized=spec.min_initialized,
        max_disappeared=spec.max_disappeared,
        stationary=spec.stationary,
        motion=spec.motion,
        track=spec.track,
        filters=spec.filters,
        masks=spec.masks,
        zones=spec.zones,
        attributes=spec.attributes,
        best_image_timeout=spec.best_image_timeout,
        metric=spec.metric,
    )


def geometry(spec: CameraVisionSpec, native_width: int, native_height: int) -> Geometry:
    """Return the sizes for pictures of `native_width` x `native_height`; a spec without a size means the picture's."""
    return Geometry(native_width, native_height, spec.width or native_width, spec.height or native_height)
