"""The OpenAPI document describes every route as it answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.api.nvr.policy import ABSENT, POLICY
from dogwatch.api.shapes.table import ANSWERS
from dogwatch.testing.app import Nvr
from dogwatch.testing.stocked import PARAMETERS, QUERIES, stocked
from tests.described import DescribedAnswers
from tests.routes import ROUTES, exchange, url

HTTP = [key for key, _ in ROUTES if key[0] != "WS"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    with stocked(tmp_path_factory.mktemp("openapi")) as made:
        yield made


@pytest.fixture
async def document(app: Nvr) -> AsyncIterator[dict[str, Any]]:
    async with app.client() as client:
        yield (await client.get("/api/openapi.json")).json()


def operation(document: dict[str, Any], method: str, template: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][template.replace(":path}", "}")][method.lower()]
    return found


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


async def test_every_route_is_described_with_its_permission(document: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, found in document["paths"].items() for method in found}
    assert described == {(method, path.replace(":path}", "}")) for method, path in HTTP}
    for method, template in HTTP:
        found = operation(document, method, template)
        assert found["x-permission"] == POLICY[method, template].name.lower()
        named = {one["name"] for one in found.get("parameters", []) if one["in"] == "path"}
        assert named == {part.partition(":")[0] for part in _parameters(template)}, template
        statuses = {int(status) for status in found["responses"]}
        assert min(statuses) < 400, template
        assert {403, 422, 503} <= statuses


def _parameters(template: str) -> list[str]:
    return [part.partition("}")[0] for part in template.split("{")[1:]]


async def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for reference in references(document):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


async def test_every_json_answer_has_a_form(document: dict[str, Any]) -> None:
    assert set(ANSWERS) <= set(HTTP), "these routes are gone"
    for key in HTTP:
        if key in ABSENT:
            continue  # most of them only refuse
        for status, answer in operation(document, *key)["responses"].items():
            if int(status) < 206 and "application/json" in answer.get("content", {}):
                assert answer["content"]["application/json"].get("schema"), (key, "add a row to api/shapes/table.py")
                assert key in ANSWERS, (key, "add a row to api/shapes/table.py")


async def test_who_must_log_in(app: Nvr, document: dict[str, Any]) -> None:
    assert document["security"] == []  # nobody, on this listener
    async with app.client(EXTERNAL, "frida") as client:
        outside = (await client.get("/api/openapi.json")).json()
    assert outside["security"] == [{"cookie": []}, {"bearer": []}]
    assert outside["components"]["securitySchemes"]["cookie"]["name"] == "frigate_token"
    public = {key for key in HTTP if operation(outside, *key).get("security") == []}
    assert public == {key for key in HTTP if POLICY[key].name == "PUBLIC"}
    assert {**outside, "security": []} == document


READS = [key for key in HTTP if key[0] == "GET"]


@pytest.mark.parametrize("template", [template for _, template in READS])
async def test_answers_are_among_those_described(app: Nvr, document: dict[str, Any], template: str) -> None:
    """Of what is there, of what is not, of a range that cannot be had, to an administrator and to a limited role."""
    responses = operation(document, "GET", template)["responses"]
    whole = template
    for name, value in PARAMETERS.items():
        whole = whole.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
    whole = f"{whole}?{QUERIES.get(template, '')}"
    asked: list[tuple[str, str | None, list[tuple[str, str]]]] = [(whole, None, []), (whole, "frida", [])]
    asked += [(whole, None, [("range", f"bytes={part}")]) for part in ("0-9", "99999999-")]
    asked += [(url("GET", template, camera), None, []) for camera in ("front", "nowhere")]
    for target, user, headers in asked:
        async with asyncio.timeout(20):
            answer = await exchange(app, EXTERNAL if user else INTERNAL, user, "GET", target, headers)
        assert str(answer.status) in responses, (target, answer.status, answer.body[:200])
        told = responses[str(answer.status)].get("content", {})
        kind = dict(answer.headers).get("content-type", "").partition(";")[0]
        assert kind in {one.partition(";")[0] for one in told} or "*/*" in told or not answer.body, (
            target,
            kind,
            told,
        )
        if answer.status >= 400 and answer.body and not template.startswith("/share/"):  # people see those
            json.loads(answer.body)


WRONG = {"user": "vera", "password": "wrong"}
TOO_OFTEN = [
    ("POST", "/api/login", "/api/login", None, WRONG),
    (
        "PUT",
        "/api/users/{username}/password",
        "/api/users/vera/password",
        "vera",
        {"password": "x", "old_password": "y"},
    ),
]


@pytest.mark.parametrize(("method", "template", "path", "user", "body"), TOO_OFTEN)
async def test_too_many_tries_are_described(
    app: Nvr, document: dict[str, Any], method: str, template: str, path: str, user: str | None, body: dict[str, str]
) -> None:
    described = DescribedAnswers(document)
    async with app.client(EXTERNAL, user) as client:
        for _ in range(100):
            answer = await client.request(method, path, json=body, headers={"X-CSRF-TOKEN": "1"})
            assert not (wrong := described.wrong(method, template, answer.status_code, answer.json())), wrong
            if answer.status_code == 429:
                return
    raise AssertionError("no limit is reached")


ALSO = [
    (409, "POST", "/api/users"),
    (409, "POST", "/api/share"),
    (409, "POST", "/api/notifications/register"),
    (409, "POST", "/api/notifications/test"),
    (409, "POST", "/api/debug_replay/start"),
    (409, "POST", "/api/media/sync"),
    (429, "POST", "/api/users"),
    (429, "POST", "/api/events/{camera}/{label}/create"),
    (429, "POST", "/api/{camera}/plus/{frame_time}"),
    (500, "PUT", "/api/lpr/reprocess"),
    (500, "PUT", "/api/config/set"),
    (507, "GET", "/api/logout"),
    (413, "POST", "/api/go2rtc/webrtc"),
]


@pytest.mark.parametrize(("status", "method", "template"), ALSO)
async def test_refusals_of_single_routes(document: dict[str, Any], status: int, method: str, template: str) -> None:
    """They come of states that are made in tests of their own, or of faults."""
    assert str(status) in operation(document, method, template)["responses"]


async def test_an_answer_to_an_offer_has_both_forms(document: dict[str, Any]) -> None:
    found = operation(document, "POST", "/api/go2rtc/webrtc")["responses"]
    assert found["200"]["content"]["application/json"]["schema"]
    assert list(found["201"]["content"]) == ["application/sdp"]
