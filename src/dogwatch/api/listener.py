"""Listeners: where surfaces are reached, and on which one a request came in.

A mark in the ASGI scope names it, which no client can set.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

INTERNAL = "internal"
"""The name of the listener on which nobody logs in."""
EXTERNAL = "external"
"""The name of the listener on which accounts log in."""
EDGE = "edge"
"""The name of the listener of the edge API."""
_KEY = "dogwatch.listener"


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 takes any free one. With `ipv6`, all addresses and loopback mean both families."""

    host: str
    port: int
    ipv6: bool = False


@dataclass(frozen=True, slots=True)
class HttpListener:
    """One listener: its name, its address, and whether it speaks TLS.

    `login` is False where whoever reaches the port needs no password; opening such a port to the network is logged.
    """

    name: str
    address: Address
    tls: bool = False
    login: bool = True


class Marked:
    """`app` as seen through one listener."""

    def __init__(self, app: ASGIApp, listener: str) -> None:
        """Mark every request to `app` as one of the listener with this name."""
        self._app, self._listener = app, listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on with the mark."""
        scope[_KEY] = self._listener
        await self._app(scope, receive, send)


def listener_of(scope: Scope) -> str:
    """Return the name of the listener of a request; empty without a mark, which is the name of none."""
    found: str = scope.get(_KEY, "")
    return found
