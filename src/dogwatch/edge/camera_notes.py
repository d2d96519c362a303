"""Notes in the event log what the NVR finds out of the edge camera: motion, and whether its stream comes in."""

from __future__ import annotations

import contextlib
import time

import psutil

from dogwatch.edge.event_log import EventLog
from dogwatch.outputs.broadcast import Broadcast, Publication


class CameraNotes:
    """Listens to what the NVR publishes of one camera."""

    def __init__(self, camera: str, broadcast: Broadcast, event_log: EventLog) -> None:
        """Note what `broadcast` tells of `camera`."""
        self._motion, self._status = f"{camera}/motion", f"{camera}/status/"
        self._broadcast, self._event_log = broadcast, event_log
        self._roles: dict[str, bool] = {}
        self._listening = contextlib.ExitStack()

    def start(self) -> None:
        """Begin, and note that the computer has been started since the last time, if so."""
        booted = psutil.boot_time()
        uptime_h = max(0.0, time.time() - booted) / 3600
        if not any(one.kind == "system_boot" for one in self._event_log.since(uptime_h)):
            self._event_log.add("system_boot")
        self._listening.enter_context(self._broadcast.observed_by(self._observe))

    def close(self) -> None:
        """End."""
        self._listening.close()

    def _observe(self, publication: Publication) -> None:
        if publication.topic == self._motion and publication.payload == "ON":
            self._event_log.add("motion_detected")
        elif publication.topic.startswith(self._status):
            role, online = publication.topic.removeprefix(self._status), publication.payload == "online"
            before = self._roles.get(role)
            if online or before is not None:  # a stream that has not come in yet is not lost
                self._roles[role] = online
            if before is not None and before != online:
                self._event_log.add("stream_reconnected" if online else "stream_disconnected", role)
