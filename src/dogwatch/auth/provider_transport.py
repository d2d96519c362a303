"""Sends requests to a provider and reads answers of a limited size; what httpx calls a transport."""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

from dogwatch.errors import DogwatchError

LARGEST = 256 * 1024


@cache
def _trusted() -> ssl.SSLContext:
    """Return what checks certificates by those that the system trusts; reading them takes a while."""
    import httpx2

    context: ssl.SSLContext = httpx2.create_ssl_context()
    return context


class AnswerTooLargeError(DogwatchError):
    """A provider's answer is larger than any that it should send."""


class LimitedTransport:
    """Reads each answer whole, up to `LARGEST` bytes; those that are compressed are refused, as nobody asked for it."""

    def __init__(self) -> None:
        """Check certificates by those that the system trusts."""
        import httpx2

        self._inner = httpx2.AsyncHTTPTransport(verify=_trusted(), limits=httpx2.Limits(max_connections=4))

    async def handle_async_request(self, request: Any) -> Any:
        """Send one request and return its answer.

        Raises:
            AnswerTooLargeError: It is too large or compressed.
        """
        import httpx2

        answer = await self._inner.handle_async_request(request)
        try:
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise AnswerTooLargeError(f"{request.url.host} sends a compressed answer")
            parts, size = [], 0
            async for part in answer.aiter_raw():
                parts.append(part)
                size += len(part)
                if size > LARGEST:
                    raise AnswerTooLargeError(f"{request.url.host} sends more than {LARGEST} bytes")
        finally:
            await answer.aclose()
        return httpx2.Response(answer.status_code, headers=answer.headers, content=b"".join(parts), request=request)

    async def __aenter__(self) -> LimitedTransport:
        """Begin."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close what is open."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()
