"""WebSockets over real sockets: everything that happens, and who is refused."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.auth.caller import Caller
from dogwatch.outputs.broadcast import Publication
from dogwatch.testing.app import Nvr, until
from tests.integration.api.sockets import at, bearer


async def heard(socket: ClientConnection, topic: str) -> Any:
    async with asyncio.timeout(10):
        while True:
            message = json.loads(await socket.recv())
            if message["topic"] == topic:
                return message["payload"]


async def joined(app: Nvr, listeners: int) -> None:
    await until(lambda: app.services.broadcast.statistics()["listeners"] >= listeners)


async def test_who_stops_reading_keeps_no_connection(app: Nvr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.timeouts.PING_S", 0.3)
    made = Listeners(app.app, app.app.listeners, tmp_path, any_port=True)
    await made.start()
    parts = urlsplit(made.urls[INTERNAL])
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 12)
    writer.write(
        b"GET /ws HTTP/1.1\r\nHost: nvr\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert await reader.readline() == b"HTTP/1.1 101 Switching Protocols\r\n"
    await joined(app, 1)
    for _ in range(100):
        app.services.broadcast.publish("front/text", "x" * 200_000)
    await until(lambda: app.services.broadcast.statistics()["listeners"] == 0)
    writer.close()
    await made.stop()


async def test_what_is_published_is_heard(app: Nvr, listeners: Listeners) -> None:
    async with connect(at(listeners.urls[INTERNAL], "/ws")) as socket:
        await joined(app, 1)
        app.services.broadcast.publish("front/person", 2)
        app.services.broadcast.publish("front/motion", "ON")
        app.services.broadcast.publish("front/person/snapshot", b"jpeg")
        app.services.broadcast.publish("events", {"type": "new", "after": {"camera": "front"}})
        assert [json.loads(await socket.recv()) for _ in range(3)] == [
            {"topic": "front/person", "payload": 2},
            {"topic": "front/motion", "payload": "ON"},
            {"topic": "events", "payload": '{"type":"new","after":{"camera":"front"}}'},
        ]


async def test_on_connect(app: Nvr, listeners: Listeners) -> None:
    async with connect(at(listeners.urls[INTERNAL], "/ws")) as socket:
        for malformed in ("", "x", "[]", "1", '"x"', "{}", '{"topic": 1}', '{"topic": "no/such/set"}', "[" * 10_000):
            await socket.send(malformed)
        await socket.send(json.dumps({"topic": "onConnect", "message": "", "retain": False}))
        activity = json.loads(await heard(socket, "camera_activity"))
        assert activity["front"]["config"]["detect"] is True
        assert activity["front"]["objects"] == []


async def test_only_who_asks_is_answered(app: Nvr, listeners: Listeners) -> None:
    async with (
        connect(at(listeners.urls[INTERNAL], "/ws")) as asking,
        connect(at(listeners.urls[INTERNAL], "/ws")) as other,
    ):
        await joined(app, 2)
        await asking.send('{"topic": "audioDetections"}')
        await heard(asking, "camera_activity")
        app.services.broadcast.publish("front/person", 2)
        async with asyncio.timeout(10):
            assert json.loads(await other.recv())["topic"] == "front/person"


async def test_an_admin_switches(app: Nvr, listeners: Listeners) -> None:
    async with connect(at(listeners.urls[EXTERNAL], "/ws"), additional_headers=bearer(app, "admin")) as socket:
        await socket.send(json.dumps({"topic": "front/detect/set", "payload": "OFF", "retain": False}))
        assert await heard(socket, "front/detect/state") == "OFF"
        assert app.services.switches.find("front", "detect") is False
        await socket.send(json.dumps({"topic": "restart", "payload": ""}))
        await socket.send(json.dumps({"topic": "onConnect"}))
        await heard(socket, "camera_activity")
        assert app.restarts == [None]


async def test_an_admin_accepts_a_view(app: Nvr, listeners: Listeners) -> None:
    accepted = list[str]()
    app.services.commands.accept_view = accepted.append
    for user, expected in (("frida", []), ("vera", []), ("admin", ["front"])):
        async with connect(at(listeners.urls[EXTERNAL], "/ws"), additional_headers=bearer(app, user)) as socket:
            await socket.send(json.dumps({"topic": "front/camera_health/accept", "payload": ""}))
            await socket.send(json.dumps({"topic": "onConnect"}))
            await heard(socket, "camera_activity")
        assert accepted == expected


async def test_who_restarts_on_a_wrong_file_is_told_what_is_wrong(app: Nvr, listeners: Listeners) -> None:
    app.services.loaded.path.write_text("cameras: [")
    async with connect(at(listeners.urls[INTERNAL], "/ws")) as socket:
        await socket.send(json.dumps({"topic": "restart", "payload": ""}))
        answer = json.loads(await heard(socket, "restart"))
    assert answer["success"] is False
    assert "line 1, column" in answer["message"]
    assert app.restarts == []


async def test_others_do_not(app: Nvr, listeners: Listeners) -> None:
    async with connect(at(listeners.urls[EXTERNAL], "/ws"), additional_headers=bearer(app, "vera")) as socket:
        for topic in ("front/detect/set", "restart", "front/notifications/suspend"):
            await socket.send(json.dumps({"topic": topic, "payload": "OFF"}))
        await socket.send(json.dumps({"topic": "onConnect"}))
        await heard(socket, "camera_activity")
    assert app.services.switches.find("front", "detect") is True
    assert app.restarts == []


async def test_a_restricted_role_hears_of_its_cameras(app: Nvr, listeners: Listeners) -> None:
    async with connect(at(listeners.urls[EXTERNAL], "/ws"), additional_headers=bearer(app, "frida")) as socket:
        await joined(app, 1)
        publish = app.services.broadcast.publish
        publish("back/person", 1)
        publish("porch/person", 1)
        publish("birdseye_layout", {})
        publish("notifications/state", "ON")
        publish("events", {"after": {"camera": "back"}})
        publish("reviews", {"after": {"camera": "back"}})
        publish("tracked_object_update", {"camera": "back"})
        publish("stats", app.services.stats.snapshot())
        publish("camera_activity", app.services.activity.snapshot())
        publish("events", {"after": {"camera": "front"}})
        publish("front/person", 1)
        found = [json.loads(await socket.recv()) for _ in range(4)]
        assert [message["topic"] for message in found] == ["stats", "camera_activity", "events", "front/person"]
        assert '"back"' not in json.dumps(found[:2]).replace("\\", "")


async def test_a_message_is_encoded_once_for_all_who_may_see_it(
    app: Nvr, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def for_caller(publication: Publication, caller: Caller, *_: object) -> Publication:
        asked.append(caller.username)
        return publication

    monkeypatch.setattr("dogwatch.api.nvr.ws.for_caller", for_caller)
    frida = bearer(app, "frida")
    async with (
        connect(at(listeners.urls[INTERNAL], "/ws")) as one,
        connect(at(listeners.urls[INTERNAL], "/ws")) as two,
        connect(at(listeners.urls[EXTERNAL], "/ws"), additional_headers=frida) as three,
        connect(at(listeners.urls[EXTERNAL], "/ws"), additional_headers=frida) as four,
    ):
        await joined(app, 4)
        app.services.broadcast.publish("events", {"type": "new", "after": {"camera": "front"}})
        for socket in (one, two, three, four):
            await heard(socket, "events")
    assert sorted(asked) == ["anonymous", "frida"]


async def test_states_of_who_has_just_come(app: Nvr, listeners: Listeners) -> None:
    """Those that there are, as far as the role may see them."""
    app.services.broadcast.publish(
        "camera_monitoring", {"front": {"streams": {}}, "back": {"streams": {}}}, retain=True
    )
    app.services.broadcast.publish("audio_detections", {"back": ["bark"]}, retain=True)
    async with (
        connect(at(listeners.urls[INTERNAL], "/ws")) as admin,
        connect(at(listeners.urls[EXTERNAL], "/ws"), additional_headers=bearer(app, "frida")) as limited,
    ):
        for socket in (admin, limited):
            await socket.send('{"topic": "onConnect", "message": ""}')
        await heard(admin, "birdseye_layout")
        assert json.loads(await heard(admin, "audio_detections")) == {"back": ["bark"]}
        assert json.loads(await heard(admin, "camera_monitoring")).keys() == {"front", "back"}
        found: list[tuple[str, str]] = []
        async with asyncio.timeout(10):
            while not found or found[-1][0] != "camera_monitoring":
                message = json.loads(await limited.recv())
                found.append((message["topic"], message["payload"]))
        topics = dict(found)
        assert "birdseye_layout" not in topics
        assert json.loads(topics["audio_detections"]) == {}
        assert json.loads(topics["camera_monitoring"]).keys() == {"front"}


async def test_who_may_move_a_camera(app: Nvr, listeners: Listeners) -> None:
    """Whoever sees it."""
    moved: list[tuple[str, str]] = []
    app.services.commands.move = lambda camera, move: moved.append((camera, move.action))
    onvif = app.services.config.cameras["front"].onvif.model_copy(update={"host": "192.0.2.1"})
    cameras = {name: camera.model_copy(update={"onvif": onvif}) for name, camera in app.services.config.cameras.items()}
    app.services.keeper.lay_over(lambda config: config.model_copy(update={"cameras": cameras}))
    async with connect(at(listeners.urls[EXTERNAL], "/ws"), additional_headers=bearer(app, "frida")) as socket:
        for topic, payload in (
            ("back/ptz", "MOVE_UP"), ("front/ptz", "SPIN"), ("front/ptz", "MOVE_LEFT"), ("notifications/set", "ON"),
            ("edge/mode/set", "off"), ("onConnect", ""),
        ):  # fmt: skip
            await socket.send(json.dumps({"topic": topic, "payload": payload}))
        await heard(socket, "camera_activity")
    assert moved == [("front", "move_left")]


@pytest.mark.parametrize("path", ["/ws", "/live/mse/api/ws?src=front", "/api/go2rtc/api/ws?src=front"])
async def test_refusals(app: Nvr, listeners: Listeners, path: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(at(listeners.urls[EXTERNAL], path)).__aenter__()
    assert refused.value.response.status_code == 401
    assert not caplog.records  # anybody could fill the log
    cookie = {"Cookie": f"frigate_token={app.token('vera')}"}
    with pytest.raises(InvalidStatus) as refused:
        await connect(
            at(listeners.urls[EXTERNAL], path), additional_headers=cookie, origin=Origin("https://evil.example")
        ).__aenter__()
    assert refused.value.response.status_code == 403
    async with connect(
        at(listeners.urls[EXTERNAL], path), additional_headers=cookie, origin=Origin(listeners.urls[EXTERNAL])
    ):
        pass


async def test_a_connection_ends_with_the_account(app: Nvr, listeners: Listeners) -> None:
    async with connect(at(listeners.urls[EXTERNAL], "/ws"), additional_headers=bearer(app, "vera")) as socket:
        await joined(app, 1)
        app.services.broadcast.publish("front/person", 1)
        assert await heard(socket, "front/person") == 1
        app.services.authority.accounts.remove("vera")
        with pytest.raises(ConnectionClosed):
            await heard(socket, "front/person")
        assert socket.close_code == 1008
    await until(lambda: not app.services.broadcast.statistics()["listeners"])


async def test_a_stream_of_pictures_ends_with_the_account(app: Nvr, listeners: Listeners) -> None:
    url = f"{listeners.urls[EXTERNAL]}/api/front?fps=20"
    async with httpx.AsyncClient(headers=bearer(app, "vera")) as client, client.stream("GET", url) as answer:
        parts = answer.aiter_raw()
        assert await anext(parts)
        app.services.authority.accounts.remove("vera")
        with pytest.raises(httpx.HTTPError):
            async for _ in parts:
                pass
    await until(lambda: not app.services.pictures._viewers)


WEBSOCKETS = [
    "/ws",
    "/live/mse/api/ws?src=front",
    "/live/webrtc/api/ws?src=front",
    "/api/go2rtc/api/ws?src=front",
]


@pytest.mark.parametrize("path", WEBSOCKETS)
async def test_another_sites_page_cannot_listen_in_on_the_internal_port(listeners: Listeners, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(at(listeners.urls[INTERNAL], path), origin=Origin("https://evil.example")).__aenter__()
    assert refused.value.response.status_code == 403
    forwarded = {"X-Forwarded-Host": "ha.example"}
    for origin, headers in ((None, {}), (listeners.urls[INTERNAL], {}), ("https://ha.example", forwarded)):
        async with connect(
            at(listeners.urls[INTERNAL], path), origin=Origin(origin) if origin else None, additional_headers=headers
        ):
            pass


@pytest.mark.parametrize("path", WEBSOCKETS)
async def test_a_rebound_name_reaches_no_websocket(listeners: Listeners, path: str) -> None:
    address = urlsplit(listeners.urls[INTERNAL])
    url = f"ws://evil.example:{address.port}{path}"
    origin = Origin(f"http://evil.example:{address.port}")
    with pytest.raises(InvalidStatus) as refused:
        await connect(url, host=address.hostname, port=address.port, origin=origin).__aenter__()
    assert refused.value.response.status_code == 403
