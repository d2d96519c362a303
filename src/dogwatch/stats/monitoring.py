"""Whether each camera is captured well, and what it is heard to be doing: messages for pages that stay open.

`camera_monitoring` and `audio_detections` of docs/api/websocket.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from dogwatch.outputs.broadcast import Broadcast, Publication

TOPIC, AUDIO_TOPIC = "camera_monitoring", "audio_detections"
REPEAT_S = 15.0
FIGURES = ("camera_fps", "expected_fps", "connection_quality", "reconnects_last_hour", "stalls_last_hour")
NO_KIND = frozenset({"state", "set", "rms", "dBFS", "all", "transcription"})
"""What may stand behind `<camera>/audio/` beside kinds of sounds."""


class CameraMonitoring:
    """Publishes both when they change, and the first one also every 15 s. `tick` belongs to the event loop."""

    def __init__(
        self,
        broadcast: Broadcast,
        streams: Callable[[], Mapping[str, Mapping[str, str]]],
        newest: Callable[[], Mapping[str, Any] | None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Know nothing yet.

        Args:
            broadcast: Where to publish.
            streams: Returns the status of each role of each camera.
            newest: Returns the newest object of `/api/stats`.
            monotonic: Gives seconds.
        """
        self._broadcast, self._streams, self._newest, self._monotonic = broadcast, streams, newest, monotonic
        self._told: Mapping[str, Mapping[str, str]] = {}
        self._due = monotonic()
        self._heard: dict[tuple[str, str], bool] = {}
        self._heard_changed = False

    def observe(self, publication: Publication) -> None:
        """Note a sound that has begun or ended."""
        camera, middle, kind = publication.topic.partition("/audio/")
        if middle and publication.payload in ("ON", "OFF") and kind not in NO_KIND:
            self._heard[camera, kind] = publication.payload == "ON"
            self._heard_changed = True

    def tick(self) -> None:
        """Publish what has changed or is due; call it about every second."""
        streams = self._streams()
        if streams != self._told or self._monotonic() >= self._due:
            self._told, self._due = streams, self._monotonic() + REPEAT_S
            self._broadcast.publish(TOPIC, self._cameras(streams), retain=True)
        if self._heard_changed:
            self._heard_changed = False
            self._broadcast.publish(AUDIO_TOPIC, self._sounds(), retain=True)

    def _cameras(self, streams: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        figures = (self._newest() or {}).get("cameras", {})
        return {
            camera: {
                "streams": dict(states),
                **{key: value for key, value in figures.get(camera, {}).items() if key in FIGURES},
            }
            for camera, states in streams.items()
        }

    def _sounds(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for (camera, kind), on in sorted(self._heard.copy().items()):
            found.setdefault(camera, []).extend([kind] if on else [])
        return found
