"""Connections that ask for nothing, over real sockets."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from dogwatch.api.listener import INTERNAL
from dogwatch.api.listeners import Listeners
from dogwatch.live.pictures import Still
from dogwatch.testing.app import Nvr, until

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
ASKED = b"GET /api/version HTTP/1.1\r\nHost: nvr\r\n\r\n"


@pytest.fixture
async def listeners(app: Nvr, tmp_path: Path) -> AsyncIterator[Listeners]:
    made = Listeners(app.app, app.app.listeners, tmp_path / "secrets", any_port=True)
    await made.start()
    yield made
    await made.stop()


async def opened(listeners: Listeners) -> Connection:
    return await asyncio.open_connection("127.0.0.1", urlsplit(listeners.urls[INTERNAL]).port)


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
    monkeypatch.setattr("dogwatch.api.timeouts.REQUEST_S", 0.2)
    connection = await opened(listeners)
    connection[1].write(said)
    assert await is_over(connection)


async def sent_slowly(connection: Connection, parts: int, size: int) -> bytes:
    """Upload a file in parts; return what is answered, empty if the connection was closed."""
    reader, writer = connection
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n' + b"n" * (parts * size)
    body += b"\r\n--x--\r\n"
    head = f"Host: nvr\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body)}\r\n\r\n"
    with contextlib.suppress(ConnectionError), contextlib.closing(writer):
        writer.write(b"POST /api/v1/files HTTP/1.1\r\n" + head.encode())
        for place in range(0, len(body), size):
            writer.write(body[place : place + size])
            await writer.drain()
            await asyncio.sleep(0.1)
        return await reader.readline()
    return b""


async def test_a_file_may_take_longer_while_enough_of_it_comes(
    listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.api.timeouts.REQUEST_S", 0.5)
    monkeypatch.setattr("dogwatch.library.file_looks.PATIENCE_S", 60)
    assert (await sent_slowly(await opened(listeners), 10, 65536)).startswith(b"HTTP/1.1 415"), "it is no video"
    monkeypatch.setattr("dogwatch.api.timeouts.LEAST_BYTES", 1 << 20)
    assert await sent_slowly(await opened(listeners), 10, 65536) == b""


async def test_an_answer_may_take_longer(listeners: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.timeouts.REQUEST_S", 0.2)
    async with (
        httpx.AsyncClient() as client,
        client.stream("GET", f"{listeners.urls[INTERNAL]}/api/front?fps=20") as answer,
    ):
        began = asyncio.get_running_loop().time()
        async for _ in answer.aiter_raw():
            if asyncio.get_running_loop().time() - began > 1.2:
                break
        else:
            pytest.fail("the answer was broken off")


def recorded(root: Path, size: int) -> str:
    """Make a recorded file; return its path in URLs."""
    path = root / "recordings/2026-04-01/12/front/30.22.mp4"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(size)
    return f"/{path.relative_to(root)}"


async def ask_for(listeners: Listeners, path: str) -> Connection:
    """Ask for a file over a connection that holds little, and read no more than that it is there."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    one.setblocking(False)
    await asyncio.get_running_loop().sock_connect(one, ("127.0.0.1", urlsplit(listeners.urls[INTERNAL]).port))
    reader, writer = await asyncio.open_connection(sock=one, limit=1 << 12)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: nvr\r\n\r\n".encode())
    assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    return reader, writer


def is_open(name: str) -> bool:
    """Whether this process has a file with this name open."""
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # closed meanwhile
            if link.readlink().name == name:
                return True
    return False


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not tell which files are open")
async def test_who_stops_reading_a_recording_keeps_neither_it_nor_the_connection(
    app: Nvr, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.api.timeouts.READ_S", 0.3)
    monkeypatch.setattr("dogwatch.api.timeouts.MAX_CONNECTIONS", 1)
    _, writer = await ask_for(listeners, recorded(app.services.paths.media, 256 << 20))
    await until(lambda: is_open("30.22.mp4"))  # the head of the answer comes before
    await until(lambda: not is_open("30.22.mp4"))
    reader, other = await opened(listeners)
    other.write(ASKED)
    assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    writer.close()
    other.close()


async def test_who_reads_slowly_gets_all(app: Nvr, listeners: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.timeouts.READ_S", 0.3)
    size = 24 << 20
    reader, writer = await ask_for(listeners, recorded(app.services.paths.media, size))
    await reader.readuntil(b"\r\n\r\n")
    got = 0
    async with asyncio.timeout(30):
        while got < size:
            got += len(await reader.read(1 << 19))
            await asyncio.sleep(0.001)  # slower than it could
    assert got == size
    writer.close()


async def test_who_reads_less_than_the_system_holds_gets_all(
    app: Nvr, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dogwatch.api.timeouts.READ_S", 0.3)
    size = 24 << 20
    reader, writer = await ask_for(listeners, recorded(app.services.paths.media, size))
    await reader.readuntil(b"\r\n\r\n")
    loop = asyncio.get_running_loop()
    got, slow_until = 0, loop.time() + 2.0
    async with asyncio.timeout(30):
        while got < size:
            data = await reader.read(1 << 14)
            assert data, f"cut off after {got} bytes"
            got += len(data)
            if loop.time() < slow_until:
                await asyncio.sleep(0.02)
    writer.close()


async def test_too_many_connections(listeners: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.timeouts.MAX_CONNECTIONS", 2)
    kept = [await opened(listeners) for _ in range(2)]
    for reader, writer in kept:
        writer.write(ASKED)
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    assert await is_over(await opened(listeners))
    for _, writer in kept:
        writer.close()


async def test_who_stops_reading_makes_room(app: Nvr, listeners: Listeners, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.nvr.camera.SEND_TIMEOUT_S", 0.2)
    monkeypatch.setattr("dogwatch.live.pictures.MAX_VIEWERS", 1)
    noise = itertools.count()

    def still(*_: object) -> Still:
        return Still(b"%d" % next(noise) + bytes(4 << 20), 0.0, offline=False)

    monkeypatch.setattr(app.services.pictures, "still", still)
    reader, writer = await opened(listeners)
    writer.write(b"GET /api/front?fps=30 HTTP/1.1\r\nHost: nvr\r\n\r\n")
    assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
    async with httpx.AsyncClient() as client:
        async with client.stream("GET", f"{listeners.urls[INTERNAL]}/api/front") as answer:
            assert answer.status_code == 503
        async with asyncio.timeout(10):
            while answer.status_code == 503:
                async with client.stream("GET", f"{listeners.urls[INTERNAL]}/api/front") as answer:
                    pass
    writer.close()
