"""Films that are made of a file (contract, sections 7 and 8)."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.media.file_overlay import colour_of
from dogwatch.testing.app import EXTERNAL, Nvr
from dogwatch.testing.numbered import Codec, Variant, number_of
from tests.integration.contract.files.conftest import fails
from tests.integration.contract.files.films import analysed, film, until, working_nvr

endpoint = pytest.mark.files_endpoint
VIDEO = "GET /api/v1/file/{file_uuid}/video"
TRACE = "GET /api/v1/file/{file_uuid}/trace/{trace_id}/video"
BBOX = "GET /api/v1/file/{file_uuid}/video/bbox"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with working_nvr(tmp_path) as made:
        yield made


@pytest.fixture
async def vera(app: Nvr) -> AsyncIterator[httpx.AsyncClient]:
    async with app.client(EXTERNAL, "vera") as client:
        yield client


async def finished(client: httpx.AsyncClient, url: str) -> httpx.Response:
    """Ask for a film until it is finished."""
    first = await client.get(url)
    assert (first.status_code, first.headers["accept-ranges"]) == (200, "none"), first.text[:300]
    assert first.headers["cache-control"] == "private, no-cache"
    pictures(first)
    answers: list[httpx.Response] = []

    async def ranged() -> bool:
        answers.append(await client.get(url))
        return bool(answers[-1].headers["accept-ranges"] == "bytes")

    await until(ranged)
    return answers[-1]


def decoded(answer: httpx.Response) -> Any:
    return av.open(io.BytesIO(answer.content))


def pictures(answer: httpx.Response) -> list[NDArray[np.uint8]]:
    assert answer.headers["content-type"] == "video/mp4"
    with decoded(answer) as made:
        return [frame.to_ndarray(format="rgb24") for frame in made.decode(video=0)]


def streams(answer: httpx.Response) -> list[str]:
    with decoded(answer) as made:
        return [stream.type for stream in made.streams]


def framed(picture: NDArray[np.uint8], trace: int, x: int = 20, y: int = 60) -> bool:
    """Whether the upper edge of the usual box has the colour of a trace."""
    edge = picture[y : y + 2, x : x + 50].reshape(-1, 3).astype(int)
    return bool(np.abs(edge - np.array(colour_of(trace))).mean() < 50)


@endpoint(VIDEO)
@pytest.mark.parametrize("codec", [Codec.H264, Codec.VP9, Codec.MPEG4])
async def test_without_sound_the_pictures_are_copied(vera: httpx.AsyncClient, tmp_path: Path, codec: Codec) -> None:
    url = f"/api/v1/file/{(await film(vera, tmp_path, codec=codec))['file_uuid']}/video"
    silent = await finished(vera, url + "?audio=off")
    assert streams(silent) == ["video"]
    whole = await vera.get(url)
    assert streams(whole) == ["video", "audio"]
    for one, other in zip(pictures(silent), pictures(whole), strict=True):
        assert (one == other).all()


@endpoint(VIDEO)
async def test_a_finished_film_is_a_file_with_ranges(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    url = f"/api/v1/file/{(await film(vera, tmp_path))['file_uuid']}/video?mode=debug"
    answer = await finished(vera, url)
    size, tag = int(answer.headers["content-length"]), answer.headers["etag"]
    assert (len(answer.content), answer.headers["accept-ranges"]) == (size, "bytes")
    assert answer.content[4:8] == b"ftyp"
    assert answer.content.index(b"moov") < answer.content.index(b"mdat")
    part = await vera.get(url, headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, answer.content[100:300])
    several = await vera.get(url, headers={"Range": "bytes=0-0,-1"})
    assert several.headers["content-type"].startswith("multipart/byteranges")
    fails(await vera.get(url, headers={"Range": f"bytes={size}-"}), 416, "range_not_satisfiable")
    assert (await vera.get(url, headers={"If-None-Match": tag})).status_code == 304
    head = await vera.head(url)
    assert (head.headers["etag"], head.headers["content-length"]) == (tag, str(size))
    assert [number_of(one) for one in pictures(answer)] == list(range(75))


@endpoint(TRACE, BBOX, VIDEO)
async def test_boxes_lie_on_their_frames(app: Nvr, vera: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(vera, tmp_path))["file_uuid"]
    first = [{"trace_id": 1, "frame": n} for n in range(10, 30, 2)]
    second = [{"trace_id": 2, "frame": n, "x": 110, "confidence": 0.3, "interpolated": True} for n in range(40, 50)]
    analysed(app, uuid, [*first, *second])
    ones, twos = {box["frame"] for box in first}, {box["frame"] for box in second}

    async def found(path: str) -> tuple[set[int], set[int], int]:
        shown = pictures(await finished(vera, f"/api/v1/file/{uuid}/{path}"))
        one = {n for n, picture in enumerate(shown) if framed(picture, 1)}
        return one, {n for n, picture in enumerate(shown) if framed(picture, 2, 110)}, len(shown)

    assert await found("trace/1/video") == (ones, set(), 75)
    assert await found("trace/1/video?trim=on&audio=off") == ({n - 10 for n in ones}, set(), 19)
    assert await found("video/bbox") == (ones, twos, 75)
    assert await found("video/bbox?min_confidence=0.5") == (ones, set(), 75)
    assert await found("video/bbox?kind=object&audio=off") == (ones, twos, 75)
    assert (await found("video?mode=debug"))[:2] == (ones, twos)
    assert (await found("trace/1/video?mode=debug"))[0] == ones


@endpoint(TRACE, BBOX)
async def test_refusals(app: Nvr, vera: httpx.AsyncClient, tmp_path: Path) -> None:
    file = f"/api/v1/file/{(await film(vera, tmp_path, Variant.CONSTANT))['file_uuid']}"
    fails(await vera.get(f"{file}/video/bbox"), 409, "not_analysed")
    fails(await vera.get(f"{file}/video/bbox?mode=x"), 409, "not_analysed")
    fails(await vera.get(f"{file}/trace/0/video"), 400, "bad_trace_id")
    fails(await vera.get(f"{file}/trace/one/video"), 400, "bad_trace_id")
    fails(await vera.get(f"{file}/trace/1/video?mode=x"), 404, "trace_not_found")
    analysed(app, file.rsplit("/", 1)[1], [{"trace_id": 1, "frame": 5}])
    fails(await vera.get(f"{file}/trace/2/video"), 404, "trace_not_found")
    for path in ("video", "video/bbox", "trace/1/video"):
        fails(await vera.get(f"{file}/{path}?mode=x"), 400, "bad_mode")
        fails(await vera.get(f"{file}/{path}?audio=x"), 400, "bad_audio")
    fails(await vera.get(f"{file}/trace/1/video?trim=x"), 400, "bad_field")
    fails(await vera.get(f"{file}/video/bbox?kind=x"), 400, "bad_field")
    fails(await vera.get(f"{file}/video/bbox?min_confidence=2"), 400, "bad_field")
    fails(await vera.get(f"{file}/video/bbox?kind=face"), 409, "not_analysed")


@endpoint(BBOX)
async def test_a_new_analysis_makes_new_films(app: Nvr, vera: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(vera, tmp_path))["file_uuid"]
    analysed(app, uuid, [{"trace_id": 1, "frame": 5}])
    before = await finished(vera, f"/api/v1/file/{uuid}/video/bbox")
    analysed(app, uuid, [{"trace_id": 3, "frame": 6}])
    after = await finished(vera, f"/api/v1/file/{uuid}/video/bbox")
    assert before.headers["etag"] != after.headers["etag"]
    assert framed(pictures(after)[6], 3)
    assert not framed(pictures(before)[6], 3)


@endpoint(VIDEO)
async def test_many_who_want_one_film_share_an_encoder(app: Nvr, vera: httpx.AsyncClient, tmp_path: Path) -> None:
    url = f"/api/v1/file/{(await film(vera, tmp_path, count=150))['file_uuid']}/video?mode=debug"
    library = app.parts.files
    assert library is not None
    begun: list[Any] = []
    stream = library.workers.stream

    def counted(*args: Any, **named: Any) -> Any:
        begun.append(args)
        return stream(*args, **named)

    library.workers.stream = counted  # type: ignore[method-assign]
    answers = await asyncio.gather(*(vera.get(url) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(begun) == 1
    assert library.renditions.statistics() == {"making": 0, "reading": 0}


@endpoint(VIDEO, "DELETE /api/v1/file/{file_uuid}")
async def test_the_films_of_a_deleted_file_go(app: Nvr, vera: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(vera, tmp_path))["file_uuid"]
    await finished(vera, f"/api/v1/file/{uuid}/video?mode=debug")
    cache = tmp_path / "files" / "cache"
    assert list(cache.iterdir())
    await vera.delete(f"/api/v1/file/{uuid}")
    assert not list(cache.iterdir())
    assert app.parts.files is not None
