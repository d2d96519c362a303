"""The program as installed, with a camera that has sound and a small model: from the microphone to MQTT."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests import mosquitto
from tests.e2e.program import BASE, RECORD, Program
from tests.integration.workers.ingest.made import make
from tests.mosquitto import listening
from tests.sound_models import labels_file, spectrogram_model

CONFIG = """
detectors: {none: {type: fixed, boxes: ""}}
audio:
  enabled: true
  listen: [tone]
  loud_noise: false
  model: {path: "%s", labelmap_path: "%s"}
review: {alerts: {labels: [tone]}}
cameras:
  yard: {ffmpeg: {inputs: [{path: "%s", roles: [detect, record, audio]}]}}
"""


def listener(program: Program) -> int:
    """Return the id of the process that tells sounds apart."""
    return int(program.json("/api/stats")["processes"]["listening:sounds"]["pid"])


@pytest.mark.skipif(mosquitto.program() is None, reason="mosquitto is not installed")
async def test_a_sound_is_heard_everywhere(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    model, labels = spectrogram_model(tmp_path / "m.onnx"), labels_file(tmp_path / "labels.txt")
    film = make(tmp_path / "cam.mp4", seconds=20, audio="aac", rate=16000)
    with mosquitto.broker(tmp_path) as broker:
        base = BASE.replace("{enabled: false}", f"{{host: 127.0.0.1, port: {broker.port}}}", 1)
        (data / "config.yml").write_text(base + RECORD + CONFIG % (model, labels, film))
        async with listening(broker.port) as home:
            program = await asyncio.to_thread(Program, data)
            try:
                await home.until("frigate/yard/audio/tone", "ON", 60)
                await home.until("frigate/yard/audio/all", "ON")

                def events() -> list[dict[str, Any]]:
                    return program.events("&labels=tone")

                (event,) = await asyncio.to_thread(program.wait, events, 10, "event")
                assert (event["data"]["type"], event["end_time"]) == ("audio", None)
                assert event["data"]["score"] >= 0.8
                (item,) = await asyncio.to_thread(program.json, "/api/review")
                assert (item["severity"], item["data"]["audio"]) == ("alert", ["tone"])
                known = await asyncio.to_thread(program.json, "/api/audio_labels")
                assert known == {"0": "tone", "1": "siren", "2": "hiss"}
                await home.say("frigate/yard/audio/set", "OFF")
                await home.until("frigate/yard/audio/tone", "OFF")
                before = await asyncio.to_thread(listener, program)
                await home.say("frigate/yard/audio/set", "ON")
                await home.until("frigate/yard/audio/tone", "ON")
                assert await asyncio.to_thread(listener, program) == before
            finally:
                await asyncio.to_thread(program.stop)
