"""Surfaces of other kinds beside the NVR's: own ports, own policies, own forms of refusals."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from dogwatch.api.app import create_app
from dogwatch.api.guard import Guard
from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.api.nvr import surface as nvr_surface
from dogwatch.api.surface import keys
from dogwatch.api.wire import MAX_BODY
from dogwatch.errors import DogwatchError
from dogwatch.testing.app import Nvr
from tests.other_surfaces import DEVICE, FILES_POLICY, Device, device_surface, files_surface

ORIGIN = {"Origin": "https://elsewhere.example"}


@dataclass
class Whole:
    """A program with three surfaces on three listeners."""

    nvr: Nvr
    device: Device
    urls: dict[str, str]

    async def ask(
        self, listener: str, path: str, user: str = "", method: str = "GET", **more: Any
    ) -> tuple[int, Any, httpx.Headers]:
        """Ask one listener; return status, body and headers."""
        headers = {**more.pop("headers", {}), **({"Authorization": f"Bearer {self.nvr.token(user)}"} if user else {})}
        async with httpx.AsyncClient() as client:
            answer = await client.request(method, self.urls[listener] + path, headers=headers, **more)
        json = answer.headers.get("content-type", "").startswith("application/json") and answer.content
        return answer.status_code, answer.json() if json else answer.text, answer.headers


@pytest.fixture
async def whole(app: Nvr, tmp_path: Path) -> AsyncIterator[Whole]:
    services, device = app.services, Device()
    tls = services.config.tls.model_copy(update={"enabled": False})
    plain = services.config.model_copy(update={"tls": tls})
    guard = Guard(services)
    listeners = nvr_surface.listeners(plain)
    made = create_app(
        [
            nvr_surface.surface(services, guard),
            device_surface(device),
            files_surface(guard, nvr_surface.listeners(services.config)),
        ]
    )
    opened = Listeners(made, [*listeners, made.listeners[-1]], tmp_path, any_port=True)
    await opened.start()
    yield Whole(app, device, opened.urls)
    await opened.stop()
    services.streams.close()


async def test_the_listener_decides(whole: Whole) -> None:
    assert len(set(whole.urls.values())) == 3
    assert (await whole.ask(DEVICE, "/sensor/status"))[:2] == (200, {"recording": False})
    assert (await whole.ask(DEVICE, "//sensor//status"))[0] == 200
    for listener in (INTERNAL, EXTERNAL):
        status, body, _ = await whole.ask(listener, "/sensor/status")
        assert (status, body) == (404, {"detail": "Not Found"})
    for path in ("/api/version", "/api/config", "/login", "/api/v1/file/x"):
        assert (await whole.ask(DEVICE, path))[:2] == (404, {"error": "Not Found", "code": "not_found"})


async def test_refusals_have_the_form_of_their_surface(whole: Whole) -> None:
    status, body, headers = await whole.ask(DEVICE, "/recording", method="DELETE")
    assert (status, body["code"], headers["allow"]) == (405, "method_not_allowed", "POST")
    status, body, _ = await whole.ask(DEVICE, "/recording", method="POST", json={"on": "perhaps"})
    assert (status, body["code"], body["field"]) == (400, "bad_field", "on")
    status, body, _ = await whole.ask(DEVICE, "/recording", method="POST", content=b"x" * (MAX_BODY + 1))
    assert (status, body["code"]) == (413, "too_large")
    status, body, _ = await whole.ask(DEVICE, "/recording", method="POST", json={"on": False})
    assert (status, body["error"]) == (409, "It is so already")
    status, body, headers = await whole.ask(DEVICE, "/broken/store")
    assert (status, body["error"], headers["retry-after"]) == (503, "the database is away", "5")


async def test_what_is_put_before_the_routes_sees_every_answer(whole: Whole) -> None:
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/sensor/status", {}),
        ("GET", "/nothing", {}),
        ("DELETE", "/recording", {}),
        ("GET", "/broken/otherwise", {}),
        ("POST", "/recording", {"content": b"x" * (MAX_BODY + 1)}),
    ]
    for method, path, more in asked:
        assert (await whole.ask(DEVICE, path, method=method, **more))[2]["x-device"] == "one", path
    assert "x-device" not in (await whole.ask(INTERNAL, "/api/version"))[2]


async def test_nor_is_a_fault_in_another_form(whole: Whole) -> None:
    status, body, _ = await whole.ask(DEVICE, "/broken/otherwise")
    assert (status, body) == (500, {"error": "Internal Server Error", "code": "failed"})


async def test_rules_for_pages_are_those_of_the_surface(whole: Whole) -> None:
    """The device has no sessions, so that a page of another site takes no advantage of one."""
    assert (await whole.ask(DEVICE, "/recording", method="POST", json={"on": True}, headers=ORIGIN))[0] == 200
    assert whole.device.recording
    assert (await whole.ask(EXTERNAL, "/api/v1/file/x", "admin", "DELETE", headers=ORIGIN))[0] == 401


async def test_a_login_that_is_switched_on(whole: Whole) -> None:
    whole.device.login = True
    token = {"Authorization": f"Bearer {whole.device.token}"}
    for method, path in (
        ("GET", "/sensor/status"), ("HEAD", "/sensor/status"), ("POST", "/recording"), ("DELETE", "/recording"),
        ("GET", "/no/such/path"), ("GET", "//sensor/status"), ("GET", "/broken/store"),
    ):  # fmt: skip
        status, body, headers = await whole.ask(DEVICE, path, method=method)
        assert (status, headers["www-authenticate"]) == (401, "Bearer")
        assert method == "HEAD" or body == {"error": "Unauthorized", "code": "unauthorized"}
        assert (await whole.ask(DEVICE, path, "admin", method=method))[0] == 401
        assert (await whole.ask(DEVICE, path, method=method, headers=token))[0] not in (401, 403)
    assert (await whole.ask(DEVICE, "/auth/status"))[:2] == (200, {"enabled": True})


async def test_websockets(whole: Whole) -> None:
    url = whole.urls[DEVICE].replace("http", "ws", 1)
    async with connect(f"{url}/events") as socket:
        assert await socket.recv() == '{"recording":false}'
    whole.device.login = True
    for path, expected in (("/events", 401), ("/sensor/status", 401), ("/ws", 401)):
        with pytest.raises(InvalidStatus) as refused:
            await connect(url + path).__aenter__()
        assert refused.value.response.status_code == expected


async def test_a_surface_on_shared_listeners(whole: Whole) -> None:
    assert (await whole.ask(EXTERNAL, "/api/v1/file/x"))[0] == 401
    assert (await whole.ask(EXTERNAL, "/api//v1/file/x", "vera"))[:2] == (200, {"name": "x", "owner": "vera"})
    assert (await whole.ask(INTERNAL, "/api/v1/file/x"))[1]["owner"] == "anonymous"
    status, body, _ = await whole.ask(EXTERNAL, "/api/v1/file/x", "vera", "DELETE")
    assert (status, body["error"]["message"]) == (403, "Access denied")
    status, body, _ = await whole.ask(EXTERNAL, "/api/v1/nothing", "vera")
    assert (status, body) == (404, {"success": False, "error": {"code": "not_found", "message": "Not Found"}})
    assert (await whole.ask(EXTERNAL, "/api/v1/nothing"))[0] == 401
    assert (await whole.ask(EXTERNAL, "/api/version", "vera"))[0] == 200


async def test_a_proxy_is_told_of_every_surface_of_its_listener(whole: Whole) -> None:
    for user, method, path, expected in (
        ("vera", "GET", "/api/v1/file/x", 202),
        ("vera", "DELETE", "/api/v1/file/x", 403),
        ("admin", "DELETE", "/api/v1/file/x", 202),
        ("admin", "GET", "/api/v1/nothing", 403),
        ("admin", "GET", "/sensor/status", 403),
    ):
        headers = {"X-Original-URI": path, "X-Original-Method": method}
        assert (await whole.ask(EXTERNAL, "/api/auth", user, headers=headers))[0] == expected, (user, method, path)


def test_what_cannot_be_built(app: Nvr) -> None:
    guard = Guard(app.services)
    listeners = nvr_surface.listeners(app.services.config)
    nvr = nvr_surface.surface(app.services, guard)
    with pytest.raises(DogwatchError, match=r"DELETE /api/v1/file/\{name\} has no policy"):
        create_app([files_surface(guard, listeners, policy={("GET", "/api/v1/file/{name}"): False})])
    with pytest.raises(DogwatchError, match="no surface answers / on the internal listener"):
        create_app([files_surface(guard, listeners)])
    with pytest.raises(DogwatchError, match="does not begin with /other/"):
        create_app([files_surface(guard, listeners, prefix="/other/")])
    with pytest.raises(DogwatchError, match="two surfaces answer / on the internal listener"):
        create_app([nvr, files_surface(guard, listeners, prefix="")])
    odd = APIRouter()
    odd.mount("/api/v1/", create_app([]))
    with pytest.raises(DogwatchError, match="only plain routes"):
        create_app([files_surface(guard, listeners, router=odd)])


def test_every_policy_row_of_every_surface_has_a_route(app: Nvr) -> None:
    assert {key for route in device_surface(Device()).routes() for key in keys(route)} == set(
        device_surface(Device()).policy
    )
    for surface in app.app.surfaces:
        assert {key for route in surface.routes() for key in keys(route)} == set(surface.policy)
    assert FILES_POLICY
