"""Commands from the WebSocket, HTTP and every other input with topics: parsed and carried out in one place.

A topic is as on the WebSocket, without a prefix (docs/api/websocket.md). The input checks whether the sender may send a
command: all but `TellStates` change something for everybody.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from dogwatch.config import load_again
from dogwatch.config.profiles import NO_PROFILE
from dogwatch.config.switches import TABLE, Value, row
from dogwatch.errors import DogwatchError, NotFoundError, RefusedError
from dogwatch.onvif.moves import PtzMove, parse_move

if TYPE_CHECKING:
    from dogwatch.config import Keeper
    from dogwatch.outputs.profiles import Profiles
    from dogwatch.outputs.switches import Switches

EVERY_CAMERA = "*"
EDGE = "edge/"
EDGE_PARTS = frozenset({"sensor", "recording", "presence", "mode", "output", "system"})
"""What may stand behind `edge/`; the rest is of a camera that has this name."""
LONGEST_SUSPENSION_MIN = 999_999
STATES = frozenset(
    {
        "onConnect",
        "modelState",
        "jobState",
        "birdseyeLayout",
        "embeddingsReindexProgress",
        "audioTranscriptionState",
        "audioDetections",
    }
)


@dataclass(frozen=True, slots=True)
class TellStates:
    """Send the present states to the client that asks."""


@dataclass(frozen=True, slots=True)
class Restart:
    """Start the core anew."""


@dataclass(frozen=True, slots=True)
class SwitchCamera:
    """Set a switch of a camera, or of every one with `EVERY_CAMERA`."""

    camera: str
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class SuspendNotifications:
    """Suspend the notifications of a camera for some minutes; 0 ends that."""

    camera: str
    minutes: int


@dataclass(frozen=True, slots=True)
class SwitchNotifications:
    """Notify nobody of anything, or again of the cameras whose switch is on."""

    on: bool


@dataclass(frozen=True, slots=True)
class TryNotifications:
    """Send a notification to the devices of whoever asks."""


@dataclass(frozen=True, slots=True)
class ActivateProfile:
    """Activate a profile; None ends the one that is active."""

    profile: str | None


@dataclass(frozen=True, slots=True)
class MovePtz:
    """Move a camera, or have it stop: see `onvif.moves`."""

    camera: str
    move: PtzMove


@dataclass(frozen=True, slots=True)
class AcceptCameraView:
    """Take a camera's scene as it is now for usual: see docs/camera-health.md."""

    camera: str


@dataclass(frozen=True, slots=True)
class SwitchEdge:
    """Set something of the edge camera, such as its mode; `topic` is without `edge/` and `/set`."""

    topic: str
    value: str


Command: TypeAlias = (
    TellStates
    | Restart
    | SwitchCamera
    | SuspendNotifications
    | SwitchNotifications
    | TryNotifications
    | ActivateProfile
    | MovePtz
    | AcceptCameraView
    | SwitchEdge
)


def parse(topic: str, payload: object) -> Command:
    """Return the command that a message means.

    Raises:
        NotFoundError: There is no such command or switch.
        RefusedError: The payload is none of its values.
    """
    if topic in STATES:
        return TellStates()
    if topic == "restart":
        return Restart()
    if topic in ("profile/set", f"{EVERY_CAMERA}/profile/set"):
        profile = _text(payload)
        return ActivateProfile(None if profile == NO_PROFILE else profile)
    if topic == "notification_test":
        return TryNotifications()
    if topic == "notifications/set":
        return SwitchNotifications(_on(_text(payload)))
    if is_edge(topic) and topic.endswith("/set"):
        return SwitchEdge(topic.removeprefix(EDGE).removesuffix("/set"), _text(payload))
    camera, _, rest = topic.partition("/")
    name, _, verb = rest.rpartition("/")
    if rest == "camera_health/accept":
        return AcceptCameraView(camera)
    if rest == "ptz":
        return MovePtz(camera, parse_move(_text(payload)))
    if verb == "set" and name == "profile":
        raise RefusedError(f"A profile is active for all cameras: it is set for '{EVERY_CAMERA}', not for one.")
    if verb == "set" and name:
        return SwitchCamera(camera, name, _value(name, _text(payload)))
    if verb == "suspend" and name == "notifications":
        return SuspendNotifications(camera, _minutes(_text(payload)))
    raise NotFoundError(f"There is no command '{topic[:100]}'.")


def is_edge(topic: str) -> bool:
    """Tell whether a topic is about the edge camera's sensor, recordings, presence, mode, outputs or computer."""
    return topic.startswith(EDGE) and topic.split("/", 2)[1] in EDGE_PARTS


class CommandDispatcher:
    """Does what commands say. Safe to use from any thread; `do` may wait for the disk.

    Who moves cameras, has a view accepted, and sets things of the edge camera puts a function in `move`, `accept_view`
    and `switch_edge`. It raises a `DogwatchError` if it cannot.
    """

    def __init__(self, keeper: Keeper, switches: Switches, profiles: Profiles, restart: Callable[[], None]) -> None:
        """Take who does it.

        Args:
            keeper: Knows the configuration file, which is read before a restart.
            switches: Sets switches.
            profiles: Activates profiles.
            restart: Has the core started anew, and returns at once.
        """
        self._keeper, self._switches, self._profiles, self._restart = keeper, switches, profiles, restart
        self.move: Callable[[str, PtzMove], None] | None = None
        self.accept_view: Callable[[str], object] | None = None
        self.switch_edge: Callable[[str, str], None] | None = None

    def do(self, command: Command) -> None:
        """Do what `command` says.

        Raises:
            NotFoundError: There is no such camera, or it has no such switch.
            RefusedError: The rules do not allow it now.
            ConfigErrors: The configuration file has mistakes, so there is no restart.
        """
        match command:
            case Restart():
                load_again(self._keeper.loaded)
                self._restart()
            case SwitchCamera():
                self._each(command.camera, lambda camera: self._switches.set(camera, command.name, command.value))
            case SuspendNotifications():
                until = int(time.time()) + command.minutes * 60 if command.minutes else 0
                self._each(command.camera, lambda camera: self._switches.suspend(camera, until))
            case SwitchNotifications():
                self._switches.mute(muted=not command.on)
            case ActivateProfile():
                self._profiles.activate(command.profile)
            case MovePtz():
                self._move(command)
            case AcceptCameraView():
                self._accept_view(command.camera)
            case SwitchEdge():
                if self.switch_edge is None:
                    raise NotFoundError("There is no edge camera.")
                self.switch_edge(command.topic, command.value)
            case TellStates() | TryNotifications():
                """The input answers it."""

    def _move(self, command: MovePtz) -> None:
        camera = self._keeper.config.cameras.get(command.camera)
        if camera is None:
            raise NotFoundError(f"There is no camera '{command.camera[:100]}'.")
        if self.move is None or not camera.onvif.host:
            raise RefusedError(f"The camera '{command.camera}' cannot be moved: it has no onvif.host.")
        self.move(command.camera, command.move)

    def _accept_view(self, name: str) -> None:
        camera = self._keeper.config.cameras.get(name)
        if camera is None:
            raise NotFoundError(f"There is no camera '{name[:100]}'.")
        if not (camera.enabled and camera.camera_health.enabled and (camera.detect.enabled or camera.motion.enabled)):
            raise RefusedError(f"The pictures of '{name}' are not looked at: camera_health or the camera is off.")
        if self.accept_view is not None:
            self.accept_view(name)

    def _each(self, camera: str, change: Callable[[str], None]) -> None:
        """Change one camera, or every one that can be; if none can, say why of the first."""
        if camera != EVERY_CAMERA:
            change(camera)
            return
        refusals: list[DogwatchError] = []
        cameras = list(self._keeper.config.cameras)
        for name in cameras:
            try:
                change(name)
            except (NotFoundError, RefusedError) as error:
                refusals.append(error)
        if refusals and len(refusals) == len(cameras):
            raise refusals[0]


def _value(name: str, text: str) -> Value:
    found = row(name)
    if found is None:
        kind = TABLE.get(name.partition("/")[0])
        named = f": it needs a name, as '{kind.name}/...'" if kind and "*" in kind.path else ""
        raise NotFoundError(f"There is no switch '{name[:100]}'{named}.")
    value = found.parse(text)
    if value is None or not found.takes(value):
        raise RefusedError(f"'{text[:100]}' is no value of the switch '{name[:100]}', which takes {_values(name)}.")
    return value


def _values(name: str) -> str:
    found = row(name)
    if found and found.numbers:
        return f"{found.numbers[0]} to {found.numbers[1]}"
    return ", ".join(found.words if found and found.words else ("ON", "OFF"))


def _on(text: str) -> bool:
    if text not in ("ON", "OFF"):
        raise RefusedError(f"'{text[:100]}' is neither ON nor OFF.")
    return text == "ON"


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(LONGEST_SUSPENSION_MIN)):
        raise RefusedError(f"'{text[:100]}' is no number of minutes.")
    return int(text)


def _text(payload: object) -> str:
    """Return a payload as text: the WebSocket brings JSON, a broker bytes."""
    if isinstance(payload, bytes):
        return payload.decode("utf-8", "replace")
    return str(payload) if isinstance(payload, str | int) else ""
