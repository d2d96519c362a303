"""The server's side of every WebSocket: limits of messages, deadlines, and clients that leave at any moment.

    async with accepted(socket) as client:
        client.start(send_something(client))
        while True:
            message = await client.receive()

What sends beside the reading runs as a task of the block. Whoever finds that the client has gone raises
`ClientGoneError`, which ends the block and its tasks and nothing else. Any other error is a fault and goes to the log.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Coroutine
from typing import Any, NoReturn

from starlette.websockets import WebSocket, WebSocketDisconnect

MAX_MESSAGE = 64 * 1024
SEND_TIMEOUT_S = 20.0
CLOSE_TIMEOUT_S = 1.0
NORMAL, TRY_AGAIN, TRY_LATER = 1000, 1012, 1013  # RFC 6455, section 7.4, and the registry that it founded


class ClientGoneError(Exception):
    """The client has gone, or has been sent away."""


class SocketClient:
    """The client of an accepted WebSocket; `accepted` makes one."""

    def __init__(self, socket: WebSocket, tasks: asyncio.TaskGroup) -> None:
        """Talk over `socket`."""
        self._socket, self._tasks = socket, tasks
        self._gone = False

    async def accept(self) -> None:
        """Accept the connection. A client that has gone already shows when it is next received from or sent to.

        Of the subprotocols that the client offers it gets the first: browsers give up if they get none, and players
        such as `jsmpeg` offer one without meaning it.
        """
        offered = self._socket.scope.get("subprotocols") or [None]
        try:
            await self._socket.accept(subprotocol=offered[0])
        except (WebSocketDisconnect, RuntimeError, OSError):
            self._gone = True

    def start(self, job: Coroutine[Any, Any, None]) -> None:
        """Run `job` beside the reading."""
        self._tasks.create_task(job)

    async def receive(self) -> dict[str, Any]:
        """Return the client's next message that is a JSON object; others are dropped.

        Raises:
            ClientGoneError: The client has gone.
        """
        while not self._gone:
            try:
                message = await self._socket.receive()
            except RuntimeError:  # starlette: it had gone before
                raise ClientGoneError from None
            if message["type"] == "websocket.disconnect":
                raise ClientGoneError
            found = parse(message.get("text") or "")
            if found is not None:
                return found
        raise ClientGoneError

    async def send(self, data: str | bytes) -> None:
        """Send `data`; a client that does not read it in `SEND_TIMEOUT_S` is sent away.

        Raises:
            ClientGoneError: The client has gone, or does not read.
        """
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await (self._socket.send_text(data) if isinstance(data, str) else self._socket.send_bytes(data))
        except TimeoutError:
            await self.close(TRY_LATER)
        except (WebSocketDisconnect, RuntimeError, OSError):  # RuntimeError: it has been closed on this side
            raise ClientGoneError from None

    async def close(self, code: int = NORMAL) -> NoReturn:
        """Close the connection from this side.

        Raises:
            ClientGoneError: Always.
        """
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):  # a client that reads nothing does not read this either
                await self._socket.close(code)
        raise ClientGoneError


@contextlib.asynccontextmanager
async def accepted(socket: WebSocket) -> AsyncIterator[SocketClient]:
    """Accept `socket`; at the end of the block all that was started ends too."""
    try:
        async with asyncio.TaskGroup() as tasks:
            client = SocketClient(socket, tasks)
            await client.accept()
            yield client
            raise ClientGoneError  # a group waits for its tasks unless it fails
    except* ClientGoneError:
        pass


def parse(text: str) -> dict[str, Any] | None:
    """Return a message as JSON object; None if it is none, or too large or too deeply nested."""
    if len(text) > MAX_MESSAGE:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
