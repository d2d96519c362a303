"""Who may use the edge API: whoever shows its token, while that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from dogwatch.api import paths
from dogwatch.api.edge.bodies import ObjectBodies
from dogwatch.api.edge.policy import Needs
from dogwatch.api.errors import AccessError
from dogwatch.edge.camera import EdgeCamera
from dogwatch.errors import EdgeError

TOKEN_KEY = "dogwatch.edge_token"  # noqa: S105 - a name
BEARER = "bearer "


def shown_token(scope: Scope) -> str | None:
    """Return the token that a request shows: in `Authorization`, or else in the query; None if it shows none."""
    said = Headers(scope=scope).get("authorization", "")
    if said[: len(BEARER)].lower() == BEARER:
        return said[len(BEARER) :].strip()
    query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
    return query.get("token") or None


def protector(edge: EdgeCamera) -> Callable[[ASGIApp, Needs], ASGIApp]:
    """Return what puts a need before a route."""

    def protect(app: ASGIApp, needs: Needs) -> ASGIApp:
        bodies = ObjectBodies(app)

        async def checked(scope: Scope, receive: Receive, send: Send) -> None:
            token = scope[TOKEN_KEY] = shown_token(scope)
            if needs is not Needs.NOTHING and not edge.auth.admits(token, always=needs is Needs.ALWAYS):
                edge.event_log.add("unauthorized_access", scope["client"][0] if scope.get("client") else None)
                raise AccessError(401, "Unauthorized", headers={"WWW-Authenticate": "Bearer"})
            if not paths.is_plain(scope["path"]) or b"%00" in scope["query_string"]:
                raise EdgeError(404, "not_found", "Not Found")
            await bodies(scope, receive, send)

        return checked

    return protect
