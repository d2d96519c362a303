"""Features that Dogwatch does not have answer as those that are off (docs/api/absent.md)."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dogwatch.api.nvr import absent
from dogwatch.api.nvr.policy import ABSENT, Permission
from dogwatch.store import events
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0
from tests.integration.api.events.furnished import ask, event

VALUES = {"model": "birds", "category": "robin", "camera": "front", "name": "x", "start": "1", "end": "2"}
OWN: dict[tuple[str, str], tuple[int, Any]] = {
    ("POST", "/api/chat/completion"): (400, {"error": "Chat is not enabled"}),
    ("PUT", "/api/events/{event_id}/description/regenerate"): (400, None),
    ("GET", "/api/triggers/status/{camera}"): (404, None),
    ("POST", "/api/trigger/embedding"): (400, None),
    ("PUT", "/api/trigger/embedding/{camera}/{name}"): (400, None),
    ("DELETE", "/api/trigger/embedding/{camera}/{name}"): (400, None),
}
EXPECTED: dict[tuple[str, str], tuple[int, Any]] = {
    **{key: (status, {"success": False, "message": text}) for key, (status, text) in absent.REFUSED.items()},
    **{("GET", path): (200, nothing) for path, nothing in absent.EMPTY.items()},
    **OWN,
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    with nvr(tmp_path_factory.mktemp("absent")) as made:
        made.services.db.write(partial(events.put, values=event("one", "front", T0)))
        yield made


def target(template: str) -> str:
    path = re.sub(r"\{(\w+)\}", lambda found: {**VALUES, "event_id": "one"}[found[1]], template)
    return path + ("?camera_name=front&name=x" if path == "/api/trigger/embedding" else "")


def test_every_route_is_in_the_table() -> None:
    assert EXPECTED.keys() == ABSENT.keys()
    assert set(ABSENT.values()) == {Permission.ADMIN}


@pytest.mark.parametrize("key", EXPECTED, ids=" ".join)
async def test_answers(app: Nvr, key: tuple[str, str]) -> None:
    method, template = key
    status, body = EXPECTED[key]
    for content in (b"", b"{}"):
        answer = await ask(app, method, target(template), content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, answer.text
        if body is not None:
            assert answer.json() == body
        else:
            assert answer.json()["success"] is False
            assert answer.json()["message"]


@pytest.mark.parametrize("key", EXPECTED, ids=" ".join)
async def test_who_is_no_administrator_is_told_so_first(app: Nvr, key: tuple[str, str]) -> None:
    for user in ("vera", "frida"):
        assert (await ask(app, key[0], target(key[1]), user=user)).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/events/nothing/description/regenerate"),
        ("GET", "/api/triggers/status/nowhere"),
        ("POST", "/api/trigger/embedding?camera_name=nowhere&name=x"),
        ("DELETE", "/api/trigger/embedding/nowhere/x"),
    ],
)
async def test_what_is_not_there(app: Nvr, method: str, path: str) -> None:
    answer = await ask(app, method, path)
    assert (answer.status_code, answer.json()["success"]) == (404, False)


def test_a_configuration_that_enables_one_is_warned_of(tmp_path: Path) -> None:
    from dogwatch.config import parse

    text = "cameras: {}\nsemantic_search: {enabled: true}\ngenai: {provider: ollama}\n"
    (notice,) = parse(text, path=tmp_path / "config.yml").notices
    assert notice.message == "ignored: Dogwatch does not use semantic_search, genai"
