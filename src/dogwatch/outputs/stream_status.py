"""Whether each camera's streams come in: `<camera>/status/<role>` (docs/api/websocket.md)."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from dogwatch.bus.messages import StreamLost, StreamOpened
from dogwatch.outputs.broadcast import Publish

if TYPE_CHECKING:
    from dogwatch.config import Config

REPEAT_S = 60.0


def roles_of(config: Config) -> Mapping[str, Collection[str]]:
    """Return the roles of each camera's inputs."""
    return {
        name: [role for source in camera.ffmpeg.inputs for role in source.roles]
        for name, camera in config.cameras.items()
    }


class StreamStatus:
    """Publishes `online`, `offline` or `disabled` for each role of each camera. For the event loop."""

    def __init__(
        self,
        roles: Mapping[str, Collection[str]],
        enabled: Callable[[str], bool],
        publish: Publish,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Tell of the `roles` of each camera; all are offline as long as nothing is known.

        Args:
            roles: The roles of each camera's inputs.
            enabled: Whether a camera is switched on.
            publish: Takes the messages.
            clock: Gives seconds.
        """
        self._roles: Mapping[str, tuple[str, ...]] = {}
        self._enabled, self._publish, self._clock = enabled, publish, clock
        self._online: set[tuple[str, str]] = set()
        self._reasons: dict[tuple[str, str], str] = {}
        self._told: dict[tuple[str, str], str] = {}
        self._due = clock()
        self.configure(roles)

    def configure(self, roles: Mapping[str, Collection[str]]) -> None:
        """Tell of these cameras and roles from now on; inputs that have changed are offline until they are opened."""
        before, self._roles = self._roles, {camera: tuple(dict.fromkeys(names)) for camera, names in roles.items()}
        known = {(camera, role) for camera, names in self._roles.items() for role in names}
        self._online = {one for one in self._online & known if before.get(one[0]) == self._roles[one[0]]}
        self._told = {one: status for one, status in self._told.items() if one in known}
        self._reasons = {one: reason for one, reason in self._reasons.items() if one in known}

    def on_opened(self, message: StreamOpened) -> None:
        """An input is connected."""
        self._online.update((message.camera, role) for role in message.roles)
        self._tell(message.camera)

    def on_lost(self, message: StreamLost) -> None:
        """An input has broken off."""
        self._online.difference_update((message.camera, role) for role in message.roles)
        self._reasons |= {(message.camera, role): message.reason for role in message.roles}
        self._tell(message.camera)

    def on_camera_gone(self, camera: str) -> None:
        """The process that reads the camera has ended."""
        self._online = {one for one in self._online if one[0] != camera}
        self._reasons = {one: reason for one, reason in self._reasons.items() if one[0] != camera}
        self._tell(camera)

    def offline(self) -> Mapping[str, Mapping[str, str]]:
        """Return the roles of each enabled camera whose input does not come in, with the reason, empty if unknown."""
        found: dict[str, dict[str, str]] = {}
        for camera, roles in self._roles.items():
            gone = [role for role in roles if (camera, role) not in self._online] if self._enabled(camera) else []
            if gone:
                found[camera] = {role: self._reasons.get((camera, role), "") for role in gone}
        return found

    def announce(self) -> None:
        """Tell everything again, to somebody who has just come."""
        self._told.clear()
        for camera in self._roles:
            self._tell(camera)

    def states(self) -> dict[str, dict[str, str]]:
        """Return what was told last of each role of each camera."""
        return {
            camera: {role: self._told[camera, role] for role in roles if (camera, role) in self._told}
            for camera, roles in self._roles.items()
        }

    def tick(self) -> None:
        """Tell what has been switched on or off, and now and then everything again; call it about every second."""
        if self._clock() >= self._due:
            self._due = self._clock() + REPEAT_S
            self._told.clear()
        for camera in self._roles:
            if not self._enabled(camera):  # its inputs are closed without a message
                self._online = {one for one in self._online if one[0] != camera}
            self._tell(camera)

    def _tell(self, camera: str) -> None:
        enabled = self._enabled(camera) if camera in self._roles else False
        for role in self._roles.get(camera, ()):
            status = "disabled" if not enabled else "online" if (camera, role) in self._online else "offline"
            if self._told.get((camera, role)) != status:
                self._told[camera, role] = status
                self._publish(f"{camera}/status/{role}", status)
