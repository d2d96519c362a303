"""Conventions: section 1 of the contract."""

import asyncio
import threading

import httpx
import pytest

from dogwatch.api.listener import EDGE, Marked
from dogwatch.testing.app import Nvr
from tests.integration.contract.edge.conftest import done, fails

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"1",
        b"null",
        b'"x"',
        b"NaN",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b"\xff",
        b"[" * 100_000,
        b'{"a":"\\ud800"}',
        b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}",
        b'{"b": ' + b'{"b":' * 400 + b"0" + b"}" * 401,
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
async def test_what_is_no_json_object(client: httpx.AsyncClient, body: bytes) -> None:
    fails(await client.post("/settings", content=body, headers=JSON), 400, "bad_json")


async def test_a_path_makes_no_line_of_the_log(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "dogwatch")
    fails(await client.post("/x%0A2026-04-01%2012:00:00%20[ERROR]%20a:%20b"), 404, "not_found")
    assert [text for text in caplog.messages if "/x" in text]
    assert not [text for text in caplog.messages if "\n" in text]


async def test_no_body_is_an_empty_object(client: httpx.AsyncClient) -> None:
    for headers in ({}, JSON, {"Content-Type": "text/plain"}):
        done(await client.post("/settings", content=b"", headers=headers))
    done(await client.post("/settings", content=b"  ", headers=JSON))


async def test_another_content_type(client: httpx.AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        fails(await client.post("/settings", content=b"{}", headers={"Content-Type": kind}), 415, "bad_media_type")
    fails(await client.post("/settings", content=b"{}"), 415, "bad_media_type")
    done(await client.post("/settings", content=b"{}", headers={"Content-Type": "application/json; charset=utf-8"}))


async def test_refusals_are_json(client: httpx.AsyncClient) -> None:
    fails(await client.get("/nothing"), 404, "not_found")
    answer = await client.delete("/settings")
    fails(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, POST"
    too_large = await client.post("/settings", content=b"x" * ((2 << 20) + 1), headers=JSON)
    fails(too_large, 413, "too_large")
    assert too_large.headers["access-control-allow-origin"] == "*"


async def test_a_fault_is_json_too(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.edge, "settings", None)
    transport = httpx.ASGITransport(app=Marked(app.app, EDGE), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        answer = await client.get("/settings")
    fails(answer, 500, "internal")
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_slash_at_the_end_does_not_matter(client: httpx.AsyncClient) -> None:
    assert done(await client.get("/settings/")) == done(await client.get("/settings"))
    fails(await client.get("/settings//x"), 404, "not_found")
    fails(await client.get("/"), 404, "not_found")


async def test_every_get_answers_head(client: httpx.AsyncClient) -> None:
    for path in ("/settings", "/events", "/auth/status"):
        answer = await client.head(path)
        assert answer.status_code == 200


async def test_pages_of_any_site_may_ask(client: httpx.AsyncClient) -> None:
    answer = await client.get("/settings", headers={"Origin": "https://a.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_what_goes_on_elsewhere_is_not_waited_for(app: Nvr, client: httpx.AsyncClient) -> None:
    """A handler that blocks has a thread of its own."""
    go_on = threading.Event()
    app.edge.settings.follow("StreamFPS", lambda: go_on.wait(10))
    slow = asyncio.create_task(client.post("/settings", json={"StreamFPS": 9}))
    async with app.edge_client() as other:
        for _ in range(3):
            done(await other.get("/settings"))
    assert not slow.done()
    go_on.set()
    done(await slow)
