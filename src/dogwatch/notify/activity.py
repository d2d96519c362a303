"""What happens now, per camera: for a client that has just connected (contract, section 17.2)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dogwatch.bus.messages import FrameTracks
from dogwatch.notify.switches import Switches

if TYPE_CHECKING:
    from dogwatch.config.camera import CameraConfig

CONFIG_KEYS = {
    "enabled": "enabled",
    "detect": "detect",
    "snapshots": "snapshots",
    "record": "recordings",
    "audio": "audio",
    "audio_transcription": "audio_transcription",
    "notifications": "notifications",
    "autotracking": "ptz_autotracker",
    "alerts": "review_alerts",
    "detections": "review_detections",
    "object_descriptions": "object_descriptions",
    "review_descriptions": "review_descriptions",
}
"""The message's keys, and the switches that they show."""


class Activity:
    """The newest frame of each camera in short. Written on the event loop, read from any thread."""

    def __init__(
        self,
        cameras: Mapping[str, CameraConfig],
        switches: Switches,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Know nothing yet."""
        self._cameras, self._switches, self._clock = cameras, switches, clock
        self._tracks: dict[str, FrameTracks] = {}
        self._moved: dict[str, float] = {}

    def on_tracks(self, tracks: FrameTracks) -> None:
        """Take note of an analysed frame."""
        self._tracks[tracks.camera] = tracks
        if tracks.motion_area > 0:
            self._moved[tracks.camera] = tracks.frame_time

    def snapshot(self, cameras: Iterable[str] | None = None) -> dict[str, Any]:
        """Return the `camera_activity` object for `cameras`, or for all."""
        return {name: self._camera(name) for name in (self._cameras if cameras is None else cameras)}

    def _camera(self, name: str) -> dict[str, Any]:
        values = self._switches.of(name)
        quiet = self._cameras[name].motion.mqtt_off_delay
        tracks = self._tracks.get(name)
        return {
            "config": {
                **{key: bool(values[switch]) for key, switch in CONFIG_KEYS.items()},
                "notifications_suspended": self._switches.suspended_until(name),
            },
            "motion": self._clock() - self._moved.get(name, 0.0) < quiet,
            "objects": [
                {
                    "id": found.id,
                    "label": found.label,
                    "stationary": found.stationary,
                    "area": found.box.area,
                    "ratio": round(found.box.ratio, 2),
                    "score": found.score,
                    "sub_label": None,
                    "current_zones": list(found.current_zones),
                }
                for found in (tracks.objects if tracks else ())
                if not found.false_positive
            ],
        }
