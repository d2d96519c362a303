"""Bodies of the edge API: a JSON object, which is empty if there is no body."""

from __future__ import annotations

from typing import Any

import msgspec
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dogwatch.api.errors import ApiError
from dogwatch.api.json_bodies import JSON
from dogwatch.errors import EdgeError

MOST_LEVELS = 32


class EdgeBody(BaseModel):
    """The base of all bodies: values are taken as they are, and what is not known is ignored."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False, protected_namespaces=())


class ObjectBodies:
    """An app whose bodies are JSON objects: others are refused before it sees them."""

    def __init__(self, app: ASGIApp) -> None:
        """Hand requests on to `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body of a POST, and hand it on as JSON.

        Raises:
            EdgeError: 400, it is no JSON object; 415, it says that it is something else.
        """
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        if body.strip():
            kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
                raise EdgeError(415, "bad_media_type", "The body has to be application/json")
            read_object(body)
        else:
            body = b"{}"
        headers = [pair for pair in scope["headers"] if pair[0] not in (b"content-type", b"content-length")]
        scope["headers"] = [*headers, JSON, (b"content-length", str(len(body)).encode())]
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`.

    Raises:
        EdgeError: 400; it holds none.
    """
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise EdgeError(400, "bad_json", f"The body is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise EdgeError(400, "bad_json", "The body is no JSON object")
    if not _is_flat(found):
        raise EdgeError(400, "bad_json", f"The body is nested more than {MOST_LEVELS} levels deep")
    return found


def _is_flat(value: Any, levels: int = MOST_LEVELS) -> bool:
    """Whether a value could be written as JSON again: that fails where it is nested hundreds of levels deep."""
    if not isinstance(value, dict | list):
        return True
    within = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat(one, levels - 1) for one in within)


async def _read(receive: Receive) -> bytes:
    """Return the whole body, whose size `Wire` limits.

    Raises:
        ApiError: 400; the client has gone before its end.
    """
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ApiError(400, "The body is not complete")
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
