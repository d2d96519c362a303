"""Which listener a request came in on. A mark in the ASGI scope says so, which no client can set."""

from __future__ import annotations

from typing import Literal

from starlette.types import ASGIApp, Receive, Scope, Send

Listener = Literal["internal", "external"]
INTERNAL: Listener = "internal"
EXTERNAL: Listener = "external"
_KEY = "dogwatch.listener"


class Marked:
    """`app` as seen through one listener."""

    def __init__(self, app: ASGIApp, listener: Listener) -> None:
        """Mark every request to `app` as one of `listener`."""
        self._app, self._listener = app, listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on with the mark."""
        scope[_KEY] = self._listener
        await self._app(scope, receive, send)


def listener_of(scope: Scope) -> Listener:
    """Return the listener of a request; without a mark it is treated as coming from outside."""
    return INTERNAL if scope.get(_KEY) == INTERNAL else EXTERNAL
