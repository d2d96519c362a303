"""Closes connections whose client does not send or read in time, or that are too many.

A connection costs a file descriptor, and anybody may open one without a login. uvicorn only limits the time between
two requests. A client that never finishes its first request would keep the connection for ever, and one that stops
reading would also keep the answer: its memory, and the recorded file that it comes from.

Both classes extend uvicorn's protocols, which it does not document. `USED` names what they rely on; pyproject.toml
limits uvicorn to versions that are known to have it, and `tests/unit/api/test_uvicorn.py` looks whether the one that is
installed does.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import struct
import termios

import msgspec
from starlette.types import Scope
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

MAX_CONNECTIONS = 400  # a listener; both leave room below the usual limit of 1024 open files
REQUEST_S = 30.0
LEAST_BYTES = 64 << 10
"""What a client that sends a large body has to send in each `REQUEST_S`."""
READ_S = 60.0  # as other servers' limit; players that pause longer ask again for the rest
PING_S = 20.0  # between pings of a WebSocket, and for the answer to one

USED: dict[type[asyncio.Protocol], tuple[str, ...]] = {
    HttpToolsProtocol: (
        *("on_body", "flow", "scope"),
        *("connection_made", "connection_lost", "pause_writing", "resume_writing"),
        *("on_message_begin", "on_message_complete", "on_response_complete", "handle_websocket_upgrade"),
        "send_400_response",
        *("connections", "loop", "transport"),
    ),
    WebSocketsSansIOProtocol: ("send", "keepalive_timeout", "close_sent", "transport"),
}
"""The methods that are extended, and the attributes that are read."""


_LARGE_BODY = "dogwatch.large_body"


def expect_large_body(scope: Scope) -> None:
    """Let the client of a request take as long as it takes to send the body, while something comes.

    To be called by a handler that takes files, once the caller is known: all others have to send theirs in `REQUEST_S`.
    """
    scope.get("state", {})[_LARGE_BODY] = True


class TimedHttp(HttpToolsProtocol):
    """uvicorn's HTTP with a deadline for each request and for reading an answer, and a limit for connections."""

    _request_deadline: asyncio.TimerHandle | None = None
    _read_deadline: asyncio.TimerHandle | None = None
    _unread = 0
    _received = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, or close at once where there are too many connections."""
        super().connection_made(transport)
        self._await_request()
        if len(self.connections) > MAX_CONNECTIONS:
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel both deadlines."""
        self._end_request_deadline()
        self._end_read_deadline()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Wait for the rest of a request that has begun."""
        super().on_message_begin()
        self._await_request()

    def on_body(self, body: bytes) -> None:
        """Count what has come of a body."""
        self._received += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is complete: there is no hurry until the next."""
        self._end_request_deadline()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client reads more slowly than the answer is sent: look now and then whether it reads at all."""
        super().pause_writing()
        self._await_reading()

    def resume_writing(self) -> None:
        """The client has read nearly all."""
        self._end_read_deadline()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """The rest of an answer may be too short to pause writing, and is watched too: closing would wait for it."""
        super().on_response_complete()
        if self._read_deadline is None and self.transport.get_write_buffer_size():
            self._await_reading()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or has an address of more than 64 KiB, as the surfaces refuse: uvicorn sends text."""
        body = msgspec.json.encode({"success": False, "message": msg, "error": msg, "code": "bad_request"})
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
        self.transport.close()

    def handle_websocket_upgrade(self) -> None:
        """Hand over to the WebSocket, which has pings."""
        self._end_request_deadline()
        super().handle_websocket_upgrade()

    def _await_request(self) -> None:
        self._end_request_deadline()
        self._received = 0
        self._request_deadline = self.loop.call_later(REQUEST_S, self._check_request)

    def _check_request(self) -> None:
        large = self.scope is not None and self.scope.get("state", {}).get(_LARGE_BODY)
        if large and (self._received >= LEAST_BYTES or self.flow.read_paused):  # or it is we who are slow
            self._await_request()
        else:
            self.transport.abort()

    def _end_request_deadline(self) -> None:
        if self._request_deadline is not None:
            self._request_deadline.cancel()
            self._request_deadline = None

    def _await_reading(self) -> None:
        self._end_read_deadline()
        self._unread = self._unread_bytes()
        self._read_deadline = self.loop.call_later(READ_S, self._check_reading)

    def _check_reading(self) -> None:
        self._read_deadline = None
        if not self.transport.get_write_buffer_size():
            return
        if self._unread_bytes() >= self._unread:
            self.transport.abort()
        else:
            self._await_reading()

    def _unread_bytes(self) -> int:
        """Count the bytes that the client has not read, those in the system's send buffer included.

        The system asks for more only when a third of its buffer is free: more than a megabyte, which a slow client
        reads in more than a minute.
        """
        unread = self.transport.get_write_buffer_size()
        with contextlib.suppress(OSError, ValueError):  # the system does not tell, or the socket is gone
            descriptor = self.transport.get_extra_info("socket").fileno()
            unread += struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)))[0]
        return unread

    def _end_read_deadline(self) -> None:
        if self._read_deadline is not None:
            self._read_deadline.cancel()
            self._read_deadline = None


class TimedWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket, which does not keep a connection whose client answers no ping."""

    async def send(self, message: ASGISendEvent) -> None:
        """Send.

        uvicorn's own takes it for a mistake of the sender when the connection has been closed meanwhile, by the client
        or after a ping without an answer, and logs a traceback for each client that stops reading.

        Raises:
            ClientDisconnected: The connection is closed.
        """
        try:
            await super().send(message)
        except RuntimeError:
            if not self.close_sent:
                raise
            raise ClientDisconnected from None

    def keepalive_timeout(self) -> None:
        """Close without waiting for what the client has not read: uvicorn's own would wait for ever."""
        super().keepalive_timeout()
        if self.transport.get_write_buffer_size():
            self.transport.abort()
