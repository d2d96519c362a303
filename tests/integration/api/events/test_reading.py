"""Lists of events, their search and summaries, labels and timeline, through the whole app."""

import base64

import pytest

from dogwatch.testing.app import Nvr
from dogwatch.testing.recordings import T0
from tests.integration.api.events.furnished import (
    AROUND,
    BACK,
    BARE,
    BY_ID,
    FRONT,
    NOON,
    ROW_TYPES,
    ask,
    get,
    ids,
)
from tests.tracks import evidence, frame, tracked


async def found(made: Nvr, query: str, user: str | None = None) -> list[str]:
    answer = await get(made, f"/api/events/search?{query}", user=user)
    assert answer.status_code == 200, answer.text
    return [row["id"][-6:] for row in answer.json()]


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
