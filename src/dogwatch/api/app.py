"""One ASGI app from all routers; the socket on which a request comes in decides the policy."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.types import ASGIApp

from dogwatch.api import errors, nvr
from dogwatch.api.access import Guard
from dogwatch.api.nvr.error_form import error_form
from dogwatch.api.services import Services
from dogwatch.api.wire import Wire
from dogwatch.auth.policy import POLICY
from dogwatch.errors import DogwatchError

Route = APIRoute | APIWebSocketRoute


def create_app(services: Services) -> ASGIApp:
    """Build the app with every router module of `api.nvr`.

    The order of routers does not matter: fixed path segments win over parameters.

    Raises:
        DogwatchError: A route has no row in the policy table.
    """
    app = FastAPI(title="Dogwatch", openapi_url=None, redirect_slashes=False)
    app.state.services = services
    errors.install(app, error_form)
    routes = sorted(all_routes(), key=lambda route: specificity(route.path))
    for route in routes:
        for key in keys(route):
            if key not in POLICY:
                raise DogwatchError(f"the route {key[0]} {key[1]} has no policy: add a row to auth/policy.py")
        if isinstance(route, APIRoute) and "GET" in methods(route):
            methods(route).add("HEAD")
    # Not include_router: it keeps routers as lazy groups, in which a later router's fixed path could not win.
    app.router.routes.extend(routes)
    guard = app.state.guard = Guard(app, routes, services)
    return Wire(guard)


def all_routes() -> Iterator[Route]:
    """Yield the routes of every module in `api.nvr`.

    Raises:
        DogwatchError: A router holds something else than plain HTTP and WebSocket routes.
    """
    for module in pkgutil.iter_modules(nvr.__path__, nvr.__name__ + "."):
        router = getattr(importlib.import_module(module.name), "router", None)
        if not isinstance(router, APIRouter):
            continue
        for route in router.routes:
            if not isinstance(route, APIRoute | APIWebSocketRoute):
                raise DogwatchError(f"{module.name} holds a {type(route).__name__}; only plain routes can be guarded")
            yield route


def keys(route: Route) -> list[tuple[str, str]]:
    """Return the policy table's keys of `route`."""
    if isinstance(route, APIWebSocketRoute):
        return [("WS", route.path)]
    return [(method, route.path) for method in sorted(methods(route) - {"HEAD"})]


def methods(route: APIRoute) -> set[str]:
    """Return the route's own set of methods."""
    if route.methods is None:
        raise DogwatchError(f"the route {route.path} has no method")
    return route.methods


def specificity(template: str) -> tuple[int, ...]:
    """Return a sort key by which fixed segments come before mixed ones, those before parameters, paths last."""
    return tuple(_rank(segment) for segment in template.split("/"))


def _rank(segment: str) -> int:
    if "{" not in segment:
        return 0
    if segment.endswith(":path}"):
        return 3
    return 2 if segment.startswith("{") and segment.endswith("}") and segment.count("{") == 1 else 1
