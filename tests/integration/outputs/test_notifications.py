"""Notifications from a published review item to a browser that decrypts them, over a push service on this machine."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from websockets.asyncio.client import connect

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.events.files import write
from dogwatch.outputs.push import channels, web_push
from dogwatch.testing.app import CONFIG, Nvr, nvr, until
from tests.integration.api.conftest import listening
from tests.push_service import PushService, push_service

ITEM = "1763464001.5-mnopqr"
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # loaded by Apprise


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    with push_service(tmp_path) as made:
        monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
        web_push._trusted.cache_clear()
        yield made
    web_push._trusted.cache_clear()


def text(service: PushService, more: str = "") -> str:
    on = f"notifications: {{enabled: true, email: me@example.org, private_hosts: ['{service.host}']{more}}}\n"
    return CONFIG + on


@asynccontextmanager
async def running(directory: Path, config: str) -> AsyncIterator[Nvr]:
    with nvr(directory, config) as app:
        app.parts.push._queues._delays_s = (0.01, 0.01, 0.01)
        task = asyncio.create_task(app.parts.push.run(app.services.broadcast))
        await until(lambda: app.services.broadcast._observers)
        try:
            yield app
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def register(app: Nvr, service: PushService, name: str, user: str | None = None) -> str:
    listener = EXTERNAL if user else INTERNAL
    async with app.client(listener, user) as client:
        body = {"sub": service.browser(name).subscription}
        answer = await client.post(
            "/api/notifications/register", json=body, headers={"user-agent": "Firefox/1 Android"}
        )
    assert answer.status_code == 200, answer.text
    assert answer.json()["message"] == "Successfully saved token."
    return str(answer.json()["id"])


async def devices(app: Nvr) -> dict[str, dict[str, Any]]:
    async with app.client() as client:
        return {one["id"]: one for one in (await client.get("/api/notifications/devices")).json()}


def item(camera: str = "front", **changes: Any) -> dict[str, Any]:
    return {
        "id": ITEM, "camera": camera, "severity": "alert", "start_time": 1763464001.5, "end_time": None,
        "thumb_path": f"/media/frigate/clips/review/thumb-{camera}-{ITEM}.webp",
        "data": {"detections": ["e1"], "objects": ["person"], "sub_labels": [], "zones": ["porch"], "audio": []},
        **changes,
    }  # fmt: skip


def publish(app: Nvr, kind: str, camera: str = "front", **changes: Any) -> None:
    after = item(camera, **changes)
    app.services.broadcast.publish("reviews", {"type": kind, "before": after, "after": after})


async def came(service: PushService, count: int) -> list[Any]:
    await asyncio.to_thread(service.wait_for, count)
    return service.got


async def test_from_the_item_to_the_browser(tmp_path: Path, service: PushService) -> None:
    async with running(tmp_path, text(service)) as app:
        device = await register(app, service, "phone")
        async with app.client() as client:
            public = (await client.get("/api/notifications/pubkey")).json()
        publish(app, "new")
        (first,) = await came(service, 1)
        assert first.key == public
        assert first.claims["sub"] == "mailto:me@example.org"
        assert first.payload == {
            "web_push": 8030,
            "notification": {
                "title": "Person detected in Porch", "body": "Detected on Front", "navigate": "http://nvr/#front",
                "tag": ITEM, "lang": "en", "dir": "ltr", "image": f"http://nvr/clips/review/thumb-front-{ITEM}.webp",
            },
            "title": "Person detected in Porch", "message": "Detected on Front", "direct_url": "/#front",
            "image": f"/clips/review/thumb-front-{ITEM}.webp", "id": ITEM, "type": "alert",
        }  # fmt: skip
        headers = first.headers
        assert (headers["ttl"], headers["urgency"]) == ("0", "high")
        assert headers["content-type"] == "application/notification+json"
        publish(app, "update")  # says nothing new
        publish(app, "end", end_time=1763464009.0)
        _, last = await came(service, 2)
        assert last.payload["direct_url"] == f"/review?id={ITEM}"
        assert last.payload["notification"]["navigate"] == f"http://nvr/review?id={ITEM}"
        assert last.headers["ttl"] == "3600"
        assert last.headers["topic"] == headers["topic"]
        await until(lambda: app.parts.push.statistics()["sent"] == 2)
        row = (await devices(app))[device]
        assert (row["name"], row["service"], row["error"]) == ("Firefox on Android", service.host, None)
        assert row["delivered_at"] >= row["created_at"]
        assert service.browser("phone").subscription["endpoint"] not in str(row)


async def test_who_may_not_see_the_camera_is_told_nothing(tmp_path: Path, service: PushService) -> None:
    async with running(tmp_path, text(service)) as app:
        for name, user in (("all", "vera"), ("limited", "frida"), ("admin", None), ("leaver", "vera")):
            await register(app, service, name, user)
        publish(app, "new", "back")
        await came(service, 3)
        publish(app, "new", "front", id="1763464002.5-abcdef")
        got = await came(service, 7)
        assert sorted(one.browser for one in got[:3]) == ["admin", "all", "leaver"]
        assert sorted(one.browser for one in got[3:]) == ["admin", "all", "leaver", "limited"]
        await asyncio.to_thread(app.services.authority.accounts.set_role, "vera", "front_only")
        publish(app, "new", "back", id="1763464003.5-abcdef")
        await came(service, 8)
        await asyncio.to_thread(app.services.authority.accounts.remove, "vera")
        publish(app, "new", "front", id="1763464004.5-abcdef")
        got = await came(service, 10)
        assert got[7].browser == "admin"
        assert sorted(one.browser for one in got[8:]) == ["admin", "limited"]


async def test_switched_off_suspended_and_muted(tmp_path: Path, service: PushService) -> None:
    async with running(tmp_path, text(service)) as app:
        await register(app, service, "phone")
        numbers = iter(range(1000, 2000))

        def tell(camera: str = "front") -> None:
            publish(app, "new", camera, id=f"{next(numbers)}.5-abcdef")

        async def obey(topic: str, payload: str) -> None:
            from dogwatch.outputs.commands import parse

            await asyncio.to_thread(app.services.commands.do, parse(topic, payload))

        for topic, off, on in (
            ("front/notifications/set", "OFF", "ON"),
            ("front/notifications/suspend", "5", "0"),
            ("notifications/set", "OFF", "ON"),
        ):
            before = len(service.got)
            await obey(topic, off)
            tell()
            if topic != "notifications/set":
                tell("back")
                got = await came(service, before + 1)
                assert got[-1].payload["message"] == "Detected on Back"
                before += 1
            await obey(topic, on)
            tell()
            got = await came(service, before + 1)
            assert got[-1].payload["message"] == "Detected on Front"
        assert {one.topic: one.payload for one in app.services.broadcast.retained()}["notifications/state"] == "ON"


async def test_a_subscription_that_has_gone_is_forgotten(tmp_path: Path, service: PushService) -> None:
    async with running(tmp_path, text(service)) as app:
        for name in ("a", "b", "c"):
            await register(app, service, name)
        service.browser("a").answers, service.browser("b").answers = [404], [410]
        publish(app, "new")
        await came(service, 1)
        await until(lambda: app.parts.push.statistics()["sent"] + app.parts.push.statistics()["failed"] == 3)
        assert [one["name"] for one in (await devices(app)).values()] == ["Firefox on Android"]
        service.asked.clear()
        publish(app, "end")
        await came(service, 2)
        assert service.asked == [("c", 201)]


async def test_without_a_mail_address_the_page_is_the_contact(tmp_path: Path, service: PushService) -> None:
    """A service that takes no made-up address, as Apple's, refuses the rest; the list of devices says what to do."""
    config = text(service).replace("email: me@example.org, ", "")
    async with running(tmp_path, config) as app:
        for name in ("named", "unnamed"):
            await register(app, service, name)
        found = {one.endpoint.rpartition("/")[2]: one for one in app.parts.push.devices.everything()}
        app.parts.push.devices.add(replace(found["named"], page="https://nvr.example.org"))
        service.browser("unnamed").answers = [403]
        publish(app, "new")
        (first,) = await came(service, 1)
        assert first.claims["sub"] == "https://nvr.example.org"
        await until(lambda: app.parts.push.statistics()["failed"] == 1)
        error = (await devices(app))[found["unnamed"].id]["error"]
        assert error.startswith("the push service answers 403 (notifications.email is not set")


async def test_a_service_that_is_busy_is_asked_again_and_delays_nobody(tmp_path: Path, service: PushService) -> None:
    async with running(tmp_path, text(service)) as app:
        busy, failing = await register(app, service, "busy"), await register(app, service, "failing")
        refused = await register(app, service, "refused")
        service.browser("busy").answers = [(429, "0"), 503]
        service.browser("failing").answers = [500] * 4
        service.browser("refused").answers = [403]
        publish(app, "new")
        await came(service, 1)
        await until(lambda: app.parts.push.statistics()["failed"] == 2)
        count = {name: len([one for one in service.asked if one[0] == name]) for name in ("busy", "failing", "refused")}
        assert count == {"busy": 3, "failing": 4, "refused": 1}
        found = await devices(app)
        assert found[busy]["error"] is None
        assert found[failing]["error"] == "the push service answers 500"
        assert found[refused]["error"] == "the push service answers 403"
        assert found[refused]["failed_at"] > 0
        publish(app, "end")
        await came(service, 4)
        await until(lambda: app.parts.push.statistics()["sent"] == 4)
        assert [one["error"] for one in (await devices(app)).values()] == [None] * 3


async def test_what_waits_is_not_sent_once_nobody_is_to_hear_of_it(tmp_path: Path, service: PushService) -> None:
    async with running(tmp_path, text(service)) as app:
        await register(app, service, "fired", "vera")
        removed = await register(app, service, "removed")
        for name in ("fired", "removed"):
            service.browser(name).answers = [(429, "3")]
        publish(app, "new")
        await until(lambda: len(service.asked) == 2)
        await asyncio.to_thread(app.services.authority.accounts.set_role, "vera", "front_only")
        await asyncio.to_thread(app.services.authority.accounts.remove, "vera")
        async with app.client() as client:
            assert (await client.delete(f"/api/notifications/devices/{removed}")).status_code == 200
        await until(lambda: app.parts.push.statistics()["dropped"] == 2)
        assert len(service.asked) == 2
        assert service.got == []


async def test_redirects_and_foreign_certificates(
    tmp_path: Path, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path, text(service)) as app:
        await register(app, service, "moved")
        service.browser("moved").answers = [307]
        async with app.client() as client:
            (told,) = (await client.post("/api/notifications/test")).json()["devices"]
            assert told["error"] == "the push service answers 307"
            assert service.asked == [("moved", 307)]
            monkeypatch.delenv("SSL_CERT_FILE")
            web_push._trusted.cache_clear()
            (told,) = (await client.post("/api/notifications/test")).json()["devices"]
        assert "certificate" in told["error"]
        assert service.asked == [("moved", 307)]


async def test_a_push_service_inside_the_network_needs_the_owners_word(tmp_path: Path, service: PushService) -> None:
    async with running(tmp_path, CONFIG + "notifications: {enabled: true}\n") as app, app.client() as client:
        body = {"sub": service.browser("phone").subscription}
        answer = await client.post("/api/notifications/register", json=body)
        assert answer.status_code == 400
        assert "notifications.private_hosts" in answer.json()["message"]
        named = {**body["sub"], "endpoint": f"https://localtest.example:{service.host.rpartition(':')[2]}/push/phone"}
        assert (await client.post("/api/notifications/register", json={"sub": named})).status_code == 200
    assert service.asked == []


async def test_a_test_goes_to_the_senders_devices(tmp_path: Path, service: PushService) -> None:
    async with running(tmp_path, text(service)) as app:
        phone, tablet = await register(app, service, "phone", "vera"), await register(app, service, "tablet", "vera")
        other = await register(app, service, "other")
        service.browser("tablet").answers = [500]
        async with app.client(EXTERNAL, "vera") as client:
            answer = (await client.post("/api/notifications/test")).json()
            assert answer["message"] == "Sent to 1 of 2 devices."
            assert [one["delivered_at"] is not None for one in answer["devices"]] == [True, False]
            assert {one["id"]: one["error"] for one in answer["devices"]} == {
                phone: None, tablet: "the push service answers 500",
            }  # fmt: skip
            assert [one.payload["type"] for one in service.got] == ["test"]
            assert (await client.post("/api/notifications/test", json={"device": other})).status_code == 404
            assert (await client.delete(f"/api/notifications/devices/{other}")).status_code == 404
            assert {one["id"] for one in (await client.get("/api/notifications/devices")).json()} == {phone, tablet}
            assert (await client.delete(f"/api/notifications/devices/{phone}")).status_code == 200
            assert {one["id"] for one in (await client.get("/api/notifications/devices")).json()} == {tablet}
        async with app.client(EXTERNAL, "frida") as client:
            assert (await client.post("/api/notifications/test")).status_code == 404
        assert set(await devices(app)) == {tablet, other}


async def test_the_test_by_websocket(tmp_path: Path, service: PushService) -> None:
    async with running(tmp_path, text(service)) as app:
        await register(app, service, "phone", "frida")
        await register(app, service, "other")
        async with listening(app, tmp_path) as listeners:
            address = listeners.urls[EXTERNAL].replace("http", "ws", 1) + "/ws"
            bearer = {"Authorization": f"Bearer {app.token('frida')}"}
            async with connect(address, additional_headers=bearer) as socket:
                await socket.send(json.dumps({"topic": "notification_test"}))
                got = await came(service, 1)
                await socket.send(json.dumps({"topic": "onConnect"}))  # it still listens
                await socket.recv()
        assert [(one.browser, one.payload["type"]) for one in got] == [("phone", "test")]


async def test_devices_outlive_a_restart_and_are_bounded(tmp_path: Path, service: PushService) -> None:
    async with running(tmp_path, text(service)) as app:
        first = await register(app, service, "0", "vera")
        again = await register(app, service, "0", "vera")
        assert first == again
        for number in range(1, 21):
            await register(app, service, str(number), "vera")
        found = await devices(app)
        assert len(found) == 20
        assert first not in found
    async with running(tmp_path, text(service)) as app:
        assert set(await devices(app)) == set(found)
        publish(app, "new")
        await came(service, 20)


async def test_off(tmp_path: Path) -> None:
    with nvr(tmp_path) as app:
        async with app.client() as client:
            answers = [
                await client.get("/api/notifications/pubkey"),
                await client.post("/api/notifications/test"),
                await client.post("/api/notifications/register"),
                await client.post("/api/notifications/register", json={}),
            ]
        assert [one.status_code for one in answers] == [400] * 4
        assert all(one.json()["success"] is False for one in answers)
        assert not (tmp_path / "secrets" / "notifications.pem").exists()


class Hook(HTTPServer):
    """What a channel of Apprise is sent to."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.got = status, list[dict[str, Any]]()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.got.append({"path": self.path, **json.loads(body)})
                self.send_response(owner.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def close(self) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()
    yield made
    made.close()


def with_channels(hook: Hook, more: str = "", camera: str = "") -> str:
    url = f"json://127.0.0.1:{hook.server_port}/a-secret-token"
    return (
        CONFIG + f"notifications:\n  enabled: true\n  channels:\n    - {{url: '{url}', name: family{more}}}\n{camera}"
    )


async def test_a_channel_gets_one_message_with_a_picture(tmp_path: Path, hook: Hook) -> None:
    async with running(tmp_path, with_channels(hook)) as app:
        write(tmp_path / "clips" / "review" / f"thumb-front-{ITEM}.jpg", b"\xff\xd8 a picture")
        publish(app, "new")
        await until(lambda: hook.got)
        more = {**item()["data"], "objects": ["person", "dog"]}
        publish(app, "update", data=more)
        publish(app, "end", data=more)
        publish(app, "new", id="2.5-second")
        await until(lambda: len(hook.got) == 2)
        first, second = hook.got
        assert first["title"] == "Person detected in Porch"
        assert first["message"] == "Detected on Front"
        (attached,) = first["attachments"]
        assert base64.b64decode(attached["base64"]) == b"\xff\xd8 a picture"
        assert attached["mimetype"] == "image/jpeg"
        assert second["attachments"] == []
        async with app.client() as client:
            shown = (await client.get("/api/config")).text
        assert "a-secret-token" not in shown
        async with app.client(EXTERNAL, "vera") as client:
            assert "family" not in (await client.get("/api/config")).text


async def test_a_channel_hears_of_its_cameras_and_severities(tmp_path: Path, hook: Hook) -> None:
    config = with_channels(hook, ", cameras: [back], severities: [detection], 'on': end, picture: false")
    async with running(tmp_path, config) as app:
        for key, camera, severity in (
            ("1.5-a", "front", "detection"),
            ("2.5-b", "back", "alert"),
            ("3.5-c", "back", "detection"),
        ):
            publish(app, "new", camera, id=key, severity=severity)
            publish(app, "end", camera, id=key, severity=severity)
        await until(lambda: hook.got)
        await until(lambda: app.parts.push.statistics()["queued"] == 0)
        assert [one["title"] for one in hook.got] == ["Person was detected in Porch"]


async def test_a_channel_that_fails_is_told_without_its_address(
    tmp_path: Path, hook: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    hook.status = 500
    async with running(tmp_path, with_channels(hook)) as app:
        publish(app, "new")
        await until(lambda: app.parts.push.statistics()["failed"] == 1)
        assert len(hook.got) == 4
    said = [one.getMessage() for one in caplog.records if one.name.startswith("dogwatch.outputs.push")]
    assert any("the channel 'family' has not taken a notification" in line for line in said)
    assert "a-secret-token" not in caplog.text


def test_without_apprise(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from dogwatch.outputs.push.occasions import notice_of
    from dogwatch.outputs.push.settings import Channel

    monkeypatch.setitem(sys.modules, "apprise", None)
    channel = Channel("x", "json://host/", frozenset(), frozenset({"alert"}), at_end=False, picture=False)
    found = channels.send(channel, notice_of(item(), "new", "Front", first=True), "", None)
    assert found.error == "notifications.channels needs Apprise: pip install 'dogwatch[channels]'"
