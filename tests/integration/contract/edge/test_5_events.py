"""The event stream: section 5 of the contract, and check 12 of section 15. All on real sockets."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.api.edge import events as route
from dogwatch.api.listener import EDGE
from dogwatch.api.listeners import Listeners
from dogwatch.edge.news import QUEUE, RING
from dogwatch.testing.app import Nvr, edge_nvr, until
from tests.integration.contract.edge.conftest import done, fails


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Nvr]:
    """An app whose parts tell nothing by themselves."""
    async with edge_nvr(tmp_path, start=False) as made:
        yield made


@pytest.fixture
async def url(app: Nvr, tmp_path: Path) -> AsyncIterator[str]:
    """The address of the edge API."""
    own = [one for one in app.app.listeners if one.name == EDGE]
    opened = Listeners(app.app, own, tmp_path, any_port=True)
    await opened.start()
    yield opened.urls[EDGE]
    app.edge.news.close_readers(lambda _: False)
    await opened.stop()


class Stream:
    """One client's event stream."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def block(self) -> list[str]:
        """Return the lines up to the next blank one; none at the end of the stream."""
        lines: list[str] = []
        async with asyncio.timeout(10):
            async for line in self._lines:
                if not line:
                    return lines
                lines.append(line)
        return lines

    async def event(self) -> tuple[int, str, Any]:
        """Return id, name and data of the next event."""
        block = await self.block()
        assert [line.partition(": ")[0] for line in block] == ["id", "event", "data"], block
        number, event, data = (line.partition(": ")[2] for line in block)
        return int(number), event, json.loads(data)


@asynccontextmanager
async def listening(url: str, **headers: str) -> AsyncIterator[Stream]:
    sent = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    async with httpx.AsyncClient() as client, client.stream("GET", f"{url}/events", headers=sent) as answer:
        assert answer.status_code == 200
        yield Stream(answer)


@pytest.mark.edge_endpoint("GET /events")
async def test_a_stream_begins_with_the_present_state(url: str) -> None:
    async with listening(url) as stream:
        headers = stream.answer.headers
        assert headers["content-type"].startswith("text/event-stream")
        assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-cache", "no")
        assert await stream.block() == ["retry: 3000"]
        assert (await stream.block())[0].startswith(":")
        found = [await stream.event() for _ in range(3)]
    assert [event for _, event, _ in found] == ["sensor_state", "recording_state", "connections"]
    assert set(found[0][2]) == {"enabled", "armed", "triggered", "suppressed", "recording_from_sensor"}
    assert found[1][2] == {"recording": False}
    assert set(found[2][2]) == {"bluetooth", "wifi", "ap_clients"}
    ids = [number for number, _, _ in found]
    assert ids == sorted(set(ids))
    assert ids[0] >= (time.time() - 60) * 1000


async def begun(stream: Stream) -> None:
    for _ in range(5):
        await stream.block()


async def test_events_come_at_once_and_what_was_missed_comes_later(app: Nvr, url: str) -> None:
    async with listening(url) as stream:
        await begun(stream)
        app.edge.news.publish("archive_updated", {"path": "/a", "type": "snapshot"})
        number, event, data = await stream.event()
        assert (event, data) == ("archive_updated", {"path": "/a", "type": "snapshot"})
    for count in range(3):
        app.edge.news.publish("x", {"count": count})
    async with listening(url, **{"Last-Event-ID": str(number)}) as stream:
        await stream.block()
        await stream.block()
        missed = [await stream.event() for _ in range(3)]
        assert [(event, data["count"]) for _, event, data in missed] == [("x", 0), ("x", 1), ("x", 2)]
        assert number < missed[0][0] < missed[2][0] < (await stream.event())[0]


async def test_the_ring_ends(app: Nvr, url: str) -> None:
    for count in range(RING + 10):
        app.edge.news.publish("x", {"count": count})
    async with listening(url, **{"Last-Event-ID": "1"}) as stream:
        await stream.block()
        await stream.block()
        missed = [await stream.event() for _ in range(RING)]
        assert [data["count"] for _, _, data in missed] == list(range(10, RING + 10))
        assert (await stream.event())[1] == "sensor_state"


@pytest.mark.parametrize("last", ["", "x", "-5", "9" * 40, "\u00b2"])
async def test_an_id_that_is_none(app: Nvr, url: str, last: str) -> None:
    app.edge.news.publish("x", {})
    async with listening(url, **{"Last-Event-ID": last}) as stream:
        await stream.block()
        await stream.block()
        assert (await stream.event())[1] == "sensor_state"


async def test_silence_is_broken_by_a_comment(app: Nvr, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert route.SILENCE_S == 15
    monkeypatch.setattr(route, "SILENCE_S", 0.05)
    async with listening(url) as stream:
        await begun(stream)
        assert await stream.block() == [": heartbeat"]


async def test_65_events_to_a_stalled_client_delay_nobody(app: Nvr, url: str) -> None:
    """Check 12 of section 15: big events fill the sockets, and the client reads none of them."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port))) as stalled:
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.sendall(b"GET /events HTTP/1.1\r\nHost: edge\r\n\r\n")
        async with asyncio.timeout(60), listening(url) as stream, httpx.AsyncClient() as client:
            await begun(stream)
            await until(lambda: app.edge.news.readers == 2)
            for count in range(QUEUE + 1):
                app.edge.news.publish("big", {"count": count, "filler": "x" * 100_000})
                assert (await stream.event())[2]["count"] == count
            done(await client.get(f"{url}/settings"))
            assert app.edge.news.readers == 2


async def test_a_queue_loses_the_oldest(app: Nvr) -> None:
    with app.edge.news.joined(None, None) as joined:
        for count in range(QUEUE + 1):
            app.edge.news.publish("x", {"count": count})
        assert [json.loads(item.data)["count"] for item in joined.reader.queue] == list(range(1, QUEUE + 1))


@pytest.mark.parametrize("login", [True, False])
async def test_a_new_token_closes_the_streams_of_the_old_one(app: Nvr, url: str, login: bool) -> None:
    app.edge.settings.change({"Auth": {"enabled": login}})
    old = app.edge.settings.current.auth.token
    if login:
        async with httpx.AsyncClient() as client:
            fails(await client.get(f"{url}/events"), 401, "unauthorized")
    async with listening(url, Authorization=f"Bearer {old}") as stream:
        await begun(stream)
        await asyncio.to_thread(app.edge.auth.regenerate)
        assert await stream.block() == []


async def test_turning_the_login_on_closes_streams_without_a_token(app: Nvr, url: str) -> None:
    async with listening(url) as stream:
        await begun(stream)
        async with httpx.AsyncClient() as client:
            done(await client.post(f"{url}/settings", json={"Auth": {"enabled": True}}))
        assert await stream.block() == []


async def test_there_are_only_so_many_streams(app: Nvr, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(route, "MOST_READERS", 1)
    async with listening(url) as stream:
        await begun(stream)
        async with httpx.AsyncClient() as client:
            fails(await client.get(f"{url}/events"), 503, "unavailable")


async def test_ids_grow_over_restarts(tmp_path: Path) -> None:
    async with edge_nvr(tmp_path) as app:
        for _ in range(5):
            app.edge.news.publish("x", {})
        with app.edge.news.joined(None, 0) as joined:
            last = joined.missed[-1].id
    async with edge_nvr(tmp_path) as app:
        app.edge.news.publish("x", {})
        with app.edge.news.joined(None, 0) as joined:
            assert joined.missed[0].id > last
