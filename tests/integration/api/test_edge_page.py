"""Every route of the edge API as the page asks for it: for everybody, whichever camera is the edge camera."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dogwatch.api.edge.page_policy import LEFT_OUT, PAGE_POLICY, PREFIX, SEEN, PageNeeds
from dogwatch.api.edge.policy import EDGE_POLICY
from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.surface import Key, keys
from dogwatch.testing.app import EDGE_CONFIG, Nvr, edge_nvr
from tests.routes import exchange

ROUTES = pytest.mark.parametrize("key", sorted(PAGE_POLICY), ids=" ".join)
NO_OBJECT = b"[]"
"""A body that keeps a write from doing anything: 400 means that the caller may write."""
JSON = [("Content-Type", "application/json")]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["front", "back"])
async def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Nvr]:
    """One app for all, whose role `front_only` may see the edge camera, and one in which it may not."""
    edge = EDGE_CONFIG.replace("front", request.param)
    async with edge_nvr(tmp_path_factory.mktemp("edge"), edge=edge, start=False) as made:
        yield made


async def ask(app: Nvr, listener: str, user: str | None, method: str, path: str) -> int:
    return (await exchange(app, listener, user, method, path, JSON, NO_OBJECT)).status


@ROUTES
async def test_route(shared: Nvr, key: Key) -> None:
    method, template = key
    path, needs = re.sub(r"\{[^}]+\}", "x", template), PAGE_POLICY[key]
    seen = needs is PageNeeds.SEEN
    may = {
        (EXTERNAL, None): 401,
        (EXTERNAL, "stranger"): 401,
        (EXTERNAL, "frida"): 0 if seen and shared.edge.context.camera == "front" else 403,
        (EXTERNAL, "vera"): 0 if seen else 403,
        (EXTERNAL, "admin"): 0,
        (INTERNAL, None): 0,
    }
    for (listener, user), refused in may.items():
        for way in (method, *(["HEAD"] if method == "GET" else [])):
            status = await ask(shared, listener, user, way, path)
            said = f"{way} {path} as {user} on {listener}: {status}"
            assert status == refused if refused else status not in (401, 403), said
            if method == "POST" and not refused:
                assert status == 400, said


async def test_only_reads_are_for_those_who_see_the_camera() -> None:
    assert {method for method, _ in SEEN} == {"GET"}
    assert set(EDGE_POLICY) > SEEN, "a row has no route any more"
    for path in ("/settings", "/settings/export", "/list_directories", "/logs", "/system_info", "/captive-portal"):
        assert PAGE_POLICY["GET", PREFIX + path] is PageNeeds.ADMIN


async def test_every_route_of_the_edge_api_is_there_but_for_its_login(shared: Nvr) -> None:
    surface = next(one for one in shared.app.surfaces if one.name == "edge page")
    present = {key for route in surface.routes() for key in keys(route)}
    assert present == set(PAGE_POLICY)
    assert {(method, path.removeprefix(PREFIX)) for method, path in present} == set(EDGE_POLICY) - LEFT_OUT


async def test_the_token_of_the_edge_api_is_worth_nothing_here(shared: Nvr) -> None:
    shared.edge.settings.change({"Auth": {"enabled": True}})
    try:
        token = shared.edge.settings.current.auth.token
        path = f"{PREFIX}/archive"
        shown = [("Authorization", f"Bearer {token}")]
        assert (await exchange(shared, EXTERNAL, None, "GET", path, shown)).status == 401
        assert (await exchange(shared, EXTERNAL, None, "GET", f"{path}?token={token}")).status == 401
        assert (await exchange(shared, EXTERNAL, "admin", "GET", path)).status == 200, "nor is it needed"
    finally:
        shared.edge.settings.change({"Auth": {"enabled": False}})


async def test_other_sites_and_unknown_paths(shared: Nvr) -> None:
    site = [("Host", "127.0.0.1:5000"), ("Origin", "https://evil.example"), *JSON]
    assert (await exchange(shared, INTERNAL, None, "POST", f"{PREFIX}/system/reboot", site, b"{}")).status == 401
    answer = await exchange(shared, EXTERNAL, "admin", "GET", f"{PREFIX}/archive", [("Origin", "https://evil.example")])
    assert "access-control-allow-origin" not in dict(answer.headers)
    for path in (f"{PREFIX}/", f"{PREFIX}/nothing", f"{PREFIX}/auth/validate"):
        assert await ask(shared, EXTERNAL, None, "GET", path) == 401
        assert await ask(shared, EXTERNAL, "admin", "GET", path) == 404
    assert await ask(shared, EXTERNAL, "admin", "PUT", f"{PREFIX}/mode") == 405


async def test_changes_come_through(shared: Nvr) -> None:
    path = f"{PREFIX}/storage/configure"
    for user, status, percent in (("vera", 403, 85), ("admin", 200, 71)):
        answer = await exchange(shared, EXTERNAL, user, "POST", path, JSON, b'{"max_percent": 71}')
        assert (answer.status, shared.edge.settings.current.storage_limit.max_percent) == (status, percent)
    refused = await exchange(shared, EXTERNAL, "admin", "POST", path, JSON, b'{"max_percent": "much"}')
    assert refused.status == 400
    assert b'"code":"bad_field"' in refused.body
