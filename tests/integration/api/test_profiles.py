"""An active profile, and what changes the file beneath it."""

import json
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.config.load import text_of
from dogwatch.testing.app import CONFIG, Nvr
from tests.integration.api.sockets import at, bearer
from tests.integration.api.test_sockets import heard

PROFILES = """
profiles: {away: {friendly_name: Gone}, night: }
"""
FRONT = "    live: {streams: {Main: front, Sub: front_sub}}\n"
PART = "    profiles: {away: {detect: {enabled: false}, motion: {threshold: 77}}}\n"


@pytest.fixture
def config() -> str:
    return PROFILES + CONFIG.replace(FRONT, FRONT + PART)


async def front(client: Any) -> tuple[bool, bool, int, float]:
    found = (await client.get("/api/config")).json()["cameras"]["front"]
    detect = found["detect"]
    return detect["enabled"], detect["enabled_in_config"], found["motion"]["threshold"], detect["fps"]


async def test_the_file_is_changed_and_not_what_lies_over_it(app: Nvr) -> None:
    path: Path = app.services.loaded.path
    before = text_of(path)
    async with app.client() as client:
        assert (await client.put("/api/camera/*/set/profile", json={"value": "away"})).status_code == 200
        assert await front(client) == (False, False, 77, 5.0)
        assert text_of(path) == before
        change = {"cameras": {"front": {"detect": {"fps": 7}, "motion": {"threshold": 20}}}}
        answer = await client.put("/api/config/set", json={"requires_restart": 0, "config_data": change})
        assert answer.json()["changes"] == ["camera front: detect, motion changed"]
        assert await front(client) == (False, False, 77, 7.0)
        text = text_of(path)
        assert ("enabled: true, width: 640" in text, "threshold: 20" in text) == (True, True)
        assert PART in text
        await client.put("/api/camera/front/set/detect", json={"value": "ON"})
        assert await front(client) == (True, False, 77, 7.0)
        saved = await client.post("/api/config/save?save_option=saveonly", content=text.replace("fps: 7", "fps: 8"))
        assert saved.status_code == 200
        assert await front(client) == (True, False, 77, 7.0)  # until a restart, or
        app.services.config_file.reload()
        assert await front(client) == (True, False, 77, 8.0)
        await client.put("/api/camera/*/set/profile", json={"value": "none"})
        assert await front(client) == (True, True, 20, 8.0)


async def test_one_that_is_removed_from_the_file_ends(app: Nvr) -> None:
    path: Path = app.services.loaded.path
    async with app.client() as client:
        await client.put("/api/camera/*/set/profile", json={"value": "away"})
        app.services.config_file.save(text_of(path).replace("away: {friendly_name: Gone}, ", ""))
        app.services.config_file.reload()
        assert (await client.get("/api/profiles")).json() == {
            "profiles": [{"name": "night", "friendly_name": "night"}], "active_profile": None, "last_activated": {}
        }  # fmt: skip
        assert await front(client) == (True, True, 30, 5.0)


async def test_over_the_websocket(app: Nvr, listeners: Listeners) -> None:
    url = at(listeners.urls[EXTERNAL], "/ws")
    async with (
        connect(url, additional_headers=bearer(app, "frida")) as limited,
        connect(at(listeners.urls[INTERNAL], "/ws")) as admin,
    ):
        for socket in (limited, admin):
            await socket.send(json.dumps({"topic": "onConnect"}))
            assert await heard(socket, "profile/state") == "none"
        await limited.send(json.dumps({"topic": "profile/set", "payload": "night"}))  # which is not for this one to do
        await limited.send(json.dumps({"topic": "onConnect"}))
        assert await heard(limited, "profile/state") == "none"
        await admin.send(json.dumps({"topic": "profile/set", "payload": "nobody"}))
        await admin.send(json.dumps({"topic": "profile/set", "payload": "away"}))
        for socket in (admin, limited):
            assert await heard(socket, "profile/state") == "away"
        assert app.services.config.cameras["front"].motion.threshold == 77
