"""The OpenAPI documents tell of every body: also of those that a handler reads by itself."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from dogwatch.api.files import surface as files_surface
from dogwatch.api.nvr import surface as nvr_surface
from dogwatch.api.raw_bodies import FORM
from dogwatch.api.surface import routes_of

READS = frozenset({"body", "stream", "form", "json"})  # of a request
ROUTES = [
    route
    for surface in (nvr_surface, files_surface)
    for router in surface.routers()
    for route in routes_of(router)
    if isinstance(route, APIRoute)
]


def called(handler: Callable[..., Any], known: set[Any]) -> Iterator[CodeType]:
    """Yield the code of a handler and of all functions of the API that it names, and of functions within them."""
    handler = inspect.unwrap(handler)
    if handler in known or not inspect.isfunction(handler):
        return
    known.add(handler)
    waiting = [handler.__code__]
    while waiting:
        code = waiting.pop()
        yield code
        waiting += [one for one in code.co_consts if isinstance(one, CodeType)]
        for step in dis.get_instructions(code):  # not `co_names`: `faces.register` is another one than `register`
            other = handler.__globals__.get(step.argval) if step.opname == "LOAD_GLOBAL" else None
            if inspect.isfunction(other) and other.__module__.startswith("dogwatch.api"):
                yield from called(other, known)


def dependencies(found: Dependant) -> Iterator[Callable[..., Any]]:
    for one in found.dependencies:
        if one.call is not None:
            yield one.call
        yield from dependencies(one)


def code_of(route: APIRoute) -> list[CodeType]:
    known: set[Any] = set()
    return [code for call in (route.endpoint, *dependencies(route.dependant)) for code in called(call, known)]


def reads_form(route: APIRoute) -> bool:
    return any("MultipartForm" in code.co_names for code in code_of(route))


def reads_itself(route: APIRoute) -> bool:
    """Whether a handler gets the request, and it or what it calls reads the body of one."""
    found = code_of(route)
    given = any("request" in code.co_varnames and READS & set(code.co_names) for code in found)
    return (given or reads_form(route)) and not set(route.methods or ()) <= {"GET", "HEAD", "OPTIONS"}


def content(route: APIRoute) -> dict[str, Any]:
    found: dict[str, Any] = (route.openapi_extra or {}).get("requestBody", {}).get("content", {})
    return found


def name(route: APIRoute) -> str:
    return f"{'/'.join(sorted(route.methods or ()))} {route.path}"


@pytest.mark.parametrize("route", [route for route in ROUTES if reads_itself(route)], ids=name)
def test_a_body_that_a_handler_reads_is_told(route: APIRoute) -> None:
    assert content(route), "use openapi_extra=raw_bodies.taken(...) or .form(...), or told(body=...)"


@pytest.mark.parametrize("route", [route for route in ROUTES if reads_form(route)], ids=name)
def test_a_form_is_told_as_one(route: APIRoute) -> None:
    schema = content(route)[FORM]["schema"]
    assert schema["properties"]["file"] == {"type": "string", "format": "binary"}
    assert schema["required"] == ["file"]


def test_these_are_found() -> None:
    """Otherwise the tests above look at nothing."""
    assert {name(route) for route in ROUTES if reads_form(route)} == {
        "POST /api/faces/recognize",
        "POST /api/faces/{name}/register",
        "POST /api/v1/files",
    }
    itself = {name(route) for route in ROUTES if reads_itself(route)}
    assert itself >= {
        "POST /api/go2rtc/webrtc",
        "POST /api/config/save",
        "POST /api/v1/uploads",
        "PATCH /api/v1/uploads/{file_uuid}",
        "POST /api/v1/file/{file_uuid}/process",
    }
