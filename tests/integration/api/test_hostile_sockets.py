"""What anybody may do to every WebSocket route: none of it leaves a traceback, a task or a connection."""

import asyncio
import json
import logging
import struct
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIWebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame, Opcode

from dogwatch.api.listener import INTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.api.sockets import MAX_MESSAGE
from dogwatch.testing.app import Nvr, until
from tests.routes import all_routes

ROUTES = sorted(route.path for route in all_routes() if isinstance(route, APIWebSocketRoute))
DEEP = ("[" * 30_000, '{"type":' * 5_000, '{"topic":"front/detect/set","payload":' + "[" * 900 + "]" * 900 + "}")
ODD = (
    "",
    "x",
    "[]",
    "1",
    "null",
    "{}",
    '{"type":1}',
    '{"type":null}',
    '{"topic":[]}',
    '{"type":"mse","value":' + "9" * 5000 + "}",
    '{"type":"webrtc/offer","value":{"sdp":[]}}',
    '{"type":"webrtc/candidate","value":{"candidate":"candidate:x"}}',
    '{"type":"webrtc/candidate","value":7}',
)


@pytest.fixture
async def listeners(app: Nvr, tmp_path: Path) -> AsyncIterator[Listeners]:
    made = Listeners(app.app, app.app.listeners, tmp_path, any_port=True)
    await made.start()
    yield made
    await made.stop()
    app.services.streams.close()


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail where a client could make the program log an error or a traceback."""
    yield
    loud = [record for record in caplog.records if record.levelno >= logging.ERROR or record.exc_info]
    assert [record.getMessage() for record in loud] == []


def url(listeners: Listeners, path: str) -> str:
    filled = path.replace("{camera}", "front")
    return f"{listeners.urls[INTERNAL].replace('http', 'ws', 1)}{filled}?src=front"


async def alive(socket: ClientConnection) -> None:
    async with asyncio.timeout(10):
        await (await socket.ping())


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.live.feeds.LINGER_S", 0.1)


async def gone(app: Nvr, before: int) -> None:
    await until(lambda: not app.services.broadcast.statistics()["listeners"])
    await until(lambda: not app.services.streams.viewers)
    await until(lambda: len(asyncio.all_tasks()) <= before)


def test_all_routes_are_here() -> None:
    live = ["/live/jsmpeg/{camera}", "/live/mse/api/ws", "/live/webrtc/api/ws"]
    assert ["/api/go2rtc/api/ws", *live, "/ws"] == ROUTES


@pytest.mark.parametrize("path", ROUTES)
async def test_messages_that_mean_nothing(app: Nvr, listeners: Listeners, path: str) -> None:
    before = len(asyncio.all_tasks())
    async with connect(url(listeners, path), max_size=None) as socket:
        for text in (*ODD, *DEEP):
            await socket.send(text)
        await socket.send(b"\x00\xff")
        await socket.send(["{", '"type"', ":", "1}"])
        await alive(socket)
    await gone(app, before)


@pytest.mark.parametrize("path", ROUTES)
async def test_messages_that_are_too_large(app: Nvr, listeners: Listeners, path: str) -> None:
    before = len(asyncio.all_tasks())
    async with connect(url(listeners, path)) as socket:
        await socket.send("x" * (MAX_MESSAGE + 1))
        async with asyncio.timeout(10):
            await socket.wait_closed()
        assert socket.close_code == 1009
    await gone(app, before)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "frame",
    [
        Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True),
        Frame(Opcode.CONT, b"x").serialize(mask=True),
        Frame(Opcode.TEXT, b"x").serialize(mask=False),
        Frame(Opcode.CLOSE, b"\x00").serialize(mask=True),
        struct.pack(">BBQ", 0x81, 0xFF, 1 << 62) + bytes(4),
        b"\xff" * 64,
        b"",
    ],
    ids=["no UTF-8", "continues nothing", "not masked", "half a code", "far too long", "noise", "nothing"],
)
async def test_frames_that_are_none(app: Nvr, listeners: Listeners, path: str, frame: bytes) -> None:
    before = len(asyncio.all_tasks())
    address, target = urlsplit(listeners.urls[INTERNAL]), urlsplit(url(listeners, path))
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        f"GET {target.path}?{target.query} HTTP/1.1\r\nHost: nvr\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert await reader.readline() == b"HTTP/1.1 101 Switching Protocols\r\n"
    writer.write(frame)
    writer.transport.abort() if not frame else writer.write_eof()
    async with asyncio.timeout(10):
        try:
            while await reader.read(1024):
                pass
        except ConnectionError:
            pass
    writer.close()
    await gone(app, before)


@pytest.mark.parametrize("path", ROUTES)
async def test_who_leaves_at_any_moment(app: Nvr, listeners: Listeners, path: str) -> None:
    before = len(asyncio.all_tasks())
    for number in range(12):
        socket = await connect(url(listeners, path)).__aenter__()
        if number % 3:
            await socket.send(json.dumps({"type": "mse", "topic": "onConnect"}))
        if number % 2:
            await asyncio.sleep(0)
            app.services.broadcast.publish("front/text", "x" * 1000)
        socket.transport.abort()
    await gone(app, before)


async def test_who_is_closed_while_it_is_sent_to(
    app: Nvr, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that takes nothing is sent to after the server has given it up."""
    monkeypatch.setattr("dogwatch.api.sockets.SEND_TIMEOUT_S", 0.2)
    monkeypatch.setattr("dogwatch.api.sockets.CLOSE_TIMEOUT_S", 0.1)
    before = len(asyncio.all_tasks())
    address = urlsplit(listeners.urls[INTERNAL])
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 12)
    writer.write(
        b"GET /ws HTTP/1.1\r\nHost: nvr\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert await reader.readline() == b"HTTP/1.1 101 Switching Protocols\r\n"
    await until(lambda: app.services.broadcast.statistics()["listeners"] == 1)
    for _ in range(100):
        app.services.broadcast.publish("front/text", "x" * 200_000)
    await until(lambda: not app.services.broadcast.statistics()["listeners"])
    writer.transport.abort()
    await gone(app, before)


async def test_a_ping_without_an_answer_ends_what_is_being_sent(
    app: Nvr, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.api.timeouts.PING_S", 0.2)
    made = Listeners(app.app, app.app.listeners, tmp_path, any_port=True)
    await made.start()
    address = urlsplit(made.urls[INTERNAL])
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        b"GET /ws HTTP/1.1\r\nHost: nvr\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert await reader.readline() == b"HTTP/1.1 101 Switching Protocols\r\n"
    reading = asyncio.create_task(reader.read())  # it reads all, but answers no ping
    async with asyncio.timeout(10):
        while not reading.done():
            app.services.broadcast.publish("front/text", "x" * 10_000)
            await asyncio.sleep(0.005)
    await until(lambda: not app.services.broadcast.statistics()["listeners"])
    writer.close()
    await made.stop()
