"""The edge camera's states and commands over a real Mosquitto."""

from __future__ import annotations

import pytest

from dogwatch.testing.app import EDGE_CONFIG, until
from tests.integration.outputs.conftest import Started
from tests.integration.outputs.test_mqtt import caught_up, idle
from tests.mosquitto import Broker, listening

EDGE = EDGE_CONFIG.replace("{camera: front,", "{camera: front, outputs: {siren: {gpio: 5, on: [alert]}},")


async def test_the_sensor_is_armed_and_triggered(broker: Broker, started: Started) -> None:
    async with listening(broker.port, "frigate/edge/#") as home, started(edge=EDGE) as app:
        assert (await home.until("frigate/edge/sensor/state", "disabled")).text == "disabled"
        async with app.edge_client() as api:
            answer = await api.post("/sensor/configure", json={"type": "mock", "enabled": False})
            assert answer.status_code == 200
        await home.say("frigate/edge/sensor/armed/set", "ON")
        await home.until("frigate/edge/sensor/armed/state", "ON")
        await home.until("frigate/edge/sensor/state", "armed")
        await home.say("frigate/edge/sensor/triggered/set", "ON")
        await home.until("frigate/edge/sensor/triggered/state", "ON")
        await home.say("frigate/edge/sensor/triggered/set", "OFF")
        await home.until("frigate/edge/sensor/triggered/state", "OFF")
        await home.say("frigate/edge/sensor/armed/set", "OFF")
        await home.until("frigate/edge/sensor/state", "disabled")


async def test_modes_presence_and_outputs(broker: Broker, started: Started) -> None:
    async with listening(broker.port) as early, started(edge=EDGE) as app:
        await until(lambda: idle(app), 30)
        await caught_up(app, early)
        async with listening(broker.port, "frigate/edge/#") as home:
            assert (await home.until("frigate/edge/mode/state", "none")).retained
            await home.until("frigate/edge/presence/state", "unknown")
            await home.until("frigate/edge/output/siren/state", "OFF")
            await home.until("frigate/edge/system/state")
            await home.until("frigate/edge/recording/state", "OFF")
            await home.say("frigate/edge/mode/set", "party")
            await home.say("frigate/edge/mode/set", "night")
            await home.until("frigate/edge/mode/state", "night")
            assert [one.text for one in home.on("frigate/edge/mode/state")] == ["none", "night"]
            devices = [{"address": "AA:BB:CC:DD:EE:FF", "name": "Ann"}]
            async with app.edge_client() as api:
                answer = await api.post("/settings", json={"TARGET_AP_MAC_ADDRESSES": devices})
                assert answer.status_code == 200
                await home.until("frigate/edge/presence/aa_bb_cc_dd_ee_ff/state", "not_home")
                await home.until("frigate/edge/presence/state", "not_home")
                await api.post("/settings", json={"TARGET_AP_MAC_ADDRESSES": []})
                await home.until("frigate/edge/presence/aa_bb_cc_dd_ee_ff/state", "")
                await home.until("frigate/edge/presence/state", "unknown")


@pytest.mark.parametrize(
    "topic", ["edge/nothing/set", "edge/sensor/set", "edge/output/lamp/set", "edge/sensor/triggered/set"]
)
async def test_what_cannot_be_set(
    broker: Broker, started: Started, topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with started(edge=EDGE) as app, listening(broker.port, "frigate/edge/mode/state") as home:
        await until(lambda: idle(app), 30)
        await home.say(f"frigate/{topic}", "ON")
        await home.say("frigate/edge/mode/set", "off")
        await home.until("frigate/edge/mode/state", "off")
    assert "a message of the MQTT broker is ignored" in caplog.text
