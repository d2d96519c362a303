"""Plain routes answer as FastAPI does, whatever is asked."""

from __future__ import annotations

import asyncio
from typing import Annotated

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from dogwatch.api.numbers import Limit, Time
from dogwatch.api.nvr.surface import routers
from dogwatch.api.plain_route import plain
from dogwatch.api.surface import routes_of


async def host(connection: HTTPConnection) -> str | None:
    return connection.headers.get("host")


def span(host: Annotated[str | None, Depends(host)], after: Time | None = None, limit: Limit = 3) -> tuple[object, ...]:
    return host, after, limit


def listed(
    name: str,
    span: Annotated[tuple[object, ...], Depends(span)],
    host: Annotated[str | None, Depends(host)],
    needed: bool,
    number: float | None = 1.5,
    text: str = "all",
) -> Response:
    return JSONResponse([name, span, host, needed, number, text])


async def waited(request: Request, number: int = 4) -> JSONResponse:
    return JSONResponse([str(request.url.query), number])


def body(number: int = 4) -> dict[str, int]:
    return {"number": number}


def many(number: Annotated[list[int] | None, Depends(lambda: [1])], text: str = "") -> JSONResponse:
    return JSONResponse([number, text])


class Plain(APIRoute):
    """A route with the app of `plain`."""

    def __init__(self, *args: object, **settings: object) -> None:
        super().__init__(*args, **settings)  # type: ignore[arg-type]
        self.app = plain(self, self.app)


def app(kind: type[APIRoute]) -> FastAPI:
    made = FastAPI()
    made.router.route_class = kind
    for path, endpoint in (("/listed/{name}", listed), ("/waited", waited), ("/body", body), ("/many", many)):
        made.router.add_api_route(path, endpoint, methods=["GET"])
    return made


@pytest.mark.parametrize(
    "path",
    [
        "/listed/a?needed=1",
        "/listed/a%20b?needed=off&after=12.5&limit=7&number=-1e3&text=",
        "/listed/%E2%82%AC?needed=true&text=%C3%A9+%26&other=1",
        "/listed/a?needed=1&needed=0&limit=2&limit=5",
        "/listed/a",
        "/listed/a?needed=perhaps",
        "/listed/a?needed=1&limit=-1",
        "/listed/a?needed=1&after=inf",
        "/listed/a?needed=1&after=",
        "/listed/a?needed=2&limit=x&after=1e99&number=nan",
        "/listed/a?needed=1&number=0x1&text=%00",
        "/listed/a?needed=1&text=%ED%A0%80&text",
        "/waited?number=5&x=1",
        "/waited?number=5.5",
        "/body?number=5",
        "/many?text=x",
    ],
)
def test_answers_are_those_of_fastapi(path: str) -> None:
    async def ask(kind: type[APIRoute]) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        transport = httpx.ASGITransport(app=app(kind))
        async with httpx.AsyncClient(transport=transport, base_url="http://there") as client:
            answer = await client.get(path)
            return answer.status_code, answer.content, answer.headers.raw

    assert asyncio.run(ask(Plain)) == asyncio.run(ask(APIRoute))


def test_lists_and_summaries_are_plain() -> None:
    apps = {route.path: route.app for router in routers() for route in routes_of(router)}
    for path in ("/api/events", "/api/events/summary", "/api/{camera}/recordings/summary", "/api/review"):
        assert apps[path].__module__ == plain.__module__
