"""The one UDP port that all peers share, so that a router or a container has to pass on no other.

aioice opens a port for each connection and address. Here its connections get candidates on a common socket instead.
Requests of STUN name their connection (ICE username fragment) and prove that they know its password. Everything else is
given to the connection that has heard from its sender before, or has sent something there. The port is open while there
are peers, who have all asked with a login.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Any

from aioice import Candidate, Connection, stun
from aioice.candidate import candidate_foundation, candidate_priority
from aioice.ice import StunProtocol, get_host_addresses, server_reflexive_candidate

log = logging.getLogger(__name__)

Address = tuple[str, int]
EVERYWHERE = "0.0.0.0"  # noqa: S104 - who may connect has a login and a password of ICE
ROUTES = 64
"""With how many addresses a peer may talk: both sides try several."""
STUN_TIMEOUT_S = 3.0
STUN = (0, 1)
"""The first byte of a packet of STUN (RFC 7983)."""


class _Route(asyncio.DatagramTransport):
    """One connection's share of the port."""

    def __init__(self, port: IcePort, connection: Connection) -> None:
        super().__init__()
        self._port, self.connection = port, connection
        self.protocol = StunProtocol(connection)
        self.addresses: set[Address] = set()

    def sendto(self, data: Any, addr: Any = None) -> None:
        self._port.send(self, data, (addr[0], addr[1]))

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._port.name if name == "sockname" else default

    def close(self) -> None:
        self._port.leave(self)
        asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)


class IcePort(asyncio.DatagramProtocol):
    """A UDP port; `attach` gives a connection its share before it gathers candidates."""

    def __init__(self, address: Address, announced: Sequence[Address] = ()) -> None:
        """Listen at `address` while there are connections; other hosts find it at the `announced` addresses too."""
        self._address, self._announced = address, tuple(announced)
        self._transport: asyncio.DatagramTransport | None = None
        self._opening = asyncio.Lock()
        self._routes: dict[str, _Route] = {}  # by the connections' own names
        self._by_address: dict[Address, _Route] = {}

    @property
    def name(self) -> Address | None:
        """Address and port where it listens, None if it does not."""
        return self._transport.get_extra_info("sockname")[:2] if self._transport is not None else None

    def announce(self, announced: Sequence[Address]) -> None:
        """Name these addresses to peers to come."""
        self._announced = tuple(announced)

    def attach(self, connection: Connection) -> None:
        """Let `connection` gather its candidates here instead of opening ports of its own."""

        async def gather(component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:  # noqa: ARG001, ASYNC109
            return await self._candidates(connection, component)

        connection.get_component_candidates = gather  # type: ignore[method-assign]  # aioice has no option for it

    async def _candidates(self, connection: Connection, component: int) -> list[Candidate]:
        """Return where `connection` can be reached.

        Raises:
            OSError: The port cannot be opened.
        """
        async with self._opening:
            if self._transport is None:
                loop = asyncio.get_running_loop()
                self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=self._address)
        route = _Route(self, connection)
        protocol = route.protocol
        protocol.connection_made(route)
        self._routes[connection.local_username] = route
        connection._protocols.append(protocol)
        bound, port = self._address[0], self._transport.get_extra_info("sockname")[1]
        hosts = get_host_addresses(use_ipv4=True, use_ipv6=False) if bound == EVERYWHERE else [bound]
        found = [
            _candidate(component, host, at, number)
            for number, (host, at) in enumerate([*((host, port) for host in hosts), *self._announced])
        ]
        if not found:
            raise OSError("this machine has no address")
        protocol.local_candidate = found[0]
        if connection.stun_server is not None:
            with contextlib.suppress(stun.TransactionError, TimeoutError, OSError):
                async with asyncio.timeout(STUN_TIMEOUT_S):
                    found.append((await server_reflexive_candidate(protocol, connection.stun_server))[0])
        return found

    def send(self, route: _Route, data: bytes, address: Address) -> None:
        """Send a packet of a connection; what cannot be sent is lost, as on any network."""
        if self._transport is None:
            return
        if address not in self._by_address:
            self._note(route, address)
        with contextlib.suppress(OSError):
            self._transport.sendto(data, address)

    def leave(self, route: _Route) -> None:
        """Forget a connection; the last one closes the port."""
        self._routes.pop(route.connection.local_username, None)
        for address in route.addresses:
            if self._by_address.get(address) is route:
                del self._by_address[address]
        if not self._routes and self._transport is not None:
            self._transport.close()
            self._transport = None

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """Give a packet to its connection; drop what belongs to none."""
        address = (addr[0], addr[1])
        route = self._named(data) if data[:1] and data[0] in STUN else None
        if route is not None:
            self._note(route, address)
        else:
            route = self._by_address.get(address)
        if route is not None:
            route.protocol.datagram_received(data, address)

    def error_received(self, exc: Exception) -> None:
        """Do nothing: a peer that has gone is noticed otherwise."""

    def _note(self, route: _Route, address: Address) -> None:
        if self._by_address.get(address) is not route and len(route.addresses) < ROUTES:
            route.addresses.add(address)
            self._by_address[address] = route

    def _named(self, data: bytes) -> _Route | None:
        """Return the connection that a request of STUN names, if it knows the password."""
        try:
            message = stun.parse_message(data)
            name = str(message.attributes.get("USERNAME", "")).partition(":")[0]
            route = self._routes.get(name)
            if route is None or not message.check_message_integrity(route.connection.local_password.encode()):
                return None
        except Exception:  # noqa: BLE001 - anybody can send anything, and aioice does not say what it raises
            return None
        return route


def _candidate(component: int, host: str, port: int, number: int) -> Candidate:
    return Candidate(
        foundation=candidate_foundation("host", "udp", f"{host}:{number}"),
        component=component,
        transport="udp",
        priority=candidate_priority(component, "host", 65535 - number),
        host=host,
        port=port,
        type="host",
    )
