"""Byte ranges, conditions, and answers that break off rather than lie."""

import asyncio
import gc
from collections.abc import MutableMapping
from email import message_from_bytes
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.to_thread import run_sync

from dogwatch.api.conditions import Chosen, parse_range
from dogwatch.api.errors import ApiError
from dogwatch.api.ranges import CHUNK_BYTES, RangeResponse, of_file
from dogwatch.errors import NotFoundError
from dogwatch.media.virtual_file import FileSlice, Part, VirtualFile

BODY = bytes(range(100))


@pytest.fixture
def response(tmp_path: Path) -> RangeResponse:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(1000) + BODY[10:90] + bytes(50))
    return RangeResponse(VirtualFile((BODY[:10], FileSlice(path, 1000, 80), BODY[90:]), 1e9, "tag"), "video/mp4")


async def ask(response: RangeResponse, method: str = "GET", **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(response), base_url="http://x") as client:
        return await client.request(method, "/", headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-9", (206, 0, 10)),
        ("bytes=90-", (206, 90, 100)),
        ("bytes=-5", (206, 95, 100)),
        ("bytes=-500", (206, 0, 100)),
        ("bytes=99-400", (206, 99, 100)),
        ("BYTES=0-0", (206, 0, 1)),
        ("bytes=100-", (416, 0, 0)),
        ("bytes=-0", (416, 0, 0)),
        ("bytes=9-3", (200, 0, 100)),
        ("bytes=-", (200, 0, 100)),
        ("bytes=0-1,100-,-0", (206, 0, 2)),
        ("bytes= 0-1 , ,", (206, 0, 2)),
        ("bytes=100-,200-300", (416, 0, 0)),
        ("bytes=0-1,9-3", (200, 0, 100)),
        ("bytes=0-1,x", (200, 0, 100)),
        ("bytes=,", (200, 0, 100)),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(17)), (200, 0, 100)),
        ("bytes=0-9,5-14,10-19,12-13", (200, 0, 100)),
        ("bytes=0-1" + "," * 5000, (200, 0, 100)),
        ("lines=1-2", (200, 0, 100)),
        (f"bytes={'9' * 5000}-", (200, 0, 100)),
        ("nonsense", (200, 0, 100)),
    ],
)
def test_parse_range(header: str, expected: tuple[int, int, int]) -> None:
    assert parse_range(header, 100) == Chosen(*expected)


@pytest.mark.parametrize(
    ("header", "spans"),
    [
        ("bytes=5-6,0-1", ((5, 7), (0, 2))),
        ("bytes=0-1,100-,-2", ((0, 2), (98, 100))),
        ("bytes=0-9,5-14,12-19", ((0, 10), (5, 15), (12, 20))),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(16)), tuple((n, n + 1) for n in range(16))),
    ],
)
def test_several_ranges(header: str, spans: tuple[tuple[int, int], ...]) -> None:
    assert parse_range(header, 100) == Chosen(206, 0, 100, spans)


async def test_the_whole(response: RangeResponse) -> None:
    got = await ask(response)
    assert (got.status_code, got.content) == (200, BODY)
    assert got.headers["content-length"] == "100"
    assert got.headers["accept-ranges"] == "bytes"
    assert got.headers["content-type"] == "video/mp4"
    assert got.headers["last-modified"] == "Sun, 09 Sep 2001 01:46:40 GMT"


@pytest.mark.parametrize(("start", "end"), [(0, 3), (5, 20), (10, 89), (88, 92), (95, 99), (0, 99)])
async def test_a_part(response: RangeResponse, start: int, end: int) -> None:
    got = await ask(response, range=f"bytes={start}-{end}")
    assert (got.status_code, got.content) == (206, BODY[start : end + 1])
    assert got.headers["content-range"] == f"bytes {start}-{end}/100"
    assert got.headers["content-length"] == str(end - start + 1)


async def test_beyond_the_end(response: RangeResponse) -> None:
    with pytest.raises(ApiError) as refused:
        await ask(response, range="bytes=100-")
    assert (refused.value.status, refused.value.headers["Content-Range"]) == (416, "bytes */100")


async def test_several_parts(response: RangeResponse) -> None:
    got = await ask(response, range="bytes=85-94,-2,0-0")
    assert got.status_code == 206
    assert got.headers["content-length"] == str(len(got.content))
    assert "content-range" not in got.headers
    head = f"Content-Type: {got.headers['content-type']}\r\n\r\n".encode()
    parts = list(message_from_bytes(head + got.content).walk())[1:]
    assert [(part["content-type"], part["content-range"], part.get_payload(decode=True)) for part in parts] == [
        ("video/mp4", "bytes 85-94/100", BODY[85:95]),
        ("video/mp4", "bytes 98-99/100", BODY[98:]),
        ("video/mp4", "bytes 0-0/100", BODY[:1]),
    ]


@pytest.mark.parametrize("asked", [{}, {"range": "bytes=0-1"}, {"range": "bytes=0-1,5-6"}, {"range": "bytes=100-"}])
async def test_head(response: RangeResponse, asked: dict[str, str]) -> None:
    got = await ask(response, "HEAD", **asked)
    assert (got.status_code, got.content, got.headers["content-length"]) == (200, b"", "100")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"if_none_match": '"tag"'}, 304),
        ({"if_none_match": '"x", W/"tag"'}, 304),
        ({"if_none_match": "*"}, 304),
        ({"if_none_match": '"x"'}, 200),
        ({"if_modified_since": "Sun, 09 Sep 2001 01:46:40 GMT"}, 304),
        ({"if_modified_since": "Sun, 09 Sep 2001 01:46:39 GMT"}, 200),
        ({"if_modified_since": "yesterday"}, 200),
        ({"if_none_match": '"x"', "if_modified_since": "Sun, 09 Sep 2031 01:46:40 GMT"}, 200),
        ({"range": "bytes=0-1", "if_range": '"tag"'}, 206),
        ({"range": "bytes=0-1", "if_range": "Sun, 09 Sep 2001 01:46:40 GMT"}, 206),
        ({"range": "bytes=0-1", "if_range": '"x"'}, 200),
    ],
)
async def test_conditions(response: RangeResponse, headers: dict[str, str], status: int) -> None:
    got = await ask(response, **headers)
    assert got.status_code == status
    assert got.headers["etag"] == '"tag"'
    assert len(got.content) == {200: 100, 206: 2, 304: 0}[status]


async def test_small_parts_are_read_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / str(n) for n in range(300)]
    for n, path in enumerate(paths):
        path.write_bytes(bytes([n % 251]) * 1000)
    turns: list[object] = []

    async def counted(*args: Any) -> Any:
        turns.append(args[0])
        return await run_sync(*args)

    monkeypatch.setattr("dogwatch.api.ranges.run_sync", counted)
    parts: tuple[Part, ...] = (b"head", *(FileSlice(path, 10, 980) for path in paths))
    got = await ask(RangeResponse(VirtualFile(parts, 0.0, "tag"), "video/mp4"))
    assert got.content == b"head" + b"".join(bytes([n % 251]) * 980 for n in range(300))
    assert len(turns) <= 4  # is the first there, a full chunk, the rest, the end


async def test_a_file_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    path.write_bytes(b"x" * (CHUNK_BYTES * 2 + 7))
    got = await ask(of_file(path, "text/plain", {"Cache-Control": "public"}))
    assert len(got.content) == CHUNK_BYTES * 2 + 7
    assert got.headers["cache-control"] == "public"
    with pytest.raises(NotFoundError):
        of_file(tmp_path / "none", "text/plain")


async def test_a_file_that_is_gone_before_the_first_byte(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        await ask(RangeResponse(VirtualFile((FileSlice(tmp_path / "none", 0, 5),), 0.0, "t"), "video/mp4"))


async def run(response: RangeResponse, receive: Any) -> list[MutableMapping[str, Any]]:
    sent: list[MutableMapping[str, Any]] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)
        await asyncio.sleep(0)

    await response({"type": "http", "method": "GET", "headers": []}, receive, send)
    return sent


async def forever() -> dict[str, Any]:
    await asyncio.Event().wait()
    return {}


@pytest.mark.parametrize("second", ["gone", "short"])
async def test_a_file_that_vanishes_midway_ends_the_answer_without_completing_it(tmp_path: Path, second: str) -> None:
    (tmp_path / "a").write_bytes(b"a" * 10)
    (tmp_path / "short").write_bytes(b"b" * 3)
    parts = (FileSlice(tmp_path / "a", 0, 10), FileSlice(tmp_path / second, 0, 10))
    sent = await run(RangeResponse(VirtualFile(parts, 0.0, "t"), "video/mp4"), forever)
    assert sent[0]["status"] == 200
    assert all(message.get("more_body", True) for message in sent)


async def test_when_the_client_leaves_reading_stops_and_files_are_closed(tmp_path: Path) -> None:
    path = tmp_path / "big"
    with path.open("wb") as file:
        file.truncate(CHUNK_BYTES * 4000)
    started = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await started.wait()
        return {"type": "http.disconnect"}

    sent: list[int] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(1)
        started.set()
        await asyncio.sleep(0.001)

    response = RangeResponse(VirtualFile((FileSlice(path, 0, CHUNK_BYTES * 4000),), 0.0, "t"), "video/mp4")
    await response({"type": "http", "method": "GET", "headers": []}, receive, send)
    assert len(sent) < 100
    gc.collect()  # an open file would warn, and warnings are errors
