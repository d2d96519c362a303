"""How a client wants packets to be sent: the `Transport` header. Source: RFC 2326, section 12.39."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PAIR = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
CHANNELS, PORTS = 256, 65536
FIRST_PORT = 1024  # below are services that nobody should be able to have packets sent to


@dataclass(frozen=True, slots=True)
class Interleaved:
    """Over the connection of the requests: the channels of RTP and of RTCP; None if the server may choose."""

    channels: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Datagrams:
    """Over UDP to the client's address: its ports for RTP and RTCP."""

    ports: tuple[int, int]


def parse(header: str) -> Interleaved | Datagrams | None:
    """Return the first way that is possible here, None if there is none; multicast and encryption are not."""
    for offer in header.split(","):
        protocol, *parameters = (part.strip() for part in offer.split(";"))
        given = dict(_split(one) for one in parameters)
        if "multicast" in given or given.get("mode", "play").strip('"').lower() != "play":
            continue
        if protocol.upper() == "RTP/AVP/TCP":
            channels = _pair(given.get("interleaved"), CHANNELS)
            if channels is not None or "interleaved" not in given:
                return Interleaved(channels)
        elif protocol.upper() in ("RTP/AVP", "RTP/AVP/UDP"):
            ports = _pair(given.get("client_port"), PORTS)
            if ports is not None and min(ports) >= FIRST_PORT:
                return Datagrams(ports)
    return None


def _split(parameter: str) -> tuple[str, str]:
    name, _, value = parameter.partition("=")
    return name.strip().lower(), value.strip()


def _pair(text: str | None, end: int) -> tuple[int, int] | None:
    """Read `4` or `4-5`; None if it is no pair of different numbers below `end`."""
    found = _PAIR.fullmatch(text or "")
    if found is None:
        return None
    first = int(found[1])
    second = int(found[2]) if found[2] else first + 1
    return (first, second) if first != second and max(first, second) < end else None
