"""A camera that is turned over MQTT, as Home Assistant's `ptz` service does it, from the broker to the camera."""

from __future__ import annotations

from dogwatch.testing.app import CONFIG, until
from tests.integration.outputs.conftest import Started
from tests.mosquitto import Broker, listening
from tests.onvif_camera import PASSWORD, USER, onvif_camera


async def test_a_camera_is_turned_over_mqtt(broker: Broker, started: Started) -> None:
    with onvif_camera() as camera:
        onvif = f"    onvif: {{host: 127.0.0.1, port: {camera.port}, user: {USER}, password: '{PASSWORD}'}}\n"
        text = CONFIG.replace("  front:\n", f"  front:\n{onvif}", 1)
        async with listening(broker.port) as home, started(text=text) as app:
            await until(lambda: app.parts.mqtt.statistics()["connected"] == 1, 30)
            await home.say("frigate/front/ptz", "MOVE_UP")
            await until(lambda: camera.mechanics.velocity == [0, 1, 0], 30)
            await home.say("frigate/front/ptz", "stop")
            await until(lambda: "Stop" in camera.operations(), 30)
            await home.say("frigate/front/ptz", "preset_gate")
            await until(lambda: camera.mechanics.where == [0.5, -0.25, 0.5], 30)
