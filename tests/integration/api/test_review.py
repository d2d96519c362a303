"""Review items through the whole app."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.media import fragments
from dogwatch.store import deletions, reviews, segments
from dogwatch.testing import recordings
from dogwatch.testing.app import Nvr, nvr
from dogwatch.testing.recordings import T0

ROW_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,), "camera": (str,), "severity": (str,), "start_time": (float,), "end_time": (float, type(None)),
    "has_been_reviewed": (bool,), "thumb_path": (str,), "data": (dict,),
}  # fmt: skip
LISTS = ("audio", "detections", "objects", "sub_labels", "zones", "verified_objects", "significant_motion_areas")


def item(key: str, camera: str, start: float, **changes: Any) -> dict[str, Any]:
    data = {
        "detections": [f"{key}-event"], "objects": ["person-verified"], "verified_objects": [], "sub_labels": ["Bob"],
        "zones": ["porch"], "audio": [], "thumb_time": start, "metadata": None, "significant_motion_areas": [],
    }  # fmt: skip
    values: dict[str, Any] = {
        "id": key, "camera": camera, "severity": "alert", "start_time": start, "end_time": start + 3,
        "thumb_path": f"clips/review/thumb-{camera}-{key}.webp", "data": data,
    }  # fmt: skip
    return {**values, **changes}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with nvr(tmp_path) as made:
        now = time.time()
        rows = (
            item("old", "front", T0 + 1),
            item("new", "front", now - 100),
            item("run", "back", now - 50, end_time=None, severity="detection"),
        )
        for row in rows:
            made.services.db.write(partial(reviews.put, values=row))
        for one in recordings.record(tmp_path, count=3):
            made.services.db.write(partial(segments.add, segment=one, init=fragments.scan(tmp_path / one.path).init))
        yield made


async def ask(made: Nvr, method: str, path: str, *, user: str | None = None, **options: Any) -> httpx.Response:
    async with made.client(EXTERNAL if user else INTERNAL, user) as client:
        return await client.request(method, path, **options)


async def get(made: Nvr, path: str, *, user: str | None = None) -> httpx.Response:
    return await ask(made, "GET", path, user=user, content=b"{}", headers={"Content-Type": "application/json"})


async def ids(made: Nvr, query: str = "", user: str | None = None) -> list[str]:
    return [row["id"] for row in (await get(made, f"/api/review?{query}", user=user)).json()]


async def test_rows_have_every_key_in_its_type(app: Nvr) -> None:
    rows = (await get(app, "/api/review?after=0")).json()
    assert [row["id"] for row in rows] == ["run", "new", "old"]
    for row in rows:
        assert row.keys() == ROW_TYPES.keys()
        for key, types in ROW_TYPES.items():
            assert type(row[key]) in types, key
        assert all(type(row["data"][key]) is list for key in LISTS)
        assert row["thumb_path"] == f"/media/frigate/clips/review/thumb-{row['camera']}-{row['id']}.webp"


async def test_filters(app: Nvr) -> None:
    assert await ids(app) == ["run", "new"]
    assert await ids(app, "limit=1") == ["run"]
    assert await ids(app, "severity=alert") == ["new"]
    assert await ids(app, "severity=significant_motion") == []
    assert await ids(app, f"after={T0}&before={T0 + 2}") == ["old"]
    assert await ids(app, "cameras=back") == ["run"]
    assert await ids(app, "labels=person&zones=porch&cameras=front") == ["new"]
    assert await ids(app, user="frida") == ["new"]
    assert (await get(app, "/api/review?limit=x")).status_code == 422


async def test_single_reads(app: Nvr) -> None:
    assert (await get(app, "/api/review/old")).json()["id"] == "old"
    missing = await get(app, "/api/review/nothing")
    assert (missing.status_code, missing.json()["message"]) == (404, "Review item not found")
    assert (await get(app, "/api/review/event/run-event")).json()["id"] == "run"
    assert (await get(app, "/api/review/event/nothing")).status_code == 404
    assert {row["id"] for row in (await get(app, "/api/review_ids?ids=old,new")).json()} == {"old", "new"}
    assert (await get(app, "/api/review_ids?ids=old,nothing")).status_code == 404
    assert (await get(app, "/api/review_ids?ids=old,run", user="frida")).status_code == 404
    assert (await get(app, "/api/review/run", user="frida")).status_code == 403


async def test_seen_belongs_to_the_user(app: Nvr) -> None:
    answer = await ask(app, "POST", "/api/reviews/viewed", user="vera", json={"ids": ["new", "nothing"]})
    assert answer.json() == {"success": True, "message": "Marked multiple items as reviewed"}
    assert await ids(app, "reviewed=1", "vera") == ["new"]
    assert await ids(app, "reviewed=0", "vera") == ["run"]
    assert await ids(app, "", "vera") == ["run", "new"]
    assert await ids(app, "reviewed=1") == []
    answer = await ask(app, "POST", "/api/reviews/viewed", user="vera", json={"ids": "new,run", "reviewed": False})
    assert answer.json()["message"] == "Marked multiple items as unreviewed"
    assert await ids(app, "reviewed=1", "vera") == []
    await ask(app, "POST", "/api/reviews/viewed", json={"ids": ["new"], "reviewed": True})
    answer = await ask(
        app, "DELETE", "/api/review/new/viewed", content=b"{}", headers={"Content-Type": "application/json"}
    )
    assert answer.json() == {"success": True, "message": "Set Review new as not viewed"}
    assert await ids(app, "reviewed=1") == []
    assert (await ask(app, "DELETE", "/api/review/nothing/viewed")).status_code == 404
    empty: tuple[dict[str, Any], ...] = ({"ids": []}, {})
    for body in empty:
        assert (await ask(app, "POST", "/api/reviews/viewed", json=body)).status_code == 422


async def test_nobody_marks_what_he_may_not_see(app: Nvr) -> None:
    await ask(app, "POST", "/api/reviews/viewed", user="frida", json={"ids": ["run", "new"]})
    with app.services.db.read() as connection:
        rows = reviews.many(connection, ["run", "new"], "frida")
    assert {row["id"]: row["has_been_reviewed"] for row in rows} == {"run": False, "new": True}


async def test_the_summary(app: Nvr) -> None:
    await ask(app, "POST", "/api/reviews/viewed", json={"ids": ["new"]})
    summary = (await get(app, "/api/review/summary?timezone=utc")).json()
    assert summary["last24Hours"] == {
        "reviewed_alert": 1, "reviewed_detection": 0, "total_alert": 1, "total_detection": 1,
    }  # fmt: skip
    assert next(iter(summary)) == "last24Hours"
    mine = (await get(app, "/api/review/summary", user="frida")).json()
    assert mine["last24Hours"]["total_detection"] == 0
    assert (await get(app, "/api/review/summary?cameras=back", user="frida")).json() == {}


async def test_deleting_takes_the_recordings_along(app: Nvr, tmp_path: Path) -> None:
    folder = tmp_path / "clips/review"
    folder.mkdir(parents=True)
    for extension in ("jpg", "webp"):
        (folder / f"thumb-front-old.{extension}").write_bytes(b"x")
    assert (await ask(app, "POST", "/api/reviews/delete", user="vera", json={"ids": ["old"]})).status_code == 403
    answer = await ask(app, "POST", "/api/reviews/delete", json={"ids": ["old", "nothing"]})
    assert answer.json() == {"success": True, "message": "Deleted review items."}
    assert (await get(app, "/api/review/old")).status_code == 404
    assert list(folder.iterdir()) == []
    assert not (tmp_path / recordings.path_of("front", T0)).exists()
    assert (tmp_path / recordings.path_of("front", T0 + 4)).exists()
    with app.services.db.read() as connection:
        assert deletions.latest(connection)[0].reason == "api"


@pytest.mark.parametrize("prefix", ["/api", ""])
async def test_activity_with_and_without_prefix(app: Nvr, prefix: str) -> None:
    path = recordings.path_of("front", T0)
    app.services.db.write(partial(segments.set_activity, path=path, motion=7, objects=0))
    query = f"after={T0}&before={T0 + 20}&scale=30"
    answer = await get(app, f"{prefix}/review/activity/motion?{query}")
    assert answer.json() == [{"start_time": int(T0 // 30 * 30), "motion": 0.0, "camera": "front"}]
    assert (await get(app, f"{prefix}/review/activity/motion?cameras=back&{query}")).json() == []
    assert (await get(app, f"{prefix}/review/activity/audio?{query}")).json() == []
    assert (await get(app, f"{prefix}/review/activity/motion?scale=0")).status_code == 422
