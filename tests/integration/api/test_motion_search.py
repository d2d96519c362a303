"""Searches for motion over HTTP: what is known at once, what the job finds, and who may ask."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dogwatch.api.listener import EXTERNAL
from dogwatch.media import fragments
from dogwatch.model import Box
from dogwatch.store import segments
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0
from tests.integration.recordings.test_motion_search import LEFT, RIGHT, cells
from tests.moving import SQUARE, write

RANGE = {"start_time": T0, "end_time": T0 + 60}
JSON = {"X-CSRF-TOKEN": "1"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    """Give an app with three segments, in the second of which something moves on the left."""
    with nvr(tmp_path) as made:
        for n in range(3):
            start = T0 + n * 4
            segment = write(tmp_path, "front", start, 4.0, [(T0 + 5, T0 + 7, 10)])
            init = fragments.scan(tmp_path / segment.path).init
            made.services.db.write(partial(segments.add, segment=segment, init=init))
            found = cells(Box(10, 70, 10 + SQUARE, 110)) if n == 1 else None
            known = partial(segments.set_activity, path=segment.path, motion=1600 * (n == 1), objects=0, cells=found)
            made.services.db.write(known)
        yield made


def body(polygon: Any = LEFT, **more: Any) -> dict[str, Any]:
    return {**RANGE, "polygon_points": polygon, **more}


async def ended(client: Any, path: str) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = (await client.get(path)).json()
        if found["status"] not in ("queued", "running"):
            return found
        await asyncio.sleep(0.05)


async def test_what_is_known_is_told_at_once_and_then_the_moment(app: Nvr) -> None:
    async with app.client() as client:
        answer = await client.post("/api/front/search/motion", json=body(), headers=JSON)
        assert (answer.status_code, answer.json().keys()) == (200, {"success", "message", "job_id"})
        path = f"/api/front/search/motion/{answer.json()['job_id']}"
        first = (await client.get(path)).json()  # nothing runs yet
        assert (first["status"], first["progress"], first["results"]) == ("queued", 0, [])
        assert [(one["start_time"], one["end_time"]) for one in first["candidates"]] == [(T0 + 4, T0 + 8)]
        assert (first["segments_with_motion"], first["segments_unknown"]) == (1, 0)
        app.services.jobs.start()
        found = await ended(client, path)
        assert (found["status"], found["progress"], found["complete"]) == ("success", 100, True)
        [one] = found["results"]
        assert one.keys() == {"start_time", "end_time", "strength", "box"}
        assert T0 + 4.4 <= one["start_time"] <= T0 + 5.1
        other = (await client.post("/api/front/search/motion", json=body(RIGHT), headers=JSON)).json()
        found = await ended(client, f"/api/front/search/motion/{other['job_id']}")
        assert (found["status"], found["results"], found["candidates"]) == ("success", [], [])


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        (400, {"end_time": T0}),
        (400, {"start_time": 0}),
        (400, {"start_time": 4e9, "end_time": 5e9}),
        (400, {"polygon_points": [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]]}),
        (422, {"polygon_points": [[0.1, 0.1], [0.2, 0.2]]}),
        (422, {"polygon_points": [[0.1, 0.1], [0.2, 0.2], [0.3, 1.3]]}),
        (422, {"polygon_points": [[0.1, 0.1, 0.1]] * 3}),
        (422, {"polygon_points": [[0.1, 0.1]] * 101}),
        (422, {"threshold": 0}),
        (422, {"threshold": 256}),
        (422, {"min_area": 0}),
        (422, {"min_area": 101}),
        (422, {"max_results": 0}),
        (422, {"max_results": 101}),
        (422, {"start_time": "now"}),
    ],
    ids=str,
)
async def test_a_search_that_is_refused(app: Nvr, status: int, wrong: dict[str, Any]) -> None:
    async with app.client() as client:
        answer = await client.post("/api/front/search/motion", json=body() | wrong, headers=JSON)
        assert answer.status_code == status, answer.text
        assert app.services.jobs.listed("motion_search", None) == []


async def test_a_search_is_cancelled(app: Nvr) -> None:
    async with app.client() as client:
        job = (await client.post("/api/front/search/motion", json=body(), headers=JSON)).json()["job_id"]
        path = f"/api/front/search/motion/{job}"
        assert (await client.post(f"{path}/cancel", headers=JSON)).status_code == 200
        assert (await client.get(path)).json()["status"] == "cancelled"
        assert (await client.post(f"{path}/cancel", headers=JSON)).status_code == 400


async def test_only_who_may_see_the_camera_sees_its_searches(app: Nvr) -> None:
    async with app.client() as client:
        mine = (await client.post("/api/front/search/motion", json=body(), headers=JSON)).json()["job_id"]
        hidden = (await client.post("/api/back/search/motion", json=body(), headers=JSON)).json()["job_id"]
    async with app.client(EXTERNAL, "frida") as frida:  # who may see front
        assert (await frida.get(f"/api/front/search/motion/{mine}")).status_code == 200
        for status, camera in ((403, "back"), (404, "front")):
            path = f"/api/{camera}/search/motion/{hidden}"
            assert (await frida.get(path)).status_code == status
            assert (await frida.post(f"{path}/cancel", headers=JSON)).status_code == status
        assert (await frida.post("/api/back/search/motion", json=body(), headers=JSON)).status_code == 403
        assert (await frida.post("/api/front/search/motion", json=body(), headers=JSON)).status_code == 200
        other = app.services.jobs.submit("media_sync", "sync", {})
        assert (await frida.get(f"/api/front/search/motion/{other.id}")).status_code == 404


async def test_too_many_searches_wait(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.services.searches, "queue_limit", 1)
    async with app.client() as client:
        assert (await client.post("/api/front/search/motion", json=body(), headers=JSON)).status_code == 200
        assert (await client.post("/api/front/search/motion", json=body(), headers=JSON)).status_code == 503


async def test_one_user_leaves_room_for_the_searches_of_others(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.services.searches, "each_limit", 1)
    for user, statuses in (("admin", [200, 503]), ("vera", [200, 503])):
        async with app.client(EXTERNAL, user) as client:
            found = [await client.post("/api/front/search/motion", json=body(), headers=JSON) for _ in statuses]
        assert [one.status_code for one in found] == statuses
