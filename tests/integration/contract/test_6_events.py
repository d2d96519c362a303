"""Section 6: events; 11: the timeline; 12: lists of labels."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest

from dogwatch.store.tables import events as table
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, OTHER
from tests.integration.contract import shapes
from tests.integration.contract.conftest import BARK, DAY, MANUAL, RUNNING, UNKNOWN, Contract, done, fails, rows
from tests.integration.contract.pictures import KINDS, picture, video

endpoint = pytest.mark.endpoint
ALL = [RUNNING, MANUAL, BARK, OTHER, EVENT]
"""Newest first."""


def made(contract: Contract, camera: str = "front", **body: Any) -> str:
    """Make a manual event and return its id."""
    answer = contract.admin.post(f"/api/events/{camera}/doorbell/create", json=body)
    found = rows(answer, dict[str, Any])
    assert (found["success"], found["message"]) == (True, "Successfully created event.")
    assert abs(float(found["event_id"].partition("-")[0]) - time.time()) < 30
    return str(found["event_id"])


@endpoint("GET /api/events")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("camera=back", [OTHER]), ("cameras=back,front", ALL), ("camera=back&cameras=front", ALL[:3] + ALL[4:]),
        ("label=car", [RUNNING]), ("labels=car,bark", [RUNNING, BARK]), ("labels=Car", []),
        ("sub_label=bob", [MANUAL]), ("sub_labels=None,Bob", ALL), ("sub_labels=None", ALL[:1] + ALL[2:]),
        ("zone=porch", [MANUAL, OTHER, EVENT]), ("zones=None", [RUNNING, BARK]), ("zones=nobody", []),
        ("recognized_license_plate=FR 123", [RUNNING]), ("recognized_license_plate=^FR", [RUNNING]),
        ("recognized_license_plate=None", ALL[1:]), ("recognized_license_plate=FR", []),
        ("limit=2", ALL[:2]), (f"after={T0 + 2.5}", ALL[:3]), (f"before={T0 + 2.5}", [EVENT]),
        ("has_clip=0", [RUNNING]), ("has_clip=1", ALL[1:]), ("has_snapshot=False", [BARK]),
        ("in_progress=1", [RUNNING]), ("in_progress=0", ALL[1:]),
        ("favorites=1", []), ("favorites=0", ALL), ("is_submitted=1", []), ("is_submitted=0", ALL),
        ("min_score=0.8", [RUNNING]), ("max_score=0.7", ALL[1:]),
        ("min_speed=10", [RUNNING]), ("max_speed=10", ALL[1:]),
        ("min_length=4", ALL[1:]), ("max_length=3", []),
        (f"event_id={EVENT}", [EVENT]), (f"event_id={UNKNOWN}", []),
        ("sort=date_asc", ALL[::-1]), ("sort=nonsense", ALL), ("sort=score_desc&limit=1", [RUNNING]),
        ("sort=speed_desc&limit=1", [RUNNING]),
        ("time_range=11:00,12:00", ALL), ("time_range=12:00,11:00", []), ("time_range=00:00,24:00", ALL),
        ("time_range=12:00,13:00&timezone=Europe/Paris", ALL), ("unknown=1", ALL),
    ],
)  # fmt: skip
def test_6_2_events(contract: Contract, query: str, expected: list[str]) -> None:
    found = rows(contract.viewer.get(f"/api/events?include_thumbnails=0&{query}"), list[shapes.Event])
    assert [row.id for row in found] == expected
    assert all(row.thumbnail is None for row in found)


@endpoint("GET /api/events")
def test_6_2_events_refused_and_limited(contract: Contract) -> None:
    for query in ("limit=x", "after=x", "min_score=x", "has_clip=2", "limit=-1", "after=nan"):
        fails(contract.viewer.get(f"/api/events?{query}"), 422)
    for query in ("time_range=x", "timezone=Mars/Base"):
        fails(contract.viewer.get(f"/api/events?{query}"), 400)
    assert [row.id for row in rows(contract.limited.get("/api/events?cameras=back"), list[shapes.Event])] == []
    assert OTHER not in [row.id for row in rows(contract.limited.get("/api/events"), list[shapes.Event])]
    with_pictures = rows(contract.viewer.get("/api/events?label=person"), list[shapes.Event])
    for row in with_pictures:
        assert base64.b64decode(row.thumbnail or "").startswith((b"\xff\xd8", b"RIFF")) or row.id == MANUAL


@endpoint("GET /api/events/explore")
def test_6_3_explore(contract: Contract) -> None:
    found = rows(contract.viewer.get("/api/events/explore"), list[shapes.Explored])
    assert [(row.label, row.event_count) for row in found][:2] == [("person", 2), ("person", 2)]
    assert {row.id for row in found} == set(ALL)
    raw = contract.viewer.get("/api/events/explore?limit=1").json()
    assert sorted(row["label"] for row in raw) == ["bark", "button", "car", "person"]
    for row in raw:
        assert "thumbnail" not in row
        assert row["data"].keys() <= {
            "type", "score", "top_score", "description", "sub_label_score", "average_estimated_speed", "velocity_angle",
            "path_data", "recognized_license_plate", "recognized_license_plate_score",
        }  # fmt: skip
    assert OTHER not in {row.id for row in rows(contract.limited.get("/api/events/explore"), list[shapes.Explored])}
    fails(contract.viewer.get("/api/events/explore?limit=x"), 422)


@endpoint("GET /api/events/search")
def test_6_4_search(contract: Contract) -> None:
    """By words; what needs embeddings answers as a server without them."""
    found = rows(contract.viewer.get("/api/events/search?query=bob&limit=5"), list[shapes.Searched])
    assert [row.id for row in found] == [MANUAL]
    raw = contract.viewer.get("/api/events/search?query=person&sort=date_desc&timezone=utc").json()
    assert [row["id"] for row in raw] == [OTHER, EVENT]
    assert all("thumbnail" not in row for row in raw)
    plate = rows(contract.viewer.get('/api/events/search?query="FR 123"'), list[shapes.Searched])
    assert [row.id for row in plate] == [RUNNING]
    assert rows(contract.viewer.get("/api/events/search?query=giraffe"), list[shapes.Searched]) == []
    assert rows(contract.limited.get("/api/events/search?query=back"), list[shapes.Searched]) == []
    for query in ("", "query=", f"search_type=similarity&event_id={EVENT}"):
        fails(contract.viewer.get(f"/api/events/search?{query}"), 400)
    fails(contract.viewer.get("/api/events/search?query=x&limit=x"), 422)


@endpoint("GET /api/events/{event_id}/why")
def test_own_why(contract: Contract) -> None:
    found = rows(contract.viewer.get(f"/api/events/{EVENT}/why"), dict[str, Any])
    assert {"id", "camera", "label", "type", "kept", "scores", "filters", "zones", "decisions", "text"} <= found.keys()
    assert (found["id"], found["camera"], found["kept"]) == (EVENT, "front", False)
    unknown = contract.viewer.get(f"/api/events/{UNKNOWN}/why")
    assert (unknown.status_code, unknown.json()) == (404, "Event not found")
    fails(contract.limited.get(f"/api/events/{OTHER}/why"), 403)


@endpoint("GET /api/events/summary")
def test_6_5_summary(contract: Contract) -> None:
    found = rows(contract.viewer.get("/api/events/summary"), list[shapes.EventCount])
    counted = {(row.camera, row.label, row.sub_label, row.day, tuple(row.zones)): row.count for row in found}
    assert counted == {
        ("front", "person", None, DAY, ("porch",)): 1, ("back", "person", None, DAY, ("porch",)): 1,
        ("front", "bark", None, DAY, ()): 1, ("front", "button", "Bob", DAY, ("porch",)): 1,
        ("front", "car", None, DAY, ()): 1,
    }  # fmt: skip
    clips = rows(
        contract.viewer.get("/api/events/summary?has_clip=1&timezone=Pacific/Auckland"), list[shapes.EventCount]
    )
    assert {row.day for row in clips} == {"2025-11-19"}
    assert "car" not in {row.label for row in clips}
    assert {row.camera for row in rows(contract.limited.get("/api/events/summary"), list[shapes.EventCount])} == {
        "front"
    }
    fails(contract.viewer.get("/api/events/summary?timezone=Mars"), 400)
    fails(contract.viewer.get("/api/events/summary?has_clip=x"), 422)


@endpoint("GET /api/events/{event_id}", "GET /api/event_ids")
def test_6_6_single_and_several(contract: Contract) -> None:
    one = rows(contract.viewer.get(f"/api/events/{EVENT}"), shapes.EventById)
    assert base64.b64decode(one.thumbnail or "")
    assert (one.data.type, one.data.score, one.data.top_score, one.data.max_severity) == ("object", 0.7, 0.8, "alert")
    unknown = contract.viewer.get(f"/api/events/{UNKNOWN}")
    assert (unknown.status_code, unknown.json()) == (404, "Event not found")
    fails(contract.limited.get(f"/api/events/{OTHER}"), 403)
    several = rows(contract.viewer.get(f"/api/event_ids?ids={EVENT},{UNKNOWN},{OTHER}"), list[shapes.EventById])
    assert sorted(row.id for row in several) == sorted([EVENT, OTHER])
    seen = rows(contract.limited.get(f"/api/event_ids?ids={EVENT},{OTHER}"), list[shapes.EventById])
    assert [row.id for row in seen] == [EVENT]
    fails(contract.viewer.get("/api/event_ids"), 422)
    fails(contract.viewer.get("/api/event_ids?ids="), 400)


@endpoint("POST /api/events/{event_id}/retain", "DELETE /api/events/{event_id}/retain")
def test_6_7_retain(contract: Contract) -> None:
    event_id = made(contract)
    path = f"/api/events/{event_id}/retain"
    assert contract.admin.post(path).json() == {"success": True, "message": f"Event {event_id} retained"}
    assert contract.admin.get(f"/api/events/{event_id}").json()["retain_indefinitely"] is True
    done(contract.admin.delete(path), f"Event {event_id} un-retained")
    assert fails(contract.admin.post(f"/api/events/{UNKNOWN}/retain"), 404) == f"Event {UNKNOWN} not found"
    fails(contract.admin.delete(f"/api/events/{UNKNOWN}/retain"), 404)
    fails(contract.viewer.post(path), 403)
    contract.admin.delete(f"/api/events/{event_id}")


@endpoint("DELETE /api/events/{event_id}", "DELETE /api/events/")
def test_6_7_delete(contract: Contract) -> None:
    one, two = made(contract), made(contract)
    fails(contract.viewer.delete(f"/api/events/{one}"), 403)
    done(contract.admin.delete(f"/api/events/{one}"), f"Event {one} deleted")
    fails(contract.admin.delete(f"/api/events/{one}"), 404)
    assert contract.admin.get(f"/api/events/{one}/thumbnail.jpg").status_code == 404
    gone = contract.admin.request("DELETE", "/api/events/", json={"event_ids": [two, UNKNOWN]})
    assert rows(gone, dict[str, Any]) == {"success": True, "deleted_events": [two], "not_found_events": [UNKNOWN]}
    fails(contract.admin.request("DELETE", "/api/events/", json={"event_ids": []}), 404)
    fails(contract.admin.request("DELETE", "/api/events/", json={}), 422)
    fails(contract.viewer.request("DELETE", "/api/events/", json={"event_ids": [EVENT]}), 403)


@endpoint("POST /api/events/{event_id}/sub_label", "POST /api/events/{event_id}/description")
def test_6_7_names_and_descriptions(contract: Contract) -> None:
    event_id = made(contract)
    path = f"/api/events/{event_id}/sub_label"
    done(contract.admin.post(path, json={"subLabel": "Ann", "subLabelScore": 0.9, "camera": "front"}))
    row = rows(contract.admin.get(f"/api/events/{event_id}"), shapes.EventById)
    assert (row.sub_label, row.data.sub_label_score) == ("Ann", 0.9)
    done(contract.admin.post(path, json={"subLabel": ""}))
    assert contract.admin.get(f"/api/events/{event_id}").json()["sub_label"] is None
    for wrong in (
        {"subLabel": "x" * 101},
        {},
        {"subLabel": "x", "subLabelScore": 0},
        {"subLabel": "x", "subLabelScore": 2},
    ):
        fails(contract.admin.post(path, json=wrong), 422)
    fails(contract.admin.post(f"/api/events/{UNKNOWN}/sub_label", json={"subLabel": "x"}), 404)
    fails(contract.viewer.post(path, json={"subLabel": "x"}), 403)
    path = f"/api/events/{event_id}/description"
    done(contract.admin.post(path, json={"description": "A parcel."}))
    assert contract.admin.get(f"/api/events/{event_id}").json()["data"]["description"] == "A parcel."
    done(contract.admin.post(path, json={"description": ""}))
    assert not contract.admin.get(f"/api/events/{event_id}").json()["data"].get("description")
    fails(contract.admin.post(f"/api/events/{UNKNOWN}/description", json={"description": "x"}), 404)
    fails(contract.viewer.post(path, json={"description": "x"}), 403)
    contract.admin.delete(f"/api/events/{event_id}")


@endpoint("POST /api/events/{event_id}/recognized_license_plate", "POST /api/events/{event_id}/attributes")
def test_6_7_plates_and_attributes(contract: Contract) -> None:
    event_id = made(contract)
    path = f"/api/events/{event_id}/recognized_license_plate"
    done(contract.admin.post(path, json={"recognizedLicensePlate": "GB 7", "recognizedLicensePlateScore": 0.9}))
    data = rows(contract.admin.get(f"/api/events/{event_id}"), dict[str, Any])["data"]
    assert (data["recognized_license_plate"], data["recognized_license_plate_score"]) == ("GB 7", 0.9)
    done(contract.admin.post(path, json={"recognizedLicensePlate": ""}))
    fails(contract.admin.post(path, json={"recognizedLicensePlate": "x" * 101}), 422)
    fails(contract.admin.post(path, json={}), 422)
    fails(contract.admin.post(path.replace(event_id, UNKNOWN), json={"recognizedLicensePlate": "x"}), 404)
    fails(contract.viewer.post(path, json={"recognizedLicensePlate": "x"}), 403)
    attributes = f"/api/events/{event_id}/attributes"
    fails(contract.admin.post(attributes, json={"attributes": ["red"]}), 400)
    fails(contract.admin.post(attributes.replace(event_id, UNKNOWN), json={"attributes": ["red"]}), 404)
    fails(contract.viewer.post(attributes, json={"attributes": ["red"]}), 403)
    contract.admin.delete(f"/api/events/{event_id}")


@endpoint(
    "POST /api/events/{event_id}/plus",
    "PUT /api/events/{event_id}/false_positive",
    "POST /api/{camera}/plus/{frame_time}",
)
def test_6_7_labelling(contract: Contract) -> None:
    for method, path in (("POST", f"/api/events/{EVENT}/plus"), ("PUT", f"/api/events/{EVENT}/false_positive")):
        fails(contract.viewer.request(method, path), 403)
        assert rows(contract.admin.request(method, path, json={}), dict[str, Any]) == {
            "success": True,
            "plus_id": EVENT,
        }
        fails(contract.admin.request(method, path, json={}), 400)
        fails(contract.admin.request(method, path.replace(EVENT, RUNNING)), 400)
        fails(contract.admin.request(method, path.replace(EVENT, UNKNOWN)), 404)
    row = contract.admin.get(f"/api/events/{EVENT}").json()
    assert (row["plus_id"], row["false_positive"]) == (EVENT, True)
    done(contract.limited.post(f"/api/front/plus/{T0 + 1}"))
    fails(contract.limited.post(f"/api/front/plus/{T0 - 9999}"), 404)
    fails(contract.limited.post(f"/api/back/plus/{T0 + 1}"), 403)
    write = contract.app.services.db.write
    changes = {"plus_id": None, "false_positive": None}  # as the tests after this one expect it
    write(lambda connection: connection.execute(table.update().where(table.c.id == EVENT).values(**changes)) and None)


@endpoint("POST /api/events/{camera}/{label}/create", "PUT /api/events/{event_id}/end")
def test_6_8_manual_events(contract: Contract) -> None:
    box = {"boxes": [{"box": [0.1, 0.1, 0.5, 0.5], "color": [0, 255, 0], "score": 90}]}
    event_id = made(
        contract, sub_label="Ann", score=0.5, duration=None, include_recording=False, draw=box, pre_capture=3
    )
    row = rows(contract.admin.get(f"/api/events/{event_id}"), shapes.EventById)
    assert (row.label, row.sub_label, row.end_time, row.has_clip, row.data.type) == (
        "doorbell",
        "Ann",
        None,
        False,
        "api",
    )
    assert abs(row.start_time + 3 - float(event_id.partition("-")[0])) < 0.01
    fails(contract.admin.put(f"/api/events/{event_id}/end", json={"end_time": row.start_time - 10}), 400)
    end = f"/api/events/{event_id}/end"
    fails(contract.viewer.put(end), 403)
    done(contract.admin.put(end, json={"end_time": row.start_time + 5}), "Event successfully ended.")
    assert contract.admin.get(f"/api/events/{event_id}").json()["end_time"] == pytest.approx(row.start_time + 5)
    usual = made(contract, "back")  # which is recorded
    row = rows(contract.admin.get(f"/api/events/{usual}"), shapes.EventById)
    assert row.has_clip
    assert row.end_time is not None
    assert row.end_time - float(usual.partition("-")[0]) == pytest.approx(30, abs=0.1)
    fails(contract.admin.put(f"/api/events/{EVENT}/end"), 404)
    fails(contract.admin.put(f"/api/events/{UNKNOWN}/end"), 404)
    fails(contract.admin.post("/api/events/nobody/doorbell/create"), 404)
    fails(contract.admin.post("/api/events/front/doorbell/create", json={"duration": "long"}), 422)
    fails(contract.viewer.post("/api/events/front/doorbell/create"), 403)
    for one in (event_id, usual):
        contract.admin.delete(f"/api/events/{one}")


@endpoint("GET /api/events/{event_id}/thumbnail.{extension}")
def test_6_9_thumbnail(contract: Contract) -> None:
    for extension, kind in KINDS.items():
        answer = contract.viewer.get(f"/api/events/{EVENT}/thumbnail.{extension}")
        assert picture(answer, kind)[1] <= 175
        assert answer.headers["cache-control"] == "private, max-age=2592000"
    wide = picture(contract.viewer.get(f"/api/events/{EVENT}/thumbnail.jpg?format=android"), "image/jpeg")
    assert wide[0] == pytest.approx(2 * wide[1], abs=2)
    short = contract.viewer.get(f"/api/events/{EVENT}/thumbnail.jpg?max_cache_age=7")
    assert short.headers["cache-control"] == "private, max-age=7"
    fails(contract.viewer.get(f"/api/events/{UNKNOWN}/thumbnail.jpg"), 404)
    fails(contract.viewer.get(f"/api/events/{BARK}/thumbnail.jpg"), 404)
    fails(contract.limited.get(f"/api/events/{OTHER}/thumbnail.jpg"), 403)
    fails(contract.viewer.get(f"/api/events/{EVENT}/thumbnail.jpg?max_cache_age=x"), 422)


@endpoint("GET /api/events/{event_id}/snapshot.jpg", "GET /api/events/{event_id}/snapshot-clean.{extension}")
def test_6_9_snapshot(contract: Contract) -> None:
    path = f"/api/events/{EVENT}/snapshot.jpg"
    answer = contract.viewer.get(f"{path}?bbox=1&timestamp=1&crop=0&quality=70")
    assert picture(answer, "image/jpeg") == (320, 180)
    assert float(answer.headers["x-frame-time"]) == pytest.approx(T0 + 2.5)
    assert answer.headers["cache-control"] == "private, max-age=31536000"
    assert "content-disposition" not in answer.headers
    assert picture(contract.viewer.get(f"{path}?h=90&crop=0"), "image/jpeg") == (160, 90)
    cut = picture(contract.viewer.get(f"{path}?crop=1"), "image/jpeg")
    assert cut != (320, 180)
    loaded = contract.viewer.get(f"{path}?download=1").headers["content-disposition"]
    assert loaded == f"attachment; filename=snapshot-{EVENT}.jpg"
    for extension in ("png", "webp"):
        path = f"/api/events/{EVENT}/snapshot-clean.{extension}"
        clean = contract.viewer.get(f"{path}?download=1")
        assert picture(clean, KINDS[extension]) == (320, 180)
        assert clean.headers["content-disposition"] == f"attachment; filename=snapshot-{EVENT}-clean.{extension}"
    for name in ("snapshot.jpg", "snapshot-clean.png", "snapshot-clean.webp"):
        fails(contract.viewer.get(f"/api/events/{UNKNOWN}/{name}"), 404)
        fails(contract.viewer.get(f"/api/events/{BARK}/{name}"), 404)
        fails(contract.limited.get(f"/api/events/{OTHER}/{name}"), 403)


@endpoint("GET /api/events/{event_id}/clip.mp4", "GET /api/clips/{camera}", "GET /api/clips/{camera}/{event_id}.mp4")
def test_6_9_clip(contract: Contract) -> None:
    plain = video(contract.viewer.get(f"/api/events/{EVENT}/clip.mp4?download=1"))
    assert 3 < plain < 7
    assert video(contract.viewer.get(f"/api/events/{EVENT}/clip.mp4?padding=2")) > plain
    fails(contract.viewer.get(f"/api/events/{UNKNOWN}/clip.mp4"), 404)
    fails(contract.viewer.get(f"/api/events/{RUNNING}/clip.mp4"), 404)
    fails(contract.limited.get(f"/api/events/{OTHER}/clip.mp4"), 403)
    clips = rows(contract.viewer.get("/api/clips/front"), list[shapes.Event])
    assert [row.id for row in clips] == [MANUAL, BARK, EVENT]
    answer = contract.viewer.get(f"/api/clips/front/{EVENT}.mp4")
    video(answer)
    assert answer.headers["content-disposition"].startswith("attachment")
    fails(contract.viewer.get(f"/api/clips/front/{OTHER}.mp4"), 404)
    for path in ("/api/clips/back", f"/api/clips/back/{OTHER}.mp4"):
        fails(contract.limited.get(path), 403)
    fails(contract.viewer.get("/api/clips/nobody"), 404)


@endpoint(
    "GET /api/events/{event_id}/preview.gif",
    "GET /api/events/{event_id}/preview.mp4",
    "GET /api/events/{event_id}/preview.webp",
)
def test_6_9_preview(contract: Contract) -> None:
    for kind in ("gif", "webp"):
        picture(contract.viewer.get(f"/api/events/{EVENT}/preview.{kind}"), f"image/{kind}")
    video(contract.viewer.get(f"/api/events/{EVENT}/preview.mp4"))
    for kind in ("gif", "webp", "mp4"):
        fails(contract.viewer.get(f"/api/events/{UNKNOWN}/preview.{kind}"), 404)
        fails(contract.limited.get(f"/api/events/{OTHER}/preview.{kind}"), 403)


@endpoint("GET /api/timeline", "GET /api/timeline/hourly")
def test_11_timeline(contract: Contract) -> None:
    found = rows(contract.viewer.get("/api/timeline"), list[shapes.Moment])
    times = [row.timestamp for row in found]
    assert times == sorted(times)
    assert len(rows(contract.viewer.get("/api/timeline?limit=1"), list[shapes.Moment])) == 1
    own = rows(contract.viewer.get(f"/api/timeline?source_id={EVENT},{UNKNOWN}"), list[shapes.Moment])
    assert [row.class_type for row in own] == ["visible", "gone"]
    assert {row.camera for row in rows(contract.viewer.get("/api/timeline?camera=back"), list[shapes.Moment])} == {
        "back"
    }
    assert {row.camera for row in rows(contract.limited.get("/api/timeline"), list[shapes.Moment])} == {"front"}
    fails(contract.viewer.get("/api/timeline?limit=x"), 422)
    hourly = rows(contract.viewer.get(f"/api/timeline/hourly?before={T0 + 60}"), shapes.MomentsByHour)
    assert hourly.count == sum(len(moments) for moments in hourly.hours.values()) == 3
    assert [int(hour) % 3600 for hour in hourly.hours] == [0]
    nothing = rows(contract.viewer.get("/api/timeline/hourly?labels=giraffe"), shapes.MomentsByHour)
    assert (nothing.count, nothing.hours) == (0, {})
    fails(contract.viewer.get("/api/timeline/hourly?timezone=Mars"), 400)
    assert (
        rows(contract.limited.get(f"/api/timeline/hourly?cameras=back&before={T0 + 60}"), shapes.MomentsByHour).count
        == 0
    )


@endpoint("GET /api/labels", "GET /api/sub_labels", "GET /api/recognized_license_plates")
def test_12_lists(contract: Contract) -> None:
    assert rows(contract.viewer.get("/api/labels"), list[str]) == ["bark", "button", "car", "person"]
    assert rows(contract.viewer.get("/api/labels?camera=back"), list[str]) == ["person"]
    assert rows(contract.limited.get("/api/labels?camera=back"), list[str]) == []
    assert rows(contract.viewer.get("/api/sub_labels"), list[str]) == ["Bob"]
    event_id = made(contract, sub_label="Bob, Ann")
    assert rows(contract.viewer.get("/api/sub_labels?split_joined=1"), list[str]) == ["Ann", "Bob"]
    assert rows(contract.viewer.get("/api/sub_labels"), list[str]) == ["Bob", "Bob, Ann"]
    contract.admin.delete(f"/api/events/{event_id}")
    assert rows(contract.viewer.get("/api/recognized_license_plates?split_joined=1"), list[str]) == ["FR 123"]
    fails(contract.viewer.get("/api/sub_labels?split_joined=x"), 422)
