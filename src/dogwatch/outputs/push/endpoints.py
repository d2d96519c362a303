"""Where messages may be sent: any user can name an address, so nothing inside the own network is asked by default.

Certificates are always checked, redirects are not followed, and the address that was checked is the one that is
connected to, so that a name which changes its address between the two (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dogwatch.errors import RefusedError
from dogwatch.outputs.push.name_lookup import LOOKUP

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver

LONGEST = 2048


def check_endpoint(endpoint: str, private_hosts: Collection[str]) -> None:
    """Refuse what is no address of a push service.

    Args:
        endpoint: An address that somebody has named.
        private_hosts: Hosts, with their ports or without, that may have private addresses.

    Raises:
        RefusedError: It is not `https`, has credentials, or is a private address.
    """
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise RefusedError("The endpoint is no address.") from None
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise RefusedError("The endpoint is no address.")
    if parts.scheme != "https" or not host or port == 0:
        raise RefusedError("The endpoint has to begin with https:// and a host.")
    if parts.username is not None or parts.fragment:
        raise RefusedError("The endpoint has a user name or a fragment.")
    if not _private_allowed(host, port or 443, private_hosts) and (host == "localhost" or not _may_be_public(host)):
        raise RefusedError(
            f"The push service '{host[:100]}' is inside a private network (notifications.private_hosts)."
        )


def public_resolver(endpoint: str, private_hosts: Collection[str]) -> AbstractResolver:
    """Return what resolves the host of `endpoint` for aiohttp, and finds public addresses only, as `check_endpoint`."""
    from aiohttp.abc import AbstractResolver, ResolveResult

    parts = urlsplit(endpoint)
    any_address = _private_allowed(parts.hostname or "", parts.port or 443, private_hosts)

    class PublicResolver(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
        ) -> list[ResolveResult]:
            found = await LOOKUP.find(host, port, family)
            usable = [one for one in found if any_address or is_public(str(one[4][0]))]
            if not usable:
                raise OSError(None, f"{host} has no public address")
            return [
                ResolveResult(
                    hostname=host, host=str(address[0]), port=port, family=kind, proto=proto,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
                for kind, _, proto, _, address in usable
            ]  # fmt: skip

        async def close(self) -> None:
            """Nothing is open."""

    return PublicResolver()


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found
    return found.is_global and not found.is_multicast


def _may_be_public(host: str) -> bool:
    """Whether a host is a name, or a public address."""
    try:
        return is_public(host)
    except ValueError:
        # `http://2130706433/` and `127.1` are 127.0.0.1 to some resolvers; the resolver looks at what comes out.
        return True


def _private_allowed(host: str, port: int, private_hosts: Collection[str]) -> bool:
    return host.lower() in private_hosts or f"{host.lower()}:{port}" in private_hosts
