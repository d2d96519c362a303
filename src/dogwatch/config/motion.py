"""`motion`: what counts as motion."""

from __future__ import annotations

from dogwatch.config.base import Section, key
from dogwatch.config.masks import Masks


class MotionConfig(Section):
    """Motion detection."""

    enabled: bool = key(True, "Look for motion; always on while objects are detected.")
    threshold: int = key(30, "Difference of brightness that counts.", ge=1, le=255)
    lightning_threshold: float = key(0.8, "Part of the picture that changes at once in a flash.", ge=0.3, le=1)
    skip_motion_threshold: float | None = key(
        None, "Part of the picture above which motion is not looked at.", ge=0, le=1
    )
    contour_area: int = key(10, "Smallest area that counts, in pixels of the small motion frame.", ge=1)
    delta_alpha: float = key(0.2, "Weight of the newest difference.", ge=0, le=1)
    frame_alpha: float = key(0.01, "Weight of the newest frame in the background.", ge=0, le=1)
    frame_height: int = key(100, "Height of the small motion frame in pixels.", ge=16, le=2160)
    improve_contrast: bool = key(True, "Stretch the contrast before comparing.")
    mask: Masks = key([], "Where motion does not count.")
    mqtt_off_delay: int = key(30, "Seconds without motion before `OFF` is published.", ge=0)
