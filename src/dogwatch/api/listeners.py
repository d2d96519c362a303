"""The sockets of all listeners: one app, one event loop."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from starlette.types import ASGIApp

from dogwatch.api.listener import Address, HttpListener, Marked
from dogwatch.api.server import Server
from dogwatch.api.tls import certificate
from dogwatch.auth.hosts import is_loopback
from dogwatch.errors import DogwatchError

log = logging.getLogger(__name__)

STOP_S = 5.0
MOVE_S, MOVE_TRIES = 0.05, 60
BACKLOG = 128
ANY = Address("127.0.0.1", 0)


class Listeners:
    """The open listeners of one app.

    `urls` are their addresses by name once `start` has returned and `ready` is set.
    """

    def __init__(
        self, app: ASGIApp, listeners: Iterable[HttpListener], secrets: Path, *, any_port: bool = False
    ) -> None:
        """Serve `app` on `listeners`, those with TLS with a certificate from `secrets`.

        `any_port` takes free ports on 127.0.0.1 instead: tests use it.
        """
        self._app, self._secrets = app, secrets
        self._listeners = [replace(one, address=ANY) if any_port else one for one in listeners]
        self._any_port = any_port
        self._servers: dict[str, Server] = {}
        self._moving = asyncio.Lock()
        self.urls: dict[str, str] = {}
        self.ready = asyncio.Event()

    async def start(self) -> None:
        """Open all sockets and begin to serve.

        Raises:
            DogwatchError: A port is taken, or the certificate will not do; nothing is left open.
        """
        try:
            for listener in self._listeners:
                await self._open(listener)
        except BaseException:
            await self.stop()
            raise
        self.ready.set()

    async def stop(self) -> None:
        """Let running answers finish for a moment, then close everything; takes at most five seconds."""
        self.ready.clear()
        stopping = [asyncio.create_task(server.stop()) for server in self._servers.values()]
        self._servers.clear()
        if not stopping:
            return
        _, late = await asyncio.wait(stopping, timeout=STOP_S)
        for task in late:
            log.warning("a listener did not stop in %s s", STOP_S)
            task.cancel()
        await asyncio.gather(*stopping, return_exceptions=True)

    async def move(self, listener: HttpListener) -> None:
        """Serve the listener of this name at its new address from now on; a failure is logged.

        What is being answered at the old address gets a moment to finish.
        """
        listener = replace(listener, address=ANY) if self._any_port else listener
        async with self._moving:
            before = next((one for one in self._listeners if one.name == listener.name), None)
            if before is None or before == listener or not self.ready.is_set():
                return
            stopping = asyncio.create_task(self._servers.pop(listener.name).stop())
            self._listeners[self._listeners.index(before)] = listener
            for last in (*[False] * MOVE_TRIES, True):
                try:
                    await self._open(listener)
                    break
                except DogwatchError as error:  # the old socket closes in a moment
                    if last:
                        log.critical("%s; restart Dogwatch", error)
                await asyncio.sleep(MOVE_S)
            await stopping

    async def _open(self, listener: HttpListener) -> None:
        address = listener.address
        sockets = bind(listener.name, address)
        port: int = sockets[0].getsockname()[1]
        try:
            found = await asyncio.to_thread(certificate, self._secrets) if listener.tls else None
            server = Server(Marked(self._app, listener.name), found)
            await server.start(sockets)
        except BaseException:
            for one in sockets:
                one.close()
            raise
        self._servers[listener.name] = server
        self.urls[listener.name] = _url("https" if listener.tls else "http", address.host, port)
        if not (listener.login or is_loopback(address.host)):
            log.warning("port %s needs no login and is open to the network at %s", port, address.host)
        log.info("%s listener on %s port %s", listener.name, address.host, port)


def bind(name: str, address: Address) -> list[socket.socket]:
    """Return listening sockets at `address`.

    Raises:
        DogwatchError: The port is taken, not allowed, or the address is not this machine's.
    """
    sockets: list[socket.socket] = []
    try:
        for host, dual in _hosts(address):
            port = sockets[0].getsockname()[1] if sockets else address.port
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            one = socket.create_server((host, port), family=family, backlog=BACKLOG, dualstack_ipv6=dual)
            one.setblocking(False)
            sockets.append(one)
    except OSError as error:
        for one in sockets:
            one.close()
        raise DogwatchError(
            f"the {name} listener cannot use {address.host} port {address.port}: {error.strerror or error}"
        ) from error
    return sockets


def _hosts(address: Address) -> list[tuple[str, bool]]:
    """Return the addresses to bind, each with whether its socket takes IPv4 as well."""
    if address.ipv6 and address.host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return [("::", socket.has_dualstack_ipv6())]
    if address.ipv6 and address.host == "127.0.0.1":
        return [("127.0.0.1", False), ("::1", False)]
    return [(address.host, False)]


def _url(scheme: str, host: str, port: int) -> str:
    shown = own_address() if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"{scheme}://[{shown}]:{port}" if ":" in shown else f"{scheme}://{shown}:{port}"


def own_address() -> str:
    """Return the address of this machine in its network, the loopback address where it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # of a network for documentation: routed, but nothing is sent
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
