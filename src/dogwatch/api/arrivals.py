"""How a request came in: from which address, with or without TLS, and below which prefix of a proxy."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import Scope

from dogwatch.auth.addresses import Arrival


def arrival(connection: HTTPConnection) -> Arrival:
    """Return how a request came in; `Authority` finds the client's address from it."""
    return Arrival(
        peer=connection.client.host if connection.client else "",
        forwarded_for=tuple(connection.headers.getlist("x-forwarded-for")),
        encrypted=connection.scope.get("scheme") in ("https", "wss"),
        forwarded_proto=tuple(connection.headers.getlist("x-forwarded-proto")),
        agent=connection.headers.get("user-agent", ""),
    )


def base_path(scope: Scope) -> str:
    """Return the prefix under which a proxy mounts us (`X-Ingress-Path`), without a slash at its end."""
    value = HTTPConnection(scope).headers.get("x-ingress-path", "").rstrip("/")
    plain = value.startswith("/") and not value.startswith("//") and value.replace("-", "").replace("_", "")
    return value if plain and all(part.isalnum() for part in plain[1:].split("/")) else ""
