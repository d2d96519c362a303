"""Events that are kept, named, deleted and made by hand, through the whole app."""

import time
from pathlib import Path

import pytest

from dogwatch.testing import recordings
from dogwatch.testing.app import Nvr
from dogwatch.testing.recordings import T0
from tests.integration.api.events.furnished import (
    BACK,
    FRONT,
    JSON,
    ask,
    get,
    ids,
)


async def test_only_admins_change_events(app: Nvr) -> None:
    for method, path in (
        ("DELETE", f"/api/events/{FRONT}"),
        ("POST", f"/api/events/{FRONT}/retain"),
        ("POST", f"/api/events/{FRONT}/sub_label"),
        ("POST", "/api/events/front/button/create"),
    ):
        assert (await ask(app, method, path, user="vera", json={"subLabel": "x"})).status_code == 403


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
