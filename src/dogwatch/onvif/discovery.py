"""Finds cameras on the network: WS-Discovery (SOAP over UDP), as ONVIF prescribes it."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

GROUP, PORT = "239.255.255.250", 3702
WAIT_S = 3.0
MOST = 256
SCOPE = "onvif://www.onvif.org/"
_PROBE = (
    '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>uuid:{id}</w:MessageID>'
    '<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>'
    '<w:Action e:mustUnderstand="true">'
    "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header><e:Body><d:Probe>"
    "<d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>"
)


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera that has answered: where it is, and what it says of itself, which may be empty."""

    host: str
    port: int
    address: str
    name: str
    hardware: str
    location: str

    def body(self) -> dict[str, Any]:
        """Return it as answers have it."""
        return asdict(self)


async def discover(
    hosts: Iterable[str] = (), interfaces: Iterable[str] = (), wait_s: float = WAIT_S
) -> list[FoundCamera]:
    """Return the cameras that answer within `wait_s`.

    Args:
        hosts: Ask these alone, which may be beyond a router; by default everybody on the network is asked.
        interfaces: Own IPv4 addresses whose networks are asked; by default all of this machine.
        wait_s: How long to wait for answers.
    """
    targets = [(host, PORT) for host in hosts]
    own = [""] if targets else list(interfaces) or await asyncio.to_thread(_own_addresses)
    found: dict[str, FoundCamera] = {}
    await asyncio.gather(*(_ask(address, targets or [(GROUP, PORT)], found, wait_s) for address in own))
    return sorted(found.values(), key=lambda one: (one.host, one.port))


async def _ask(own: str, targets: list[tuple[str, int]], found: dict[str, FoundCamera], wait_s: float) -> None:
    asked = str(uuid.uuid4())
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        if own:
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 4)
            sock.bind((own, 0))
        data = _PROBE.format(id=asked).encode()
        sent = 0
        for target in targets:
            for _ in range(2):  # datagrams get lost
                with suppress(OSError, ValueError, TypeError):  # what cannot be a host's name
                    sent += await loop.sock_sendto(sock, data, target)
        if not sent:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while len(found) < MOST:
                    answer, _ = await loop.sock_recvfrom(sock, 65535)
                    await asyncio.sleep(
                        0
                    )  # else a flood of answers lets nothing else run, not even the end of the wait
                    for one in read_answer(answer, asked):
                        found.setdefault(one.address, one)


def read_answer(data: bytes, asked: str) -> list[FoundCamera]:
    """Return the cameras that an answer to the probe with the id `asked` names; none if it is no such answer."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return []
    texts = {one.tag.rpartition("}")[2]: (one.text or "").strip() for one in root.iter() if isinstance(one.tag, str)}
    if not texts.get("RelatesTo", "").endswith(asked):
        return []
    found = []
    for match in root.iter("{http://schemas.xmlsoap.org/ws/2005/04/discovery}ProbeMatch"):
        words = {
            child.tag.rpartition("}")[2]: (child.text or "").split() for child in match if isinstance(child.tag, str)
        }
        scopes = words.get("Scopes", [])
        for address in words.get("XAddrs", []):
            if (one := _camera(address, scopes)) is not None:
                found.append(one)
                break
    return found


def _camera(address: str, scopes: list[str]) -> FoundCamera | None:
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or host.startswith("fe80") or len(address) > 500:
        return None
    return FoundCamera(host, port, address, *(_scope(scopes, kind) for kind in ("name", "hardware", "location")))


def _scope(scopes: list[str], kind: str) -> str:
    beginning = f"{SCOPE}{kind}/"
    found = [unquote(one.removeprefix(beginning)) for one in scopes if one.startswith(beginning)]
    return ", ".join("".join(char for char in one if char.isprintable()) for one in found)[:100]


def _own_addresses() -> list[str]:
    import psutil

    up = {name for name, stats in psutil.net_if_stats().items() if stats.isup}
    return [
        one.address
        for name, addresses in psutil.net_if_addrs().items()
        for one in addresses
        if name in up and one.family == socket.AF_INET and not one.address.startswith("127.")
    ]
