"""Lists and summaries of recordings, clips and stills, through the whole app."""

import asyncio
import io
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import av
import cv2
import httpx
import numpy as np
import pytest
from sqlalchemy import Connection

from dogwatch.api.listener import EXTERNAL
from dogwatch.bus.messages import SegmentOpened
from dogwatch.media import fragments
from dogwatch.model import Segment
from dogwatch.store import coverage, deletions, events, exports, segments
from dogwatch.store.exports import Export
from dogwatch.store.tables import segments as table
from dogwatch.testing import recordings
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0


def add(made: Nvr, *some: Segment) -> None:
    root = made.services.paths.media
    for one in some:
        made.services.db.write(partial(segments.add, segment=one, init=fragments.scan(root / one.path).init))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    """Give an app with 12 s of `front` from T0 and 4 s of `back` an hour later."""
    with nvr(tmp_path) as made:
        add(made, *recordings.record(tmp_path, count=3))
        add(made, *recordings.record(tmp_path, "back", T0 + 3600, 1))
        made.services.db.write(
            lambda c: segments.set_activity(c, recordings.path_of("front", T0), 7, 2, bytes((0, 1, 17, 15)))
        )
        yield made


async def get(made: Nvr, path: str, *, user: str | None = None, **headers: str) -> httpx.Response:
    async with made.client(EXTERNAL if user else "internal", user) as client:
        return await client.get(path, headers=headers)


async def test_segments_of_a_range(app: Nvr) -> None:
    rows = (await get(app, f"/api/front/recordings?after={T0 + 1}&before={T0 + 8}")).json()
    assert [row["start_time"] for row in rows] == [T0, T0 + 4]
    first = rows[0]
    assert first["id"].startswith(f"{T0:.0f}-")
    assert (first["end_time"], first["duration"], first["motion"], first["objects"]) == (T0 + 4, 4.0, 7, 2)
    assert first["motion_heatmap"] == {"0": 1, "17": 181}
    assert rows[1]["motion_heatmap"] is None
    assert (rows[1]["motion"], rows[1]["objects"]) == (0, 0)
    assert isinstance(first["segment_size"], float)


async def test_without_a_range_it_is_the_last_hour(app: Nvr) -> None:
    assert (await get(app, "/api/front/recordings")).json() == []


async def test_unknown_cameras_and_odd_numbers(app: Nvr) -> None:
    assert (await get(app, "/api/none/recordings")).status_code == 404
    assert (await get(app, "/api/front/recordings?after=x")).status_code == 422
    assert (await get(app, "/api/front/recordings?after=nan")).status_code == 422
    assert (await get(app, "/api/front/recordings?after=0")).status_code == 400


async def test_the_summary_counts_events_with_clips_and_uses_the_zone(app: Nvr) -> None:
    row: dict[str, Any] = {"id": f"{T0 + 1}-abcdef", "camera": "front", "label": "person", "type": "object"}
    times = {"start_time": T0 + 1, "end_time": T0 + 3, "zones": [], "data": {}}
    app.services.db.write(lambda c: events.put(c, {**row, **times, "has_clip": True}))
    found = (await get(app, "/api/front/recordings/summary?timezone=America,New_York")).json()
    hour = {"hour": "06", "events": 1, "motion": 7, "objects": 2, "duration": 12}
    assert found == [{"day": "2025-11-18", "events": 1, "hours": [hour]}]
    assert (await get(app, "/api/front/recordings/summary")).json()[0]["hours"][0]["hour"] == "11"
    assert (await get(app, "/api/front/recordings/summary?timezone=Mars/Base")).status_code == 400


async def test_days_with_recordings_are_camera_filtered(app: Nvr, tmp_path: Path) -> None:
    add(app, *recordings.record(tmp_path, "back", T0 + 86400, 1))
    assert (await get(app, "/api/recordings/summary")).json() == {"2025-11-19": True, "2025-11-18": True}
    assert (await get(app, "/api/recordings/summary?cameras=front")).json() == {"2025-11-18": True}
    assert (await get(app, "/api/recordings/summary", user="frida")).json() == {"2025-11-18": True}
    assert (await get(app, "/api/recordings/summary?cameras=back", user="frida")).json() == {}


async def test_stretches_without_recordings(app: Nvr) -> None:
    query = f"after={T0 - 100}&before={T0 + 112}"
    holes = [{"start_time": T0 - 100, "end_time": T0}, {"start_time": T0 + 12, "end_time": T0 + 112}]
    assert (await get(app, f"/api/recordings/unavailable?{query}")).json() == holes
    assert (await get(app, f"/api/recordings/unavailable?{query}&scale=101")).json() == []


async def test_a_long_list_of_cameras_asks_for_each_once(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    covered = coverage.covered

    def counted(connection: Connection, cameras: list[str], start: float, end: float) -> Any:
        asked.extend(cameras)
        return covered(connection, cameras, start, end)

    monkeypatch.setattr(coverage, "covered", counted)
    cameras = ",".join(["front", "nope", "back"] * 1000)
    answer = await get(app, f"/api/recordings/unavailable?cameras={cameras}&after={T0}&before={T0 + 60}")
    assert answer.status_code == 200
    assert asked == ["front", "back"]


async def test_storage_is_for_admins(app: Nvr) -> None:
    found = (await get(app, "/api/recordings/storage")).json()
    assert set(found) == {"front", "back"}
    assert set(found["front"]) == {"usage", "bandwidth", "usage_percent", "disk"}
    assert set(found["front"]["disk"]) == {"growth_per_day", "full_in_days"}
    assert (await get(app, "/api/recordings/storage", user="vera")).status_code == 403


async def test_a_clip_of_a_range(app: Nvr) -> None:
    path = f"/api/front/start/{T0 + 2}/end/{T0 + 8}/clip.mp4"
    got = await get(app, path)
    assert (got.status_code, got.headers["content-type"]) == (200, "video/mp4")
    with av.open(io.BytesIO(got.content), "r") as container:
        assert sum(1 for _ in container.decode(video=0)) == 60
    part = await get(app, path, range="bytes=100-199")
    assert (part.status_code, part.content) == (206, got.content[100:200])


async def test_a_clip_of_more_than_a_day_is_streamed(app: Nvr) -> None:
    add(app, *recordings.record(app.services.paths.media, "front", T0 + 40 * 86400, 2))
    path = f"/api/front/start/0/end/{T0 + 50 * 86400}/clip.mp4"
    got = await get(app, path)
    assert (got.status_code, got.headers["content-type"]) == (200, "video/mp4")
    assert "content-length" not in got.headers
    with av.open(io.BytesIO(got.content), "r") as container:
        assert sum(1 for _ in container.decode(video=0)) == 120 + 80
    async with app.client() as client:
        head = await client.head(path)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    ("start", "end", "status"),
    [
        (T0 + 20, T0 + 30, 400),
        (T0 + 5, T0 + 5, 400),
        (T0 + 5, T0 + 4, 400),
        (T0 - 90000, T0, 400),
        ("x", T0, 422),
        ("nan", T0, 422),
        ("inf", T0, 422),
    ],
)
async def test_clips_that_cannot_be_made(app: Nvr, start: object, end: object, status: int) -> None:
    got = await get(app, f"/api/front/start/{start}/end/{end}/clip.mp4")
    assert got.status_code == status
    if status == 400:
        assert got.json()["success"] is False


async def test_clips_are_for_those_who_may_see_the_camera(app: Nvr) -> None:
    path = f"/api/back/start/{T0 + 3600}/end/{T0 + 3604}/clip.mp4"
    assert (await get(app, path, user="vera")).status_code == 200
    assert (await get(app, path, user="frida")).status_code == 403


@pytest.mark.parametrize("extension", ["png", "jpg"])
async def test_a_still(app: Nvr, extension: str) -> None:
    got = await get(app, f"/api/front/recordings/{T0 + 5.35}/snapshot.{extension}?height=32")
    assert got.headers["content-type"] == {"png": "image/png", "jpg": "image/jpeg"}[extension]
    picture = cv2.imdecode(np.frombuffer(got.content, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape[0] == 32
    assert recordings.number(picture) == 53


async def test_a_still_of_what_is_being_written(app: Nvr, tmp_path: Path) -> None:
    one = recordings.write(tmp_path, "back", T0 + 3604, 4, 4)
    path = tmp_path / one.path
    path.write_bytes(path.read_bytes()[: one.fragments[2].offset + 10])
    app.services.catalogue.on_segment_opened(SegmentOpened("back", one.path, T0 + 3604))
    got = await get(app, f"/api/back/recordings/{T0 + 3605.5}/snapshot.png")
    assert recordings.number(cv2.imdecode(np.frombuffer(got.content, np.uint8), 1)) == 55  # type: ignore[arg-type]
    assert (await get(app, f"/api/back/recordings/{T0 + 3606.5}/snapshot.png")).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"), [(f"{T0 + 99}/snapshot.jpg", 404), (f"{T0}/snapshot.gif", 404), ("x/snapshot.jpg", 422)]
)
async def test_stills_that_are_not_there(app: Nvr, path: str, status: int) -> None:
    assert (await get(app, f"/api/front/recordings/{path}")).status_code == status


async def test_many_at_once_are_answered(app: Nvr) -> None:
    paths = [f"/api/front/recordings/{T0 + n / 4}/snapshot.jpg" for n in range(20)]
    got = await asyncio.gather(*(get(app, path) for path in paths))
    assert {one.status_code for one in got} == {200}


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        (100, 200, "No recordings found for the specified time range"),
        (-50, 200, "No recordings found for the specified time range"),
        (200, 100, "The end of the range is not after its start."),
        (100, 100, "The end of the range is not after its start."),
    ],
)
async def test_a_clip_of_the_future(app: Nvr, start: int, end: int, message: str) -> None:
    now = time.time()
    got = await get(app, f"/api/front/start/{now + start}/end/{now + end}/clip.mp4")
    assert (got.status_code, got.json()) == (400, {"success": False, "message": message})
    for base in ("/vod", "/vod/clip"):
        playlist = await get(app, f"{base}/front/start/{now + start}/end/{now + end}/index.m3u8")
        assert (playlist.status_code, playlist.json()["success"]) == (404, False)


async def test_a_clip_that_ends_in_the_future_is_what_there_is(app: Nvr) -> None:
    got = await get(app, f"/api/front/start/{T0 + 2}/end/{T0 + 8}/clip.mp4")
    since = await get(app, f"/api/back/start/{T0 + 3600}/end/{T0 + 3604}/clip.mp4")
    assert (got.status_code, since.status_code) == (200, 200)
    now = time.time()
    add(app, *recordings.record(app.services.paths.media, "back", now - 60, 1))
    assert (await get(app, f"/api/back/start/{now - 100}/end/{now + 5000}/clip.mp4")).status_code == 200


@pytest.mark.parametrize("number", ["9223372036854775808", "1e400", "nan", "-1", "9" * 5000, "1e18"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/recordings/unavailable?scale={}",
        "/api/review/activity/motion?scale={}",
        "/api/events?limit={}",
        "/api/front/recordings/{}/snapshot.jpg?height={}",
        "/api/vod/event/x?padding={}",
    ],
)
async def test_numbers_have_bounds(app: Nvr, path: str, number: str) -> None:
    got = await get(app, path.replace("{}", number))
    assert got.status_code == 422
    assert {"type", "loc", "msg", "input"} <= got.json()["detail"][0].keys()


async def delete(
    made: Nvr, query: str = "", *, start: float = T0, end: float = T0 + 12, user: str | None = None
) -> Any:
    async with made.client(EXTERNAL if user else "internal", user) as client:
        return await client.delete(f"/api/recordings/start/{start}/end/{end}{query}", headers={"X-CSRF-TOKEN": "1"})


async def starts(made: Nvr, camera: str = "front") -> list[float]:
    rows = (await get(made, f"/api/{camera}/recordings?after={T0 - 60}&before={T0 + 7200}")).json()
    return [row["start_time"] - T0 for row in rows]


async def test_a_deleted_range_is_gone_everywhere_at_once(app: Nvr) -> None:
    media = app.services.paths.media
    before = (await get(app, "/api/recordings/storage")).json()
    answer = await delete(app, start=T0 + 5, end=T0 + 7)
    assert answer.status_code == 200
    assert (answer.json()["success"], answer.json()["deleted"], answer.json()["kept"]) == (True, 1, 0)
    assert await starts(app) == [0, 8]
    assert await starts(app, "back") == [3600]
    assert not (media / recordings.path_of("front", T0 + 4)).exists()
    assert (media / recordings.path_of("front", T0)).exists()
    [day] = (await get(app, "/api/front/recordings/summary")).json()
    assert day["hours"][0]["duration"] == 8
    query = f"after={T0}&before={T0 + 12}&cameras=front&scale=2"
    gap = {"start_time": T0 + 4, "end_time": T0 + 8}
    assert (await get(app, f"/api/recordings/unavailable?{query}")).json() == [gap]
    assert (await get(app, "/api/recordings/storage")).json()["front"]["usage"] <= before["front"]["usage"]
    with app.services.db.read() as connection:
        [note] = deletions.latest(connection)
    assert (note.camera, note.reason, note.start_time, note.end_time) == ("front", "api", T0 + 4, T0 + 8)


async def test_kinds_of_recordings_are_kept(app: Nvr) -> None:
    def look(n: int, motion: int | None, objects: int | None, dbfs: float | None) -> None:
        path = recordings.path_of("front", T0 + n * 4)
        values = {"motion": motion, "objects": objects, "dbfs": dbfs}
        app.services.db.write(lambda c: c.execute(table.update().where(table.c.path == path).values(values)) and None)

    for n, seen in enumerate(((7, 0, -90.0), (0, 2, -90.0), (0, 0, -10.0))):
        look(n, *seen)
    for keep, left in (("motion,object,audio", [0, 4, 8]), ("motion,audio", [0, 8]), ("audio", [8])):
        answer = await delete(app, f"?keep={keep}")
        assert (answer.status_code, answer.json()["kept"]) == (200, len(left))
        assert await starts(app) == left
    look(2, None, None, -90.0)  # not analysed: it may hold all that
    assert (await delete(app, "?keep=motion")).json()["deleted"] == 0
    assert (await delete(app, "?keep=object")).json()["deleted"] == 0
    assert (await delete(app)).json()["deleted"] == 1


async def test_retained_events_and_exports_in_progress_keep_their_recordings(app: Nvr) -> None:
    event: dict[str, Any] = {"camera": "front", "label": "person", "type": "object", "zones": [], "data": {}}
    mine = {"id": "1-a", "start_time": T0 + 1, "end_time": T0 + 2, "has_clip": True, "retain_indefinitely": True}
    export = Export("x", "front", "x", T0 + 9, T0 + 10, "x.mp4", True, 0, T0, None)

    def work(connection: Connection) -> None:
        events.put(connection, {**event, **mine})
        exports.add(connection, export)

    app.services.db.write(work)
    assert (await delete(app)).json()["deleted"] == 1
    assert await starts(app) == [0, 8]
    async with app.client() as client:
        assert (await client.delete("/api/events/1-a/retain", headers={"X-CSRF-TOKEN": "1"})).status_code == 200
    assert (await delete(app)).json()["deleted"] == 1
    assert await starts(app) == [8]


async def test_only_the_cameras_that_were_named(app: Nvr) -> None:
    assert (await delete(app, "?cameras=back", end=T0 + 7200)).json()["deleted"] == 1
    assert await starts(app) == [0, 4, 8]
    assert (await delete(app, "?cameras=front,nobody")).status_code == 404
    assert await starts(app) == [0, 4, 8]


async def test_a_deletion_that_is_refused(app: Nvr) -> None:
    assert (await delete(app, "?keep=cats")).status_code == 400
    assert (await delete(app, start=T0 + 12, end=T0)).status_code == 400
    assert (await delete(app, start=0)).status_code == 400
    assert (await delete(app, user="vera")).status_code == 403
    assert await starts(app) == [0, 4, 8]
