"""The entities of cameras and zones, for people who use Home Assistant without its integration (docs/mqtt.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dogwatch.config.profiles import NO_PROFILE
from dogwatch.config.switches import TABLE, value_of
from dogwatch.outputs.mqtt.entities import Entity, EntityDevice

if TYPE_CHECKING:
    from dogwatch.config import CameraConfig, Config

PROGRAM = EntityDevice("", "Dogwatch", "Network video recorder")
ON_IF_ANY = "{{ 'ON' if value | int(0) > 0 else 'OFF' }}"
ON_IF_ONLINE = "{{ 'ON' if value == 'online' else 'OFF' }}"
SWITCHES = {
    "enabled": "Camera",
    "detect": "Detection",
    "motion": "Motion detection",
    "recordings": "Recording",
    "snapshots": "Snapshots",
    "audio": "Audio detection",
    "improve_contrast": "Improve contrast",
    "ptz_autotracker": "Autotracking",
    "review_alerts": "Alerts",
    "review_detections": "Detections",
    "notifications": "Notifications",
    "birdseye": "Birdseye",
}
"""The switches that Home Assistant gets, with their names there."""
NUMBERS = {"motion_threshold": "Motion threshold", "motion_contour_area": "Motion contour area"}


def entities_of(file: Config) -> Iterator[Entity]:
    """Yield every entity of a configuration, as the file has it: what is off there can only stay off."""
    yield from _program(file)
    for name, camera in file.cameras.items():
        device = EntityDevice(name, camera.friendly_name or name, "Camera")
        yield from _camera(name, camera, device, sounds=bool(file.audio.model.path))
        yield from _switches(name, camera, device)
    yield from _zones(file)


def _program(file: Config) -> Iterator[Entity]:
    state = {"state_topic": "health", "json_attributes_topic": "health"}
    yield Entity(
        "binary_sensor", PROGRAM, "health", "Problem", state,
        {
            "device_class": "problem",
            "entity_category": "diagnostic",
            "value_template": "{{ 'OFF' if value_json.status == 'ok' else 'ON' }}",
        },
    )  # fmt: skip
    yield Entity(
        "button", PROGRAM, "restart", "Restart", {"command_topic": "restart"},
        {"device_class": "restart", "entity_category": "config", "payload_press": "restart"},
    )  # fmt: skip
    if file.profiles:
        topics = {"state_topic": "profile/state", "command_topic": "profile/set"}
        yield Entity("select", PROGRAM, "profile", "Profile", topics, {"options": [NO_PROFILE, *file.profiles]})


def _camera(name: str, camera: CameraConfig, device: EntityDevice, *, sounds: bool) -> Iterator[Entity]:
    yield Entity(
        "binary_sensor", device, "motion", "Motion", {"state_topic": f"{name}/motion"}, {"device_class": "motion"}
    )
    status = {"state_topic": f"{name}/review_status"}
    options = {"device_class": "enum", "options": ["NONE", "DETECTION", "ALERT"]}
    yield Entity("sensor", device, "review_status", "Review status", status, options)
    for role in dict.fromkeys(role for source in camera.ffmpeg.inputs for role in source.roles):
        online = {
            "device_class": "connectivity",
            "entity_category": "diagnostic",
            "value_template": ON_IF_ONLINE,
        }
        yield Entity(
            "binary_sensor", device, f"status/{role}", f"Stream {role}",
            {"state_topic": f"{name}/status/{role}"}, online,
        )  # fmt: skip
    labels = list(dict.fromkeys(camera.objects.track))
    for label in labels:
        yield from _counted(name, label, device)
        if camera.mqtt.enabled:
            picture = {"image_topic": f"{name}/{label}/snapshot"}
            yield Entity("image", device, f"{label}/snapshot", _worded(label), picture, {"content_type": "image/jpeg"})
    yield from _counted(name, "all", device)
    if camera.audio.enabled:
        kinds = {"all": "Sound", **({"loud_noise": "Loud noise"} if camera.audio.loud_noise else {})}
        if sounds:
            kinds |= {label: _worded(label) for label in camera.audio.listen}
        for kind, word in kinds.items():
            heard = {"state_topic": f"{name}/audio/{kind}"}
            yield Entity("binary_sensor", device, f"audio/{kind}", word, heard, {"device_class": "sound"})


def _counted(place: str, label: str, device: EntityDevice) -> Iterator[Entity]:
    """Yield what tells of the objects of a label in a camera's picture or in a zone."""
    word = "Object" if label == "all" else _worded(label)
    topic = {"state_topic": f"{place}/{label}"}
    occupied = {"device_class": "occupancy", "value_template": ON_IF_ANY}
    yield Entity("binary_sensor", device, f"{label}/occupancy", f"{word} occupancy", topic, occupied)
    count: dict[str, Any] = {"state_class": "measurement", "unit_of_measurement": "objects"}
    yield Entity("sensor", device, f"{label}/count", f"{word} count", topic, count)
    active = {"state_topic": f"{place}/{label}/active"}
    yield Entity("sensor", device, f"{label}/active", f"{word} active count", active, count)


def _switches(name: str, camera: CameraConfig, device: EntityDevice) -> Iterator[Entity]:
    for switch, word in SWITCHES.items():
        if TABLE[switch].gated and not value_of(camera, switch):
            continue
        topics = {"state_topic": f"{name}/{switch}/state", "command_topic": f"{name}/{switch}/set"}
        yield Entity("switch", device, switch, word, topics, {"entity_category": "config"})
    for number, word in NUMBERS.items():
        low, high = TABLE[number].numbers or (0, 0)
        topics = {"state_topic": f"{name}/{number}/state", "command_topic": f"{name}/{number}/set"}
        limits = {"min": low, "max": high, "step": 1, "mode": "box", "entity_category": "config"}
        yield Entity("number", device, number, word, topics, limits)


def _zones(file: Config) -> Iterator[Entity]:
    """Yield the counts of zones, each over all cameras that have it."""
    labels: dict[str, dict[str, None]] = {}
    names: dict[str, str] = {}
    for camera in file.cameras.values():
        for zone, config in camera.zones.items():
            labels.setdefault(zone, {}).update(dict.fromkeys(config.objects or camera.objects.track))
            names.setdefault(zone, config.friendly_name or zone)
    for zone, found in labels.items():
        device = EntityDevice(f"zone/{zone}", names[zone], "Zone")
        for label in (*found, "all"):
            yield from _counted(zone, label, device)


def _worded(label: str) -> str:
    return label.replace("_", " ").capitalize()
