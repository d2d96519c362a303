"""Events, their media, labels and timeline, through the whole app."""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.api.listener import EXTERNAL, INTERNAL
from dogwatch.events import rendering
from dogwatch.events.files import PictureFiles, write
from dogwatch.media import fragments, picture
from dogwatch.store import events, segments, timeline
from dogwatch.testing import recordings
from dogwatch.testing.app import CONFIG, Nvr, nvr
from dogwatch.testing.recordings import T0
from tests.tracks import best, evidence, frame, jpeg, tracked

KEPT = "    record: {enabled: true}\n    snapshots: {enabled: true}\n    live: {streams: {Main"
RECORDING = CONFIG.replace("    live: {streams: {Main", KEPT)
NOON = datetime.fromtimestamp(T0, UTC)
AROUND = f"{NOON - timedelta(minutes=1):%H:%M},{NOON + timedelta(minutes=2):%H:%M}"
FRONT, BACK, BARE = f"{T0:.0f}.5-aaaaaa", f"{T0 + 10:.0f}-bbbbbb", f"{T0 + 20:.0f}-cccccc"
JSON = {"Content-Type": "application/json"}
ROW_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,), "camera": (str,), "label": (str,), "labels": (list,), "sub_label": (str, type(None)),
    "zones": (list,), "start_time": (float,), "end_time": (float, type(None)), "has_clip": (bool,),
    "has_snapshot": (bool,), "retain_indefinitely": (bool,), "plus_id": (type(None),), "top_score": (float,),
    "false_positive": (type(None),), "box": (type(None),), "thumbnail": (str, type(None)), "data": (dict,),
}  # fmt: skip
BY_ID = {"score", "region", "area", "ratio", "model_hash", "detector_type", "model_type"}


def event(key: str, camera: str, start: float, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": key, "camera": camera, "label": "person", "sub_label": None, "type": "object", "start_time": start,
        "end_time": start + 4, "zones": ["porch"], "has_clip": True, "has_snapshot": True, "score": 0.7,
        "top_score": 0.8, "average_speed": 0.0, "severity": "alert",
        "data": {"box": [0.25, 0.25, 0.25, 0.5], "region": [0.25, 0.25, 0.5, 0.5], "snapshot_frame_time": start + 1},
    }  # fmt: skip
    return {**values, **changes}


@contextmanager
def furnished(directory: Path) -> Iterator[Nvr]:
    """Build an app with 12 s of `front` from T0, an event of it with pictures, one of `back`, and one without media."""
    with nvr(directory, RECORDING) as made:
        rows = (
            event(FRONT, "front", T0 + 1.5, sub_label="Bob, Ann"),
            event(BACK, "back", T0 + 10, label="car", has_snapshot=False, recognized_license_plate="AB123"),
            event(BARE, "front", T0 + 20, label="dog", has_clip=False, has_snapshot=False, zones=[], end_time=None),
        )
        for row in rows:
            made.services.db.write(partial(events.put, values=row))
        for one in recordings.record(directory, count=3):
            made.services.db.write(partial(segments.add, segment=one, init=fragments.scan(directory / one.path).init))
        moments = [
            {"timestamp": T0 + n, "camera": camera, "source": "tracked_object", "source_id": key,
             "class_type": "visible", "data": {"camera": camera, "label": label}}
            for n, (camera, key, label) in enumerate((("front", FRONT, "person"), ("back", BACK, "car")))
        ]  # fmt: skip
        made.services.db.write(partial(timeline.add, entries=moments))
        files = PictureFiles(directory)
        write(files.clean("front", FRONT), jpeg())
        write(files.thumb("front", FRONT), rendering.thumbnail(jpeg(), None))
        yield made


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Nvr]:
    with furnished(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nvr]:
    """The app of tests that only ask."""
    with furnished(tmp_path_factory.mktemp("shared")) as made:
        yield made


async def ask(made: Nvr, method: str, path: str, *, user: str | None = None, **options: Any) -> httpx.Response:
    async with made.client(EXTERNAL if user else INTERNAL, user) as client:
        return await client.request(method, path, **options)


async def get(made: Nvr, path: str, *, user: str | None = None) -> httpx.Response:
    # The Home Assistant integration sends this body with every request.
    return await ask(made, "GET", path, user=user, content=b"{}", headers=JSON)


async def ids(made: Nvr, query: str, user: str | None = None) -> list[str]:
    answer = await get(made, f"/api/events?{query}", user=user)
    assert answer.status_code == 200, answer.text
    return [row["id"][-6] for row in answer.json()]


async def test_rows_have_every_key_in_its_type(app: Nvr) -> None:
    answer = await get(app, "/api/events")
    assert answer.headers["cache-control"] == "no-store"
    rows = answer.json()
    assert [row["id"] for row in rows] == [BARE, BACK, FRONT]
    for row in rows:
        assert row.keys() == ROW_TYPES.keys()
        for key, types in ROW_TYPES.items():
            assert type(row[key]) in types, (key, row[key])
    assert base64.b64decode(rows[2]["thumbnail"]).startswith(b"\xff\xd8")
    assert rows[0]["thumbnail"] is None
    one = (await get(app, f"/api/events/{FRONT}")).json()
    assert one.keys() == ROW_TYPES.keys() | BY_ID
    assert all(one[key] is None for key in BY_ID)
    assert one["thumbnail"] == rows[2]["thumbnail"]


async def test_many_thumbnails_are_sent_some_at_a_time(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = await get(app, "/api/events")
    assert "content-length" in whole.headers
    monkeypatch.setattr("dogwatch.api.nvr.events.TOGETHER", 2)
    pieces = await get(app, "/api/events")
    assert "content-length" not in pieces.headers
    assert pieces.content == whole.content
    assert pieces.headers["content-type"] == "application/json"
    assert pieces.headers["cache-control"] == "no-store"
    assert "content-length" in (await get(app, "/api/events?include_thumbnails=0")).headers


async def found(made: Nvr, query: str, user: str | None = None) -> list[str]:
    answer = await get(made, f"/api/events/search?{query}", user=user)
    assert answer.status_code == 200, answer.text
    return [row["id"][-6:] for row in answer.json()]


async def test_words_are_searched_in_names_and_texts(app: Nvr) -> None:
    for key, text in ((FRONT, "A man with a yellow umbrella"), (BACK, "Yellow van")):
        await ask(app, "POST", f"/api/events/{key}/description", json={"description": text})
    first, second, third = BARE[-6:], BACK[-6:], FRONT[-6:]
    assert await found(app, "query=yellow") == [second, third]
    assert await found(app, "query=YELLOW&search_type=thumbnail,description&include_thumbnails=0") == [second, third]
    assert await found(app, "query=yellow&limit=1") == [second]
    assert await found(app, "query=yellow&sort=date_asc") == [third, second]
    assert await found(app, "query=bob+umbrel") == [third]
    assert await found(app, 'query="yellow+van"') == [second]
    assert await found(app, "query=ab12") == [second]
    assert await found(app, "query=dog") == [first]
    assert await found(app, "query=front") == [first, third]
    assert await found(app, "query=yellow&labels=car") == [second]
    assert await found(app, f"query=yellow&event_id={BARE}") == [second, third]
    (row,) = (await get(app, "/api/events/search?query=bob+umbrella")).json()
    assert row.keys() - {"search_distance", "search_source"} == ROW_TYPES.keys() - {"thumbnail"}
    assert (row["search_distance"], row["search_source"]) == (0.5, "description")
    await ask(app, "POST", f"/api/events/{FRONT}/description", json={"description": ""})
    assert await found(app, "query=umbrella") == []


async def test_who_may_not_see_a_camera_finds_nothing_of_it(app: Nvr) -> None:
    await ask(app, "POST", f"/api/events/{BACK}/description", json={"description": "Yellow van"})
    for query in ("yellow", "back", "car", "ab123", "porch"):
        everything = await found(app, f"query={query}")
        assert BACK[-6:] in everything
        assert await found(app, f"query={query}", user="frida") == [one for one in everything if one != BACK[-6:]]
    assert await found(app, "query=yellow&cameras=back", user="frida") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("query=", 400),
        ("query=...", 400),
        (f"event_id={FRONT}", 400),
        (f"event_id={FRONT}&search_type=similarity", 400),
        ("query=yellow&search_type=similarity", 400),
        ("query=" + "+".join(str(n) for n in range(13)), 400),
        (f"query={'x' * 501}", 422),
        ("query=yellow&min_score=x", 422),
    ],
)
async def test_a_search_that_needs_embeddings_is_refused(shared: Nvr, query: str, status: int) -> None:
    answer = await get(shared, f"/api/events/search?{query}")
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["success"] is False
        assert answer.json()["message"]


async def test_no_answer_holds_more_events_than_any_client_asks_for(app: Nvr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dogwatch.api.nvr.event_query.MOST_EVENTS", 2)
    for query in ("limit=1000000", "limit=3", ""):
        assert [row["id"] for row in (await get(app, f"/api/events?{query}")).json()] == [BARE, BACK]
    assert len((await get(app, "/api/events?limit=1")).json()) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "cba"),
        ("limit=1", "c"),
        ("camera=front", "ca"),
        ("cameras=back,front&camera=front", "cba"),
        ("cameras=attic", ""),
        ("label=dog", "c"),
        ("labels=dog,car", "cb"),
        ("sub_label=ann", "a"),
        ("sub_labels=None", "cb"),
        ("zone=porch&limit=1", "b"),
        ("zones=None", "c"),
        ("recognized_license_plate=^AB", "b"),
        (f"after={T0 + 5}&before={T0 + 15.5}", "b"),
        ("has_clip=1", "ba"),
        ("has_clip=False&has_snapshot=no", "c"),
        ("in_progress=1", "c"),
        ("favorites=0", "cba"),
        ("is_submitted=1", ""),
        ("min_score=0.8", ""),
        ("min_length=4", "ba"),
        (f"event_id={BACK}", "b"),
        ("sort=date_asc", "abc"),
        (f"time_range={AROUND}&timezone=utc", "cba"),
        (f"time_range={AROUND}&timezone=Europe/Berlin", ""),
        ("unknown=1", "cba"),
    ],
)
async def test_filters(shared: Nvr, query: str, found: str) -> None:
    assert "".join(await ids(shared, query)) == found


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/events?limit=x", 422),
        ("/api/events?limit=-1", 422),
        (f"/api/events?limit={10**30}", 422),
        (f"/api/timeline?limit={10**30}", 422),
        ("/api/events?after=nan", 422),
        ("/api/events?has_clip=2", 422),
        ("/api/events?timezone=Mars/Base", 400),
        ("/api/events?timezone=../../etc/passwd", 400),
        ("/api/events?time_range=noon", 400),
        ("/api/event_ids", 422),
        ("/api/event_ids?ids=", 400),
        ("/api/events/nothing", 404),
        ("/api/events/nothing/snapshot.jpg", 404),
        ("/api/events/nothing/clip.mp4", 404),
        (f"/api/events/{BARE}/snapshot.jpg", 404),
        (f"/api/events/{BARE}/thumbnail.jpg", 404),
        (f"/api/events/{FRONT}/thumbnail.gif", 404),
        (f"/api/events/{FRONT}/snapshot.jpg?h=0", 422),
        (f"/api/events/{BARE}/clip.mp4", 404),
        (f"/api/events/{BACK}/clip.mp4", 400),
        (f"/api/clips/front/{BACK}.mp4", 404),
        ("/api/front/bear/clip.mp4", 404),
        ("/api/attic/any/best.jpg", 404),
    ],
)
async def test_refusals(shared: Nvr, path: str, status: int) -> None:
    assert (await get(shared, path)).status_code == status


async def test_an_unknown_event_is_a_bare_text(app: Nvr) -> None:
    assert (await get(app, "/api/events/nothing")).json() == "Event not found"


async def test_restricted_users_see_their_cameras_only(app: Nvr) -> None:
    assert "".join(await ids(app, "", "frida")) == "ca"
    assert await ids(app, "cameras=back", "frida") == []
    assert (await get(app, f"/api/event_ids?ids={FRONT},{BACK}", user="frida")).json()[0]["id"] == FRONT
    for path in (
        f"/api/events/{BACK}",
        f"/api/events/{BACK}/thumbnail.jpg",
        "/api/back/any/best.jpg",
        "/api/clips/back",
    ):
        assert (await get(app, path, user="frida")).status_code == 403
    assert (await get(app, "/api/labels", user="frida")).json() == ["dog", "person"]
    assert (await get(app, "/api/labels?camera=back", user="frida")).json() == []
    assert (await get(app, "/api/events/summary", user="frida")).json()[0]["camera"] == "front"
    assert {row["label"] for row in (await get(app, "/api/events/explore", user="frida")).json()} == {"dog", "person"}
    assert [row["camera"] for row in (await get(app, "/api/timeline", user="frida")).json()] == ["front"]


async def test_only_admins_change_events(app: Nvr) -> None:
    for method, path in (
        ("DELETE", f"/api/events/{FRONT}"),
        ("POST", f"/api/events/{FRONT}/retain"),
        ("POST", f"/api/events/{FRONT}/sub_label"),
        ("POST", "/api/events/front/button/create"),
    ):
        assert (await ask(app, method, path, user="vera", json={"subLabel": "x"})).status_code == 403


async def test_several_by_id_explore_and_summary(app: Nvr) -> None:
    rows = (await get(app, f"/api/event_ids?ids={FRONT},nothing,{BACK}")).json()
    assert {row["id"] for row in rows} == {FRONT, BACK}
    explored = (await get(app, "/api/events/explore?limit=1")).json()
    assert [(row["label"], row["event_count"]) for row in explored] == [("car", 1), ("dog", 1), ("person", 1)]
    assert "thumbnail" not in explored[0]
    assert "box" not in explored[0]["data"]
    summary = (await get(app, "/api/events/summary?has_snapshot=1&timezone=Europe,Berlin")).json()
    assert summary == [
        {
            "camera": "front",
            "label": "person",
            "sub_label": "Bob, Ann",
            "zones": ["porch"],
            "day": f"{NOON:%Y-%m-%d}",
            "count": 1,
        }
    ]


async def test_keeping_and_releasing(app: Nvr) -> None:
    answer = await ask(app, "POST", f"/api/events/{FRONT}/retain", content=b"{}", headers=JSON)
    assert answer.json() == {"success": True, "message": f"Event {FRONT} retained"}
    assert await ids(app, "favorites=1") == ["a"]
    answer = await ask(app, "DELETE", f"/api/events/{FRONT}/retain", content=b"{}", headers=JSON)
    assert answer.json() == {"success": True, "message": f"Event {FRONT} un-retained"}
    answer = await ask(app, "POST", "/api/events/nothing/retain")
    assert (answer.status_code, answer.json()) == (404, {"success": False, "message": "Event nothing not found"})


async def test_no_attribute_can_be_applied_without_a_classification_model(app: Nvr) -> None:
    answer = await ask(app, "POST", f"/api/events/{FRONT}/attributes", json={"attributes": ["red"]})
    assert (answer.status_code, answer.json()["success"]) == (400, False)
    assert (await ask(app, "POST", "/api/events/nothing/attributes", json={"attributes": []})).status_code == 404
    assert (await ask(app, "POST", f"/api/events/{FRONT}/attributes", json={"attributes": "red"})).status_code == 422


async def test_naming_and_describing(app: Nvr) -> None:
    path = f"/api/events/{FRONT}/sub_label"
    answer = await ask(app, "POST", path, json={"subLabel": "Zoe", "subLabelScore": 0.5, "camera": "front"})
    assert answer.json() == {"success": True, "message": f"Event {FRONT} sub label set to Zoe"}
    assert await ids(app, "sub_label=zoe") == ["a"]
    moments = (await get(app, f"/api/timeline?source_id={FRONT}")).json()
    assert moments[0]["data"]["sub_label"] == "Zoe"
    await ask(app, "POST", path, json={"subLabel": ""})
    assert await ids(app, "sub_label=None") == ["c", "b", "a"]
    for body in ({"subLabel": "x" * 101}, {"subLabel": "a\0b"}, {"subLabel": "x", "subLabelScore": 0}, {}):
        assert (await ask(app, "POST", path, json=body)).status_code == 422
    assert (await ask(app, "POST", "/api/events/nothing/sub_label", json={"subLabel": "x"})).status_code == 404

    path = f"/api/events/{FRONT}/description"
    assert (await ask(app, "POST", path, json={"description": "a man"})).json()["success"] is True
    assert (await get(app, f"/api/events/{FRONT}")).json()["data"]["description"] == "a man"
    await ask(app, "POST", path, json={"description": ""})
    assert "description" not in (await get(app, f"/api/events/{FRONT}")).json()["data"]
    assert (await ask(app, "POST", "/api/events/nothing/description", json={"description": "x"})).status_code == 404


async def test_deleting(app: Nvr, tmp_path: Path) -> None:
    answer = await ask(app, "DELETE", f"/api/events/{FRONT}", content=b"{}", headers=JSON)
    assert answer.json() == {"success": True, "message": f"Event {FRONT} deleted"}
    assert not list((tmp_path / "clips").rglob("*.*"))
    assert (await ask(app, "DELETE", f"/api/events/{FRONT}")).status_code == 404
    answer = await ask(app, "DELETE", "/api/events/", json={"event_ids": [BACK, FRONT]})
    assert answer.json() == {"success": True, "deleted_events": [BACK], "not_found_events": [FRONT]}
    assert (await ask(app, "DELETE", "/api/events/", json={"event_ids": []})).status_code == 404
    assert len(recordings.path_of("front", T0)) > 0
    assert (tmp_path / recordings.path_of("front", T0)).exists()  # recordings stay


async def test_manual_events(app: Nvr) -> None:
    for content in (b"", b"{}"):
        answer = await ask(app, "POST", "/api/events/front/door bell/create", content=content, headers=JSON)
        assert answer.status_code == 200, answer.text
        assert answer.json()["message"] == "Successfully created event."
    key = answer.json()["event_id"]
    row = (await get(app, f"/api/events/{key}")).json()
    assert row["label"] == "door bell"
    assert row["end_time"] - row["start_time"] == pytest.approx(35)
    assert row["data"]["type"] == "api"
    body = {"sub_label": "Bob", "duration": None, "score": 70, "include_recording": False, "source_type": "api",
            "draw": {"boxes": [{"box": [0, 0, 0.5, 0.5], "score": 10}]}}  # fmt: skip
    key = (await ask(app, "POST", "/api/events/front/button/create", json=body)).json()["event_id"]
    row = (await get(app, f"/api/events/{key}")).json()
    assert (row["end_time"], row["sub_label"], row["has_clip"], row["top_score"]) == (None, "Bob", False, 70)
    assert row["data"]["draw"]["boxes"][0]["color"] == [255, 0, 0]
    too_early = {"end_time": row["start_time"] - 5}
    assert (await ask(app, "PUT", f"/api/events/{key}/end", json=too_early)).status_code == 400
    too_late = {"end_time": time.time() + 31 * 86_400}
    assert (await ask(app, "PUT", f"/api/events/{key}/end", json=too_late)).status_code == 400
    assert (await get(app, f"/api/events/{key}")).json()["end_time"] is None
    soon = {"end_time": time.time() + 3600}
    assert (await ask(app, "PUT", f"/api/events/{key}/end", json=soon)).status_code == 200
    assert (await get(app, f"/api/events/{key}")).json()["end_time"] == soon["end_time"]
    answer = await ask(app, "PUT", f"/api/events/{key}/end", content=b"{}", headers=JSON)
    assert answer.json() == {"success": True, "message": "Event successfully ended."}
    assert (await get(app, f"/api/events/{key}")).json()["end_time"] == pytest.approx(time.time(), abs=30)
    assert (await ask(app, "PUT", f"/api/events/{FRONT}/end")).status_code == 404
    assert (await ask(app, "POST", "/api/events/attic/button/create")).status_code == 404
    app.services.switches.set("front", "enabled", value=False)
    assert (await ask(app, "POST", "/api/events/front/button/create")).status_code == 404
    bad = {"draw": {"boxes": [{"box": [0, 0, 5]}]}}
    assert (await ask(app, "POST", "/api/events/front/button/create", json=bad)).status_code == 422


async def test_the_manual_event_is_a_review_item(app: Nvr) -> None:
    body = {"sub_label": "Bob"}
    key = (await ask(app, "POST", "/api/events/front/button/create", json=body)).json()["event_id"]
    item = (await get(app, f"/api/review/event/{key}")).json()
    assert (item["severity"], item["data"]["objects"]) == ("alert", ["button: Bob"])


@pytest.mark.parametrize(
    ("extension", "magic"), [("jpg", b"\xff\xd8"), ("jpeg", b"\xff\xd8"), ("png", b"\x89PNG"), ("webp", b"RIFF")]
)
async def test_thumbnails(app: Nvr, extension: str, magic: bytes) -> None:
    answer = await get(app, f"/api/events/{FRONT}/thumbnail.{extension}?max_cache_age=60")
    assert answer.headers["content-type"] == f"image/{'jpeg' if extension == 'jpg' else extension}"
    assert answer.headers["cache-control"] == "private, max-age=60"
    assert answer.content.startswith(magic)
    wide = await get(app, f"/api/events/{FRONT}/thumbnail.{extension}?format=android")
    height, width = picture.decode(wide.content).shape[:2]
    assert width == 2 * height


@pytest.mark.parametrize("extension", ["jpg", "webp"])
async def test_thumbnails_that_lie_there_as_webp(app: Nvr, tmp_path: Path, extension: str) -> None:
    path = PictureFiles(tmp_path).thumb("front", FRONT)
    old = picture.encode(picture.decode(path.read_bytes()), "webp")
    write(path.with_suffix(".webp"), old)
    path.unlink()
    answer = await get(app, f"/api/events/{FRONT}/thumbnail.{extension}")
    assert (answer.status_code, picture.decode(answer.content).shape[0]) == (200, 175)
    row = (await get(app, f"/api/events/{FRONT}")).json()
    assert base64.b64decode(row["thumbnail"]) == old
    assert (await get(app, f"/clips/thumbs/front/{FRONT}.webp")).content == old


async def test_snapshots_take_their_parameters_always(app: Nvr) -> None:
    answer = await get(app, f"/api/events/{FRONT}/snapshot.jpg?download=1&bbox=0&crop=1&h=99&quality=90")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-frame-time"] == str(T0 + 2.5)
    assert answer.headers["cache-control"] == "private, max-age=31536000"
    assert answer.headers["content-disposition"] == f"attachment; filename=snapshot-{FRONT}.jpg"
    assert picture.decode(answer.content).shape == (99, 176, 3)
    plain = picture.decode((await get(app, f"/api/events/{FRONT}/snapshot.jpg?bbox=0")).content)
    boxed = picture.decode((await get(app, f"/api/events/{FRONT}/snapshot.jpg")).content)
    assert plain.shape == boxed.shape == (360, 640, 3)
    assert (plain != boxed).any()


@pytest.mark.parametrize(("extension", "magic"), [("png", b"\x89PNG"), ("webp", b"RIFF")])
async def test_clean_snapshots(app: Nvr, extension: str, magic: bytes) -> None:
    answer = await get(app, f"/api/events/{FRONT}/snapshot-clean.{extension}?download=1")
    assert answer.content.startswith(magic)
    assert answer.headers["content-disposition"] == f"attachment; filename=snapshot-{FRONT}-clean.{extension}"


async def test_clips(app: Nvr) -> None:
    answer = await get(app, f"/api/events/{FRONT}/clip.mp4?padding=1&download=1")
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content[4:8] == b"ftyp"
    longer = await get(app, f"/api/events/{FRONT}/clip.mp4?padding=5")
    assert len(longer.content) > len(answer.content)
    part = await ask(app, "GET", f"/api/events/{FRONT}/clip.mp4?padding=1", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, answer.content[:10])
    alias = await get(app, f"/api/clips/front/{FRONT}.mp4")
    assert alias.headers["content-disposition"].startswith("attachment")
    assert (await get(app, "/api/front/any/clip.mp4")).content == alias.content
    rows = (await get(app, "/api/clips/front?limit=5")).json()
    assert [(row["id"], row["thumbnail"]) for row in rows] == [(FRONT, None)]


async def test_a_clip_is_not_given_before_it_is_whole(app: Nvr) -> None:
    now = time.time()
    key = f"{now:.3f}-dddddd"
    row = event(key, "front", now - 6, end_time=now - 2)
    app.services.db.write(partial(events.put, values=row))
    answer = await get(app, f"/api/events/{key}/clip.mp4")
    assert (answer.status_code, answer.json()["success"]) == (404, False)


@pytest.mark.parametrize(
    "path", ["/api/front/any/best.jpg", "/api/front/person/thumbnail.jpg", "/api/camera/front/best.jpg"]
)
async def test_the_latest_picture_of_a_label(app: Nvr, path: str) -> None:
    answer = await get(app, path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "private, max-age=60"
    shown = picture.decode(answer.content)
    assert shown.shape[0] == 175
    assert (shown.max() > 9) == ("person" in path)  # the latest of any label has no picture


async def test_the_latest_snapshot_of_a_label(app: Nvr) -> None:
    found = picture.decode((await get(app, "/api/front/any/snapshot.jpg?h=90")).content)
    assert found.shape[0] == 90
    nothing = await get(app, "/api/front/bear/snapshot.jpg")
    assert picture.decode(nothing.content).shape == (720, 1280, 3)


async def test_a_running_event_is_served_from_memory(app: Nvr) -> None:
    hub = app.services.events
    hub.on_picture(best(0, jpeg=jpeg()))
    hub.on_tracks(frame(0, tracked(0)))
    app.services.db.write(lambda _: None)
    key = tracked(0).id
    row = (await get(app, f"/api/events/{key}")).json()
    assert (row["end_time"], row["has_snapshot"]) == (None, True)
    for path in ("snapshot.jpg", "thumbnail.webp", "snapshot-clean.webp"):
        answer = await get(app, f"/api/events/{key}/{path}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")


async def test_lists_of_names(app: Nvr) -> None:
    assert (await get(app, "/api/labels")).json() == ["car", "dog", "person"]
    assert (await get(app, "/api/labels?camera=back")).json() == ["car"]
    assert (await get(app, "/api/sub_labels")).json() == ["Bob, Ann"]
    assert (await get(app, "/api/sub_labels?split_joined=1")).json() == ["Ann", "Bob"]
    assert (await get(app, "/api/recognized_license_plates")).json() == ["AB123"]


async def test_the_timeline(app: Nvr) -> None:
    rows = (await get(app, "/api/timeline")).json()
    assert [row["source_id"] for row in rows] == [FRONT, BACK]
    assert rows[0].keys() == {"timestamp", "camera", "source", "source_id", "class_type", "data"}
    assert [row["camera"] for row in (await get(app, "/api/timeline?camera=back")).json()] == ["back"]
    assert len((await get(app, f"/api/timeline?source_id={FRONT},{BACK}&limit=1")).json()) == 1
    hour = str(int(T0 // 3600 * 3600))
    hourly = (await get(app, "/api/timeline/hourly?labels=car,person")).json()
    assert (hourly["start"], hourly["end"], hourly["count"]) == (T0, T0 + 1, 2)
    assert [row["source_id"] for row in hourly["hours"][hour]] == [FRONT, BACK]
    assert (await get(app, "/api/timeline/hourly?labels=bear&after=5")).json() == {
        "start": 5.0, "end": 0, "count": 0, "hours": {},
    }  # fmt: skip


async def test_why_an_event_is_one(app: Nvr) -> None:
    hub = app.services.events
    seen = tracked(0, camera="front")
    hub.on_tracks(frame(0, seen, camera="front", evidence=(evidence(0),)))
    hub.outputs.wait(lambda _: None)
    body = (await ask(app, "GET", f"/api/events/{seen.id}/why")).json()
    assert set(body) == {
        "id", "camera", "label", "type", "kept", "created_by", "heard", "scores", "filters", "zones", "decisions",
        "text",
    }  # fmt: skip
    assert (body["kept"], body["type"], body["created_by"]) == (True, "object", None)
    assert body["scores"]["threshold"] == 0.75
    assert body["text"][0].startswith("its median score reached 0.80 at 2023-11-14T22:13:20.500+00:00, and threshold")
    hub.on_tracks(frame(2, ended=(tracked(1, end_time=seen.start_time + 1),), evidence=(evidence(1, detections=7),)))
    hub.outputs.wait(lambda _: None)
    ended = (await ask(app, "GET", f"/api/events/{seen.id}/why")).json()
    assert ended["scores"]["detections"] == 7


async def test_why_of_manual_events_names_the_user_and_of_old_ones_that_it_was_not_kept(app: Nvr) -> None:
    path = "/api/events/front/button/create"
    key = (await ask(app, "POST", path, user="admin")).json()["event_id"]
    body = (await ask(app, "GET", f"/api/events/{key}/why")).json()
    assert (body["type"], body["created_by"], body["scores"]) == ("api", "admin", None)
    assert body["text"][0] == "a call of the API by user admin created it"
    old = (await ask(app, "GET", f"/api/events/{FRONT}/why")).json()
    assert (old["kept"], old["decisions"]) == (False, [])
    assert (await ask(app, "GET", "/api/events/1700000000.5-nobody/why")).status_code == 404
