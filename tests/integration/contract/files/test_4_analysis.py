"""Analysis, its jobs, traces and boxes (contract, section 4), with real films and file workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection

from dogwatch.store import jobs as job_rows
from dogwatch.testing.app import CONFIG, EXTERNAL, Nvr, nvr
from dogwatch.testing.numbered import Codec, Variant, make
from tests.integration.contract.files.conftest import done, fails

endpoint = pytest.mark.files_endpoint
PATTERN = "\ndetectors: {shapes: {type: pattern}}\n"
SLOW = '\ndetectors: {slow: {type: fixed, boxes: "person,0.9,10,10,60,90", delay_ms: 100}}\n'
FRAMES, SIDE, STEP = 75, 12, 3  # the red square of numbered films


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make(tmp_path_factory.mktemp("film"), Codec.H264, Variant.CONSTANT, FRAMES).path.read_bytes()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with nvr(tmp_path, CONFIG + PATTERN) as made:
        yield made


@pytest.fixture
async def vera(app: Nvr) -> AsyncIterator[httpx.AsyncClient]:
    async with working(app) as client:
        yield client


@asynccontextmanager
async def working(app: Nvr, user: str = "vera") -> AsyncIterator[httpx.AsyncClient]:
    """A client of an app whose jobs run."""
    assert app.parts.files is not None
    await asyncio.to_thread(app.parts.jobs.start)
    try:
        async with app.client(EXTERNAL, user) as client:
            yield client
    finally:
        await asyncio.to_thread(app.parts.jobs.close)
        await app.parts.files.close()


async def brought(client: httpx.AsyncClient, film: bytes) -> str:
    """Upload the film; return its path."""
    file = done(await client.post("/api/v1/files", files={"file": ("yard.mp4", film)}), 201)["file"]
    path = f"/api/v1/file/{file['file_uuid']}"
    async with asyncio.timeout(30):
        while done(await client.get(path))["file"]["status"] != "ready":  # noqa: ASYNC110 - progress is polled
            await asyncio.sleep(0.05)
    return path


async def ended(client: httpx.AsyncClient, path: str, status: str = "done") -> dict[str, Any]:
    """Wait for the end of a file's newest job and return it."""
    async with asyncio.timeout(60):
        while True:
            job: dict[str, Any] = done(await client.get(f"{path}/progress"))["job"]
            if "finished_at" in job:
                assert job["status"] == status, job
                return job
            await asyncio.sleep(0.05)


async def analysed(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    done(await client.post(f"{path}/process", json=body), 202)
    return await ended(client, path)


@endpoint(
    "POST /api/v1/file/{file_uuid}/process",
    "GET /api/v1/file/{file_uuid}/progress",
    "GET /api/v1/file/{file_uuid}/traces",
    "GET /api/v1/file/{file_uuid}/trace/{trace_id}",
    "GET /api/v1/file/{file_uuid}/trace/{trace_id}/boxes",
    "GET /api/v1/file/{file_uuid}/boxes",
)
async def test_a_file_is_analysed(vera: httpx.AsyncClient, film: bytes) -> None:
    path = await brought(vera, film)
    assert done(await vera.get(f"{path}/progress"))["job"] is None
    assert done(await vera.get(f"{path}/traces"))["traces"] == []
    job = done(await vera.post(f"{path}/process", json={}), 202)["job"]
    assert job["status"] in ("queued", "running")
    assert (job["frames_total"], job["file_uuid"]) == (FRAMES, path[-32:])
    finished = await ended(vera, path)
    assert (finished["progress"], finished["frames_done"], finished["job_id"]) == (1, FRAMES, job["job_id"])
    listed = done(await vera.get(f"{path}/traces"))
    first, *others = listed["traces"]
    assert listed["total"] == len(others) + 1
    file = done(await vera.get(path))["file"]
    assert (file["analysed"], file["trace_count"]) == ({"face": True, "object": True}, listed["total"])
    assert first == {
        "trace_id": 1, "kind": "object", "label": "person", "start_frame": 0, "end_frame": first["end_frame"],
        "frame_count": first["end_frame"] + 1, "start_time": 0.0, "end_time": round(first["end_frame"] / 30, 6),
        "avg_confidence": first["avg_confidence"], "identity": None,
    }  # fmt: skip
    assert first["frame_count"] > 50
    assert 0.9 < first["avg_confidence"] <= 1
    assert done(await vera.get(f"{path}/trace/1"))["trace"] == first
    boxes = done(await vera.get(f"{path}/trace/1/boxes"))["boxes"]
    assert [box["frame"] for box in boxes] == list(range(first["frame_count"]))
    for box in boxes:
        assert abs(box["x"] + box["width"] / 2 - (STEP * box["frame"] + SIDE / 2)) <= 1.5
        assert box["t"] == round(box["frame"] / 30, 6)
    some = done(await vera.get(f"{path}/trace/1/boxes?start_frame=10&end_frame=12"))["boxes"]
    assert some == boxes[10:13]
    assert done(await vera.get(f"{path}/boxes?frame=20"))["boxes"] == [boxes[20]]
    every = done(await vera.get(f"{path}/boxes?start_frame=0&end_frame=999"))["boxes"]
    assert [box for box in every if box["trace_id"] == 1] == boxes


@endpoint("GET /api/v1/file/{file_uuid}/trace/{trace_id}/representative-face", "DELETE /api/v1/file/{file_uuid}/traces")
async def test_the_best_face_and_what_is_left_when_traces_are_deleted(tmp_path: Path, film: bytes) -> None:
    faces = '\ndetectors: {shapes: {type: pattern, colours: "red=face"}}\n'
    with nvr(tmp_path, CONFIG + faces) as app:
        async with working(app) as vera:
            path = await brought(vera, film)
            await analysed(vera, path, detectors=["face"])
            trace = done(await vera.get(f"{path}/traces?kind=face&sort=frame_count"))["traces"][0]
            best = done(await vera.get(f"{path}/trace/{trace['trace_id']}/representative-face"))
            assert best["face_count"] == trace["frame_count"]
            assert best["representative"]["trace_id"] == trace["trace_id"]
            assert done(await vera.get(path))["file"]["analysed"] == {"face": True, "object": False}
            done(await vera.delete(f"{path}/traces"))
            file = done(await vera.get(path))["file"]
            assert (file["analysed"], file["trace_count"]) == ({"face": False, "object": False}, 0)
            fails(await vera.get(f"{path}/trace/{trace['trace_id']}"), 404, "trace_not_found")
            assert done(await vera.get(f"{path}/boxes?frame=20"))["boxes"] == []
            await analysed(vera, path)  # needs no `replace` now
            numbers = {one["trace_id"] for one in done(await vera.get(f"{path}/traces"))["traces"]}
            assert min(numbers) > trace["trace_id"]


async def test_a_person_without_a_face_has_no_best_one(vera: httpx.AsyncClient, film: bytes) -> None:
    path = await brought(vera, film)
    await analysed(vera, path)
    fails(await vera.get(f"{path}/trace/1/representative-face"), 404, "trace_not_found")


async def test_it_is_done_again_only_if_that_is_said(vera: httpx.AsyncClient, film: bytes) -> None:
    path = await brought(vera, film)
    await analysed(vera, path)
    before = done(await vera.get(f"{path}/traces"))["traces"]
    fails(await vera.post(f"{path}/process", json={}), 409, "already_processed")
    await analysed(vera, path, replace=True, every=2)
    after = done(await vera.get(f"{path}/traces"))["traces"]
    assert not {one["trace_id"] for one in before} & {one["trace_id"] for one in after}
    boxes = done(await vera.get(f"{path}/trace/{after[0]['trace_id']}/boxes"))["boxes"]
    assert {box["interpolated"] for box in boxes[1:-1:2]} == {True}
    assert {box["interpolated"] for box in boxes[::2]} == {False}


@endpoint("GET /api/v1/jobs", "GET /api/v1/jobs/{job_id}", "DELETE /api/v1/jobs/{job_id}")
async def test_one_job_a_file_which_can_be_cancelled(tmp_path: Path, film: bytes) -> None:
    with nvr(tmp_path, CONFIG + SLOW) as app:
        async with working(app) as vera:
            path = await brought(vera, film)
            job = done(await vera.post(f"{path}/process", json={}), 202)["job"]
            error = fails(await vera.post(f"{path}/process", json={"replace": True}), 409, "job_running")
            assert error["details"]["job"]["job_id"] == job["job_id"]
            listed = done(await vera.get(f"/api/v1/jobs?file_uuid={path[-32:]}"))["jobs"]
            assert [one["job_id"] for one in listed] == [job["job_id"]]
            async with asyncio.timeout(30):
                while not done(await vera.get(f"/api/v1/jobs/{job['job_id']}"))["job"]["frames_done"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            cancelled = done(await vera.delete(f"/api/v1/jobs/{job['job_id']}"))["job"]
            assert cancelled["status"] == "cancelled"
            assert done(await vera.get(f"{path}/traces"))["total"] == 0
            assert done(await vera.get("/api/v1/jobs?status=running"))["jobs"] == []
            assert done(await vera.get("/api/v1/jobs?status=cancelled"))["jobs"] == [cancelled]
            assert done(await vera.delete(f"/api/v1/jobs/{job['job_id']}"))["job"] == cancelled
            fails(await vera.get("/api/v1/jobs/file_analysis_none"), 404, "not_found")


async def test_a_job_that_is_cut_off_begins_again_and_old_results_stay_meanwhile(tmp_path: Path, film: bytes) -> None:
    with nvr(tmp_path, CONFIG + PATTERN) as app:
        async with working(app) as vera:
            path = await brought(vera, film)
            await analysed(vera, path)
            before = done(await vera.get(f"{path}/traces"))["traces"]
    with nvr(tmp_path, CONFIG + SLOW) as app:
        async with working(app) as vera:
            done(await vera.post(f"{path}/process", json={"replace": True}), 202)
            async with asyncio.timeout(30):
                while not done(await vera.get(f"{path}/progress"))["job"]["frames_done"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            assert done(await vera.get(f"{path}/traces"))["traces"] == before
    with nvr(tmp_path, CONFIG + PATTERN) as app:  # the program has stopped in between
        async with app.client(EXTERNAL, "vera") as vera:
            assert done(await vera.get(f"{path}/traces"))["traces"] == before
            assert done(await vera.get(f"{path}/progress"))["job"]["status"] == "running"
        async with working(app) as vera:
            await ended(vera, path)
            after = done(await vera.get(f"{path}/traces"))["traces"]
            assert [one["start_frame"] for one in after] == [one["start_frame"] for one in before]
            assert min(one["trace_id"] for one in after) > max(one["trace_id"] for one in before)


async def test_deleting_a_file_ends_its_job(tmp_path: Path, film: bytes) -> None:
    with nvr(tmp_path, CONFIG + SLOW) as app:
        async with working(app) as vera:
            path = await brought(vera, film)
            job = done(await vera.post(f"{path}/process", json={}), 202)["job"]
            done(await vera.delete(path))
            status = done(await vera.get(f"/api/v1/jobs/{job['job_id']}"))["job"]["status"]
            assert status in ("cancelled", "failed")  # it fails if it has only just begun
            assert done(await vera.get("/api/v1/jobs"))["jobs"] == []
            fails(await vera.get(f"{path}/progress"), 404, "file_not_found")


async def test_jobs_and_traces_are_those_of_the_owner(app: Nvr, vera: httpx.AsyncClient, film: bytes) -> None:
    path = await brought(vera, film)
    job = await analysed(vera, path)
    async with app.client(EXTERNAL, "frida") as frida:
        assert done(await frida.get("/api/v1/jobs"))["jobs"] == []
        for asked in (f"/api/v1/jobs/{job['job_id']}", f"/api/v1/jobs?file_uuid={path[-32:]}", f"{path}/traces"):
            fails(await frida.get(asked), 403, "file_forbidden")
        fails(await frida.delete(f"/api/v1/jobs/{job['job_id']}"), 403, "file_forbidden")
    async with app.client(EXTERNAL, "admin") as admin:
        assert done(await admin.get("/api/v1/jobs"))["jobs"] == [job]
        token = done(await admin.post("/api/v1/auth/token", json={"files": [path[-32:]], "actions": ["read"]}), 201)
    async with app.client(EXTERNAL) as narrow:
        narrow.headers["Authorization"] = f"Bearer {token['jwt']}"
        assert done(await narrow.get("/api/v1/jobs"))["jobs"] == [job]
        assert done(await narrow.get(f"{path}/traces"))["total"]
        fails(await narrow.delete(f"/api/v1/jobs/{job['job_id']}"), 403, "file_forbidden")
        fails(await narrow.post(f"{path}/process", json={}), 403, "file_forbidden")


@endpoint("GET /api/v1/jobs")
async def test_jobs_are_listed_page_by_page(app: Nvr, vera: httpx.AsyncClient, film: bytes) -> None:
    path = await brought(vera, film)
    job = await analysed(vera, path)
    with app.services.db.read() as connection:
        row = job_rows.one(connection, job["job_id"])
    assert row is not None
    more = [replace(row, id=f"{row.id[:-12]}{n:012}", state="cancelled", created_at=float(n)) for n in range(1200)]

    def add(connection: Connection) -> None:
        for one in more:
            job_rows.add(connection, one)

    app.services.db.write(add)

    async def listed(query: str) -> dict[str, Any]:
        return done(await vera.get(f"/api/v1/jobs?{query}"))

    first = await listed("")
    assert (first["total"], first["page"], first["page_size"], len(first["jobs"])) == (1201, 1, 200, 200)
    assert first["jobs"][0] == job
    pages = [await listed(f"page={n}&page_size=200") for n in range(1, 9)]
    found = [one["job_id"] for page in pages for one in page["jobs"]]
    assert len(found) == len(set(found)) == 1201
    assert found[-1].endswith(f"{0:012}"), "the oldest last"
    assert (await listed("status=done"))["jobs"] == [job]
    assert (await listed(f"status=cancelled&file_uuid={path[-32:]}&page_size=1"))["total"] == 1200
    for query in ("page=0", "page_size=0", "page_size=201", "page=x"):
        fails(await vera.get(f"/api/v1/jobs?{query}"), 400, "bad_field")
    async with app.client(EXTERNAL, "frida") as frida:
        assert done(await frida.get("/api/v1/jobs"))["total"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"detectors": []}, {"detectors": ["car"]}, {"detectors": "face"}, {"labels": [""]}, {"labels": [1]},
        {"min_confidence": 1.1}, {"min_confidence": "0.5"}, {"every": 0}, {"every": 31}, {"every": 1.0},
        {"replace": 1},
    ],
    ids=str,
)  # fmt: skip
async def test_bodies_that_are_wrong(vera: httpx.AsyncClient, film: bytes, body: dict[str, Any]) -> None:
    path = await brought(vera, film)
    fails(await vera.post(f"{path}/process", json=body), 400, "bad_field")


async def test_a_detector_that_is_asked_over_the_network_cannot_look_at_files(tmp_path: Path, film: bytes) -> None:
    remote = "\ndetectors: {far: {type: remote, api_url: 'http://192.0.2.1/detect'}}\n"
    with nvr(tmp_path, CONFIG + remote) as app:
        async with working(app) as vera:
            path = await brought(vera, film)
            fails(await vera.post(f"{path}/process", json={}), 503, "no_detector")


async def test_a_label_that_nothing_finds(tmp_path: Path, film: bytes) -> None:
    with nvr(tmp_path, CONFIG) as app:
        async with working(app) as vera:
            path = await brought(vera, film)
            fails(await vera.post(f"{path}/process", json={"labels": ["zebra"]}), 503, "no_detector")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("boxes", 400, "frame_required"),
        ("boxes?start_frame=1", 400, "frame_required"),
        ("boxes?frame=-1", 400, "bad_frame"),
        ("boxes?frame=1.0", 400, "bad_frame"),
        ("boxes?frame=1&frame=1", 400, "duplicate_parameter"),
        ("boxes?frame=75", 422, "frame_out_of_range"),
        ("boxes?start_frame=5&end_frame=4", 400, "range_reversed"),
        ("boxes?start_frame=0&end_frame=1000", 400, "bad_frame"),
        ("trace/1/boxes?start_frame=75", 422, "frame_out_of_range"),
        ("trace/1/boxes?start_frame=3&end_frame=2", 400, "range_reversed"),
        ("trace/1/boxes?end_frame=x", 400, "bad_frame"),
        ("trace/0/boxes", 400, "bad_trace_id"),
        ("trace/x", 400, "bad_trace_id"),
        ("trace/99", 404, "trace_not_found"),
        ("traces?kind=cat", 400, "bad_field"),
        ("traces?sort=label", 400, "bad_field"),
        ("traces?min_frames=0", 400, "bad_field"),
        ("traces?page=0", 400, "bad_field"),
    ],
)
async def test_queries_that_are_wrong(analysed_app: tuple[Nvr, str], query: str, status: int, code: str) -> None:
    app, path = analysed_app
    async with app.client(EXTERNAL, "vera") as vera:
        fails(await vera.get(f"{path}/{query}"), status, code)


async def test_traces_are_listed_in_the_order_that_is_asked_for(analysed_app: tuple[Nvr, str]) -> None:
    app, path = analysed_app
    async with app.client(EXTERNAL, "vera") as vera:
        listed = done(await vera.get(f"{path}/traces?sort=frame_count&page_size=1"))
        longest = max(one["frame_count"] for one in done(await vera.get(f"{path}/traces"))["traces"])
        assert [one["frame_count"] for one in listed["traces"]] == [longest]
        assert done(await vera.get(f"{path}/traces?min_frames={longest + 1}"))["total"] == 0
        assert done(await vera.get(f"{path}/traces?label=dog"))["total"] == 0
        assert done(await vera.get(f"{path}/traces?kind=object&label=person"))["total"] == listed["total"]


@pytest.fixture(scope="module")
def analysed_app(tmp_path_factory: pytest.TempPathFactory, film: bytes) -> Iterator[tuple[Nvr, str]]:
    """An app with an analysed file of vera's."""

    async def prepare(app: Nvr) -> str:
        async with working(app) as vera:
            path = await brought(vera, film)
            await analysed(vera, path)
            return path

    with nvr(tmp_path_factory.mktemp("analysed"), CONFIG + PATTERN) as app:
        yield app, asyncio.run(prepare(app))
