"""Answers plain routes: GET, with numbers, texts and flags in the path and the query.

FastAPI looks at every parameter that a route has, at those of `/api/events` for longer than the database at the rows.
Here only what a request has is looked at, by the same validators, and handler and dependencies take one trip through
the thread pool. What is not valid is left to FastAPI, so its refusals are the same; so is every other kind of route.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import APIRoute
from pydantic.fields import FieldInfo
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

_PLAIN = {str, int, float, bool, NoneType}


class NotPlainError(Exception):
    """A request has something that is missing or not valid."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A handler, or a function that it depends on; `dependencies` are named by their place before it.

    `path` and `query` have FastAPI's fields, by the names that they have in a request.
    """

    function: Callable[..., Any]
    waits: bool
    connection: str | None
    dependencies: Mapping[str, int]
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    defaults: Mapping[str, Any]

    def read(self, path: Mapping[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
        """Return the arguments that stand in a request.

        Raises:
            NotPlainError: One is missing or not valid.
        """
        found = dict(self.defaults)
        for key, field in self.path.items():
            found[field.name] = _valid(field, path[key])
        for key, text in query.items():
            if field := self.query.get(key):
                found[field.name] = _valid(field, text)
        if len(found) < len(self.path) + len(self.query):
            raise NotPlainError
        return found

    def arguments(self, found: dict[str, Any], request: Request, results: Sequence[Any]) -> dict[str, Any]:
        """Return `found` with what does not stand in the request."""
        for name, place in self.dependencies.items():
            found[name] = results[place]
        if self.connection is not None:
            found[self.connection] = request
        return found


class PlainApp:
    """Answers the requests to a plain route; for what is not valid, FastAPI does."""

    def __init__(self, calls: Sequence[_Call], first: int, otherwise: ASGIApp) -> None:
        """Call `calls`, of which the first `first` are awaited and the rest run in a thread."""
        self._first, self._rest = calls[:first], calls[first:]
        self._otherwise = AsyncExitStackMiddleware(otherwise)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        text = scope["query_string"]
        query = dict(parse_qsl(text.decode("latin-1"), keep_blank_values=True)) if text else {}
        path = scope["path_params"]
        try:
            first = [call.read(path, query) for call in self._first]
            rest = [call.read(path, query) for call in self._rest]
        except NotPlainError:
            await self._otherwise(scope, receive, send)
            return
        request, results = Request(scope, receive, send), list[Any]()
        for call, found in zip(self._first, first, strict=True):
            results.append(await call.function(**call.arguments(found, request, results)))
        response = await run_in_threadpool(self._work, rest, request, results) if rest else results[-1]
        await response(scope, receive, send)

    def _work(self, given: Sequence[dict[str, Any]], request: Request, results: list[Any]) -> Response:
        for call, found in zip(self._rest, given, strict=True):
            results.append(call.function(**call.arguments(found, request, results)))
        return results[-1]  # type: ignore[no-any-return]


def plain(route: APIRoute, otherwise: ASGIApp) -> ASGIApp:
    """Return an app for requests to `route`, which is `otherwise` if the route is not plain."""
    calls: list[_Call] = []
    if route.methods != {"GET"} or not _returns_response(route.endpoint) or not _collect(route.dependant, calls):
        return otherwise
    first = sum(call.waits for call in calls)  # those that are awaited come first
    return PlainApp(calls, first, otherwise) if all(call.waits for call in calls[:first]) else otherwise


def _returns_response(endpoint: Callable[..., Any]) -> bool:
    found = get_type_hints(endpoint).get("return")
    return inspect.isclass(found) and issubclass(found, Response)


def _collect(dependant: Dependant, calls: list[_Call]) -> bool:
    """Add a function after those that it depends on; return whether all of it is plain."""
    odd = (
        dependant.header_params or dependant.cookie_params or dependant.body_params
        or dependant.response_param_name or dependant.background_tasks_param_name or dependant.websocket_param_name
        or dependant.security_scopes_param_name or dependant.concurrency or not dependant.use_cache
        or inspect.isgeneratorfunction(dependant.call) or inspect.isasyncgenfunction(dependant.call)
    )  # fmt: skip
    if odd or dependant.call is None:
        return False
    dependencies: dict[str, int] = {}
    for one in dependant.dependencies:
        places = {call.function: place for place, call in enumerate(calls)}
        place = places.get(one.call) if one.call is not None else None
        if place is None:
            if not _collect(one, calls):
                return False
            place = len(calls) - 1
        if one.name is not None:
            dependencies[one.name] = place
    fields = [*dependant.path_params, *dependant.query_params]
    if not all(_is_plain(field.field_info) for field in fields):
        return False
    connection = dependant.http_connection_param_name or dependant.request_param_name
    path, query = ({field.alias: field for field in some} for some in (dependant.path_params, dependant.query_params))
    defaults = {field.name: field.default for field in fields if not field.field_info.is_required()}
    waits = inspect.iscoroutinefunction(dependant.call)
    calls.append(_Call(dependant.call, waits, connection, dependencies, path, query, defaults))
    return True


def _is_plain(info: FieldInfo) -> bool:
    """Tell whether a parameter is one number, text or flag under its own name, and its default one too."""
    parts = get_args(info.annotation) or (info.annotation,)
    return (
        {get_args(part)[0] if get_origin(part) is Annotated else part for part in parts} <= _PLAIN
        and info.validation_alias in (None, info.alias)
        and not info.validate_default
        and (info.is_required() or (info.default_factory is None and type(info.default) in _PLAIN))
    )


def _valid(field: Any, text: str) -> Any:
    value, errors = field.validate(text)
    if errors:
        raise NotPlainError
    return value
