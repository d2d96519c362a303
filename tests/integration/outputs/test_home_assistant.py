"""Home Assistant over a real Mosquitto: by its integration's topics, and by discovery without it. And a notifier."""

from __future__ import annotations

from typing import Any

import pytest

from dogwatch.bus.messages import FrameTracks
from dogwatch.config import parse
from dogwatch.testing.app import CONFIG, Nvr, until
from tests.integration.outputs.conftest import Started, with_mqtt
from tests.integration.outputs.test_mqtt import caught_up, idle
from tests.mosquitto import Broker, MqttListener, listening
from tests.tracks import frame, tracked
from tests.unit.outputs.mqtt.test_entities import checked

NOTIFIED = {
    "id",
    "camera",
    "label",
    "start_time",
    "top_score",
    "current_zones",
    "entered_zones",
    "has_clip",
    "has_snapshot",
}
CARD = {"camera", "id", "snapshot", "has_clip", "has_snapshot", "label", "current_zones"}


def configs(home: MqttListener) -> dict[str, dict[str, Any]]:
    """Return the discovery messages that are in force."""
    found: dict[str, dict[str, Any]] = {}
    for one in home.said:
        if one.topic.startswith("homeassistant/") and one.topic.endswith("/config"):
            if one.payload:
                found[one.topic] = one.json
            else:
                found.pop(one.topic, None)
    return found


async def test_the_integrations_topics(broker: Broker, started: Started) -> None:
    """What its entities subscribe to, by a person who comes, is seen and goes."""
    async with started() as app:
        await until(lambda: idle(app), 30)
        config = app.services.config.mqtt
        prefix = config.topic_prefix
        topics = [
            f"{prefix}/{topic}"
            for topic in (
                "available", "front/person", "front/all", "porch/person", "porch/all", "front/motion",
                "front/detect/state", "front/recordings/state", "front/snapshots/state", "front/motion_threshold/state",
                "front/enabled/state", "front/review_alerts/state", "events", "reviews",
            )
        ]  # fmt: skip
        async with listening(broker.port, *topics) as home:
            await home.until(f"{prefix}/available", "online")
            await home.until(f"{prefix}/front/motion_threshold/state", "30")
            await person_comes_and_goes(app)
            await home.until(f"{prefix}/front/person", "0")
            await until(lambda: [one for one in home.on(f"{prefix}/events") if one.json["type"] == "end"], 30)
            assert [one.text for one in home.on(f"{prefix}/front/person")][-2:] == ["1", "0"]
            assert home.last(f"{prefix}/front/all") == "0"
            events = [one.json for one in home.on(f"{prefix}/events")]
            assert [one["type"] for one in events][:1] == ["new"]
            assert events[-1]["type"] == "end"
            for one in events:  # the card's and the notifier's parsers need these keys, in both
                assert one["before"].keys() >= CARD
                assert one["after"].keys() >= CARD | NOTIFIED
            assert isinstance(events[0]["after"]["top_score"], float)
            assert events[-1]["after"]["end_time"] is not None
            await home.say(f"{prefix}/front/motion_threshold/set", "77")
            await home.until(f"{prefix}/front/motion_threshold/state", "77")


async def person_comes_and_goes(app: Nvr) -> None:
    """Tell what analysis would tell."""
    for tracks in frames():
        app.parts.events.on_tracks(tracks)
    await until(lambda: app.parts.events.statistics()["waiting_messages"] == 0)


def frames() -> list[FrameTracks]:
    seen = [frame(n / 5, tracked(n / 5, current_zones=("porch",), entered_zones=("porch",))) for n in range(5)]
    return [*seen, frame(2.0, ended=(tracked(1.0),))]


async def test_discovery(broker: Broker, started: Started) -> None:
    section = f"host: 127.0.0.1, port: {broker.port}"
    enabled = "discovery: {enabled: true}"
    async with listening(broker.port, "homeassistant/#", "frigate/#") as home, started(enabled) as app:
        await until(lambda: idle(app), 30)
        await until(lambda: any("back" in one["device"]["identifiers"][0] for one in configs(home).values()), 30)
        await caught_up(app, home)
        found = checked(configs(home))
        assert {one["device"]["name"] for one in found.values()} == {"Dogwatch", "front", "back", "porch"}
        # Every state that an entity reads is one that is published.
        published = {one.topic for one in home.said}
        missing = {
            one["state_topic"] for one in found.values() if "state_topic" in one and one["state_topic"] not in published
        }
        assert missing == set()
        # Who has started anew is told everything again.
        before = len(home.on("frigate/front/motion"))
        await home.say("homeassistant/status", "online")
        await until(lambda: len(home.on("frigate/front/motion")) > before, 30)
        # A switch as Home Assistant uses it.
        switch = next(one for one in found.values() if one.get("command_topic") == "frigate/front/detect/set")
        await home.say(switch["command_topic"], "OFF")
        await home.until(switch["state_topic"], "OFF")
        # A camera that goes takes its entities along, and so does the key.
        keeper, path = app.services.keeper, app.services.loaded.path
        without_back = CONFIG.partition("  back:\n")[0]
        keeper.change(parse(with_mqtt(f"{section}, {enabled}", without_back), path=path, env={}))
        await until(
            lambda: {one["device"]["name"] for one in configs(home).values()} == {"Dogwatch", "front", "porch"}, 30
        )
        keeper.change(parse(with_mqtt(section, without_back), path=path, env={}))
        await until(lambda: not configs(home), 30)
    async with listening(broker.port, "homeassistant/#", "frigate/available") as late:
        await late.until("frigate/available", "stopped")
        assert not configs(late)


async def test_discovery_of_the_edge_camera(broker: Broker, started: Started) -> None:
    edge = "\nedge: {camera: front, boot: [boot], sysfs: sys, proc: proc, outputs: {siren: {gpio: 5}}}\n"
    async with (
        listening(broker.port, "homeassistant/#") as home,
        started("discovery: {enabled: true}", edge=edge) as app,
    ):
        await until(lambda: idle(app), 30)
        await until(lambda: any("edge" in topic for topic in configs(home)), 30)
        async with app.edge_client() as api:
            devices = [{"address": "AA:BB:CC:DD:EE:FF", "name": "Ann's phone +#"}]
            await api.post("/settings", json={"TARGET_BT_ADDRESSES": devices})
        await until(lambda: any(topic.startswith("homeassistant/device_tracker/") for topic in configs(home)), 30)
        found = checked(configs(home))
        own = {one["name"] for one in found.values() if one["device"]["name"] == "Edge camera"}
        assert own == {
            "Sensor", "Sensor state", "Sensor armed", "Recording", "Mode", "Presence", "siren", "Computer",
            "Ann's phone +#",
        }  # fmt: skip


@pytest.mark.parametrize("prefix", ["dogs", "häuser/küche"])
async def test_a_notifier(broker: Broker, started: Started, prefix: str) -> None:
    """It listens to `events` and `reviews`, then asks for each object over HTTP: the row has to be there by then."""
    text = f"{CONFIG}\nrecord: {{enabled: true}}\n"
    topics = f"{prefix}/events", f"{prefix}/reviews"
    async with started(f'topic_prefix: "{prefix}"', text) as app, listening(broker.port, *topics) as notifier:
        await until(lambda: idle(app), 30)
        for tracks in frames():
            app.parts.events.on_tracks(tracks)
        new = (await notifier.until(f"{prefix}/events")).json["after"]
        app.parts.events.tick()
        app.parts.events.tick()
        item = (await notifier.until(f"{prefix}/reviews")).json["after"]
        assert item.keys() >= {"id", "camera", "start_time", "severity", "thumb_path", "data"}
        assert item["data"].keys() >= {"detections", "objects", "sub_labels", "zones", "audio"}
        assert (item["severity"], item["data"]["detections"]) == ("alert", [new["id"]])
        async with app.client() as http:
            for name in item["data"]["detections"]:
                answer = await http.get(f"/api/events/{name}")
                assert answer.status_code == 200, answer.text
                assert (answer.json()["camera"], answer.json()["label"]) == ("front", "person")
