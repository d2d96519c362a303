"""Tells a proxy in front whether a caller may request an address."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Scope

from dogwatch.api import paths
from dogwatch.api.errors import AccessError
from dogwatch.api.guard import Guarded
from dogwatch.api.guarded_route import APP_KEY
from dogwatch.auth.caller import Caller

Match = Callable[[Scope], Scope | None]
"""Returns a request's scope with what its route makes of it; None if there is no route. `App.match` does."""


async def permits(match: Match, asked: Scope, caller: Caller, method: str, original: str, prefix: str = "") -> bool:
    """Whether `caller` may request `original`, as a proxy writes it; the proxy mounts Dogwatch below `prefix`.

    `asked` is the proxy's own request. Addresses without a route are refused: the proxy could read them differently.
    """
    found = paths.original(original)
    if found is None or not paths.is_plain(found[0]):
        return False
    path, query = found

    async def permitted(path: str) -> bool | None:
        return await _permitted(match(_request(asked, method, path, query)), caller)

    if not prefix or not path.startswith(f"{prefix}/"):
        return await permitted(path) is True
    inner = await permitted(path.removeprefix(prefix))
    return inner is True and await permitted(path) is not False


def _request(asked: Scope, method: str, path: str, query: str) -> Scope:
    """Return the scope of a request without headers on the listener of `asked`."""
    upgrade = path == "/ws" or path.endswith("/api/ws")
    kind = "websocket" if upgrade else "http"
    return {**asked, "type": kind, "method": method, "path": path, "query_string": query.encode(), "headers": []}


async def _permitted(matched: Scope | None, caller: Caller) -> bool | None:
    """Whether the check of the matched route lets `caller` through; None if there is no route."""
    if matched is None:
        return None
    app = matched[APP_KEY]
    if not isinstance(app, Guarded):
        return False  # of a surface that knows no accounts
    try:
        if app.check is not None:
            await app.check(matched, caller)
    except AccessError:
        return False
    return True
