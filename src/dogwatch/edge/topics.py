"""The edge camera on MQTT and the WebSocket: its states by topic, and what can be set there (docs/edge.md).

All topics begin with `edge/`. States are retained, and published when they change.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dogwatch.edge.modes import MODES, mode_named
from dogwatch.errors import EdgeError, NotFoundError, RefusedError
from dogwatch.outputs.mqtt.entities import Entity, EntityDevice

if TYPE_CHECKING:
    from dogwatch.edge.camera import EdgeCamera
    from dogwatch.outputs.broadcast import Broadcast

NO_MODE = "none"
DEVICE = EntityDevice("edge", "Edge camera", "Edge camera")


class EdgeTopics:
    """Publishes the edge camera's states, and sets what may be set. For any thread."""

    def __init__(self, edge: EdgeCamera, broadcast: Broadcast, devices_changed: Callable[[], None]) -> None:
        """Tell nothing before `start`.

        Args:
            edge: What is told of.
            broadcast: Where it is told.
            devices_changed: Called when other phones are tracked than before.
        """
        self._edge, self._broadcast, self._devices_changed = edge, broadcast, devices_changed
        self._lock = threading.Lock()
        self._told: dict[str, str | dict[str, Any]] = {}
        self._devices: dict[str, tuple[str, str]] = {}

    def start(self) -> None:
        """Tell everything, and follow what happens."""
        self._edge.news.follow(self._heard)
        for key in ("TARGET_BT_ADDRESSES", "TARGET_AP_MAC_ADDRESSES"):
            self._edge.settings.follow(key, self._tell_presence)
        self._tell_sensor()
        self._tell_recording()
        self._tell_mode()
        self._tell("edge/system/state", "ok")
        for name, output in self._edge.outputs.by_name.items():
            self._tell(f"edge/output/{name}/state", _on(output.body()["on"]))
        self._tell_presence()

    def close(self) -> None:
        """Do nothing: the last states stay true until the program has ended."""

    def _heard(self, event: str, data: Mapping[str, Any]) -> None:
        match event:
            case "sensor_state":
                self._tell_sensor()
            case "recording_state":
                self._tell_recording()
                self._tell_sensor()
            case "presence_change" | "connections":
                self._tell_presence()
            case "mode_state":
                self._tell_mode()
            case "output_state":
                self._tell(f"edge/output/{data['name']}/state", _on(data["on"]))
            case "system_alert":
                self._tell("edge/system/state", str(data["overall"]))

    def _tell(self, topic: str, value: str | dict[str, Any]) -> None:
        with self._lock:
            if self._told.get(topic) == value:
                return
            self._told[topic] = value
            self._broadcast.publish(topic, value, retain=True)

    def _tell_sensor(self) -> None:
        status = self._edge.sensors.status()
        self._tell("edge/sensor/state", state_of(status))
        self._tell("edge/sensor/armed/state", _on(status["armed"]))
        self._tell("edge/sensor/triggered/state", _on(status["triggered"]))
        self._tell("edge/sensor/suppressed/state", _on(status["suppressed"]))

    def _tell_recording(self) -> None:
        self._tell("edge/recording/state", _on(self._edge.recorder.state.recording))

    def _tell_mode(self) -> None:
        self._tell("edge/mode/state", self._edge.modes.state.mode or NO_MODE)

    def _tell_presence(self) -> None:
        """Tell who is at home; a device that is tracked no more is withdrawn."""
        edge = self._edge
        settings = edge.settings.current
        devices = {
            slug_of(device.address): (device.name or device.address, source)
            for source, found in (("bluetooth", settings.bluetooth_devices), ("router", settings.wifi_devices))
            for device in found
        }
        here = {slug_of(address): on for states in edge.presence.states().values() for address, on in states.items()}
        with self._lock:
            changed, gone = devices != self._devices, self._devices.keys() - devices.keys()
            self._devices = devices
            for slug in gone:
                self._told.pop(f"edge/presence/{slug}/state", None)
        for slug in gone:
            self._broadcast.withdraw(f"edge/presence/{slug}/state")
        for slug in devices:
            self._tell(f"edge/presence/{slug}/state", "home" if here.get(slug) else "not_home")
        home = any(here.get(slug) for slug in devices)
        self._tell("edge/presence/state", ("home" if home else "not_home") if devices else "unknown")
        self._tell("edge/presence/connections", edge.presence.connections())
        if changed:
            self._devices_changed()

    # ------------------------------------------------------------ commands

    def switch(self, topic: str, value: str) -> None:
        """Set what `topic`, which is without `edge/` and `/set`, names.

        Raises:
            NotFoundError: There is no such thing.
            RefusedError: It takes no such value, or cannot be set now.
        """
        edge = self._edge
        try:
            match topic.split("/"):
                case ["sensor", "armed"]:
                    edge.sensors.enable(_is_on(topic, value))
                case ["sensor", "triggered"]:
                    (edge.sensors.trigger if _is_on(topic, value) else edge.sensors.release)()
                case ["recording"]:
                    self._record(_is_on(topic, value))
                case ["mode"]:
                    edge.modes.set(mode_named(value))
                case ["output", name]:
                    edge.outputs.named(name).ask(_is_on(topic, value), None)
                case _:
                    raise NotFoundError(f"There is nothing to set at 'edge/{topic[:100]}'.")
        except (EdgeError, OSError) as error:
            raise RefusedError(f"'edge/{topic[:100]}' cannot be set: {error}") from None

    def _record(self, on: bool) -> None:
        if not on:
            self._edge.recorder.stop()
        elif not self._edge.recorder.start("manual"):
            raise RefusedError("The camera sends nothing that could be recorded.")

    # ------------------------------------------------------------ for Home Assistant

    def entities(self) -> Iterator[Entity]:
        """Yield everything that Home Assistant can show."""
        triggered = {"state_topic": "edge/sensor/triggered/state"}
        yield Entity("binary_sensor", DEVICE, "sensor/triggered", "Sensor", triggered)
        options = {"device_class": "enum", "options": list(STATES), "entity_category": "diagnostic"}
        yield Entity("sensor", DEVICE, "sensor/state", "Sensor state", {"state_topic": "edge/sensor/state"}, options)
        yield _switch("sensor/armed", "Sensor armed")
        yield _switch("recording", "Recording")
        mode = {"state_topic": "edge/mode/state", "command_topic": "edge/mode/set"}
        # Before there is a mode, Home Assistant shows none: "None" is its word for that.
        unset = {"value_template": "{{ 'None' if value == 'none' else value }}"}
        yield Entity("select", DEVICE, "mode", "Mode", mode, {"options": list(MODES), **unset})
        present = {"device_class": "presence", "payload_on": "home", "payload_off": "not_home"}
        yield Entity("binary_sensor", DEVICE, "presence", "Presence", {"state_topic": "edge/presence/state"}, present)
        with self._lock:
            devices = dict(self._devices)
        for slug, (name, source) in devices.items():
            topic = {"state_topic": f"edge/presence/{slug}/state"}
            yield Entity(
                "device_tracker", DEVICE, f"presence/{slug}", name, topic,
                {"payload_home": "home", "payload_not_home": "not_home", "source_type": source},
            )  # fmt: skip
        for name in self._edge.outputs.by_name:
            yield _switch(f"output/{name}", name)
        alert = {"device_class": "enum", "options": ["ok", "warn", "critical"], "entity_category": "diagnostic"}
        yield Entity("sensor", DEVICE, "system", "Computer", {"state_topic": "edge/system/state"}, alert)


STATES = ("disabled", "idle", "armed", "suppressed", "triggered", "recording", "holding")


def state_of(status: Mapping[str, Any]) -> str:
    """Return the sensor's state as users are shown it, one of `STATES`, from its status."""
    if not status["enabled"]:
        return "disabled"
    if not status["armed"]:
        return "idle"
    if status["recording_from_sensor"]:
        return "recording" if status["triggered"] else "holding"
    if status["suppressed"]:
        return "suppressed"
    return "triggered" if status["triggered"] else "armed"


def slug_of(address: str) -> str:
    """Return a device's address as a part of a topic."""
    return address.lower().replace(":", "_")


def _switch(topic: str, name: str) -> Entity:
    topics = {"state_topic": f"edge/{topic}/state", "command_topic": f"edge/{topic}/set"}
    return Entity("switch", DEVICE, topic, name, topics)


def _on(value: object) -> str:
    return "ON" if value else "OFF"


def _is_on(topic: str, value: str) -> bool:
    if value not in ("ON", "OFF"):
        raise RefusedError(f"'{value[:100]}' is no value of 'edge/{topic[:100]}', which takes ON, OFF.")
    return value == "ON"
