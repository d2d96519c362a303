"""What holds for every request and answer."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.nvr.error_form import error_form
from dogwatch.api.wire import MAX_BODY, Wire
from dogwatch.testing.app import PASSWORD, Nvr
from tests.routes import ROUTES, exchange, openapi, url


@pytest.mark.parametrize("listener", [INTERNAL, EXTERNAL])
async def test_cross_site_writes(app: Nvr, listener: Any) -> None:
    async with app.client(listener, "admin") as client:
        origin = {"Origin": "https://evil.example"}
        answer = await client.post("/api/restart", headers=origin)
        assert answer.status_code == 401
        assert answer.json() == {"success": False, "message": "Missing CSRF header"}
        assert app.restarts == []
        assert (await client.post("/api/restart", headers={**origin, "X-CSRF-TOKEN": "1"})).status_code == 200
        assert (await client.post("/api/restart")).status_code == 200
        assert (await client.get("/api/version", headers=origin)).status_code == 200
        login = {"user": "vera", "password": PASSWORD}
        assert (await client.post("/api/login", json=login, headers=origin)).status_code == 401


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("path", ["/api/login", "/api/config/save"])  # one that FastAPI reads, one that a handler does
async def test_endless_bodies(app: Nvr, path: str, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 65536 + 2):
            yield b" " * 65536

    async with app.client(EXTERNAL, "admin") as client:
        content = chunks() if chunked else b" " * (MAX_BODY + 1)
        answer = await client.post(path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json() == {"success": False, "message": f"The body is larger than {MAX_BODY} bytes"}


JSON = "application/json"
BODIES = [
    key for key, _ in ROUTES
    if [*openapi()["paths"].get(key[1], {}).get(key[0].lower(), {}).get("requestBody", {}).get("content", {})] == [JSON]
]  # fmt: skip


@pytest.mark.parametrize("key", BODIES, ids=" ".join)
async def test_a_body_that_is_no_json(app: Nvr, key: tuple[str, str]) -> None:
    for content in (b"{", b"nonsense", b'{"a": "\xff"}', b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}"):
        answer = await exchange(app, INTERNAL, None, key[0], url(*key, "front"), body=content)
        assert answer.status == 422, (content[:20], answer.body)
        [finding] = json.loads(answer.body)["detail"]
        assert (finding["type"], finding["loc"][0]) == ("json_invalid", "body")


async def test_caching_and_cors(app: Nvr) -> None:
    async with app.client() as client:
        answer = await client.get("/api/config", headers={"Origin": "https://other.example"})
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "strict-transport-security" not in answer.headers


async def body(kind: str, size: int, headers: dict[str, str], **more: str) -> httpx.Response:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        content = b"x" * size
        if more.get("streamed"):
            parts = iter([content, content])
            response: Response = StreamingResponse(parts, media_type=kind)
        else:
            response = Response(content, media_type=kind, headers={k: v for k, v in more.items() if k == "ETag"})
        await response(scope, Request(scope, receive).receive, send)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=Wire(app, error_form)), base_url="http://nvr"
    ) as client:
        return await client.get("/", headers=headers)


@pytest.mark.parametrize("kind", ["application/json", "text/html", "application/vnd.apple.mpegurl", "image/svg+xml"])
@pytest.mark.parametrize("size", [2000, 300_000])
async def test_compressed(kind: str, size: int) -> None:
    answer = await body(kind, size, {"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) < size / 50
    assert answer.content == b"x" * size
    assert len(gzip.compress(answer.content)) < size


@pytest.mark.parametrize(
    ("kind", "size", "encoding", "more"),
    [
        ("video/mp4", 5000, "gzip", {}),
        ("image/jpeg", 5000, "gzip", {}),
        ("application/json", 100, "gzip", {}),
        ("application/json", 5000, "identity", {}),
        ("application/json", 5000, "gzip", {"streamed": "yes"}),
        ("text/plain", 5000, "gzip", {"ETag": '"a"'}),
    ],
)
async def test_not_compressed(kind: str, size: int, encoding: str, more: dict[str, str]) -> None:
    answer = await body(kind, size, {"Accept-Encoding": encoding}, **more)
    assert "content-encoding" not in answer.headers
    assert set(answer.content) == {ord("x")}
