"""How a request came in: from which address, with or without TLS, and below which prefix of a proxy."""

from __future__ import annotations

import os
import re

from starlette.requests import HTTPConnection
from starlette.types import Scope

from dogwatch.auth.addresses import Arrival

BASE_PATHS = ("DOGWATCH_BASE_PATH", "FRIGATE_BASE_PATH")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9_-]+)+")


def arrival(connection: HTTPConnection) -> Arrival:
    """Return how a request came in; `Authority` finds the client's address from it."""
    return Arrival(
        peer=connection.client.host if connection.client else "",
        forwarded_for=tuple(connection.headers.getlist("x-forwarded-for")),
        encrypted=connection.scope.get("scheme") in ("https", "wss"),
        forwarded_proto=tuple(connection.headers.getlist("x-forwarded-proto")),
        agent=connection.headers.get("user-agent", ""),
        host=connection.headers.get("host", ""),
        forwarded_host=tuple(connection.headers.getlist("x-forwarded-host")),
    )


def base_path(scope: Scope) -> str:
    """Return the prefix under which browsers find us, without a slash at its end.

    A proxy says it in `X-Ingress-Path`, else the environment does.
    """
    given = (HTTPConnection(scope).headers.get("x-ingress-path"), *map(os.environ.get, BASE_PATHS))
    return next((path for path in map(_plain, given) if path), "")


def _plain(value: str | None) -> str:
    """Return a prefix that is a path and nothing else; empty for anything else."""
    path = (value or "").rstrip("/")
    return path if _PREFIX.fullmatch(path) else ""
