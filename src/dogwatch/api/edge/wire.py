"""What holds for every request to the edge API: pages of any site may ask, and a slash at the end does not matter."""

from __future__ import annotations

import logging
from urllib.parse import quote, unquote_to_bytes

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID, Range",
    "Access-Control-Max-Age": "600",
    "Content-Length": "0",
}
EXPOSED = "Accept-Ranges, Content-Disposition, Content-Range, ETag, Retry-After, WWW-Authenticate"


class EdgeWire:
    """The app of the edge API for pages of any site."""

    def __init__(self, app: ASGIApp) -> None:
        """Hand requests on to `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer OPTIONS, which needs no token; hand everything else on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"][:-1]}
        method = scope["method"]

        async def open_to_pages(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message.get("headers", [])))
                headers["Access-Control-Allow-Origin"] = "*"
                headers["Access-Control-Expose-Headers"] = EXPOSED
                message = {**message, "headers": headers.raw}
                # What anybody can bring about as often as they like must not wear out the card.
                quiet = method in ("GET", "HEAD") or 400 <= message["status"] < 500
                level = logging.DEBUG if quiet else logging.INFO
                if log.isEnabledFor(level):
                    # Escaped, so that no path makes a line of the log.
                    said = (method, quote(scope["path"]), masked(scope["query_string"]), message["status"])
                    log.log(level, "%s %s%s: %d", *said)
            await send(message)

        if method == "OPTIONS":
            headers = [(name.lower().encode(), value.encode()) for name, value in PREFLIGHT.items()]
            await open_to_pages({"type": "http.response.start", "status": 204, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, receive, open_to_pages)


def masked(query: bytes) -> str:
    """Return a query as it may be logged: without the token."""
    if not query:
        return ""
    parts = (part.partition(b"=") for part in query.split(b"&"))
    shown = [b"token=***" if equals and _is_token(name) else name + equals + value for name, equals, value in parts]
    return "?" + b"&".join(shown).decode("latin-1")


def _is_token(name: bytes) -> bool:
    return b"token" in unquote_to_bytes(name).lower()
