"""`camera_health`: whether the camera itself is well."""

from __future__ import annotations

from dogwatch.config.base import Section, key


class CameraHealthConfig(Section):
    """What pictures tell of the camera itself."""

    enabled: bool = key(True, "Tell when the camera is covered, out of focus, moved, frozen, or veiled at night.")
    events: bool = key(False, "Make an event of it too, such as `camera_covered`.")
