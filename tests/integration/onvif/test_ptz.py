"""Orders to a camera from HTTP and the WebSocket, over the whole app, to a stand-in that turns."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from dogwatch.api.listener import EXTERNAL
from dogwatch.outputs.commands import parse
from dogwatch.testing.app import CONFIG, Nvr, nvr, until
from tests.integration.api.conftest import listening
from tests.onvif_camera import PASSWORD, USER, OnvifStandIn, onvif_camera

ONVIF = "onvif: {{host: 127.0.0.1, port: {port}, user: {user}, password: '{password}'}}"


@pytest.fixture
def camera() -> Iterator[OnvifStandIn]:
    with onvif_camera() as made:
        yield made


def config(camera: OnvifStandIn, name: str = "front", password: str = PASSWORD) -> str:
    onvif = ONVIF.format(port=camera.port, user=USER, password=password)
    return CONFIG.replace(f"  {name}:\n", f"  {name}:\n    {onvif}\n", 1)


@pytest.fixture
def app(tmp_path: Path, camera: OnvifStandIn) -> Iterator[Nvr]:
    with nvr(tmp_path, config(camera)) as made:
        yield made


async def test_info(app: Nvr) -> None:
    async with app.client(EXTERNAL, "frida") as client:
        assert (await client.get("/api/front/ptz/info")).json() == {
            "name": "front",
            "features": ["pt", "zoom", "pt-r", "zoom-r", "zoom-a", "pt-r-fov", "focus"],
            "presets": ["home", "gate"],
            "profiles": [{"name": "main", "token": "t0"}, {"name": "sub", "token": "t1"}],
        }
        assert (await client.get("/api/back/ptz/info")).status_code == 403
    async with app.client() as client:
        assert (await client.get("/api/back/ptz/info")).json() == {}
        assert (await client.get("/api/nowhere/ptz/info")).status_code == 404


async def test_orders(app: Nvr, camera: OnvifStandIn) -> None:
    mechanics = camera.mechanics
    async with app.client(EXTERNAL, "frida") as client:

        async def order(command: str, name: str = "front") -> int:
            return (await client.post(f"/api/{name}/ptz", json={"command": command})).status_code

        assert await order("MOVE_LEFT") == 200
        await until(lambda: mechanics.moving)
        assert await order("stop") == 200
        await until(lambda: not mechanics.moving)
        assert mechanics.position[0] < 0
        assert await order("preset_Gate") == 200
        await until(lambda: mechanics.where == [0.5, -0.25, 0.5])
        assert await order("MOVE_RELATIVE_0.5_0.5") == 200
        await until(lambda: mechanics.where[0] > 0.5 and not mechanics.moving)
        assert await order("FOCUS_OUT") == 200
        await until(lambda: camera.focus_speed == -1)
        assert await order("STOP") == 200
        await until(lambda: camera.focus_speed == 0)
        assert await order("JUMP") == 400
        assert await order("MOVE_LEFT", "back") == 403
    async with app.client() as client:
        assert (await client.post("/api/back/ptz", json={"command": "MOVE_LEFT"})).status_code == 400


async def test_the_websocket_moves_only_what_one_may_see(app: Nvr, camera: OnvifStandIn, tmp_path: Path) -> None:
    async with listening(app, tmp_path) as listeners:
        address = listeners.urls[EXTERNAL].replace("http", "ws", 1) + "/ws"
        async with connect(address, additional_headers={"Authorization": f"Bearer {app.token('frida')}"}) as socket:
            await socket.send(json.dumps({"topic": "back/ptz", "payload": "MOVE_UP"}))
            await socket.send(json.dumps({"topic": "front/ptz", "payload": "MOVE_UP"}))
            await until(lambda: camera.mechanics.moving)
    assert camera.operations().count("ContinuousMove") == 1


async def test_a_movement_that_nobody_stops_ends(app: Nvr, camera: OnvifStandIn) -> None:
    app.parts.ptz._turn_s = 0.3
    app.services.commands.do(parse("front/ptz", "MOVE_RIGHT"))
    await until(lambda: "Stop" in camera.operations())
    assert not camera.mechanics.moving


async def test_the_newest_of_many_orders_counts(app: Nvr, camera: OnvifStandIn) -> None:
    app.services.commands.do(parse("front/ptz", "MOVE_RIGHT"))
    await until(lambda: camera.mechanics.moving)
    camera.hang_s = 0.2
    for _ in range(50):
        app.services.commands.do(parse("front/ptz", "MOVE_LEFT"))
        app.services.commands.do(parse("front/ptz", "MOVE_UP"))
    app.services.commands.do(parse("front/ptz", "STOP"))
    await until(lambda: not camera.mechanics.moving)
    camera.hang_s = 0
    assert camera.operations().count("ContinuousMove") < 6


async def test_a_dead_camera_delays_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.onvif.device.CONNECT_S", 3.0)
    with onvif_camera(hang_s=60) as dead, onvif_camera() as alive:
        text = config(dead).replace(
            "  back:\n", f"  back:\n    {ONVIF.format(port=alive.port, user=USER, password=PASSWORD)}\n"
        )
        with nvr(tmp_path, text) as app:
            async with app.client() as client:
                asking = asyncio.create_task(client.get("/api/front/ptz/info"))
                app.services.commands.do(parse("front/ptz", "MOVE_UP"))
                assert (await client.get("/api/back/ptz/info")).json()["name"] == "back"
                assert not asking.done()
                assert (await client.get("/api/version")).status_code == 200
                assert (await asking).json() == {}
                assert (await client.get("/api/front/ptz/info")).json() == {}


async def test_another_address_is_followed(app: Nvr, camera: OnvifStandIn) -> None:
    with onvif_camera() as other:
        async with app.client() as client:
            assert (await client.get("/api/front/ptz/info")).json()["presets"]
            other.presets = {"9": ("Elsewhere", (0.0, 0.0, 0.0))}
            change = {"cameras": {"front": {"onvif": {"port": other.port}}}}
            answer = await client.put("/api/config/set", json={"requires_restart": 0, "config_data": change})
            assert answer.status_code == 200, answer.text
            assert (await client.get("/api/front/ptz/info")).json()["presets"] == ["elsewhere"]


async def test_nothing_shows_the_password(app: Nvr, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with app.client() as client:
        assert (await client.get("/api/front/ptz/info")).json()
        assert PASSWORD not in (await client.get("/api/config")).text
    assert PASSWORD not in caplog.text
