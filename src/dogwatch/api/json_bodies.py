"""Treats request bodies as JSON whatever their `Content-Type` says: some programs send none, or `text/plain`."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from dogwatch.api.cross_site import SAFE_METHODS
from dogwatch.api.errors import InvalidError

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


class StorableRequest(Request):
    """A request whose JSON holds no text with the character NUL: not every database can store it."""

    async def json(self) -> Any:
        """Return what the body holds.

        Raises:
            InvalidError: A text in it contains NUL.
            ValueError: It is no JSON.
        """
        found, body = await super().json(), await self.body()
        # In UTF-16 and UTF-32, which Python's JSON also reads, every body has zeros.
        if (b"\\u0000" in body or b"\0" in body) and _holds_nul(found):
            raise InvalidError([nul_in("body")])
        return found


def nul_in(place: str) -> dict[str, Any]:
    """Return the finding about a text with NUL in the body or the query."""
    return {"type": "string_nul", "loc": [place], "msg": "The character NUL cannot be stored"}


def _holds_nul(value: Any) -> bool:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text if "\0" in text:
                return True
            case dict() as members:
                waiting += [*members.keys(), *members.values()]
            case list() as members:
                waiting += members
    return False
