import re
from typing import Any

import pytest

from dogwatch.config import parse
from dogwatch.outputs.mqtt.discovery import entities_of
from dogwatch.outputs.mqtt.entities import Entity, EntityDevice, identifier, messages

CONFIG = """
mqtt: {host: broker, discovery: {enabled: true}}
profiles: {away: {}}
cameras:
  front_door:
    friendly_name: "Haustür +/#"
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.1/", roles: [detect, record, audio]}]}
    detect: {enabled: true}
    audio: {enabled: true, listen: [bark]}
    objects: {track: [person, "traffic light"]}
    zones: {porch: {coordinates: "0,0,1,0,1,1", objects: [person], friendly_name: Veranda}}
  "0-back":
    ffmpeg: {inputs: [{path: "rtsp://192.0.2.2/", roles: [detect]}]}
    mqtt: {enabled: false}
    zones: {porch: {coordinates: "0,0,1,0,1,1", objects: [car]}}
"""
TOPIC = re.compile(r"^homeassistant/([a-z_]+)/([a-zA-Z0-9_-]+)/([a-zA-Z0-9_-]+)/config$")
COMMON = {"name", "unique_id", "availability", "device", "origin", "entity_category", "device_class", "value_template"}
DOCUMENTED = {
    "binary_sensor": {"state_topic", "payload_on", "payload_off", "json_attributes_topic"},
    "sensor": {"state_topic", "state_class", "unit_of_measurement", "options"},
    "switch": {"state_topic", "command_topic"},
    "number": {"state_topic", "command_topic", "min", "max", "step", "mode"},
    "select": {"state_topic", "command_topic", "options"},
    "button": {"command_topic", "payload_press"},
    "image": {"image_topic", "content_type"},
    "device_tracker": {"state_topic", "payload_home", "payload_not_home", "source_type"},
}
"""Keys that Home Assistant documents for the kinds of entities that are used; it refuses a message with others."""
NEEDED = {
    "binary_sensor": "state_topic", "sensor": "state_topic", "switch": "command_topic", "number": "command_topic",
    "select": "options", "button": "command_topic", "image": "image_topic", "device_tracker": "state_topic",
}  # fmt: skip


def checked(found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Require the form that Home Assistant documents."""
    for topic, body in found.items():
        match = TOPIC.match(topic)
        assert match, topic
        component = match[1]
        assert body.keys() <= COMMON | DOCUMENTED[component], (topic, body.keys())
        assert NEEDED[component] in body
        assert re.fullmatch(r"[a-zA-Z0-9_-]+", body["unique_id"])
        assert body["device"].keys() >= {"identifiers", "name"}
        assert body["origin"].keys() >= {"name"}
        assert "\n" not in body["name"]
        for key in ("state_topic", "command_topic", "image_topic"):
            assert not set(body.get(key, "")) & set("+#")
        if body.get("device_class") == "enum":
            assert "state_class" not in body  # Home Assistant refuses both
            assert body["options"]
    ids = [body["unique_id"] for body in found.values()]
    assert len(set(ids)) == len(ids)
    return found


def test_cameras_and_zones() -> None:
    found = checked(messages(entities_of(parse(CONFIG, env={}).config), "dogs/haus", "homeassistant", "1"))
    by_topic = {body.get("state_topic", body.get("image_topic")): body for body in found.values()}
    motion = by_topic["dogs/haus/front_door/motion"]
    assert (motion["device_class"], motion["device"]["name"]) == ("motion", "Haustür +/#")
    assert motion["device"]["via_device"] == "dogs/haus"
    assert motion["availability"][0]["topic"] == "dogs/haus/available"
    assert by_topic["dogs/haus/front_door/traffic light/snapshot"]["content_type"] == "image/jpeg"
    assert "dogs/haus/0-back/person/snapshot" not in by_topic
    assert by_topic["dogs/haus/front_door/audio/loud_noise"]["device_class"] == "sound"
    assert "dogs/haus/front_door/audio/bark" not in by_topic  # nothing tells it apart
    with_model = parse(CONFIG + "audio: {model: {path: m}}", env={}).config
    told_apart = checked(messages(entities_of(with_model), "dogs", "homeassistant", "1")).values()
    assert "dogs/front_door/audio/bark" in [body.get("state_topic") for body in told_apart]
    assert {"dogs/haus/porch/person", "dogs/haus/porch/car", "dogs/haus/porch/all"} <= by_topic.keys()
    assert by_topic["dogs/haus/porch/car"]["device"]["name"] == "Veranda"
    assert by_topic["dogs/haus/profile/state"]["options"] == ["none", "away"]
    switches = {topic for topic in found if topic.startswith("homeassistant/switch/")}
    assert any("front_door_switch_detect" in topic for topic in switches)
    assert not any("autotracker" in topic for topic in switches)  # it is off in the file, so it stays off


def test_every_entity_has_an_id_of_its_own() -> None:
    """`front` with `person/x` must not become what `front_person` with `x` is."""
    one = Entity("sensor", EntityDevice("front", "", ""), "person/x", "", {"state_topic": "a"})
    two = Entity("sensor", EntityDevice("front/person", "", ""), "x_", "", {"state_topic": "b"})
    three = Entity("sensor", EntityDevice("front_person", "", ""), "x", "", {"state_topic": "c"})
    assert len(messages([one, two, three], "p", "homeassistant", "1")) == 3


@pytest.mark.parametrize("text", ["frigate", "a-b_C9"])
def test_safe_ids_stay(text: str) -> None:
    assert identifier(text) == text


def test_other_ids_differ() -> None:
    texts = ["häuser/küche", "h_user/k_che", "日本", "中国", "a b", "a_b", "a/b", "x" * 200 + "/"]
    ids = [identifier(text) for text in texts]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,80}", one) for one in ids)
