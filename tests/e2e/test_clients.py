"""Section 22 over all protocols: what three clients do from their start on, at the program as installed.

What they ask over HTTP alone is in `tests/integration/contract/test_22_traps.py`.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests import mosquitto
from tests.e2e.program import BASE, RECORD, Program
from tests.e2e.test_rtsp import pictures
from tests.integration.live.test_webrtc import Browser
from tests.mosquitto import MqttListener, listening
from tests.rtsp import free_port

CONFIG = """
birdseye: {{restream: true, mode: continuous}}
go2rtc: {{rtsp: {{listen: '127.0.0.1:{rtsp}'}}, webrtc: {{listen: '127.0.0.1:{webrtc}'}}}}
cameras:
  yard: {{ffmpeg: {{inputs: [{{path: "synthetic://street?seed=2&fps=8&size=320x180"}}]}}}}
  street:
    ffmpeg: {{inputs: [{{path: "synthetic://street?seed=3&fps=10&size=640x360"}}]}}
    zones: {{porch: {{coordinates: "0,0,1,0,1,1,0,1"}}}}
"""
SIZES = {"yard": (320, 180), "street": (640, 360)}
CODECS = "avc1.640029,avc1.64002A,avc1.640033,hvc1.1.6.L153.B0,mp4a.40.2,mp4a.40.5,flac,opus"
"""What the card's player lists in Chromium."""
SWITCHES = (
    "detect",
    "motion",
    "recordings",
    "snapshots",
    "improve_contrast",
    "review_alerts",
    "review_detections",
    "enabled",
)
NUMBERS = ("motion_threshold", "motion_contour_area")


@pytest.mark.skipif(mosquitto.program() is None, reason="mosquitto is not installed")
async def test_22_three_clients_over_all_protocols(tmp_path: Path) -> None:
    rtsp = free_port()
    data = tmp_path / "data"
    data.mkdir()
    with mosquitto.broker(tmp_path) as broker:
        base = BASE.replace("{enabled: false}", f"{{host: 127.0.0.1, port: {broker.port}}}", 1)
        (data / "config.yml").write_text(base + RECORD + CONFIG.format(rtsp=rtsp, webrtc=free_port()))
        async with listening(broker.port) as notify:
            program = await asyncio.to_thread(Program, data)
            try:
                await notified(program, notify)
                async with listening(broker.port) as home:  # Home Assistant starts after it
                    await entities(program, home)
                await cameras(program, rtsp)
                await card(program)
            finally:
                await asyncio.to_thread(program.stop)
            assert (await notify.until("frigate/available", "stopped")).retained is False


async def notified(program: Program, notify: MqttListener) -> None:
    """What frigate-notify does with the first message on `events` and on `reviews`."""
    await notify.until("frigate/events", seconds=60)
    event = notify.on("frigate/events")[0].json
    assert event["type"] == "new"
    for one in (event["before"], event["after"]):
        for key, kinds in (
            ("id", str), ("camera", str), ("label", str), ("start_time", float), ("top_score", float),
            ("current_zones", list), ("entered_zones", list), ("has_clip", bool), ("has_snapshot", bool),
        ):  # fmt: skip
            assert isinstance(one[key], kinds), key
        assert "snapshot" in one, "the card's schema wants the key"
    shown: list[dict[str, Any]] = []
    async with asyncio.timeout(60):
        while not shown:  # ten messages a second come
            await asyncio.sleep(0.05)
            shown = [after for one in notify.on("frigate/events") if (after := one.json["after"])["has_snapshot"]]
    key, camera = shown[0]["id"], shown[0]["camera"]
    row = await asyncio.to_thread(program.json, f"/api/events/{key}")  # the row is there when the message comes
    assert row["label"] == "person"
    assert isinstance(row["data"]["top_score"], float)
    await notify.until("frigate/reviews", seconds=60)
    review = notify.on("frigate/reviews")[0].json
    assert (review["type"], review["after"]["end_time"]) == ("new", None)
    assert review["after"]["thumb_path"].startswith("/media/frigate/clips/review/")
    for one in review["after"]["data"]["detections"]:
        assert (await asyncio.to_thread(program.json, f"/api/events/{one}"))["camera"] == review["after"]["camera"]
    path = f"/api/events/{key}/snapshot.jpg?bbox=1&timestamp=1&crop=1"
    status, body, _ = await asyncio.to_thread(program.get, path)
    assert (status, body[:2]) == (200, b"\xff\xd8")
    await asyncio.to_thread(program.wait, lambda: program.recorded_until(camera) > time.time() - 60, 60, "footage")
    moment = await asyncio.to_thread(program.recorded_until, camera) - 1
    status, body, _ = await asyncio.to_thread(program.get, f"/api/{camera}/recordings/{moment}/snapshot.jpg")
    assert (status, body[:2]) == (200, b"\xff\xd8")


async def entities(program: Program, home: MqttListener) -> None:
    """What the integration subscribes to: every entity has a state, though it has come late, and commands change it."""
    config = await asyncio.to_thread(program.json, "/api/config")
    stats = await asyncio.to_thread(program.json, "/api/stats")
    prefix = config["mqtt"]["topic_prefix"]
    assert (await home.until(f"{prefix}/available", "online")).retained
    assert list(config["cameras"]) == ["yard", "street"], "in the file's order"
    assert config["cameras"].keys() == stats["cameras"].keys()
    counts = []
    for camera, settings in config["cameras"].items():
        for name in SWITCHES:
            assert (await home.until(f"{prefix}/{camera}/{name}/state")).text in ("ON", "OFF")
        for name in NUMBERS:
            assert int((await home.until(f"{prefix}/{camera}/{name}/state")).text) > 0
        counts += [(camera, label) for label in (*settings["objects"]["track"], "all")]
        for zone, own in settings["zones"].items():
            counts += [(zone, label) for label in (*(own["objects"] or settings["objects"]["track"]), "all")]
    assert {("yard", "person"), ("street", "all"), ("porch", "person")} <= set(counts)
    await home.say(f"{prefix}/onConnect", "")
    for place, label in counts:
        assert (await home.until(f"{prefix}/{place}/{label}")).text.isdecimal()
    for camera in config["cameras"]:
        assert (await home.until(f"{prefix}/{camera}/motion")).text in ("ON", "OFF")
    assert (await home.until(f"{prefix}/street/person/snapshot", seconds=60)).payload[:2] == b"\xff\xd8"
    for name in ("snapshots", "detect", "motion"):
        await home.say(f"{prefix}/yard/{name}/set", "OFF")
        await home.until(f"{prefix}/yard/{name}/state", "OFF")
    await home.say(f"{prefix}/yard/detect/set", "ON")
    await home.until(f"{prefix}/yard/motion/state", "ON")  # comes along


async def cameras(program: Program, rtsp: int) -> None:
    """How the integration's cameras play: the stream that the configuration names, over RTSP and WebRTC."""
    config = await asyncio.to_thread(program.json, "/api/config")
    for camera, settings in config["cameras"].items():
        name = next(iter(settings["live"]["streams"].values()), camera)
        assert await asyncio.to_thread(pictures, rtsp, name, 3) == {SIZES[camera]}
    assert config["birdseye"]["restream"]
    assert await asyncio.to_thread(pictures, rtsp, "birdseye", 3) == {(1280, 720)}
    async with Browser() as browser:
        offer = {"type": "offer", "sdp": await browser.offer()}
        answer = (await asyncio.to_thread(program.post, "/api/go2rtc/webrtc?src=street", offer))[1]
        assert answer["type"] == "answer"
        await browser.answer(answer["sdp"])
        assert len(await browser.numbers(3)) == 3


async def card(program: Program) -> None:
    """How the card asks for streams and plays them, by the paths of either version of its proxy."""
    for path in ("/api/go2rtc/api/streams?src=street&video=all&audio=all&microphone", "/api/go2rtc/streams/street"):
        medias = [one for each in (await asyncio.to_thread(program.json, path))["producers"] for one in each["medias"]]
        assert any(one.startswith("video, recvonly") for one in medias)
        assert not any(one.startswith("audio") and "sendonly" in one for one in medias), "the camera has no speaker"
    base = program.address.replace("http", "ws", 1)
    for path in ("/live/mse/api/ws?src=street", "/api/go2rtc/api/ws?src=street", "/live/webrtc/api/ws?src=street"):
        await both_players(base + path)
    async with asyncio.timeout(30), connect(f"{base}/live/jsmpeg/street", max_size=None) as player:
        data = await player.recv()
        assert isinstance(data, bytes)
        assert data[0] == 0x47  # MPEG-TS


async def both_players(url: str) -> None:
    """The player's page asks for MSE and offers WebRTC over one socket, and takes what plays first."""
    async with asyncio.timeout(30), Browser() as browser, connect(url, max_size=None) as player:
        await player.send(json.dumps({"type": "mse", "value": CODECS}))
        await player.send(json.dumps({"type": "webrtc/offer", "value": await browser.offer()}))
        texts, parts = dict[str, Any](), list[bytes]()
        while len(parts) < 3 or not {"mse", "webrtc/answer", "webrtc/candidate"} <= texts.keys():
            message = await player.recv()
            if isinstance(message, bytes):
                assert "mse" in texts, "the codecs come before the pictures"
                parts.append(message)
            else:
                found = json.loads(message)
                texts[found["type"]] = found["value"]
        assert texts["mse"].startswith('video/mp4; codecs="avc1.')
        assert parts[0][4:8] == b"ftyp"
        assert {one[4:8] for one in parts[1:]} == {b"moof"}
        await browser.answer(texts["webrtc/answer"])
        assert len(await browser.numbers(2)) == 2
