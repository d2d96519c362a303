"""Every route of the edge API, for everybody, while its login is off and on."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from dogwatch.api.edge.policy import EDGE_POLICY, Needs
from dogwatch.api.listener import EDGE, EXTERNAL, INTERNAL
from dogwatch.api.surface import Key, keys
from dogwatch.testing.app import Nvr, edge_nvr, nvr
from tests.routes import exchange

WRONG = "x" * 43
ROUTES = pytest.mark.parametrize("key", sorted(EDGE_POLICY), ids=" ".join)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Nvr]:
    """One app for all: they ask, and what they write is refused."""
    async with edge_nvr(tmp_path_factory.mktemp("edge"), start=False) as made:
        yield made


@pytest.fixture
def app(shared: Nvr) -> Nvr:
    """It, with its login off."""
    shared.edge.settings.change({"Auth": {"enabled": False}})
    return shared


def path_of(template: str) -> str:
    return re.sub(r"\{[^}]+\}", "x", template)


async def statuses(app: Nvr, method: str, path: str) -> dict[str, int]:
    """Ask as everybody. A body that is no JSON object keeps writes from doing anything: 400 means that they may."""
    own = app.edge.settings.current.auth.token
    shown = {
        "none": (path, []),
        "wrong": (path, [("Authorization", f"Bearer {WRONG}")]),
        "empty": (path, [("Authorization", "Bearer ")]),
        "basic": (path, [("Authorization", f"Basic {own}")]),
        "wrong query": (f"{path}?token={WRONG}", []),
        "part": (path, [("Authorization", f"Bearer {own[:-1]}")]),
        "wrong before right": (f"{path}?token={own}", [("Authorization", f"Bearer {WRONG}")]),
        "header": (path, [("Authorization", f"Bearer {own}")]),
        "query": (f"{path}?token={own}", []),
        "slash": (f"{path}/?token={own}", []),
    }
    body = b"[]" if method == "POST" else b""
    sent = {"none": [], "json": [("Content-Type", "application/json")]}["json" if method == "POST" else "none"]
    return {
        who: (await exchange(app, EDGE, None, method, target, [*headers, *sent], body)).status
        for who, (target, headers) in shown.items()
    }


RIGHT = {"header", "query", "slash"}


@ROUTES
@pytest.mark.parametrize("enabled", [False, True], ids=["off", "on"])
async def test_route(app: Nvr, key: Key, *, enabled: bool) -> None:
    app.edge.settings.change({"Auth": {"enabled": enabled}})
    needs, (method, template) = EDGE_POLICY[key], key
    for way in (method, *(["HEAD"] if method == "GET" else [])):
        for who, status in (await statuses(app, way, path_of(template))).items():
            refused = needs is Needs.ALWAYS or (needs is Needs.TOKEN and enabled)
            expected = who not in RIGHT and refused
            assert (status == 401) is expected, f"{way} {template} with {who}: {status}"
            if method == "POST" and not expected:
                assert status == 400, f"{template} took a body that is no object: {status}"


@ROUTES
async def test_options_never_needs_a_token(app: Nvr, key: Key) -> None:
    app.edge.settings.change({"Auth": {"enabled": True}})
    found = await exchange(app, EDGE, None, "OPTIONS", path_of(key[1]), [("Origin", "https://a.example")], b"")
    headers = dict(found.headers)
    assert (found.status, headers["access-control-allow-origin"]) == (204, "*")
    for name in ("Authorization", "Content-Type", "Last-Event-ID", "Range"):
        assert name in headers["access-control-allow-headers"]


@ROUTES
async def test_other_methods_are_refused_in_the_form_of_the_edge_api(app: Nvr, key: Key) -> None:
    methods = {method for method, template in EDGE_POLICY if template == key[1]}
    app.edge.settings.change({"Auth": {"enabled": True}})
    token = [("Authorization", f"Bearer {app.edge.settings.current.auth.token}")]
    assert (await exchange(app, EDGE, None, "PUT", path_of(key[1]))).status == 401
    found = await exchange(app, EDGE, None, "PUT", path_of(key[1]), token)
    assert found.status == 405
    assert set(dict(found.headers)["allow"].split(", ")) == methods | ({"HEAD"} if "GET" in methods else set())
    assert b'"code":"method_not_allowed"' in found.body


async def test_unknown_paths_need_the_token_too(app: Nvr) -> None:
    assert (await exchange(app, EDGE, None, "GET", "/nothing")).status == 404
    app.edge.settings.change({"Auth": {"enabled": True}})
    assert (await exchange(app, EDGE, None, "GET", "/nothing")).status == 401
    assert (await exchange(app, EDGE, None, "HEAD", "/api/version")).status == 401


async def test_the_surfaces_do_not_answer_for_one_another(app: Nvr) -> None:
    assert (await exchange(app, EDGE, None, "GET", "/api/version")).status == 404
    for listener in (INTERNAL, EXTERNAL):
        assert (await exchange(app, listener, None, "GET", "/sensor/status")).status == 404


async def test_every_route_of_the_edge_surface_is_tried(app: Nvr) -> None:
    surface = next(one for one in app.app.surfaces if one.name == "edge")
    assert {key for route in surface.routes() for key in keys(route)} == set(EDGE_POLICY)


def test_there_is_no_edge_surface_without_an_edge_camera(tmp_path: Path) -> None:
    with nvr(tmp_path) as app:
        assert [surface.name for surface in app.app.surfaces] == ["nvr", "files"]
        assert app.parts.edge is None
        assert not (tmp_path / "edge").exists()
