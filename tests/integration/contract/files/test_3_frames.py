"""The frame index, and raw facts of the streams (contract, sections 3 and 5)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from dogwatch.testing.app import INTERNAL, Nvr
from dogwatch.testing.numbered import Codec, Variant, make
from tests.integration.contract.files.conftest import done, fails
from tests.integration.contract.files.films import film, working_nvr

endpoint = pytest.mark.files_endpoint


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with working_nvr(tmp_path) as made:
        yield made


@pytest.fixture
async def client(app: Nvr) -> AsyncIterator[httpx.AsyncClient]:
    async with app.client(INTERNAL) as made:
        yield made


@endpoint("GET /api/v1/file/{file_uuid}/frames")
async def test_the_times_of_frames_with_a_variable_rate(client: httpx.AsyncClient, tmp_path: Path) -> None:
    times = [float(time) for time in make(tmp_path, Codec.H264, Variant.VARIABLE).times]
    uuid = (await film(client, tmp_path, Variant.VARIABLE))["file_uuid"]
    all_of_them = done(await client.get(f"/api/v1/file/{uuid}/frames"))
    assert all_of_them["total_frames"] == 75
    assert [frame["n"] for frame in all_of_them["frames"]] == list(range(75))
    assert [frame["t"] for frame in all_of_them["frames"]] == pytest.approx(times)
    assert [frame["n"] for frame in all_of_them["frames"] if frame["key"]] == [0, 15, 30, 45, 60]
    some = done(await client.get(f"/api/v1/file/{uuid}/frames?start=70&count=3"))
    assert some["frames"] == all_of_them["frames"][70:73]
    assert done(await client.get(f"/api/v1/file/{uuid}/frames?start=74"))["frames"] == all_of_them["frames"][74:]
    assert done(await client.get(f"/api/v1/file/{uuid}/frames?start=75"))["frames"] == []


@endpoint("GET /api/v1/file/{file_uuid}/frames")
async def test_ranges_of_frames_that_make_no_sense(client: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(client, tmp_path, Variant.SINGLE))["file_uuid"]
    for query in ("start=-1", "start=a", "start=1.0", "count=0", "count=10001", "count="):
        answer = await client.get(f"/api/v1/file/{uuid}/frames?{query}")
        fails(answer, 400, "bad_field", parameter=query.partition("=")[0])


@endpoint("GET /api/v1/file/{file_uuid}/probe")
async def test_the_facts_of_all_streams(client: httpx.AsyncClient, tmp_path: Path) -> None:
    uuid = (await film(client, tmp_path, Variant.SOUND))["file_uuid"]
    found = done(await client.get(f"/api/v1/file/{uuid}/probe"))
    assert [stream["codec_name"] for stream in found["streams"]] == ["h264", "aac"]
    assert (found["streams"][0]["width"], found["streams"][0]["avg_frame_rate"]) == (192, "30")
    assert found["format"]["nb_streams"] == 2
    assert str(tmp_path) not in str(found)
