"""No text with the character NUL comes in, whatever the database: PostgreSQL cannot store it."""

import json

import pytest

from dogwatch.testing.app import Nvr

ODD = [
    {"name": "a\0b"},
    {"name": "a", "note\0": 1},
    {"name": ["x", {"y": "\0"}]},
]


@pytest.mark.parametrize("body", ODD, ids=["text", "key", "nested"])
async def test_in_a_body(app: Nvr, body: object) -> None:
    async with app.client() as client:
        answer = await client.post("/api/cases", content=json.dumps(body))
        assert (answer.status_code, "NUL" in answer.text) == (422, True)
        kept = await client.post("/api/cases", json={"name": "a\\u0000b"})  # a backslash, no NUL
        assert (kept.status_code, kept.json()["name"]) == (201, "a\\u0000b")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32-le"])
async def test_in_a_body_in_another_encoding(app: Nvr, encoding: str) -> None:
    async with app.client() as client:
        answer = await client.post("/api/cases", content=json.dumps({"name": "a\0b"}).encode(encoding))
        assert (answer.status_code, "NUL" in answer.text) == (422, True)


@pytest.mark.parametrize(
    "path",
    ["/api/events?labels=%00", "/api/event_ids?ids=%00", "/api/review?cameras=a%00", "/api/timeline?source_id=%00"],
)
async def test_in_a_query(app: Nvr, path: str) -> None:
    async with app.client() as client:
        answer = await client.get(path)
    assert (answer.status_code, "NUL" in answer.text) == (422, True)
