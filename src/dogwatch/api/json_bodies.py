"""Treats request bodies as JSON whatever their `Content-Type` says: some programs send none, or `text/plain`."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from dogwatch.api.cross_site import SAFE_METHODS

JSON = (b"content-type", b"application/json")


class JsonBodies:
    """An app that takes every request body for JSON, except multipart ones.

    Pages of other sites can send such a body too (`text/plain`), which is why they need `X-CSRF-TOKEN`.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Pass requests on to `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with the content type of JSON."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            said = dict(scope["headers"]).get(b"content-type", b"")
            if not said.startswith(b"multipart/"):
                scope["headers"] = [*(pair for pair in scope["headers"] if pair[0] != b"content-type"), JSON]
        await self._app(scope, receive, send)
