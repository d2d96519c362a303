"""A surface: one API with its routes, its policy, its form of refusals, and the listeners on which it is reached."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Generic, TypeVar

from fastapi import APIRouter
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.types import ASGIApp, Scope

from dogwatch.api.errors import Form
from dogwatch.api.listener import HttpListener
from dogwatch.api.wire import MAX_BODY
from dogwatch.errors import DogwatchError

P = TypeVar("P")

Route = APIRoute | APIWebSocketRoute
Key = tuple[str, str]
"""A method and a path template as the router writes it; `WS` stands for a WebSocket, and GET covers HEAD."""


@dataclass(frozen=True, slots=True)
class Surface(Generic[P]):
    """One API; `create_app` makes an app of several.

    Args:
        name: What logs and errors call it.
        routers: Hold its routes. Their order does not matter: fixed path segments win over parameters.
        policy: The permission of each route. One that has none keeps the app from being built.
        protect: Puts a permission before a route: returns an app that runs the given one if the caller has it.
        protect_rest: Does so for what answers paths and methods that no route has.
        error_form: Makes answers of refusals.
        listeners: On which it is reached. Surfaces may share listeners if all but one of them have a `prefix`.
        services: What its handlers work with, in `app.state.services`.
        prefix: The beginning of all its paths, such as `/api/v1/`: what begins so on its listeners is its own.
        before: Puts what holds for all its requests before its routes: it returns an app that runs the given one.
        body_limit: Returns how many bytes the body of a request may have.
    """

    name: str
    routers: tuple[APIRouter, ...]
    policy: Mapping[Key, P]
    protect: Callable[[ASGIApp, P], ASGIApp]
    protect_rest: Callable[[ASGIApp], ASGIApp]
    error_form: Form
    listeners: tuple[HttpListener, ...]
    services: object
    prefix: str = ""
    before: Callable[[ASGIApp], ASGIApp] = lambda app: app
    body_limit: Callable[[Scope], int] = lambda _: MAX_BODY

    def routes(self) -> Iterator[Route]:
        """Yield its routes.

        Raises:
            DogwatchError: A router holds something else than plain HTTP and WebSocket routes.
        """
        for router in self.routers:
            yield from routes_of(router)


def routers_in(package: ModuleType) -> tuple[APIRouter, ...]:
    """Return the router of every module in `package` that has one."""
    modules = pkgutil.iter_modules(package.__path__, package.__name__ + ".")
    found = [getattr(importlib.import_module(module.name), "router", None) for module in modules]
    return tuple(one for one in found if isinstance(one, APIRouter))


def routes_of(router: APIRouter) -> Iterator[Route]:
    """Yield the routes of `router`.

    Raises:
        DogwatchError: It holds something else than plain HTTP and WebSocket routes.
    """
    for route in router.routes:
        if not isinstance(route, APIRoute | APIWebSocketRoute):
            raise DogwatchError(f"a router holds a {type(route).__name__}; only plain routes can be guarded")
        yield route


def keys(route: Route) -> list[Key]:
    """Return the policy's keys of `route`."""
    if isinstance(route, APIWebSocketRoute):
        return [("WS", route.path)]
    if route.methods is None:
        raise DogwatchError(f"the route {route.path} has no method")
    return [(method, route.path) for method in sorted(route.methods - {"HEAD"})]
