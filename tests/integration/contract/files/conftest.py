"""An app with video files, and how its answers look."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.api.app import App
from dogwatch.api.files.policy import POLICY
from dogwatch.testing.app import EXTERNAL, Nvr
from dogwatch.testing.video_files import MARK, files_nvr

CONTENT = MARK + bytes(range(256)) * 8


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with files_nvr(tmp_path) as made:
        yield made


@pytest.fixture
async def vera(app: Nvr) -> AsyncIterator[httpx.AsyncClient]:
    """A user, logged in to the NVR."""
    async with app.client(EXTERNAL, "vera") as client:
        yield client


@pytest.fixture
async def admin(app: Nvr) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator, logged in to the NVR."""
    async with app.client(EXTERNAL, "admin") as client:
        yield client


@pytest.fixture(autouse=True)
def routes_that_are_marked_are_asked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """See that a test that is marked with endpoints has asked for them."""
    mark = request.node.get_closest_marker("files_endpoint")
    asked: set[str] = set()
    answer = App.__call__

    async def noted(self: App, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (matched := self.match({**scope})) is not None:
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            asked.add(f"{method} {matched['route'].path}")
        await answer(self, scope, receive, send)

    monkeypatch.setattr(App, "__call__", noted)
    yield
    missing = set(mark.args) - asked if mark else set()
    assert not missing, f"marked, but not asked: {sorted(missing)}"


def fails(answer: httpx.Response, status: int, code: str, **details: Any) -> dict[str, Any]:
    """Require a refusal in its form; return what it says."""
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["error"]["code"]) == (status, code), answer.text[:300]
    assert body["success"] is False
    assert body["error"]["message"]
    assert answer.headers["cache-control"] == "no-store"
    assert {key: body["error"].get("details", {}).get(key) for key in details} == details
    error: dict[str, Any] = body["error"]
    return error


def done(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """Require a success in JSON; return its body."""
    assert answer.status_code == status, (answer.status_code, answer.text[:300])
    body: dict[str, Any] = answer.json()
    assert body["success"] is True
    return body


async def uploaded(client: httpx.AsyncClient, content: bytes = CONTENT, name: str = "yard.mp4") -> dict[str, Any]:
    """Upload a file and return it."""
    answer = await client.post("/api/v1/files", files={"file": (name, content, "video/mp4")})
    file: dict[str, Any] = done(answer, 201)["file"]
    return file


def rows() -> set[str]:
    """Return all routes of the policy."""
    return {" ".join(key) for key in POLICY}
