"""`motion`: what counts as motion."""

from __future__ import annotations

from dogwatch.config.base import Section, key
from dogwatch.config.masks import Masks


class MotionConfig(Section):
    """Motion detection."""

    enabled: bool = key(True, "Detect motion; always on while objects are detected.")
    threshold: int = key(30, "Least change of a pixel in grey levels.", ge=1, le=255)
    lightning_threshold: float = key(
        0.8, "Share of the picture whose change counts as a change of light.", ge=0.3, le=1
    )
    skip_motion_threshold: float | None = key(
        None, "Share of the picture above which a frame shows no motion (for moving cameras).", ge=0, le=1
    )
    contour_area: int = key(10, "Smallest area of motion, in pixels of the scaled-down frame.", ge=1)
    delta_alpha: float = key(0.2, "Weight of the newest frame in the difference.", ge=0, le=1)
    frame_alpha: float = key(0.01, "Weight of the newest frame in the background.", ge=0, le=1)
    frame_height: int = key(100, "Height of the scaled-down frame in pixels.", ge=16, le=2160)
    improve_contrast: bool = key(True, "Enlarge differences in pictures of low contrast.")
    mask: Masks = key([], "Where motion is ignored.")
    mqtt_off_delay: int = key(30, "Seconds without motion before `OFF` is published.", ge=0)
