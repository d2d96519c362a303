"""One ASGI app of several surfaces: the listener on which a request comes in decides which of them may answer it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from dogwatch.api import errors
from dogwatch.api.guarded_route import APP_KEY, GuardedRoute, guarded, not_found
from dogwatch.api.listener import HttpListener, listener_of
from dogwatch.api.paths import merged
from dogwatch.api.plain_route import PlainApp
from dogwatch.api.route_table import RouteTable
from dogwatch.api.surface import Surface
from dogwatch.api.wire import Wire
from dogwatch.errors import DogwatchError

_FOUND = "dogwatch.found"


class App:
    """The app of all surfaces, which handlers find as `app.state.root`.

    `listeners` are those on which its surfaces are reached.
    """

    def __init__(self, surfaces: Sequence[Surface[Any]]) -> None:
        """Build it; see `create_app`."""
        self.surfaces = tuple(surfaces)
        self.listeners: tuple[HttpListener, ...] = tuple(
            dict.fromkeys(listener for surface in surfaces for listener in surface.listeners)
        )
        self._apps: dict[str, dict[str, _SurfaceApp]] = {listener.name: {} for listener in self.listeners}
        for surface in sorted(surfaces, key=lambda one: len(one.prefix), reverse=True):
            app = _SurfaceApp(surface, self)
            for listener in surface.listeners:
                if surface.prefix in self._apps[listener.name]:
                    raise DogwatchError(f"two surfaces answer {surface.prefix or '/'} on the {listener.name} listener")
                self._apps[listener.name][surface.prefix] = app
        for name, apps in self._apps.items():
            if "" not in apps:
                raise DogwatchError(f"no surface answers / on the {name} listener: all have a prefix")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request to the surface that it is for."""
        if scope["type"] not in ("http", "websocket"):
            return
        if "//" in scope["path"]:
            scope = {**scope, "path": merged(scope["path"])}
        await self._surface(scope).app(scope, receive, send)

    def match(self, scope: Scope) -> Scope | None:
        """Return `scope` with what a route makes of its path; None if no route answers it."""
        _, found = self._surface(scope).table.find(scope)
        return {**scope, **found} if found else None

    def _surface(self, scope: Scope) -> _SurfaceApp:
        path: str = scope["path"]
        return next(app for prefix, app in self._apps[listener_of(scope)].items() if path.startswith(prefix))


class _SurfaceApp:
    """The routes of one surface, and the app that runs them.

    Plain routes are run here. FastAPI and Starlette put a dozen layers around a route, which take as long as a small
    answer; of these, such routes need that which makes answers of errors.
    """

    def __init__(self, surface: Surface[Any], root: App) -> None:
        self.table = RouteTable(guarded(surface))
        self._form = surface.error_form
        self._fastapi = app = FastAPI(title=f"Dogwatch {surface.name}", openapi_url=None, redirect_slashes=False)
        app.state.services, app.state.root = surface.services, root
        errors.install(app, surface.error_form)
        # Not include_router: it keeps routers as lazy groups, in which a later router's fixed path could not win.
        app.router.routes.append(_FoundRoute())
        app.router.default = not_found(surface)
        self.app: ASGIApp = surface.before(Wire(self._answer, surface.error_form, surface.body_limit))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, found = self.table.find(scope)
        if found and scope["type"] == "http" and isinstance(found["route"].app, PlainApp):
            scope.update(found, app=self._fastapi)
            await errors.answered(found[APP_KEY], self._form, scope, receive, send)
        else:
            await self._fastapi({**scope, _FOUND: (route, found)}, receive, send)


class _FoundRoute(BaseRoute):
    """The one route of FastAPI's router: it runs what the table has found."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell what was found."""
        route, found = scope[_FOUND]
        return (Match.NONE if route is None else Match.FULL if found else Match.PARTIAL), found

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run it."""
        route: GuardedRoute = scope[_FOUND][0]
        await route.handle(scope, receive, send)


def create_app(surfaces: Sequence[Surface[Any]]) -> App:
    """Build the app of `surfaces`.

    Raises:
        DogwatchError: A route has no row in its surface's policy, or not exactly one surface answers a path.
    """
    return App(surfaces)
