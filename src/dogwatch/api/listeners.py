"""The sockets: one app, one event loop, two doors."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp

from dogwatch.api import timeouts
from dogwatch.api.listener import EXTERNAL, INTERNAL, Listener, Marked
from dogwatch.api.sockets import MAX_MESSAGE
from dogwatch.api.tls import certificate
from dogwatch.auth.hosts import is_loopback
from dogwatch.errors import DogwatchError

if TYPE_CHECKING:
    from dogwatch.config import Config

log = logging.getLogger(__name__)

OLD_NEWS = frozenset(
    {
        "ASGI callable returned without completing handshake.",  # a WebSocket that was refused
        "ASGI callable returned without completing response.",  # an answer that was broken off, which is logged there
        "Invalid UTF-8 sequence received from client.",  # with a traceback
        "Invalid HTTP request received.",
    }
)
GRACE_S = 3
STOP_S = 5.0
BACKLOG = 128


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 takes any free one. With `ipv6`, all addresses and loopback mean both families."""

    host: str
    port: int
    ipv6: bool = False


ANY = Address("127.0.0.1", 0)


class _Server(uvicorn.Server):
    """A server that sleeps until asked to leave, or until there is something to serve.

    The original wakes up ten times a second: with two listeners, that was most of what woke an idle core.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """End the task that serves, soon."""
        self.should_exit = True
        self._leaving.set()

    async def main_loop(self) -> None:
        """Serve until `leave`."""
        await self._leaving.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: they are the core's."""
        yield


class Listeners:
    """The internal and the external listener of one app.

    `internal` and `external` are their URLs once `start` has returned and `ready` is set.
    """

    def __init__(self, app: ASGIApp, config: Config, secrets: Path, *, any_port: bool = False) -> None:
        """Serve `app` where `config.networking` says, with a certificate from `secrets` if `config.tls` is on.

        `any_port` takes free ports on 127.0.0.1 instead: tests use it.
        """
        self._app, self._secrets, self._tls = app, secrets, config.tls.enabled
        listen, ipv6 = config.networking.listen, config.networking.ipv6.enabled
        self._addresses: dict[Listener, Address] = {
            INTERNAL: ANY if any_port else Address(*listen.internal_address, ipv6),
            EXTERNAL: ANY if any_port else Address(*listen.external_address, ipv6),
        }
        logging.getLogger("uvicorn.error").addFilter(_is_news)
        self._servers: list[tuple[_Server, asyncio.Task[None], list[socket.socket]]] = []
        self.internal = self.external = ""
        self.ready = asyncio.Event()

    async def start(self) -> None:
        """Open both sockets and begin to serve.

        Raises:
            DogwatchError: A port is taken, or the certificate will not do; nothing is left open.
        """
        try:
            for listener, address in self._addresses.items():
                await self._open(listener, address)
        except BaseException:
            await self.stop()
            raise
        self.ready.set()

    async def stop(self) -> None:
        """Let running answers finish for a moment, then close everything; takes at most five seconds."""
        self.ready.clear()
        for server, _, _ in self._servers:
            server.leave()
        tasks = [task for _, task, _ in self._servers]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_S)
            for task in late:
                log.warning("a listener did not stop in %s s", STOP_S)
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for _, _, sockets in self._servers:
            for one in sockets:
                one.close()
        self._servers.clear()

    async def _open(self, listener: Listener, address: Address) -> None:
        sockets = bind(listener, address)
        port: int = sockets[0].getsockname()[1]
        try:
            server = self._server(listener)
        except BaseException:
            for one in sockets:
                one.close()
            raise
        task = asyncio.create_task(server.serve(sockets), name=f"{listener} listener")
        self._servers.append((server, task, sockets))
        while not server.started:
            if task.done():
                await task
                raise DogwatchError(f"the {listener} listener has stopped at once")
            await asyncio.sleep(0.005)
        if listener == INTERNAL:
            self.internal = _url("http", address.host, port)
            if not is_loopback(address.host):
                log.warning("port %s needs no login and is open to the network at %s", port, address.host)
        else:
            self.external = _url("https" if self._tls else "http", address.host, port)
        log.info("%s listener on %s port %s", listener, address.host, port)

    def _server(self, listener: Listener) -> _Server:
        tls = certificate(self._secrets) if listener == EXTERNAL and self._tls else None
        config = uvicorn.Config(
            Marked(self._app, listener),
            http=timeouts.PromptProtocol,
            ws=timeouts.PromptWebSocket,
            ws_ping_interval=timeouts.PING_S,
            ws_ping_timeout=timeouts.PING_S,
            lifespan="off",
            log_config=None,
            log_level="warning",  # it tells of every start and stop
            access_log=False,
            server_header=False,
            date_header=False,  # `Wire` sets it
            proxy_headers=False,  # addresses and schemes that clients claim are not believed
            ws_max_size=MAX_MESSAGE,
            ws_per_message_deflate=False,  # video does not get smaller
            timeout_graceful_shutdown=GRACE_S,
            ssl_certfile=str(tls.chain) if tls else None,
            ssl_keyfile=str(tls.key) if tls else None,
        )
        try:
            config.load()
        except (ssl.SSLError, OSError) as error:
            raise DogwatchError(f"{tls.chain if tls else listener}: the certificate cannot be used: {error}") from error
        if config.ssl is not None:
            config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
        return _Server(config)


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether a message of uvicorn is worth logging: not what any client can bring about as often as it likes."""
    return record.msg not in OLD_NEWS


def bind(listener: Listener, address: Address) -> list[socket.socket]:
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
            f"the {listener} listener cannot use {address.host} port {address.port}: {error.strerror or error}"
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
