"""Routes with their permissions: a request is matched once, and the permission is checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from dogwatch.api.errors import RequestError
from dogwatch.api.surface import P, Route, Surface, keys
from dogwatch.errors import DogwatchError


@dataclass(frozen=True, slots=True)
class Protected:
    """A route, and its app behind its permission."""

    route: Route
    app: ASGIApp


class GuardedRoute(BaseRoute):
    """One path with all its methods, each behind its permission."""

    def __init__(self, path: str, methods: Mapping[str, Protected], not_allowed: ASGIApp) -> None:
        """Answer `methods` of `path`, the template of a router; `not_allowed` answers all others."""
        self.path, self._methods, self._not_allowed = path, methods, not_allowed
        self._template = compile_path(path) if "{" in path else None  # a fixed path is compared, which is quicker

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Compare the path; a method that there is not is a partial match."""
        values = self._values(scope["path"])
        if values is None:
            return Match.NONE, {}
        method = method_of(scope)
        protected = self._methods.get(method)
        if protected is None:
            return (Match.PARTIAL if method != "WS" and self._methods.keys() - {"WS"} else Match.NONE), {}
        return Match.FULL, {
            "path_params": values,
            "endpoint": protected.route.endpoint,
            "route": protected.route,
            APP_KEY: protected.app,
        }

    def _values(self, path: str) -> dict[str, Any] | None:
        """Return the parameters in `path`; None if it is another path."""
        if self._template is None:
            return {} if path == self.path else None
        regex, _, convertors = self._template
        found = regex.match(path)
        return found and {name: convertors[name].convert(text) for name, text in found.groupdict().items()}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run what `matches` has found."""
        app: ASGIApp = scope.get(APP_KEY, self._not_allowed)
        await app(scope, receive, send)


APP_KEY = "dogwatch.app"
"""What answers a request that has been matched, with its permission before it."""


def guarded(surface: Surface[P]) -> list[GuardedRoute]:
    """Return the routes of `surface`, the most specific paths first.

    Raises:
        DogwatchError: A route has no row in the policy, or lies outside the surface's prefix.
    """
    paths: dict[str, dict[str, Protected]] = {}
    for route in surface.routes():
        if not route.path.startswith(surface.prefix):
            raise DogwatchError(f"the route {route.path} of {surface.name} does not begin with {surface.prefix}")
        for method, path in keys(route):
            if (method, path) not in surface.policy:
                raise DogwatchError(f"the route {method} {path} has no policy: add a row to that of {surface.name}")
            protected = Protected(route, surface.protect(_app_of(route), surface.policy[method, path]))
            methods = paths.setdefault(path, {})
            methods[method] = protected
            if method == "GET":
                methods["HEAD"] = protected
    return [
        GuardedRoute(path, methods, _not_allowed(surface, methods))
        for path, methods in sorted(paths.items(), key=lambda item: specificity(item[0]))
    ]


def _app_of(route: Route) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await route.app(scope, receive, send)  # which is only made now: see `late_route`

    return answer


def method_of(scope: Scope) -> str:
    """Return the method of a request as the policy writes it."""
    return "WS" if scope["type"] == "websocket" else scope["method"]


def not_found(surface: Surface[P]) -> ASGIApp:
    """Return an app that answers paths which `surface` does not have."""
    return surface.protect_rest(surface.error_form(RequestError(404, "Not Found")))


def _not_allowed(surface: Surface[P], methods: Mapping[str, Protected]) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        # Made when it is asked for: that of each path ahead would take half the time in which an app is built.
        allowed = {"Allow": ", ".join(sorted(methods.keys() - {"WS"}))}
        refusal = surface.protect_rest(surface.error_form(RequestError(405, "Method Not Allowed", headers=allowed)))
        await refusal(scope, receive, send)

    return answer


def specificity(template: str) -> tuple[int, ...]:
    """Return a sort key by which fixed segments come before mixed ones, those before parameters, paths last."""
    return tuple(_rank(segment) for segment in template.split("/"))


def _rank(segment: str) -> int:
    if "{" not in segment:
        return 0
    if segment.endswith(":path}"):
        return 3
    return 2 if segment.startswith("{") and segment.endswith("}") and segment.count("{") == 1 else 1
