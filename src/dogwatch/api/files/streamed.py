"""Answers whose bytes are made while they are sent: chunked, without ranges.

The answer begins with the first byte, so that what fails before it is an error with a status. What fails later cuts the
connection: an answer that ends as it should would be taken for complete. A client that goes away ends the work.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Mapping

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dogwatch.errors import DogwatchError, FileError

_log = logging.getLogger(__name__)


class StreamedFilm(Response):
    """Sends what `begin` yields."""

    def __init__(
        self, begin: Callable[[], AsyncGenerator[bytes, None]], media_type: str, headers: Mapping[str, str]
    ) -> None:
        """Prepare the answer; a HEAD request does not begin."""
        self._begin = begin
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self.body = b""
        self.init_headers({"Accept-Ranges": "none", **headers})
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            FileError: There is no first byte; nothing has been sent.
        """
        begun = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        if scope["method"] == "HEAD":
            await send(begun)
            await send({"type": "http.response.body", "body": b""})
            return
        failed: list[DogwatchError] = []
        async with anyio.create_task_group() as group:
            group.start_soon(_cancel_on_disconnect, receive, group.cancel_scope)
            await self._send(begun, send, failed)
            group.cancel_scope.cancel()
        if failed:
            raise failed[0]

    async def _send(self, begun: dict[str, object], send: Send, failed: list[DogwatchError]) -> None:
        sent = False
        data = self._begin()
        try:
            async for piece in data:
                if not sent:
                    await send(begun)
                    sent = True
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if not sent:
                raise FileError(500, "encode_failed", "Nothing could be made of the file")
        except DogwatchError as error:
            if not sent:
                failed.append(error)
            else:
                _log.warning("breaking off a film: %s", error)
            return  # without the last message, at which the server closes the connection
        finally:
            with anyio.CancelScope(shield=True):
                await data.aclose()
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _cancel_on_disconnect(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
