import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from dogwatch.outputs.mqtt.bursts import Bursts


class Wire(socket.socket):
    """One end of a TCP connection, which notes when the system was made to hold back."""

    corks: list[int]

    def setsockopt(self, *arguments: Any) -> None:
        if arguments[1] == socket.TCP_CORK:
            self.corks.append(arguments[2])
        super().setsockopt(*arguments)


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    """Yield both ends of a connection, the first of which takes little at a time."""
    with socket.create_server(("127.0.0.1", 0)) as server, Wire() as wire:
        wire.corks = []
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        wire.connect(server.getsockname())
        wire.setblocking(False)
        other, _ = server.accept()
        with other:
            other.setblocking(False)
            yield wire, other


@pytest.fixture
async def paho(ends: tuple[Wire, socket.socket]) -> Client:
    """Return a client that is connected."""
    client = Client(CallbackAPIVersion.VERSION2)

    def unwatch(_client: Client, _data: Any, sock: Any) -> None:
        asyncio.get_running_loop().remove_writer(sock.fileno())

    client.on_socket_unregister_write = unwatch
    client._sock = ends[0]
    return client


async def read(other: socket.socket, size: int) -> bytes:
    found = b""
    async with asyncio.timeout(20):
        while len(found) < size:
            found += await asyncio.get_running_loop().sock_recv(other, 65536)
    return found


async def test_what_is_published_together_is_held_back_and_sent_as_one(
    paho: Client, ends: tuple[Wire, socket.socket]
) -> None:
    wire, other = ends
    bursts, told = Bursts(paho, pytest.fail), list[int]()
    paho.on_publish = lambda *arguments: told.append(arguments[2])
    with bursts.together():
        infos = [paho.publish(f"t{number}", "x") for number in range(8)]
        with pytest.raises(BlockingIOError):
            other.recv(1)
    assert all(info.is_published() for info in infos)
    assert wire.corks == [1, 0]
    assert await read(other, 8 * 7) == b"".join(b"0\x05\x00\x02t%dx" % number for number in range(8))
    assert not asyncio.get_running_loop().remove_writer(wire.fileno())
    assert told == []
    with bursts.together():
        paho.publish("t", "x")
    assert wire.corks == [1, 0]  # one message is not worth it
    paho.publish("t", "x")  # by itself
    await read(other, 2 * 6)
    assert len(told) == 1


async def test_what_the_system_does_not_take_at_once_is_written_later(
    paho: Client, ends: tuple[Wire, socket.socket]
) -> None:
    bursts = Bursts(paho, pytest.fail)
    with bursts.together():
        infos = [paho.publish("t", b"x" * 3_000_000) for _ in range(3)]
    assert not infos[-1].is_published()
    assert len(await read(ends[1], 9_000_000)) > 9_000_000
    assert infos[-1].is_published()


async def test_a_connection_that_has_ended_is_no_error_of_the_burst(
    paho: Client, ends: tuple[Wire, socket.socket]
) -> None:
    wire, other = ends
    bursts = Bursts(paho, pytest.fail)
    other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    other.close()
    with contextlib.suppress(OSError):
        await asyncio.get_running_loop().sock_recv(wire, 1)
    with bursts.together():
        infos = [paho.publish("t", "x"), paho.publish("t", "x")]
    assert paho.socket() is None
    assert not infos[1].is_published()
