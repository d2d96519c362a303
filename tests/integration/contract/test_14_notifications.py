"""Sections 14 and 17: notifications, and what WebSockets answer to."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.integration.contract.conftest import Contract, done, fails, rows

endpoint = pytest.mark.endpoint


@endpoint("GET /api/camera/notifications")
def test_14_notifications_of_cameras(contract: Contract) -> None:
    found = rows(contract.viewer.get("/api/camera/notifications"), dict[str, dict[str, Any]])
    assert found.keys() == {"front", "back"}
    for one in found.values():
        assert {key: type(value) for key, value in one.items()} == {
            "enabled": bool, "suspended_until": int, "cooldown": int,
        }  # fmt: skip
    assert rows(contract.limited.get("/api/camera/notifications"), dict[str, Any]).keys() == {"front"}


@endpoint(
    "GET /api/notifications/pubkey",
    "POST /api/notifications/register",
    "GET /api/notifications/devices",
    "DELETE /api/notifications/devices/{device_id}",
    "POST /api/notifications/test",
)
def test_14_web_push(contract: Contract) -> None:
    for client in (contract.admin, contract.viewer, contract.limited):
        fails(client.get("/api/notifications/pubkey"), 400)  # off everywhere
        fails(client.post("/api/notifications/test", json={}), 400)
        for body in (None, {}, {"sub": None}, {"sub": {"endpoint": "https://push.example.org/1"}}):
            fails(client.post("/api/notifications/register", json=body), 400)
        assert rows(client.get("/api/notifications/devices"), list[Any]) == []
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    keys = {
        "p256dh": base64.urlsafe_b64encode(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).decode(),
        "auth": base64.urlsafe_b64encode(b"a" * 16).decode(),
    }
    sub = {"endpoint": "https://push.example.org/1", "expirationTime": None, "keys": keys}
    done(contract.viewer.post("/api/notifications/register", json={"sub": sub}), "Successfully saved token.")
    (device,) = rows(contract.viewer.get("/api/notifications/devices"), list[dict[str, Any]])
    assert device["user"] == "vera"
    assert rows(contract.limited.get("/api/notifications/devices"), list[Any]) == []
    path = f"/api/notifications/devices/{device['id']}"
    fails(contract.limited.delete(path), 404)
    done(contract.admin.delete(path))
    fails(contract.viewer.delete(path), 404)
    fails(contract.stranger.get("/api/notifications/pubkey"), 401)
    done(contract.admin.post("/api/notifications/register", json={"sub": sub}))  # anonymous has devices too
    (device,) = rows(contract.admin.get("/api/notifications/devices"), list[dict[str, Any]])
    assert device["user"] == "anonymous"
    done(contract.admin.delete(f"/api/notifications/devices/{device['id']}"))


def opened(contract: Contract, path: str, client: str, *sent: dict[str, Any]) -> list[dict[str, Any]]:
    """Open a WebSocket, send messages, and return what comes until half a second is quiet."""
    http = getattr(contract, client)
    headers = {name: value for name, value in http.headers.items() if name == "authorization"}

    async def talk() -> list[dict[str, Any]]:
        heard = []
        async with connect(
            str(http.base_url.join(path)).replace("http", "ws", 1), additional_headers=headers, max_queue=None
        ) as socket:
            for one in sent:
                await socket.send(json.dumps(one))
            try:
                while True:
                    heard.append(json.loads(await asyncio.wait_for(socket.recv(), 0.5)))
            except (TimeoutError, ConnectionClosed):
                return heard

    return asyncio.run(talk())


@endpoint("WS /ws")
def test_17_websocket(contract: Contract) -> None:
    heard = opened(contract, "/ws", "viewer", {"topic": "onConnect", "message": "", "retain": False})
    topics = {one["topic"]: one["payload"] for one in heard}
    activity = json.loads(topics["camera_activity"])  # structured topics are JSON in JSON
    assert activity.keys() == {"front", "back"}
    assert {"config", "motion", "objects"} <= activity["front"].keys()
    assert isinstance(activity["front"]["config"]["detect"], bool)
    limited = opened(contract, "/ws", "limited", {"topic": "onConnect"})
    assert [json.loads(one["payload"]).keys() for one in limited if one["topic"] == "camera_activity"] == [{"front"}]
    before = contract.admin.get("/api/config").json()["cameras"]["front"]["snapshots"]["enabled"]
    order = {"topic": "front/snapshots/set", "payload": "OFF" if before else "ON", "retain": False}
    assert not [one for one in opened(contract, "/ws", "viewer", order) if one["topic"] == "front/snapshots/state"]
    heard = opened(contract, "/ws", "admin", order)
    assert [one["payload"] for one in heard if one["topic"] == "front/snapshots/state"] == [order["payload"]]
    assert topics["profile/state"] == "none"
    assert json.loads(topics["birdseye_layout"]) == {}  # nothing has moved
    assert not [one for one in limited if one["topic"] == "birdseye_layout"]
    asked = opened(contract, "/ws", "viewer", {"topic": "birdseyeLayout"})
    assert "birdseye_layout" in {one["topic"] for one in asked}
    assert [one["payload"] for one in limited if one["topic"] == "profile/state"] == ["none"]
    order = {"topic": "profile/set", "payload": "none"}
    assert not [one for one in opened(contract, "/ws", "viewer", order) if one["topic"] == "profile/state"]
    heard = opened(contract, "/ws", "admin", order, {"topic": "profile/set", "payload": "nothing"})
    assert [one["payload"] for one in heard if one["topic"] == "profile/state"] == ["none"]
    with pytest.raises(InvalidStatus, match="401"):
        opened(contract, "/ws", "stranger")


@endpoint("WS /live/mse/api/ws", "WS /live/webrtc/api/ws", "WS /api/go2rtc/api/ws")
def test_15_2_players(contract: Contract) -> None:
    for path in ("/live/mse/api/ws", "/live/webrtc/api/ws", "/api/go2rtc/api/ws"):
        (refused,) = opened(contract, f"{path}?src=nobody", "viewer")
        assert refused["type"] == "error"
        (error,) = opened(contract, f"{path}?src=front", "viewer", {"type": "hls", "value": ""})
        assert (error["type"], type(error["value"])) == ("error", str)
        (error,) = opened(contract, f"{path}?src=front", "viewer", {"type": "webrtc/offer", "value": "v=0"})
        assert (error["type"], type(error["value"])) == ("error", str)
        for target in (f"{path}?src=back", path):
            with pytest.raises(InvalidStatus, match="403"):
                opened(contract, target, "limited")


@endpoint("WS /live/jsmpeg/{camera}")
def test_15_2_jsmpeg(contract: Contract) -> None:
    """What it sends needs workers: see `tests/e2e/test_birdseye.py`."""
    for camera in ("back", "birdseye", "nobody"):
        with pytest.raises(InvalidStatus, match="403"):
            opened(contract, f"/live/jsmpeg/{camera}", "limited")
    with pytest.raises(InvalidStatus, match="404"):
        opened(contract, "/live/jsmpeg/nobody", "viewer")
    with pytest.raises(InvalidStatus, match="401"):
        opened(contract, "/live/jsmpeg/birdseye", "stranger")
    assert opened(contract, "/live/jsmpeg/front", "limited", {"what": "clients send is ignored"}) == []
    assert opened(contract, "/live/jsmpeg/birdseye", "viewer") == []
