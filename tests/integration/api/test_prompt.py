"""Connections that ask for nothing, over real sockets."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from dogwatch.api.listeners import Listeners
from dogwatch.api.live_pictures import Still
from tests.nvr import Nvr

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
ASKED = b"GET /api/version HTTP/1.1\r\nHost: nvr\r\n\r\n"


@pytest.fixture
async def listeners(app: Nvr, tmp_path: Path) -> AsyncIterator[Listeners]:
    made = Listeners(app.app, app.services.config, tmp_path / "secrets", any_port=True)
    await made.start()
    yield made
    await made.stop()


async def opened(listeners: Listeners) -> Connection:
    return await asyncio.open_connection("127.0.0.1", urlsplit(listeners.internal).port)


async def is_over(connection: Connection) -> bool:
    reader, writer = connection
    try:
        async with asyncio.timeout(10):
            return await reader.read() == b""
    except ConnectionError:
        return True
    finally:
        writer.close()


@pytest.mark.parametrize(
    "said",
    [b"", b"GET /api/ HTTP/1.1\r\nHo", b"POST /api/login HTTP/1.1\r\nHost: nvr\r\nContent-Length: 9\r\n\r\n{"],
)
async def test_who_does_not_say_what_he_wants(
    listeners: Listeners, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr("dogwatch.api.prompt.REQUEST_S", 0.2)
    connection = await opened(listeners)
    connection[1].write(said)
    assert await is_over(connection)


async def test_an_answer_may_take_longer(listeners: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.prompt.REQUEST_S", 0.2)
    async with httpx.AsyncClient() as client, client.stream("GET", f"{listeners.internal}/api/front?fps=20") as answer:
        began = asyncio.get_running_loop().time()
        async for _ in answer.aiter_raw():
            if asyncio.get_running_loop().time() - began > 1.2:
                break
        else:
            pytest.fail("the answer was broken off")


async def test_too_many_connections(listeners: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.prompt.MAX_CONNECTIONS", 2)
    kept = [await opened(listeners) for _ in range(2)]
    for reader, writer in kept:
        writer.write(ASKED)
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    assert await is_over(await opened(listeners))
    for _, writer in kept:
        writer.close()


async def test_who_stops_reading_makes_room(app: Nvr, listeners: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.nvr.camera.SEND_TIMEOUT_S", 0.2)
    monkeypatch.setattr("dogwatch.api.live_pictures.MAX_VIEWERS", 1)
    noise = itertools.count()

    def still(*_: object) -> Still:
        return Still(b"%d" % next(noise) + bytes(4 << 20), 0.0, offline=False)

    monkeypatch.setattr(app.services.pictures, "still", still)
    reader, writer = await opened(listeners)
    writer.write(b"GET /api/front?fps=30 HTTP/1.1\r\nHost: nvr\r\n\r\n")
    assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    async with httpx.AsyncClient() as client:
        async with client.stream("GET", f"{listeners.internal}/api/front") as answer:
            assert answer.status_code == 503
        async with asyncio.timeout(10):
            while answer.status_code == 503:
                async with client.stream("GET", f"{listeners.internal}/api/front") as answer:
                    pass
    writer.close()
