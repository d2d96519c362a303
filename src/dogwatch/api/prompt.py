"""HTTP for clients that say what they want: who does not is hung up on.

A connection costs a file descriptor, and anybody may open one without a login. uvicorn only limits the time between
two requests, so that one who never finishes a first request would keep it for ever.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_CONNECTIONS = 400  # a listener; both leave room below the usual limit of 1024 open files
REQUEST_S = 30.0


class PromptProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a deadline for each request, and a limit for the connections of a listener."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, or close at once where there are too many connections."""
        super().connection_made(transport)
        self._expect()
        if len(self.connections) > MAX_CONNECTIONS:
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._arrived()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Wait for the rest of a request that has begun."""
        super().on_message_begin()
        self._expect()

    def on_message_complete(self) -> None:
        """Take note that a request is complete."""
        self._arrived()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand over to the WebSocket, which looks after itself by pings."""
        self._arrived()
        super().handle_websocket_upgrade()

    def _expect(self) -> None:
        self._arrived()
        self._deadline = self.loop.call_later(REQUEST_S, self.transport.abort)

    def _arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
