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

from dogwatch.api.listener import EXTERNAL
from dogwatch.bus.messages import SegmentOpened
from dogwatch.media import fragments
from dogwatch.model import Segment
from dogwatch.store import events, segments
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
    stretches = app.services.catalogue.stretches

    def counted(camera: str, start: float, end: float, gap: float) -> Any:
        asked.append(camera)
        return stretches(camera, start, end, gap)

    monkeypatch.setattr(app.services.catalogue, "stretches", counted)
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
