"""Byte ranges and caching of stored bytes (contract, sections 6 and 8)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from dogwatch.testing.app import EXTERNAL, Nvr
from tests.integration.contract.files.conftest import CONTENT, done, fails

endpoint = pytest.mark.files_endpoint
SIZE = len(CONTENT)
ROUTE = "GET /api/v1/file/{file_uuid}/video"


@dataclass
class Video:
    """A client, and the address of a video."""

    client: httpx.AsyncClient
    path: str

    async def get(self, method: str = "GET", query: str = "", **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, self.path + query, headers=sent)


@pytest.fixture
async def video(app: Nvr) -> AsyncIterator[Video]:
    async with app.client(EXTERNAL, "vera") as client:
        form = {"files": {"file": ("a.mp4", CONTENT)}, "data": {"name": 'a "ä".mp4'}}
        file = done(await client.post("/api/v1/files", **form), 201)["file"]  # type: ignore[arg-type]
        yield Video(client, f"/api/v1/file/{file['file_uuid']}/video")


@endpoint(ROUTE)
async def test_the_whole(video: Video) -> None:
    answer = await video.get()
    assert (answer.status_code, answer.content) == (200, CONTENT)
    headers = answer.headers
    assert headers["content-type"] == "video/mp4"
    assert headers["accept-ranges"] == "bytes"
    assert re.fullmatch(r'"[^"]+"', headers["etag"]), "a strong one"
    assert headers["content-length"] == str(SIZE)
    assert headers["cache-control"] == "private, no-cache"
    assert headers["content-disposition"] == "inline; filename=\"a _?_.mp4\"; filename*=UTF-8''a%20%22%C3%A4%22.mp4"
    assert "last-modified" in headers
    head = await video.get("HEAD", Range="bytes=0-1")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(SIZE))


RANGES = [
    ("bytes=0-0", (0, 1)), ("bytes=0-", (0, SIZE)), ("bytes=5-9", (5, 10)), (f"bytes=5-{SIZE + 9}", (5, SIZE)),
    ("bytes=-1", (SIZE - 1, SIZE)), (f"bytes=-{SIZE}", (0, SIZE)), (f"bytes=-{SIZE + 5}", (0, SIZE)),
    (f"bytes={SIZE - 1}-", (SIZE - 1, SIZE)), ("bytes = 5-9", (5, 10)), ("BYTES=5-9", (5, 10)), ("bytes=5-9,", (5, 10)),
    (f"bytes=5-9,{SIZE}-", (5, 10)),
]  # fmt: skip


@endpoint(ROUTE)
@pytest.mark.parametrize(("asked", "span"), RANGES, ids=[asked for asked, _ in RANGES])
async def test_one_range(video: Video, asked: str, span: tuple[int, int]) -> None:
    answer = await video.get(Range=asked)
    assert (answer.status_code, answer.content) == (206, CONTENT[slice(*span)])
    assert answer.headers["content-range"] == f"bytes {span[0]}-{span[1] - 1}/{SIZE}"
    assert answer.headers["content-length"] == str(span[1] - span[0])
    assert answer.headers["content-type"] == "video/mp4"


@endpoint(ROUTE)
@pytest.mark.parametrize(
    "asked",
    [
        "bytes=", "bytes=-", "bytes", "bytes=a-b", "bytes=9-5", "bytes=1-2-3", "items=0-1", "bytes=--1", "bytes=0x1-2",
        "bytes=" + ",".join(["0-1"] * 17), "bytes=0-9,5-14,10-19,12-20", f"bytes={'9' * 30}-", "bytes=5-9,x",
    ],
)  # fmt: skip
async def test_what_is_no_range_is_ignored(video: Video, asked: str) -> None:
    answer = await video.get(Range=asked)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert "content-range" not in answer.headers


@endpoint(ROUTE)
@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=-0", f"bytes={SIZE}-{SIZE + 5}", f"bytes={SIZE}-,-0"])
async def test_what_the_file_has_not(video: Video, asked: str) -> None:
    answer = await video.get(Range=asked)
    fails(answer, 416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@endpoint(ROUTE)
@pytest.mark.parametrize(
    ("asked", "spans"),
    [
        ("bytes=0-4,10-14", [(0, 5), (10, 15)]),
        ("bytes=10-14,0-4", [(10, 15), (0, 5)]),
        (f"bytes=0-4,{SIZE}-,-3", [(0, 5), (SIZE - 3, SIZE)]),
    ],
)
async def test_several_ranges(video: Video, asked: str, spans: list[tuple[int, int]]) -> None:
    answer = await video.get(Range=asked)
    assert answer.status_code == 206
    found = re.fullmatch(r"multipart/byteranges; boundary=(\S+)", answer.headers["content-type"])
    assert found is not None
    assert answer.headers["content-length"] == str(len(answer.content))
    expected = b"".join(
        f"--{found[1]}\r\nContent-Type: video/mp4\r\nContent-Range: bytes {start}-{end - 1}/{SIZE}\r\n\r\n".encode()
        + CONTENT[start:end]
        + b"\r\n"
        for start, end in spans
    )
    assert answer.content == expected + f"--{found[1]}--\r\n".encode()


@endpoint(ROUTE)
async def test_conditions(video: Video) -> None:
    whole = await video.get()
    tag, modified = whole.headers["etag"], whole.headers["last-modified"]
    for headers, status in (
        ({"If_Range": tag}, 206), ({"If_Range": modified}, 206), ({"If_Range": '"other"'}, 200),
        ({"If_Range": f"W/{tag}"}, 200), ({"If_Range": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200),
        ({"If_None_Match": tag}, 304), ({"If_None_Match": "*"}, 304), ({"If_None_Match": '"other"'}, 206),
        ({"If_Modified_Since": modified}, 304),
        ({"If_Modified_Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 206), ({"If_Modified_Since": "soon"}, 206),
    ):  # fmt: skip
        answer = await video.get(Range="bytes=0-4", **headers)
        assert answer.status_code == status, headers
        if status == 304:
            assert answer.content == b""
            assert answer.headers["etag"] == tag


@endpoint(ROUTE)
async def test_parameters(video: Video) -> None:
    assert (await video.get(query="?mode=normal&audio=on&more=1")).content == CONTENT
    for query, code in (
        ("mode=x", "bad_mode"), ("audio=maybe", "bad_audio"), ("mode=", "bad_mode"), ("audio=ON", "bad_audio"),
        ("mode=normal&mode=normal", "duplicate_parameter"), ("audio=on&audio=off", "duplicate_parameter"),
    ):  # fmt: skip
        fails(await video.get(query=f"?{query}"), 400, code)


@endpoint(ROUTE)
async def test_a_source_that_is_gone_or_another_one(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    path = tmp_path / "roots" / "a.mp4"
    path.write_bytes(CONTENT)
    registered = done(await vera.post("/api/v1/files/register", json={"file_path": str(path)}), 201)
    target = f"/api/v1/file/{registered['file_uuid']}/video"
    path.write_bytes(CONTENT + b"more")
    fails(await vera.get(target), 409, "source_changed")
    path.unlink()
    fails(await vera.get(target), 404, "source_missing")
    elsewhere = tmp_path / "secret.mp4"
    elsewhere.write_bytes(CONTENT)
    path.symlink_to(elsewhere)
    fails(await vera.get(target), 404, "source_missing")
    path.unlink()
    path.write_bytes(CONTENT)
    fails(await vera.get(target), 409, "source_changed")


async def test_a_path_that_is_led_elsewhere_by_its_directory(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    folder = tmp_path / "roots" / "day"
    folder.mkdir()
    (folder / "a.mp4").write_bytes(CONTENT)
    body = done(await vera.post("/api/v1/files/register", json={"file_path": str(folder / "a.mp4")}), 201)
    folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    fails(await vera.get(f"/api/v1/file/{body['file_uuid']}/video"), 404, "source_missing")


async def test_a_root_that_is_taken_away(app: Nvr, vera: httpx.AsyncClient, tmp_path: Path) -> None:
    path = tmp_path / "roots" / "a.mp4"
    path.write_bytes(CONTENT)
    body = done(await vera.post("/api/v1/files/register", json={"file_path": str(path)}), 201)
    assert app.parts.files is not None
    app.parts.files.catalogue.roots = ()
    fails(await vera.get(f"/api/v1/file/{body['file_uuid']}/video"), 404, "source_missing")
