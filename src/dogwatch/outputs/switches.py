"""What may be turned on and off at run time, and by which rules (docs/api/websocket.md)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from dogwatch.bus.messages import SetSwitch
from dogwatch.store import switches as table

if TYPE_CHECKING:
    from dogwatch.config.camera import CameraConfig
    from dogwatch.outputs.broadcast import Broadcast
    from dogwatch.store.database import Database

log = logging.getLogger(__name__)

Value = bool | int | str

PERSISTED = frozenset({"enabled", "detect", "snapshots", "recordings", "audio"})
GATED = frozenset(
    {
        "enabled",
        "recordings",
        "audio",
        "ptz_autotracker",
        "review_alerts",
        "review_detections",
        "object_descriptions",
        "review_descriptions",
        "audio_transcription",
        "notifications",
        "zone",
        "motion_mask",
        "object_mask",
    }
)
"""Switches, or kinds of them, that go on only where the configuration file has them on."""
NUMBERS: dict[str, tuple[int, int]] = {"motion_threshold": (1, 255), "motion_contour_area": (1, 1_000_000)}
BIRDSEYE_MODES = ("CONTINUOUS", "MOTION", "OBJECTS")


def from_file(camera: CameraConfig) -> dict[str, Value]:
    """Return the value of every switch as the configuration file has it."""
    return {
        "enabled": camera.enabled,
        "detect": camera.detect.enabled,
        "motion": camera.motion.enabled or camera.detect.enabled,
        "recordings": camera.record.enabled,
        "snapshots": camera.snapshots.enabled,
        "audio": camera.audio.enabled,
        "improve_contrast": camera.motion.improve_contrast,
        "motion_threshold": camera.motion.threshold,
        "motion_contour_area": camera.motion.contour_area,
        "birdseye": camera.birdseye.enabled,
        "birdseye_mode": camera.birdseye.mode.upper(),
        "ptz_autotracker": camera.onvif.autotracking.enabled,
        "review_alerts": camera.review.alerts.enabled,
        "review_detections": camera.review.detections.enabled,
        "object_descriptions": bool((camera.objects.genai or {}).get("enabled")),
        "review_descriptions": bool((camera.review.genai or {}).get("enabled")),
        "audio_transcription": camera.audio_transcription.enabled,
        "notifications": camera.notifications.enabled,
        **{f"zone/{name}": zone.enabled for name, zone in camera.zones.items()},
        **{f"motion_mask/{mask.name}": mask.enabled for mask in camera.motion.mask if mask.name},
        **{f"object_mask/{mask.name}": mask.enabled for mask in camera.objects.mask if mask.name},
    }


class Switches:
    """The present values. Safe to use from any thread."""

    def __init__(
        self,
        cameras: Mapping[str, CameraConfig],
        db: Database,
        broadcast: Broadcast,
        send_down: Callable[[SetSwitch], None],
    ) -> None:
        """Begin with the file's values, and over them what the database remembers.

        `send_down` tells the workers; it is called for every change.
        """
        self._db, self._broadcast, self._send_down = db, broadcast, send_down
        self._suspended: dict[str, int] = {}
        self._lock = threading.RLock()
        with db.read() as connection:
            remembered = table.load(connection)
        self._switched: dict[tuple[str, str], Value] = {
            key: value for key, value in remembered.items() if key[1] in PERSISTED and isinstance(value, bool)
        }
        self._file: dict[str, dict[str, Value]] = {}
        self._values: dict[str, dict[str, Value]] = {}
        self.configure(cameras)

    def configure(self, cameras: Mapping[str, CameraConfig]) -> None:
        """Go on with the file's values of `cameras`, and over them what was switched, as far as it is still allowed."""
        with self._lock:
            before = self._values
            self._file = {name: from_file(camera) for name, camera in cameras.items()}
            self._values = {name: dict(values) for name, values in self._file.items()}
            self._switched = {
                key: value for key, value in self._switched.items() if key[0] in cameras or key[1] in PERSISTED
            }
            for (camera, name), value in self._switched.items():
                if self._allowed(camera, name, value):
                    self._values[camera][name] = value
            for camera, values in self._values.items():
                values["motion"] = bool(values["motion"] or values["detect"])
                old = before.get(camera, {}) if before else values
                for name in [name for name, value in values.items() if old.get(name) != value]:
                    self._publish(camera, name)

    def get(self, camera: str, name: str) -> Value:
        """Return a switch's value.

        Raises:
            KeyError: There is no such camera or switch.
        """
        with self._lock:
            return self._values[camera][name]

    def find(self, camera: str, name: str) -> Value | None:
        """Return a switch's value, None if there is no such camera or switch."""
        with self._lock:
            return self._values.get(camera, {}).get(name)

    def of(self, camera: str) -> dict[str, Value]:
        """Return all values of one camera; none if it is unknown."""
        with self._lock:
            return dict(self._values.get(camera, {}))

    def in_file(self, camera: str, name: str) -> Value:
        """Return what the configuration file says.

        Raises:
            KeyError: There is no such camera or switch.
        """
        return self._file[camera][name]

    def changed(self) -> list[SetSwitch]:
        """Return what differs from the file: what workers that have just begun need to be told."""
        with self._lock:
            return [
                SetSwitch(camera, name, value)
                for camera, values in self._values.items()
                for name, value in values.items()
                if value != self._file[camera][name]
            ]

    def suspended_until(self, camera: str) -> int:
        """Return the epoch second until which notifications of `camera` are suspended, 0 if they are not."""
        until = self._suspended.get(camera, 0)
        return until if until > time.time() else 0

    def set(self, camera: str, name: str, value: Value) -> bool:
        """Change a switch if the rules allow it, and tell everybody; False if it was refused."""
        with self._lock:
            if not self._allowed(camera, name, value):
                log.warning("the switch %s of %s stays: %r is not allowed", name, camera, value)
                return False
            if name == "detect" and value is True and not self._values[camera]["motion"]:
                self._apply(camera, "motion", value=True)
            self._apply(camera, name, value)
        return True

    def command(self, topic: str, payload: object) -> bool:
        """Obey `<camera>/<feature>/set` or `<camera>/notifications/suspend`; False if it means nothing here."""
        camera, _, rest = topic.partition("/")
        name, _, verb = rest.rpartition("/")
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)
        if verb == "suspend" and name == "notifications":
            return self._suspend(camera, text)
        value = parse(name, text)
        if verb != "set" or camera not in self._values or value is None:
            log.info("ignored %r: no such switch, or no such value", topic)
            return False
        return self.set(camera, name, value)

    def publish_all(self) -> None:
        """Publish the state of every switch, retained."""
        with self._lock:
            for camera, values in self._values.items():
                for name in values:
                    self._publish(camera, name)
                self._broadcast.publish(f"{camera}/notifications/suspended", self.suspended_until(camera), retain=True)

    def _allowed(self, camera: str, name: str, value: Value) -> bool:
        values = self._values.get(camera)
        if values is None or name not in values:
            return False
        if name in NUMBERS:
            low, high = NUMBERS[name]
            return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        if name == "birdseye_mode":
            return value in BIRDSEYE_MODES and values["birdseye"] is True
        if not isinstance(value, bool):
            return False
        if name == "motion" and not value:
            return not values["detect"]
        return not (value and name.partition("/")[0] in GATED and not self._file[camera][name])

    def _apply(self, camera: str, name: str, value: Value) -> None:
        self._values[camera][name] = self._switched[camera, name] = value
        self._send_down(SetSwitch(camera, name, value))
        self._publish(camera, name)
        if name == "birdseye":
            self._publish(camera, "birdseye_mode")
        if name in PERSISTED:
            self._db.submit(lambda connection: table.save(connection, camera, name, value))

    def _publish(self, camera: str, name: str) -> None:
        value = self._values[camera][name]
        if name == "birdseye_mode" and not self._values[camera]["birdseye"]:
            value = False
        self._broadcast.publish(f"{camera}/{name}/state", as_text(value), retain=True)

    def _suspend(self, camera: str, text: str) -> bool:
        if camera not in self._values or not text.isdecimal() or len(text) > 6:
            return False
        minutes = int(text)
        self._suspended[camera] = int(time.time()) + minutes * 60 if minutes else 0
        self._broadcast.publish(f"{camera}/notifications/suspended", self._suspended[camera], retain=True)
        return True


def parse(name: str, text: str) -> Value | None:
    """Read a payload as a value of switch `name`; None if it is none. Only upper case counts."""
    if name in NUMBERS:
        return int(text) if text.isdecimal() and len(text) < 10 else None
    if name == "birdseye_mode":
        return text if text in BIRDSEYE_MODES else None
    return {"ON": True, "OFF": False}.get(text)


def as_text(value: Value) -> int | str:
    """Return a value as it is published: `ON`, `OFF`, a number or a word."""
    if isinstance(value, bool):
        return "ON" if value else "OFF"
    return value
