"""Finds the client's address of a request that came through trusted proxies."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the socket and the headers tell about a request, not yet checked."""

    peer: str
    """The address at the other end of the socket."""
    forwarded_for: tuple[str, ...] = ()
    """The values of `X-Forwarded-For`, in the order received."""
    encrypted: bool = False
    """Whether it came over TLS to this program."""
    forwarded_proto: tuple[str, ...] = ()
    """The values of `X-Forwarded-Proto`."""
    agent: str = ""
    """The `User-Agent` header."""
    host: str = ""
    """The `Host` header."""
    forwarded_host: tuple[str, ...] = ()
    """The values of `X-Forwarded-Host`."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read addresses and CIDR networks.

    Raises:
        ValueError: A text is neither.
    """
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def client_address(peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """Return the client's address: the right-most one in `X-Forwarded-For` that is no trusted proxy's.

    `forwarded_for` are the header's values in the order received. The header counts only from a trusted peer; without
    it, or if all addresses are trusted, the result is the peer. Source: docs/authentication.md.
    """
    if not _within(peer, trusted):
        return peer
    hops = [hop.strip() for value in forwarded_for for hop in value.split(",")]
    for hop in reversed(hops):
        if not _is_address(hop):
            return peer
        if not _within(hop, trusted):
            return hop
    return peer


def over_https(arrival: Arrival, trusted: Sequence[Network]) -> bool:
    """Whether the client uses HTTPS: to this program, or to a trusted proxy that says so."""
    if arrival.encrypted:
        return True
    said = ",".join(arrival.forwarded_proto).partition(",")[0].strip().lower()
    return said == "https" and _within(arrival.peer, trusted)


def origin(arrival: Arrival, trusted: Sequence[Network]) -> str | None:
    """Return scheme and host by which the client reaches us, such as `https://nvr:8971`; None if it names no host.

    What a proxy says of the host counts only from a trusted one.
    """
    said = ",".join(arrival.forwarded_host).partition(",")[0].strip() if _within(arrival.peer, trusted) else ""
    host = said or arrival.host
    return f"{'https' if over_https(arrival, trusted) else 'http'}://{host}" if _HOST.fullmatch(host) else None


def client_key(address: str) -> str:
    """Return what counts as one client for limits: an IPv4 address, or the /64 network of an IPv6 one.

    A customer of a provider has a whole /64, and could otherwise use another address each time.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return f"{ipaddress.IPv6Address(int(found) >> 64 << 64)}/64"


def _within(text: str, trusted: Sequence[Network]) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
