"""The table finds what comparing all routes one after the other finds."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from dogwatch.api.guarded_route import GuardedRoute, Protected, specificity
from dogwatch.api.route_table import RouteTable

TEMPLATES = (
    "/", "/ws", "/{file}", "/api/events", "/api/events/summary", "/api/events/{event_id}", "/api/{camera}/latest.jpg",
    "/api/{camera}/latest.{extension}", "/api/{camera}/recordings", "/{camera}/start/{start}", "/api/events/{id}/why",
    "/exports/{path:path}", "/vod/{path:path}/index", "/{anything:path}", "/api/{camera}",
)  # fmt: skip
PATHS = (
    "/", "/ws", "/ws/", "/index.html", "/api", "/api/", "/api/events", "/api/events/", "/api/events/summary",
    "/api/events/1", "/api/events/1/why", "/api/front/latest.jpg", "/api/front/latest.png", "/api/front/recordings",
    "/front/start/1", "/front/start/", "/exports", "/exports/", "/exports/a/b/c/d/e/f", "/vod/a/index",
    "/vod/a/b/index", "/api/front/a/b/c/d", "", "/api/ws", "/events", "/api/exports",
)  # fmt: skip


async def nothing(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Answer nothing."""


def routes(templates: tuple[str, ...]) -> list[GuardedRoute]:
    class Route:
        endpoint = nothing

    def made(path: str) -> GuardedRoute:
        route: Any = Route()
        names = ("POST",) if path == "/api/events/summary" else ("GET", "HEAD")
        return GuardedRoute(path, dict.fromkeys(names, Protected(route, nothing)), nothing)

    return [made(path) for path in sorted(templates, key=specificity)]


def one_by_one(some: list[GuardedRoute], scope: Scope) -> Iterator[tuple[GuardedRoute | None, Scope]]:
    found = [(route, *route.matches(scope)) for route in some]
    yield from ((route, values) for route, match, values in found if match == Match.FULL)
    yield from ((route, {}) for route, match, _ in found if match == Match.PARTIAL)
    yield None, {}


@pytest.mark.parametrize("without", [(), ("/{anything:path}",), ("/{anything:path}", "/{file}", "/api/{camera}")])
def test_it_finds_the_most_specific_route(without: tuple[str, ...]) -> None:
    some = routes(tuple(one for one in TEMPLATES if one not in without))
    table = RouteTable(some)
    for path in PATHS:
        for method in ("GET", "HEAD", "POST"):
            scope = {"type": "http", "path": path, "method": method}
            assert table.find(scope) == next(one_by_one(some, scope)), (method, path)
