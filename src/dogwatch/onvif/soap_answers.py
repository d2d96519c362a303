"""Bounds what a camera can do to us by its answers over HTTP; the library that asks bounds nothing of this.

A camera may be broken, or somebody else's by now. Its answers are of limited size. They lead nowhere else: not by a
redirection, and not by the addresses of its services, or else it could have this computer send requests to listeners
that trust it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import aiohttp

MOST_BYTES = 8 << 20


async def bounded(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Pass a request on, and return its answer with its whole body.

    Raises:
        ClientPayloadError: It leads to another address, or is too large.
    """
    answer = await handler(request)
    try:
        if 300 <= answer.status < 400:
            raise aiohttp.ClientPayloadError(f"the answer is a redirection ({answer.status})")
        parts, size = [], 0
        async for part in answer.content.iter_any():
            size += len(part)
            if size > MOST_BYTES:
                raise aiohttp.ClientPayloadError(f"the answer is larger than {MOST_BYTES >> 20} MiB")
            parts.append(part)
    except BaseException:
        answer.close()
        raise
    answer._body = b"".join(parts)  # what it returns when it is read
    return answer


def bound(camera: Any) -> None:
    """Have all services of a camera of the library get bounded answers, and be at the camera itself."""
    create, rewritten = camera.create_onvif_service, camera.rewrite_url

    async def create_bounded(*args: Any, **options: Any) -> Any:
        service = await create(*args, **options)
        service._session._middlewares = (bounded,)
        return service

    def at_camera(url: str | None) -> str | None:
        return own_address(rewritten(url), camera.host, camera.port)

    camera.create_onvif_service, camera.rewrite_url = create_bounded, at_camera


def own_address(url: str | None, host: str, port: int) -> str | None:
    """Return a service's address with the host and the port by which the camera was asked, if it names another host.

    Cameras behind a router do so too, and some give addresses that they have had before.
    """
    if not url:
        return url
    asked = urlsplit(host if "://" in host else f"http://{f'[{host}]' if ':' in host else host}")
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname == asked.hostname:
            return url
    except ValueError:
        return None
    return parts._replace(scheme=asked.scheme, netloc=f"{asked.netloc}:{port}").geturl()
