"""Checks for which host names the port without login answers, and which sites' pages may open a WebSocket.

A page of any site can make its own name mean 127.0.0.1 (DNS rebinding) and would then reach that port from the
visitor's browser; the `Host` header still shows the name. Nobody can do so with an address, with `localhost`, or with a
name without a dot, which no public DNS serves.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
ANY = "*"
_HOST = re.compile(r"(?:\[(?P<address>[^\[\]]+)\]|(?P<name>[^\[\]:/?#@\\]+))(?::\d*)?")


def answered(hosts: Sequence[str], allowed: Collection[str]) -> bool:
    """Whether a request with these `Host` headers may be answered on a port that only this machine can reach.

    Args:
        hosts: The values of the header; none from an old client that is no browser.
        allowed: More names, in lower case; `*` for all.
    """
    return ANY in allowed or all(_harmless(name := _name(host)) or name in allowed for host in hosts)


def same_site(origin: str | None, hosts: Sequence[str], allowed: Collection[str] = ()) -> bool:
    """Whether a page of `origin` may open a WebSocket; clients that send no origin are no browsers.

    A host without a port matches every port: browsers omit only the default port, but proxies often remove another one
    too (`proxy_set_header Host $host` of nginx).

    Args:
        origin: The `Origin` header.
        hosts: The requested hosts: `Host`, or the header of a proxy that forwards. A page can set neither, so a page of
            another site is recognised.
        allowed: Names of other sites, in lower case; `*` for all.
    """
    if origin is None or ANY in allowed:
        return True
    here = _split(origin)
    if here is None or not here.hostname:
        return False
    if here.hostname in allowed:
        return True
    asked = [_split(f"//{host.strip()}") for value in hosts for host in value.split(",")]
    return any(there is not None and _place(there) in (_place(here), (here.hostname, None)) for there in asked)


def shown_elsewhere(
    site: str | None, mode: str | None, page: str | None, hosts: Sequence[str], allowed: Collection[str] = ()
) -> bool:
    """Whether a page of another site embeds a resource of this one: a picture, a script, data.

    It cannot read most of that, but sees whether it loads, and causes work here. Following a link does not count.

    Args:
        site: The `Sec-Fetch-Site` header, which browsers send to this machine's own addresses also without TLS.
        mode: The `Sec-Fetch-Mode` header.
        page: The `Origin` or else the `Referer` header.
        hosts: As for `same_site`.
        allowed: As for `same_site`.
    """
    if site != "cross-site" or mode == "navigate" or ANY in allowed:
        return False
    return page is None or not same_site(page, hosts, allowed)


@lru_cache(maxsize=64)
def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@lru_cache(maxsize=256)
def _harmless(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return bool(name) and "." not in name and ":" not in name
    return True


def _name(host: str) -> str:
    found = _HOST.fullmatch(host)
    return (found["address"] or found["name"]).lower() if found else ""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _place(parts: SplitResult) -> tuple[str | None, int | None]:
    return parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
