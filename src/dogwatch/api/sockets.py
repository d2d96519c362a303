"""One guard for all WebSocket routes: what a client may send, and that either side may leave at any moment.

    async with conversation(socket) as talk:
        talk.start(send_something(talk))
        while True:
            message = await talk.heard()

What sends beside the reading runs as a task of the conversation. Whoever finds that the other has gone raises
`GoneError`, which ends all of it and nothing else; any other error is a fault of ours and goes on to the log.
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


class GoneError(Exception):
    """The conversation is over."""


class Conversation:
    """An accepted WebSocket; `conversation` makes one."""

    def __init__(self, socket: WebSocket, tasks: asyncio.TaskGroup) -> None:
        """Talk over `socket`."""
        self._socket, self._tasks = socket, tasks
        self._gone = False

    async def accept(self) -> None:
        """Accept the connection; that the client has gone before shows when it is next talked to."""
        try:
            await self._socket.accept()
        except (WebSocketDisconnect, RuntimeError, OSError):
            self._gone = True

    def start(self, job: Coroutine[Any, Any, None]) -> None:
        """Run `job` beside the reading."""
        self._tasks.create_task(job)

    async def heard(self) -> dict[str, Any]:
        """Return the client's next message that is a JSON object; others are dropped.

        Raises:
            GoneError: The client has gone.
        """
        while not self._gone:
            try:
                message = await self._socket.receive()
            except RuntimeError:  # starlette: it had gone before
                raise GoneError from None
            if message["type"] == "websocket.disconnect":
                raise GoneError
            found = parse(message.get("text") or "")
            if found is not None:
                return found
        raise GoneError

    async def tell(self, data: str | bytes) -> None:
        """Send `data`.

        Raises:
            GoneError: The client has gone, or takes nothing.
        """
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await (self._socket.send_text(data) if isinstance(data, str) else self._socket.send_bytes(data))
        except TimeoutError:
            await self.close(TRY_LATER)
        except (WebSocketDisconnect, RuntimeError, OSError):  # RuntimeError: it has been closed on our side
            raise GoneError from None

    async def close(self, code: int = NORMAL) -> NoReturn:
        """End the conversation from our side.

        Raises:
            GoneError: Always.
        """
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT_S):  # who reads nothing does not take this either
                await self._socket.close(code)
        raise GoneError


@contextlib.asynccontextmanager
async def conversation(socket: WebSocket) -> AsyncIterator[Conversation]:
    """Accept `socket`; at the end of the block all that was started ends too."""
    try:
        async with asyncio.TaskGroup() as tasks:
            talk = Conversation(socket, tasks)
            await talk.accept()
            yield talk
            raise GoneError  # a group waits for its tasks unless it fails
    except* GoneError:
        pass


def parse(text: str) -> dict[str, Any] | None:
    """Return a message as JSON object; None if it is none, or too large or deep to be meant."""
    if len(text) > MAX_MESSAGE:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
