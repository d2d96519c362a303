"""What happens now, per camera: for a client that has just connected (docs/api/websocket.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dogwatch.outputs.switches import Switches

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


NOTHING_SEEN: Mapping[str, Any] = {"motion": False, "objects": []}
Seen = Callable[[], Mapping[str, Mapping[str, Any]]]


class Activity:
    """What each camera sees and what is switched on there. Read from any thread."""

    def __init__(self, cameras: Iterable[str], switches: Switches, seen: Seen) -> None:
        """Tell of `cameras`; `seen` returns `motion` and `objects` of those that have been looked at."""
        self._cameras, self._switches, self._seen = tuple(cameras), switches, seen

    def configure(self, cameras: Iterable[str]) -> None:
        """Tell of these cameras from now on."""
        self._cameras = tuple(cameras)

    def snapshot(self, cameras: Iterable[str] | None = None) -> dict[str, Any]:
        """Return the `camera_activity` object for `cameras`, or for all."""
        seen = self._seen()
        return {
            name: {"config": self._config(name), **seen.get(name, NOTHING_SEEN)}
            for name in (self._cameras if cameras is None else cameras)
        }

    def _config(self, name: str) -> dict[str, Any]:
        values = self._switches.of(name)
        return {
            **{key: bool(values[switch]) for key, switch in CONFIG_KEYS.items()},
            "notifications_suspended": self._switches.suspended_until(name),
        }
