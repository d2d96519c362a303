"""Form of answers, the OpenAPI document, and the examples of the manual (contract, section 1)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.api.files.policy import POLICY, FileNeeds
from dogwatch.testing.app import EXTERNAL, Nvr
from dogwatch.testing.video_files import FACTS
from tests.integration.api.test_doc_examples import compare
from tests.integration.contract.files.conftest import done, fails, uploaded
from tests.routes import exchange

endpoint = pytest.mark.files_endpoint
PAGES = Path(__file__).parents[4] / "docs" / "api" / "files"
NEVER = "0" * 32


def example(page: str) -> Any:
    """Return the first example of a page."""
    found = re.search(r"^```json\n(.*?)^```", (PAGES / page).read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    return json.loads(found[1])


async def test_the_examples_are_what_is_answered(vera: httpx.AsyncClient) -> None:
    compare(example("files.md"), await uploaded(vera))
    assert example("files.md").keys() >= FACTS.keys()
    answer = await vera.get("/api/v1/files?page=1.0")
    assert answer.json() == example("README.md")


@endpoint("GET /api/v1/openapi.json")
async def test_the_openapi_document(vera: httpx.AsyncClient) -> None:
    document = (await vera.get("/api/v1/openapi.json")).json()
    described = {(method.upper(), path) for path, found in document["paths"].items() for method in found}
    assert described == set(POLICY)
    for (method, path), needs in POLICY.items():
        found = document["paths"][path][method.lower()]
        assert found["x-needs"] == needs.value
        assert (found["security"] == []) is (needs is FileNeeds.NOTHING)
        named = {one["name"] for one in found.get("parameters", []) if one["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))
        assert found["responses"]["404"]["content"]["application/json"]["schema"] == {
            "$ref": "#/components/schemas/Failure"
        }
        assert min(int(code) for code in found["responses"]) < 400


async def test_answers_are_among_those_described(app: Nvr, vera: httpx.AsyncClient) -> None:
    document = (await vera.get("/api/v1/openapi.json")).json()
    uuid = (await uploaded(vera))["file_uuid"]
    for method, path in POLICY:
        if method == "GET":
            responses = document["paths"][path]["get"]["responses"]
            for value in (uuid, NEVER, "x"):
                target = re.sub(r"\{(\w+)\}", value, path).replace(f"/trace/{value}", "/trace/1")
                found = await exchange(app, EXTERNAL, "vera", "GET", target, [], b"")
                tus = path.startswith("/api/v1/uploads") and found.status == 412
                assert str(found.status) in responses or tus, (target, found.status, found.body[:200])


async def test_refusals_have_one_form(app: Nvr, vera: httpx.AsyncClient) -> None:
    fails(await vera.get("/api/v1/nothing"), 404, "not_found")
    fails(await vera.get("/api/v1/file/x"), 400, "bad_file_uuid")
    fails(await vera.get(f"/api/v1/file/{NEVER}"), 404, "file_not_found")
    answer = await vera.put("/api/v1/files")
    fails(answer, 405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}
    async with app.client(EXTERNAL) as nobody:
        answer = await nobody.get("/api/v1/nothing")
        fails(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"
    answer = await vera.post("/api/v1/auth/token", content=b"x" * (3 << 20))
    fails(answer, 413, "file_too_large")


async def test_a_slash_more_and_another_case(vera: httpx.AsyncClient) -> None:
    uuid = (await uploaded(vera))["file_uuid"]
    shown = done(await vera.get(f"/api/v1/file/{uuid.upper()}"))["file"]
    assert shown["file_uuid"] == uuid
    assert (await vera.get(f"/api//v1/file/{uuid}")).status_code == 200
