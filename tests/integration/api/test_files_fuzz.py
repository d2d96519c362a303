"""Random requests about video files: no fault, and nothing outside of the store and the roots is touched."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from dogwatch.api.files import surface
from dogwatch.api.files.policy import POLICY
from dogwatch.api.listener import INTERNAL
from dogwatch.api.surface import Key, keys, routes_of
from dogwatch.testing.app import Nvr
from dogwatch.testing.video_files import MARK, files_nvr
from tests.routes import exchange

REQUESTS = 30  # of each route
ROUTES = {key: route for router in surface.routers() for route in routes_of(router) for key in keys(route)}
TEXTS = (
    "", "0", "-1", "1", "1.0", "1e400", "NaN", "x", "None", "null", "9" * 400, "9" * 5000, "\0", "\ud800", "\U0001f600",
    "../../etc/hostname", "/etc/hostname", "%2e%2e%2f", "a" * 32, "on", "off", "debug", "ready", "asc", "';--",
    "\u0661",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**40, "", "x", "\0", "/etc/hostname", "/dev/zero", "/proc/self/mem", [], {}, ["a" * 32],
    [None], {"a": {"b": []}}, ["read", "write"], 60, 900,
)  # fmt: skip
HEADERS = (
    ("Tus-Resumable", "1.0.0"), ("Upload-Length", "5"), ("Upload-Length", "-5"), ("Upload-Offset", "0"),
    ("Content-Type", "application/offset+octet-stream"),
    ("Content-Type", "multipart/form-data; boundary=x"),
    ("Content-Type", "application/json"), ("Range", "bytes=0-0,5-"), ("If-None-Match", '"'),
    ("Upload-Metadata", "a b,c"), ("Authorization", "Bearer "), ("Authorization", "Bearer a.b.c"),
    ("X-HTTP-Method-Override", "PATCH"),
    ("Content-Length", "1"), ("Accept-Encoding", "gzip"),
)  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    directory = tmp_path_factory.mktemp("fuzz")
    (directory / "outside").write_bytes(MARK)
    with files_nvr(directory) as made:
        yield made


@pytest.fixture
async def uuid(app: Nvr) -> str:
    """A file that is there."""
    async with app.client() as client:
        answer = await client.post("/api/v1/files", files={"file": ("a.mp4", MARK + b"x" * 1000)})
    return str(answer.json()["file"]["file_uuid"])


def body_of(draw: random.Random, key: Key) -> bytes:
    extra: dict[str, Any] = getattr(ROUTES[key], "openapi_extra", None) or {}
    content = extra.get("requestBody", {}).get("content", {})
    names = [name for one in content.values() for name in one["schema"].get("properties", ())]
    match draw.randrange(6):
        case 0:
            return draw.randbytes(draw.randrange(200))
        case 1:
            return b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nvideo\r\n--x--'[: draw.randrange(80)]
        case 2:
            return b""
        case _:
            return json.dumps({name: draw.choice(VALUES) for name in names if draw.random() < 0.8}).encode()


@pytest.mark.parametrize("key", sorted(POLICY), ids=" ".join)
async def test_random_requests(app: Nvr, uuid: str, key: Key) -> None:
    method, template = key
    draw = random.Random(" ".join(key))
    extra: dict[str, Any] = getattr(ROUTES[key], "openapi_extra", None) or {}
    names = [*(one["name"] for one in extra.get("parameters", [])), "token", "x"]
    for _ in range(REQUESTS):
        path = template
        for name in ("file_uuid", "trace_id", "job_id"):
            value = uuid if name == "file_uuid" and draw.random() < 0.7 else draw.choice(TEXTS)
            path = path.replace(f"{{{name}}}", quote(value.encode("utf-8", "replace").decode(), safe=""))
        query = urlencode(
            [(draw.choice(names), draw.choice(TEXTS).encode("utf-8", "replace")) for _ in range(draw.randrange(5))]
        )
        sent = draw.sample(HEADERS, draw.randrange(5))
        way = draw.choice((method, "HEAD")) if method == "GET" else method
        found = await exchange(app, INTERNAL, None, way, f"{path}?{query}", sent, body_of(draw, key))
        said = (way, path, query, sent, found.status, found.body[:300])
        assert 200 <= found.status < 500 or found.status in (503, 507), said
        if found.status >= 400 and found.body:
            assert json.loads(found.body)["success"] is False, said
            assert "Traceback" not in found.body.decode("utf-8", "replace")
        assert b"root:" not in found.body
    outside = Path(app.services.paths.data) / "outside"
    assert outside.read_bytes() == MARK
