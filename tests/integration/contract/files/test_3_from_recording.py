"""Files made of recordings and exports: exact, and only of cameras that the caller may see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest

from dogwatch.library.file_workers import FileWorkers
from dogwatch.library.indexing import FileIndexer
from dogwatch.store import exports, segments
from dogwatch.store.exports import Export
from dogwatch.testing import recordings
from dogwatch.testing.app import EXTERNAL, Nvr
from dogwatch.testing.recordings import T0, number
from dogwatch.testing.video_files import files_nvr
from tests.integration.contract.files.conftest import done, fails

PATH = "/api/v1/files/from-recording"
endpoint = pytest.mark.files_endpoint(f"POST {PATH}")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    """An app with three segments of `back`, and an export of it."""
    workers = FileWorkers()
    with files_nvr(tmp_path, indexer=FileIndexer(workers)) as made:
        root = made.services.paths.media
        for one in recordings.record(root, "back", count=3):
            _, init, _ = _indexed(root, one.path)
            made.services.db.write(partial(segments.add, segment=one, init=init))
        (root / "exports").mkdir(exist_ok=True)
        (root / "exports" / "yard.mp4").write_bytes(recordings.stream(recordings.Shape(seconds=4)))
        export = Export("e1", "back", "yard", T0, T0 + 4, "yard.mp4", False, 1, T0, None)
        made.services.db.write(partial(exports.add, export=export))
        yield made
    workers.close()


def _indexed(root: Path, path: str) -> Any:
    from dogwatch.recordings import recovery

    return recovery.index(root, path)


@pytest.fixture
async def frida(app: Nvr) -> AsyncIterator[httpx.AsyncClient]:
    """A user who may see `front` alone."""
    async with app.client(EXTERNAL, "frida") as client:
        yield client


async def looked_at(client: httpx.AsyncClient, made: dict[str, Any]) -> dict[str, Any]:
    """Return a file once a worker has looked at it, which may take longer than the request."""
    uuid = made["file_uuid"]

    async def known() -> bool:
        made["file"] = done(await client.get(f"/api/v1/file/{uuid}"))["file"]
        return bool(made["file"]["status"] != "probing")

    async with asyncio.timeout(120):
        while not await known():  # noqa: ASYNC110 - nothing tells of it but asking
            await asyncio.sleep(0.05)
    file: dict[str, Any] = made["file"]
    return file


@endpoint
async def test_a_range_of_recordings_becomes_a_file(app: Nvr, vera: httpx.AsyncClient) -> None:
    wanted = {"camera": "back", "start_time": T0 + 3, "end_time": T0 + 9}
    file = await looked_at(vera, done(await vera.post(PATH, json=wanted), 201))
    assert (file["status"], file["owner"], file["container"], file["total_frames"]) == ("ready", "vera", "mp4", 70)
    assert file["file_name"] == f"back_{datetime.fromtimestamp(T0 + 3, UTC):%Y%m%dT%H%M%SZ}.mp4"
    stored = await vera.get(f"/api/v1/file/{file['file_uuid']}/video")
    path = app.services.paths.media / "copy.mp4"
    path.write_bytes(stored.content)
    with av.open(str(path)) as container:
        shown = [number(np.asarray(frame.to_ndarray(format="bgr24"))) for frame in container.decode(video=0)]
    assert shown == list(range(20, 90))  # from the keyframe before
    again = done(await vera.post(PATH, json=wanted))
    assert (again["already_exists"], again["file"]["file_uuid"]) == (True, file["file_uuid"])


@endpoint
async def test_an_export_becomes_a_file(vera: httpx.AsyncClient) -> None:
    file = await looked_at(vera, done(await vera.post(PATH, json={"export_id": "e1"}), 201))
    assert (file["file_name"], file["total_frames"]) == ("yard.mp4", 40)


@endpoint
async def test_only_of_cameras_that_the_caller_may_see(frida: httpx.AsyncClient) -> None:
    for wanted in (
        {"camera": "back", "start_time": T0, "end_time": T0 + 1},
        {"camera": "nowhere", "start_time": T0, "end_time": T0 + 1},
        {"export_id": "e1"},
    ):
        fails(await frida.post(PATH, json=wanted), 403, "file_forbidden")


@endpoint
@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({}, 400, "bad_field"),
        ({"camera": "back"}, 400, "bad_field"),
        ({"camera": "back", "start_time": T0 + 1, "end_time": T0}, 400, "bad_field"),
        ({"camera": "back", "start_time": -1, "end_time": T0}, 400, "bad_field"),
        ({"camera": "back", "start_time": "0", "end_time": T0}, 400, "bad_field"),
        ({"camera": "back", "start_time": T0, "end_time": 1e300}, 400, "bad_field"),
        ({"camera": "back", "export_id": "e1"}, 400, "bad_field"),
        ({"camera": "ba\0ck", "start_time": T0, "end_time": T0 + 1}, 400, "bad_field"),
        ({"camera": "nowhere", "start_time": T0, "end_time": T0 + 1}, 404, "not_found"),
        ({"camera": "back", "start_time": T0 - 100, "end_time": T0 - 90}, 404, "not_found"),
        ({"export_id": "none"}, 404, "not_found"),
        ({"camera": "back", "start_time": T0 - 1e6, "end_time": T0}, 422, "clip_too_long"),
    ],
)
async def test_what_cannot_be_made_is_refused(
    vera: httpx.AsyncClient, wanted: dict[str, Any], status: int, code: str
) -> None:
    fails(await vera.post(PATH, json=wanted), status, code)
