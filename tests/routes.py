"""Every route of the app, and how to ask for it without a server."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.requests import ClientDisconnect

from dogwatch.api.listener import Marked
from dogwatch.api.nvr import surface as nvr_surface
from dogwatch.api.nvr.policy import POLICY, Permission
from dogwatch.api.surface import Key, Route, keys, routes_of
from dogwatch.testing.app import Nvr


def all_routes() -> list[Route]:
    """Return the routes of every surface; `test_access` looks whether any is missing."""
    return [route for router in nvr_surface.routers() for route in routes_of(router)]


ROUTES: list[tuple[Key, Permission | None]] = [(key, POLICY.get(key)) for route in all_routes() for key in keys(route)]
FILES = {
    "/clips/{path:path}": "thumbs/CAMERA/1700000000.5-abcdef.webp",
    "/recordings/{path:path}": "2026-01-01/00/CAMERA/00.00.mp4",
    "/exports/{path:path}": "CAMERA.mp4",
}
VALUES = {
    "extension": "jpg",
    "start": "1700000000",
    "end": "1700000010",
    "frame_time": "1700000000",
    "year_month": "2026-01",
    "day": "01",
    "hour": "00",
    "tz_name": "utc",
    "name": "index.m3u8",
    "label": "person",
    "username": "nobody",
    "service": "nginx",
    "tz_area": "Europe",
    "tz_city": "Berlin",
}
ENOUGH = 2  # pieces of an endless answer: of motion JPEG, the first boundary and the first picture


@dataclass
class Exchange:
    """What came back; a WebSocket's refusal counts as an answer, its acceptance as 101."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


def url(method: str, template: str, camera: str) -> str:
    """Fill a template in for `camera`; events and reviews are those that belong to it."""
    if template in FILES:
        return template.replace("{path:path}", FILES[template].replace("CAMERA", camera))

    def value(found: re.Match[str]) -> str:
        name = found[1].partition(":")[0]
        if name in ("camera", "stream"):
            return camera
        if name == "file":
            return f"preview_{camera}-1700000000.5.webp"
        if name in ("event_id", "review_id", "export_id", "case_id"):
            return f"1700000000.5-{camera}"
        return VALUES.get(name, "x")

    filled = re.sub(r"\{([^}]+)\}", value, template)
    named = "/api/ws" in template or template.endswith(("api/streams", "go2rtc/webrtc", "webrtc.html"))
    return f"{filled}?src={camera}" if named else filled


@functools.cache
def openapi() -> dict[str, Any]:
    """Return the OpenAPI document of all routes, which takes long to make; nobody may change it."""
    return get_openapi(title="Dogwatch", version="1", routes=all_routes())


async def exchange(
    app: Nvr,
    listener: str,
    user: str | None,
    method: str,
    target: str,
    headers: list[tuple[str, str]] | None = None,
    body: bytes = b"{}",
) -> Exchange:
    """Ask for `target`, as `user` or with `headers` only."""
    path, _, query = target.partition("?")
    sent = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers or []]
    if user and user not in app.tokens:
        app.tokens[user] = app.token(user)
    if user:
        sent.append((b"authorization", f"Bearer {app.tokens[user]}".encode()))
    scope: dict[str, Any] = {
        "type": "websocket" if method == "WS" else "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": sent,
        "scheme": "http",
        "client": ("192.0.2.9", 1),
        "server": ("nvr", 80),
        "extensions": {"websocket.http.response": {}},
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "root_path": "",
        "subprotocols": [],
    }
    answer, pieces = Exchange(), 0
    incoming: Iterator[dict[str, Any]] = iter(
        [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]
        if method == "WS"
        else [{"type": "http.request", "body": body, "more_body": False}]
    )

    answered = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if (message := next(incoming, None)) is not None:
            return message
        await answered.wait()  # a client that leaves before gets no answer
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        nonlocal pieces
        if message["type"].endswith((".body", ".close")) and not message.get("more_body"):
            answered.set()
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            answer.status = message["status"]
            answer.headers = [(name.decode(), value.decode("latin-1")) for name, value in message["headers"]]
        elif message["type"] == "websocket.accept":
            answer.status = 101
        else:
            answer.body += message.get("body", b"")
            pieces += 1
            if message.get("more_body") and pieces >= ENOUGH:
                answered.set()
                raise OSError("the client has seen enough")

    with contextlib.suppress(ClientDisconnect):
        await Marked(app.app, listener)(scope, receive, send)
    return answer
