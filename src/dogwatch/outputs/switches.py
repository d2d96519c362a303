"""The run-time switches: what was switched, and the states that clients are told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from dogwatch.config.switches import Value, Values, overlaid, refusal, row, value_of, values_of
from dogwatch.errors import NotFoundError, RefusedError
from dogwatch.store import switches as rows

if TYPE_CHECKING:
    from dogwatch.config import CameraConfig, Config, Keeper
    from dogwatch.outputs.broadcast import Broadcast
    from dogwatch.store.database import Database


class Switches:
    """What was switched, laid over the configuration in force (`config.switches`). Safe to use from any thread."""

    def __init__(
        self,
        keeper: Keeper,
        db: Database,
        broadcast: Broadcast,
        keep: Callable[[Mapping[str, Values]], None] | None = None,
    ) -> None:
        """Lay what the database remembers over the configuration; `keep` is told of it, now and when it changes."""
        self._keeper, self._db, self.broadcast = keeper, db, broadcast
        self._suspended: dict[str, int] = {}
        self._muted = False
        self._told_notifications = ""
        self._lock = threading.RLock()
        with db.read() as connection:
            remembered = rows.load(connection)
        self._switched: Mapping[str, Values] = {}
        for (camera, name), value in remembered.items():
            if (found := row(name)) and found.kept:
                self._note(camera, name, value)
        self._keep = keep or _keep_nothing
        self._keep(self._outliving())
        keeper.lay_over(self._overlay)
        keeper.follow(lambda config: config.cameras, self._changed)
        keeper.follow(lambda config: config.notifications.enabled, lambda *_: self._tell_notifications())

    def find(self, camera: str, name: str) -> Value | None:
        """Return a switch's value, None if there is no such camera or switch."""
        found = self._keeper.config.cameras.get(camera)
        return value_of(found, name) if found else None

    def of(self, camera: str) -> dict[str, Value]:
        """Return all values of one camera; none if it is unknown."""
        found = self._keeper.config.cameras.get(camera)
        return values_of(found) if found else {}

    def suspended_until(self, camera: str) -> int:
        """Return the epoch second until which notifications of `camera` are suspended, 0 if they are not."""
        until = self._suspended.get(camera, 0)
        return until if until > time.time() else 0

    def set(self, camera: str, name: str, value: Value) -> None:
        """Change a switch if the rules allow it; everybody is told of it.

        Raises:
            NotFoundError: There is no such camera, or it has no such switch.
            RefusedError: The rules do not allow it.
        """
        with self._lock:
            present = self._keeper.in_force
            file, now = present.file.cameras.get(camera), present.config.cameras.get(camera)
            if file is None or now is None:
                raise _no_camera(camera)
            if value_of(now, name) is None:
                raise NotFoundError(f"The camera '{camera}' has no switch '{name[:100]}'.")
            if reason := refusal(file, now, name, value):
                raise RefusedError(f"The switch '{name}' of '{camera}' stays as it is: {reason}.")
            if name == "detect" and value:
                self._note(camera, "motion", value=True)  # and it stays on when detection goes off again
            self._note(camera, name, value)
            if value_of(now, name) == value:
                self._publish(camera, name, _states(now)[name])
            self._keeper.lay_over(self._overlay)
        found = row(name)
        if found and found.kept:
            self._db.submit(partial(rows.save, camera=camera, name=name, value=value))
            self._keep(self._outliving())

    def suspend(self, camera: str, until: int) -> None:
        """Suspend the notifications of `camera` until an epoch second; 0 ends that.

        Raises:
            NotFoundError: There is no such camera.
        """
        if camera not in self._keeper.config.cameras:
            raise _no_camera(camera)
        self._suspended[camera] = until
        self.broadcast.publish(f"{camera}/notifications/suspended", until, retain=True)

    def tick(self) -> None:
        """Tell of suspensions that have ended; call it about every second."""
        now = time.time()
        for camera, until in list(self._suspended.items()):
            if until and until <= now:
                self.suspend(camera, 0)

    @property
    def notifications_state(self) -> str:
        """`ON` unless notifications are off everywhere: by the file, or by `mute`."""
        config = self._keeper.in_force.file
        used = config.notifications.enabled or any(one.notifications.enabled for one in config.cameras.values())
        return "ON" if used and not self._muted else "OFF"

    def mute(self, *, muted: bool) -> None:
        """Have nobody notified of any camera, or again of those whose switch is on; everybody is told of it.

        Raises:
            RefusedError: The file has notifications off everywhere.
        """
        before, self._muted = self._muted, muted
        if not muted and self.notifications_state == "OFF":
            self._muted = before
            raise RefusedError("Notifications stay off: they are off in the configuration file.")
        self._tell_notifications(again=True)

    def quiet(self, camera: str) -> bool:
        """Whether nobody is to be notified of a camera now, whatever its switch says."""
        return self._muted or self.suspended_until(camera) > 0

    def publish_all(self) -> None:
        """Publish the state of every switch, retained."""
        for camera, config in self._keeper.config.cameras.items():
            for name, state in _states(config).items():
                self._publish(camera, name, state)
            self._tell_suspended(camera)
        self._tell_notifications(again=True)

    def _tell_notifications(self, *, again: bool = False) -> None:
        state = self.notifications_state
        if again or state != self._told_notifications:
            self._told_notifications = state
            self.broadcast.publish("notifications/state", state, retain=True)

    def _tell_suspended(self, camera: str) -> None:
        self.broadcast.publish(f"{camera}/notifications/suspended", self.suspended_until(camera), retain=True)

    def _forget(self, camera: str) -> None:
        """Forget of a camera that is no more what a restart would forget, and take back what was told of it."""
        with self._lock:
            self._switched = {**self._switched, camera: self._outliving().get(camera, {})}
            self._suspended.pop(camera, None)
        self.broadcast.withdraw(f"{camera}/")

    def _outliving(self) -> Mapping[str, Values]:
        """Return what outlives a restart."""
        return {
            camera: {name: value for name, value in values.items() if (at := row(name)) and at.kept}
            for camera, values in self._switched.items()
        }

    def _overlay(self, config: Config) -> Config:
        return overlaid(config, self._switched)

    def _note(self, camera: str, name: str, value: Value) -> None:
        self._switched = {**self._switched, camera: {**self._switched.get(camera, {}), name: value}}

    def _changed(self, old: Mapping[str, CameraConfig], new: Mapping[str, CameraConfig]) -> None:
        """Tell of every switch that is another than before, by a command or by a new file."""
        for camera in old.keys() - new.keys():
            self._forget(camera)
        self._tell_notifications()
        for camera, config in new.items():
            before = old.get(camera)
            if before is config:
                continue
            if before is None:
                self._tell_suspended(camera)
            told, states = _states(before) if before else {}, _states(config)
            for name in told.keys() - states.keys():
                self.broadcast.withdraw(f"{camera}/{name}/state")
            for name, state in states.items():
                if told.get(name) != state:
                    self._publish(camera, name, state)

    def _publish(self, camera: str, name: str, state: int | str) -> None:
        self.broadcast.publish(f"{camera}/{name}/state", state, retain=True)


def _keep_nothing(_switched: Mapping[str, Values]) -> None:
    """Do nothing: the database is there whenever this program is."""


def _no_camera(camera: str) -> NotFoundError:
    return NotFoundError(f"There is no camera '{camera[:100]}'.")


def _states(camera: CameraConfig) -> dict[str, int | str]:
    """Return the state of each switch as it is published: `ON`, `OFF`, a number or a word."""
    states = {
        name: ("ON" if value else "OFF") if isinstance(value, bool) else value
        for name, value in values_of(camera).items()
    }
    if not camera.birdseye.enabled:
        states["birdseye_mode"] = "OFF"
    return states
