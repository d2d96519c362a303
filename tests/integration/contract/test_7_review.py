"""Section 7: review items."""

from __future__ import annotations

import time
from typing import Any

import pytest

from dogwatch.store import reviews
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, OTHER, REVIEW
from tests.integration.contract import shapes
from tests.integration.contract.conftest import BACK_REVIEW, UNKNOWN, Contract, done, fails, rows
from tests.integration.contract.pictures import picture, video

endpoint = pytest.mark.endpoint
SPAN = f"after={T0 - 60}&before={T0 + 60}"


@endpoint("GET /api/review")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [BACK_REVIEW, REVIEW]), ("cameras=front", [REVIEW]), ("labels=person", [BACK_REVIEW, REVIEW]),
        ("labels=car", []), ("zones=porch", [BACK_REVIEW, REVIEW]), ("zones=yard", []), ("reviewed=1", []),
        ("reviewed=0", [BACK_REVIEW, REVIEW]), ("severity=alert", [REVIEW]), ("severity=detection", [BACK_REVIEW]),
        ("severity=significant_motion", []), ("limit=1", [BACK_REVIEW]), (f"after={T0 + 5.5}", [BACK_REVIEW]),
        (f"before={T0 + 2}", [REVIEW]),
    ],
)  # fmt: skip
def test_7_1_review(contract: Contract, query: str, expected: list[str]) -> None:
    names = {part.partition("=")[0] for part in query.split("&")}
    span = [part for part in SPAN.split("&") if part.partition("=")[0] not in names]
    found = rows(contract.viewer.get(f"/api/review?{'&'.join([*span, query])}"), list[shapes.Review])
    assert [row.id for row in found] == expected


@endpoint("GET /api/review")
def test_7_1_review_refused_and_limited(contract: Contract) -> None:
    assert rows(contract.viewer.get("/api/review"), list[shapes.Review]) == []  # of the last day
    for query in ("after=x", "limit=x", "reviewed=2"):
        fails(contract.viewer.get(f"/api/review?{query}"), 422)
    for query in (SPAN, f"{SPAN}&cameras=back"):
        found = rows(contract.limited.get(f"/api/review?{query}"), list[shapes.Review])
        assert [row.id for row in found] == ([] if "back" in query else [REVIEW])


@endpoint("GET /api/review/{review_id}", "GET /api/review/event/{event_id}", "GET /api/review_ids")
def test_7_2_single_and_several(contract: Contract) -> None:
    one = rows(contract.viewer.get(f"/api/review/{REVIEW}"), shapes.Review)
    assert (one.id, one.camera, one.data.detections) == (REVIEW, "front", [EVENT])
    assert one.thumb_path == f"/media/frigate/clips/review/thumb-front-{REVIEW}.webp"
    assert fails(contract.viewer.get(f"/api/review/{UNKNOWN}"), 404) == "Review item not found"
    fails(contract.limited.get(f"/api/review/{BACK_REVIEW}"), 403)
    assert rows(contract.viewer.get(f"/api/review/event/{EVENT}"), shapes.Review) == one
    fails(contract.viewer.get(f"/api/review/event/{UNKNOWN}"), 404)
    fails(contract.limited.get(f"/api/review/event/{OTHER}"), 403)
    both = rows(contract.viewer.get(f"/api/review_ids?ids={REVIEW},{BACK_REVIEW}"), list[shapes.Review])
    assert sorted(row.id for row in both) == sorted([REVIEW, BACK_REVIEW])
    fails(contract.viewer.get(f"/api/review_ids?ids={REVIEW},{UNKNOWN}"), 404)
    fails(contract.limited.get(f"/api/review_ids?ids={BACK_REVIEW}"), 404)
    fails(contract.viewer.get("/api/review_ids"), 422)


@endpoint("POST /api/reviews/viewed", "DELETE /api/review/{review_id}/viewed")
def test_7_2_viewed(contract: Contract) -> None:
    def seen(client: Any) -> bool:
        return bool(client.get(f"/api/review/{REVIEW}").json()["has_been_reviewed"])

    body = {"ids": [REVIEW, UNKNOWN], "reviewed": True}
    done(contract.viewer.post("/api/reviews/viewed", json=body), "Marked multiple items as reviewed")
    assert (seen(contract.viewer), seen(contract.limited), seen(contract.admin)) == (True, False, False)
    done(
        contract.viewer.post("/api/reviews/viewed", json={**body, "reviewed": False}),
        "Marked multiple items as unreviewed",
    )
    assert not seen(contract.viewer)
    done(contract.viewer.post("/api/reviews/viewed", json={"ids": f"{REVIEW},{UNKNOWN}"}))
    assert seen(contract.viewer)
    done(contract.viewer.delete(f"/api/review/{REVIEW}/viewed"), f"Set Review {REVIEW} as not viewed")
    assert not seen(contract.viewer)
    fails(contract.viewer.delete(f"/api/review/{UNKNOWN}/viewed"), 404)
    fails(contract.limited.delete(f"/api/review/{BACK_REVIEW}/viewed"), 403)
    wrongs: list[dict[str, Any]] = [{"ids": []}, {}, {"ids": 5}]
    for wrong in wrongs:
        fails(contract.viewer.post("/api/reviews/viewed", json=wrong), 422)
    done(contract.limited.post("/api/reviews/viewed", json={"ids": [BACK_REVIEW]}))
    assert not contract.viewer.get(f"/api/review/{BACK_REVIEW}").json()["has_been_reviewed"]


@endpoint("GET /api/review/{review_id}/preview", "GET /review/{review_id}/preview")
def test_7_2_preview(contract: Contract) -> None:
    for prefix in ("/api", ""):
        path = f"{prefix}/review/{REVIEW}/preview"
        picture(contract.viewer.get(path), "image/gif")
        video(contract.viewer.get(f"{path}?format=mp4"))
        fails(contract.viewer.get(f"{path}?format=avi"), 422)
        fails(contract.viewer.get(f"{prefix}/review/{UNKNOWN}/preview"), 404)
        fails(contract.limited.get(f"{prefix}/review/{BACK_REVIEW}/preview"), 403)


@endpoint("GET /api/review/{review_id}/clip.mp4")
def test_7_2_clip(contract: Contract) -> None:
    path = f"/api/review/{REVIEW}/clip.mp4"
    short, long = video(contract.viewer.get(path)), video(contract.viewer.get(f"{path}?padding=2"))
    assert long > short > 0
    fails(contract.viewer.get(f"/api/review/{UNKNOWN}/clip.mp4"), 404)
    fails(contract.viewer.get(f"{path}?padding=-1"), 422)
    fails(contract.limited.get(f"/api/review/{BACK_REVIEW}/clip.mp4"), 403)


@endpoint("GET /api/review/summary")
def test_7_3_summary(contract: Contract) -> None:
    empty = {"reviewed_alert": 0, "reviewed_detection": 0, "total_alert": 0, "total_detection": 0}
    found = rows(contract.viewer.get("/api/review/summary"), dict[str, shapes.ReviewCounts])
    assert "last24Hours" in found
    now = time.time()
    row = {
        "id": f"{now}-todayx", "camera": "front", "severity": "alert", "start_time": now, "end_time": None,
        "thumb_path": "",
        "data": {"detections": [], "objects": ["visitor"], "sub_labels": [], "zones": [], "audio": []},
    }  # fmt: skip
    contract.app.services.db.write(lambda connection: reviews.put(connection, row))
    found = rows(contract.viewer.get("/api/review/summary?timezone=Europe/Paris"), dict[str, shapes.ReviewCounts])
    days = [day for day in found if day != "last24Hours"]
    assert days == sorted(days, reverse=True)
    assert found["last24Hours"].total_alert == found[days[0]].total_alert == 1
    assert found[days[0]].day == days[0]
    limited = contract.limited.get("/api/review/summary?cameras=back")
    assert limited.json() == {} or limited.json() == {"last24Hours": empty}
    nothing = contract.viewer.get("/api/review/summary?labels=giraffe").json()
    assert {key: nothing["last24Hours"][key] for key in empty} == empty
    fails(contract.viewer.get("/api/review/summary?timezone=Mars"), 400)


@endpoint(
    "GET /api/review/activity/motion", "GET /review/activity/motion", "GET /api/review/activity/audio",
    "GET /review/activity/audio",
)  # fmt: skip
def test_7_4_activity(contract: Contract) -> None:
    for prefix in ("/api", ""):
        motion = rows(contract.viewer.get(f"{prefix}/review/activity/motion?{SPAN}&scale=4"), list[shapes.Motion])
        assert {row.camera for row in motion} <= {"front", "back", "front,back", "back,front"}
        assert all(row.start_time % 4 == 0 for row in motion)
        assert motion
        own = rows(contract.limited.get(f"{prefix}/review/activity/motion?{SPAN}"), list[shapes.Motion])
        assert {row.camera for row in own} == {"front"}
        assert rows(contract.viewer.get(f"{prefix}/review/activity/audio?{SPAN}"), list[shapes.Audio])
        for kind in ("motion", "audio"):
            path = f"{prefix}/review/activity/{kind}"
            assert rows(contract.viewer.get(path), list[Any]) == []  # of the last hour
            assert rows(contract.limited.get(f"{path}?{SPAN}&cameras=back"), list[Any]) == []
            fails(contract.viewer.get(f"{path}?scale=0"), 422)


@endpoint("POST /api/reviews/delete")
def test_7_2_delete(contract: Contract) -> None:
    start = T0 + 7.0
    key = f"{start}-gonegn"
    row = {
        "id": key, "camera": "back", "severity": "alert", "start_time": start, "end_time": start + 1, "thumb_path": "",
        "data": {"detections": [], "objects": [], "sub_labels": [], "zones": [], "audio": []},
    }  # fmt: skip
    contract.app.services.db.write(lambda connection: reviews.put(connection, row))
    fails(contract.viewer.post("/api/reviews/delete", json={"ids": [key]}), 403)
    fails(contract.admin.post("/api/reviews/delete", json={"ids": []}), 422)
    listed = f"/api/back/recordings?{SPAN}"
    before = len(contract.admin.get(listed).json())
    done(contract.admin.post("/api/reviews/delete", json={"ids": [key, UNKNOWN]}), "Deleted review items.")
    fails(contract.admin.get(f"/api/review/{key}"), 404)
    assert len(contract.admin.get(listed).json()) == before - 1  # the footage too
