"""The program as installed, with a broker: what is heard of a visitor, over a restart of the core, and at the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests import mosquitto
from tests.e2e.program import BASE, RECORD, Program
from tests.mosquitto import listening

CONFIG = """
detectors: {instant: {type: fixed, boxes: "person,0.9,110,60,210,280"}}
cameras:
  street: {ffmpeg: {inputs: [{path: "synthetic://street?seed=1&fps=8&size=320x180"}]}}
"""


@pytest.mark.skipif(mosquitto.program() is None, reason="mosquitto is not installed")
async def test_a_visitor_a_restart_and_the_end(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with mosquitto.broker(tmp_path) as broker:
        base = BASE.replace("{enabled: false}", f"{{host: 127.0.0.1, port: {broker.port}}}", 1)
        (data / "config.yml").write_text(base + RECORD + CONFIG)
        async with listening(broker.port) as home:
            program = await asyncio.to_thread(Program, data)
            try:
                await home.until("frigate/events", seconds=60)
                new = home.on("frigate/events")[0].json
                assert (new["type"], new["after"]["label"]) == ("new", "person")
                assert (await home.until("frigate/street/person/snapshot", seconds=60)).payload[:2] == b"\xff\xd8"
                await home.until("frigate/street/status/detect", "online")
                await home.say("frigate/restart", "")
                await home.until("frigate/available", "stopped", 60)
                await home.until("frigate/available", "online", 60)
                await home.say("frigate/street/snapshots/set", "OFF")
                await home.until("frigate/street/snapshots/state", "OFF")
                await asyncio.to_thread(program.follow, 2, 30)
            finally:
                await asyncio.to_thread(program.stop)
            await home.until("frigate/available", "stopped")
        said = [one.topic for one in home.said]
        told = [one.json for one in home.on("frigate/events")]
        # The object goes on over the restart, and its end is told before the program says that it stops.
        assert [one["type"] for one in told if one["after"]["id"] == new["after"]["id"]].count("new") == 1
        assert told[-1]["type"] == "end"
        assert said.index("frigate/available") < said.index("frigate/events")
        assert max(n for n, topic in enumerate(said) if topic == "frigate/events") < len(said) - 1 - said[::-1].index(
            "frigate/available"
        )
