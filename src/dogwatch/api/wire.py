"""Rules for every request and answer of a surface: limits of bodies, caching, compression, transport security."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dogwatch.api.errors import ApiError, Form

COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/javascript",
    "image/svg+xml",
    "application/vnd.apple.mpegurl",
)
NOT_COMPRESSIBLE = ("text/event-stream",)
MAX_BODY = 2 << 20  # the largest is a configuration file; unbounded bodies would cost the recorder its memory
LONGEST_LENGTH = 18  # digits; int() refuses thousands of them
MINIMUM_BYTES = 1024
BIG_BYTES = 256 * 1024  # compressing this takes about 5 ms: no longer on the event loop
_NOSNIFF, _NO_STORE = (b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")
_HSTS = b"strict-transport-security", b"max-age=63072000"


class Wire:
    """The outermost ASGI middleware of a surface."""

    def __init__(self, app: ASGIApp, error_form: Form, body_limit: Callable[[Scope], int] = lambda _: MAX_BODY) -> None:
        """Wrap `app`; `error_form` makes the answers of refusals, `body_limit` tells how large a body may be."""
        self._app, self._error_form, self._body_limit = app, error_form, body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse bodies that are too large; else hand on and finish the answer's headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            said.setdefault(name, value)
        gzipped, length = b"gzip" in said.get(b"accept-encoding", b""), said.get(b"content-length", b"0")
        answer = Answer(send, secure=scope.get("scheme") == "https", gzipped=gzipped)
        limit = self._body_limit(scope)
        if not length.isdigit() or len(length) > LONGEST_LENGTH or int(length) > limit:
            await self._error_form(_too_large(limit))(scope, receive, answer.send)
            return
        await self._app(scope, _bounded(receive, answer, limit), answer.send)


def _bounded(receive: Receive, answer: Answer, limit: int) -> Receive:
    """Return `receive` that refuses a body of unknown length when it gets too large, or then ends its answer."""
    size = 0

    async def count() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size <= limit:
            return message
        if answer.begun:
            return {"type": "http.disconnect"}
        raise _too_large(limit)

    return count


def _too_large(limit: int) -> ApiError:
    return ApiError(413, f"The body is larger than {limit} bytes")


class Answer:
    """Sends one answer; the head waits for the first part of the body, which decides about compression."""

    def __init__(self, send: Send, *, secure: bool, gzipped: bool) -> None:
        """Use `send`; the request came over TLS if `secure`, and from a client that accepts gzip if `gzipped`."""
        self._send, self._secure, self._gzipped = send, secure, gzipped
        self._start: Message | None = None
        self.begun = False

    async def send(self, message: Message) -> None:
        """Send the app's next message."""
        self.begun = True
        if message["type"] == "http.response.start":
            raw = self._finished(message.get("headers", ()))
            message = {**message, "headers": raw}
            if not (self._gzipped and _compressible(MutableHeaders(raw=raw))):
                await self._send(message)
            else:
                self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            body = message.get("body", b"")
            if message["type"] == "http.response.body" and not message.get("more_body") and len(body) >= MINIMUM_BYTES:
                body = await asyncio.to_thread(_compress, body) if len(body) > BIG_BYTES else _compress(body)
                headers = MutableHeaders(raw=list(start["headers"]))
                headers["Content-Encoding"] = "gzip"
                headers["Content-Length"] = str(len(body))
                headers.add_vary_header("Accept-Encoding")
                start, message = {**start, "headers": headers.raw}, {"type": "http.response.body", "body": body}
            await self._send(start)
        await self._send(message)

    def _finished(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Return headers, whose names are in lower case, with those that every answer has."""
        raw = list(headers)
        there = dict(raw)
        if b"date" not in there:
            raw.append((b"date", _date(int(time.time()))))  # here, so that no server need look at the clock
        if b"x-content-type-options" not in there:
            raw.append(_NOSNIFF)
        if b"cache-control" not in there and there.get(b"content-type", b"").startswith(b"application/json"):
            raw.append(_NO_STORE)
        if self._secure:
            raw = [one for one in raw if one[0] != _HSTS[0]]
            raw.append(_HSTS)
        return raw


@lru_cache(maxsize=4)
def _date(now: int) -> bytes:
    return formatdate(now, usegmt=True).encode()


def _compressible(headers: MutableHeaders) -> bool:
    kind = headers.get("content-type", "")
    return (
        kind.startswith(COMPRESSIBLE)
        and not kind.startswith(NOT_COMPRESSIBLE)
        and "content-encoding" not in headers
        and "content-range" not in headers
        and "etag" not in headers  # a tag names exact bytes
    )


def _compress(body: bytes) -> bytes:
    return gzip.compress(body, 5, mtime=0)
