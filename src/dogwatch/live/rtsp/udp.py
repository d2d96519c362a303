"""The two sockets from which all datagrams are sent: RTP from an even port, RTCP from the next one (RFC 3550, 11)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from typing import Any

TRIES = 20
SEND_BYTES = 1 << 20

Address = tuple[str, int]


class NoPortsError(OSError):
    """There are no two neighbouring ports free."""


class _Heard(asyncio.DatagramProtocol):
    """Tells from where something came; what it is does not matter, because reports of readers are not used."""

    def __init__(self, heard: Callable[[Address], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:  # noqa: ARG002 - asyncio's name
        self._heard((addr[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        """A reader has closed its port, as its connection will tell."""


class UdpPorts:
    """Opened for the first reader; `open` returns the same sockets to all readers of one address family."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._pairs: dict[str, tuple[asyncio.DatagramTransport, asyncio.DatagramTransport]] = {}
        self._readers: dict[Address, Callable[[], None]] = {}
        self._opening = asyncio.Lock()

    async def open(self, local: str) -> tuple[asyncio.DatagramTransport, asyncio.DatagramTransport]:
        """Return the sockets for RTP and RTCP at the own address `local`.

        Raises:
            OSError: There are none.
        """
        async with self._opening:
            pair = self._pairs.get(local)
            if pair is None:
                pair = self._pairs[local] = await self._opened(local)
            return pair

    def add(self, addresses: Iterable[Address], heard: Callable[[], None]) -> None:
        """Call `heard` whenever something comes from one of these addresses."""
        self._readers.update((address, heard) for address in addresses)

    def remove(self, addresses: Iterable[Address]) -> None:
        """Forget these addresses."""
        for address in addresses:
            self._readers.pop(address, None)

    def taken(self, addresses: Iterable[Address]) -> bool:
        """Whether another reader gets packets at one of these addresses."""
        return any(address in self._readers for address in addresses)

    def close(self) -> None:
        """Close all sockets."""
        for pair in self._pairs.values():
            for one in pair:
                one.close()
        self._pairs.clear()
        self._readers.clear()

    async def _opened(self, local: str) -> tuple[asyncio.DatagramTransport, asyncio.DatagramTransport]:
        loop = asyncio.get_running_loop()
        sockets = _neighbours(local)
        opened = [(await loop.create_datagram_endpoint(lambda: _Heard(self._hear), sock=one))[0] for one in sockets]
        return opened[0], opened[1]

    def _hear(self, address: Address) -> None:
        heard = self._readers.get(address)
        if heard is not None:
            heard()


def _neighbours(local: str) -> tuple[socket.socket, socket.socket]:
    family = socket.AF_INET6 if ":" in local else socket.AF_INET
    for _ in range(TRIES):
        first, second = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
        try:
            first.bind((local, 0))
            port = first.getsockname()[1]
            if port % 2 == 0:
                second.bind((local, port + 1))
                for one in (first, second):
                    one.setblocking(False)
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
                return first, second
        except OSError:
            pass  # the neighbour is taken
        first.close()
        second.close()
    raise NoPortsError(f"{local}: there are no two neighbouring UDP ports free")
