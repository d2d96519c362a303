"""Clips (contract, section 10)."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest

from dogwatch.testing.app import EXTERNAL, Nvr
from dogwatch.testing.numbered import Variant, number_of
from tests.integration.contract.files.conftest import fails
from tests.integration.contract.files.films import film, working_nvr

endpoint = pytest.mark.files_endpoint
REFUSALS = [
    ("", 400, "clip_range_required"),
    ("start_frame=1", 400, "clip_range_required"),
    ("end_frame=1", 400, "clip_range_required"),
    ("start_time=1", 400, "clip_range_required"),
    ("end_time=1", 400, "clip_range_required"),
    ("start_frame=1&end_time=2", 400, "clip_range_required"),
    ("start_frame=2&end_frame=1", 400, "range_reversed"),
    ("start_time=1&end_time=1", 400, "range_reversed"),
    ("start_frame=-1&end_frame=1", 400, "bad_frame"),
    ("start_frame=1.0&end_frame=1", 400, "bad_frame"),
    ("start_frame=&end_frame=1", 400, "bad_frame"),
    ("start_frame=x&end_frame=1", 400, "bad_frame"),
    ("start_time=nan&end_time=1", 400, "bad_time"),
    ("start_time=0&end_time=inf", 400, "bad_time"),
    ("start_time=-1&end_time=1", 400, "bad_time"),
    ("start_time=0&end_time=1&fps=0", 400, "bad_fps"),
    ("start_time=0&end_time=1&fps=1001", 400, "bad_fps"),
    ("start_time=0&end_time=1&fps=x", 400, "bad_fps"),
    ("start_frame=0&end_frame=1&mode=loud", 400, "bad_mode"),
    ("start_frame=0&end_frame=1&audio=loud", 400, "bad_audio"),
    ("start_frame=0&start_frame=0&end_frame=1", 400, "duplicate_parameter"),
    ("start_frame=75&end_frame=80", 422, "frame_out_of_range"),
    (f"start_frame={10**20}&end_frame={10**20}", 422, "frame_out_of_range"),
    ("start_time=2.5&end_time=3", 422, "time_out_of_range"),
    ("start_time=0.001&end_time=0.002", 422, "empty_range"),
    ("start_frame=0&end_frame=74", 422, "clip_too_long"),
]
CLIP = "GET /api/v1/file/{file_uuid}/clip"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with working_nvr(tmp_path, "clip_max_s: 2") as made:
        yield made


@pytest.fixture
async def vera(app: Nvr) -> AsyncIterator[httpx.AsyncClient]:
    async with app.client(EXTERNAL, "vera") as client:
        yield client


def decoded(answer: httpx.Response) -> Any:
    return av.open(io.BytesIO(answer.content), format="mpegts")


def numbers(answer: httpx.Response) -> list[int]:
    """Return what the pictures of a clip show."""
    assert answer.status_code == 200, answer.text[:300]
    with decoded(answer) as made:
        return [number_of(frame.to_ndarray(format="rgb24")) for frame in made.decode(video=0)]


@endpoint(CLIP)
async def test_a_clip_has_the_frames_that_are_asked_for(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    url = f"/api/v1/file/{(await film(vera, tmp_path))['file_uuid']}/clip"
    answer = await vera.get(url, params={"start_frame": 7, "end_frame": 20})
    assert numbers(answer) == list(range(7, 21))
    head = await vera.head(url, params={"start_frame": 7, "end_frame": 20})
    for one in (answer, head):
        assert one.headers["content-type"] == "video/mp2t"
        assert one.headers["cache-control"] == "public, max-age=86400"
        assert one.headers["accept-ranges"] == "none"
        assert "authorization" in one.headers["vary"].lower()
        assert "content-length" not in one.headers
        clip = {key: float(value) for key, value in one.headers.items() if key.startswith("x-clip-")}
        assert clip == {
            "x-clip-start-frame": 7, "x-clip-end-frame": 20, "x-clip-frames": 14,
            "x-clip-start-time": pytest.approx(7 / 30, abs=1e-6), "x-clip-duration": pytest.approx(14 / 30, abs=1e-6),
        }  # fmt: skip
    assert head.content == b""
    assert numbers(await vera.get(url, params={"start_frame": 74, "end_frame": 500})) == [74]
    assert numbers(await vera.get(url, params={"start_time": 0.5, "end_time": 1})) == list(range(15, 30))
    assert numbers(await vera.get(url, params={"start_time": 1.1, "end_time": 1.2, "fps": 10})) == [11]
    both: dict[str, Any] = {"start_frame": 1, "end_frame": 2, "start_time": "x", "end_time": -1}
    assert numbers(await vera.get(url, params=both)) == [1, 2]
    ranged = await vera.get(url, params={"start_frame": 1, "end_frame": 1}, headers={"Range": "bytes=0-9"})
    assert ranged.status_code == 200
    assert numbers(ranged) == [1]


@endpoint(CLIP)
async def test_sound_and_the_lines_of_debug(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    url = f"/api/v1/file/{(await film(vera, tmp_path))['file_uuid']}/clip?start_frame=20&end_frame=22"
    found = {}
    for query, streams in (("", 2), ("&audio=off", 1), ("&audio=on&mode=debug", 2)):
        answer = await vera.get(url + query)
        with decoded(answer) as made:
            assert len(made.streams) == streams
            found[query] = next(made.decode(video=0)).to_ndarray(format="gray").astype(int)
    changed = np.abs(found["&audio=on&mode=debug"] - found[""]) > 60
    assert changed[:9, :25].any()
    assert changed[-9:, :96].any()
    assert not changed[12:-12].any()
    assert not (np.abs(found["&audio=off"] - found[""]) > 60).any()


@endpoint(CLIP)
async def test_refusals(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    url = f"/api/v1/file/{(await film(vera, tmp_path, Variant.CONSTANT))['file_uuid']}/clip"
    for query, status, code in REFUSALS:
        details: dict[str, Any] = {"total_frames": 75} if code == "frame_out_of_range" else {}
        fails(await vera.get(f"{url}?{query}"), status, code, **details)
        assert (await vera.head(f"{url}?{query}")).status_code == status


@endpoint(CLIP)
async def test_a_file_that_is_gone_or_has_changed(vera: httpx.AsyncClient, tmp_path: Path) -> None:
    file = await film(vera, tmp_path)
    url = f"/api/v1/file/{file['file_uuid']}/clip?start_frame=0&end_frame=1"
    path = tmp_path / file["file_name"]
    data = path.read_bytes()
    path.write_bytes(data + b"more")
    fails(await vera.get(url), 409, "source_changed")
    path.unlink()
    fails(await vera.get(url), 404, "source_missing")
