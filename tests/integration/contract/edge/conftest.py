"""The edge camera of an app, clients of its API, and a note of which endpoints they ask."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import compile_path

from dogwatch.api.app import App
from dogwatch.api.edge.policy import EDGE_POLICY
from dogwatch.api.guarded_route import specificity
from dogwatch.api.listener import EDGE, listener_of
from dogwatch.edge import bluetooth, stations
from dogwatch.testing.app import Nvr, edge_nvr
from tests.integration.contract.edge.presence import AccessPoint, Paged

TEMPLATES = sorted(
    ((method, template, compile_path(template)[0]) for method, template in EDGE_POLICY),
    key=lambda row: specificity(row[1]),
)


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Nvr]:
    """An app whose edge camera has been started."""
    async with edge_nvr(tmp_path) as made:
        yield made


@pytest.fixture
async def client(app: Nvr) -> AsyncIterator[httpx.AsyncClient]:
    """A client that shows no token."""
    async with app.edge_client() as made:
        yield made


@pytest.fixture
def access_point(monkeypatch: pytest.MonkeyPatch) -> AccessPoint:
    made = AccessPoint()
    monkeypatch.setattr(stations, "run_program", made.run)
    return made


@pytest.fixture
def phones(monkeypatch: pytest.MonkeyPatch) -> Paged:
    made = Paged()
    monkeypatch.setattr(bluetooth, "page_device", made.page)
    return made


@pytest.fixture(autouse=True)
def edge_endpoints(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Require that a test which is marked with endpoints has asked for them."""
    mark = request.node.get_closest_marker("edge_endpoint")
    asked: set[str] = set()
    answer = App.__call__

    async def noted(self: App, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and listener_of(scope) == EDGE:
            path, method = scope["path"].rstrip("/") or "/", scope["method"]
            found = [template for one, template, regex in TEMPLATES if one == method and regex.match(path)]
            asked.update(f"{method} {template}" for template in found[:1])
        await answer(self, scope, receive, send)

    monkeypatch.setattr(App, "__call__", noted)
    yield
    missing = set(mark.args) - asked if mark else set()
    assert not missing, f"marked, but not asked: {sorted(missing)}"


def fails(answer: httpx.Response, status: int, code: str, **details: Any) -> dict[str, Any]:
    """Require a refusal in its form; return its body."""
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body.get("code")) == (status, code), answer.text[:300]
    assert isinstance(body["error"], str)
    assert body["error"]
    assert {key: body.get(key) for key in details} == details
    return body


def done(answer: httpx.Response) -> Any:
    """Require an answer of 200 in JSON; return its body."""
    assert answer.status_code == 200, (answer.status_code, answer.text[:300])
    assert answer.headers["content-type"].startswith("application/json")
    return answer.json()
