"""HTTP for clients that say what they want and take what they asked for: who does not is hung up on.

A connection costs a file descriptor, and anybody may open one without a login. uvicorn only limits the time between
two requests, so that one who never finishes a first request would keep it for ever, and one who stops reading an answer
would keep the answer too: its memory and the recorded file that it comes from.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import struct
import termios

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

MAX_CONNECTIONS = 400  # a listener; both leave room below the usual limit of 1024 open files
REQUEST_S = 30.0
STUCK_S = 60.0  # as other servers' limit; players that pause longer ask again for the rest
PING_S = 20.0  # between pings of a WebSocket, and for the answer to one


class TimedHttp(HttpToolsProtocol):
    """uvicorn's protocol with a deadline for each request and each step of an answer, and a limit for connections."""

    _deadline: asyncio.TimerHandle | None = None
    _patience: asyncio.TimerHandle | None = None
    _unsent = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, or close at once where there are too many connections."""
        super().connection_made(transport)
        self._expect()
        if len(self.connections) > MAX_CONNECTIONS:
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._arrived()
        self._taken()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Wait for the rest of a request that has begun."""
        super().on_message_begin()
        self._expect()

    def on_message_complete(self) -> None:
        """Take note that a request is complete."""
        self._arrived()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client takes less than it is given: begin to look whether it takes anything."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """The client has taken nearly all."""
        self._taken()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """What is left of an answer may be too little to pause, and is watched too: to close would wait for it."""
        super().on_response_complete()
        if self._patience is None and self.transport.get_write_buffer_size():
            self._watch()

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

    def _watch(self) -> None:
        self._taken()
        self._unsent = self._left()
        self._patience = self.loop.call_later(STUCK_S, self._look)

    def _look(self) -> None:
        self._patience = None
        if not self.transport.get_write_buffer_size():
            return
        if self._left() >= self._unsent:
            self.transport.abort()
        else:
            self._watch()

    def _left(self) -> int:
        """Count the bytes that the client has not taken, those in the system's hands included.

        The system asks for more only when a third of its buffer is free: more than a megabyte, which a slow client
        reads in more than a minute.
        """
        left = self.transport.get_write_buffer_size()
        with contextlib.suppress(OSError, ValueError):  # it does not tell, or the socket is gone
            there = self.transport.get_extra_info("socket").fileno()
            left += struct.unpack("i", fcntl.ioctl(there, termios.TIOCOUTQ, bytes(4)))[0]
        return left

    def _taken(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class TimedWebSocket(WebSocketsSansIOProtocol):
    """uvicorn's protocol, which at a ping without an answer closes the connection and waits until all is sent."""

    async def send(self, message: ASGISendEvent) -> None:
        """Send; a connection that has been closed meanwhile, by the other or by a ping without an answer, is gone.

        The original blames whoever sends, with a traceback in the log for each client that stops reading.
        """
        try:
            await super().send(message)
        except RuntimeError:
            if not self.close_sent:
                raise
            raise ClientDisconnected from None

    def keepalive_timeout(self) -> None:
        """Wait no longer for who does not read: it would keep the connection for ever."""
        super().keepalive_timeout()
        if self.transport.get_write_buffer_size():
            self.transport.abort()
