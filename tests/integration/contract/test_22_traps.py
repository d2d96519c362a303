"""Section 22: what breaks the clients that people have, asked as each of them asks."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from dogwatch.api.nvr.policy import POLICY, Permission
from dogwatch.testing.app import PASSWORD
from dogwatch.testing.recordings import T0
from dogwatch.testing.stocked import EVENT, PARAMETERS, QUERIES, REVIEW
from tests.integration.contract import footage, shapes
from tests.integration.contract.conftest import BARK, MANUAL, RUNNING, Contract, rows

HA = {"Content-Type": "application/json", "User-Agent": "HomeAssistant/2025.10"}
READS = [
    template for (method, template), permission in POLICY.items()
    if method == "GET" and permission is not Permission.PUBLIC and not template.endswith(("{camera}", "stream"))
    and "ffprobe" not in template
]  # fmt: skip


TEXTS = ("/api/", "/api/version", "/api/metrics", "/api/auth", "/live/webrtc/webrtc.html")


def whole(template: str) -> str:
    for name, value in PARAMETERS.items():
        template = template.replace(f"{{{name}}}", value).replace(f"{{{name}:path}}", value)
    return f"{template}?{QUERIES[template]}" if template in QUERIES else template


@pytest.mark.parametrize("template", READS)
def test_22_home_assistant_sends_a_body_with_every_get(contract: Contract, template: str) -> None:
    target = whole(template)
    plain = contract.viewer.get(target)
    answer = contract.viewer.request("GET", target, content=b"{}", headers=HA)
    assert answer.status_code == plain.status_code
    assert answer.headers.get("content-type") == plain.headers.get("content-type")
    if plain.status_code == 200 and "{" not in template and template not in TEXTS:
        assert answer.headers["content-type"].startswith("application/json"), "the integration raises"


def test_22_home_assistant_starts(contract: Contract) -> None:
    ask = contract.viewer
    version = ask.request("GET", "/api/version", content=b"{}", headers=HA).text
    major, minor = version.partition("-")[0].split(".")[:2]
    assert (int(major), int(minor)) >= (0, 12)
    config = ask.request("GET", "/api/config", content=b"{}", headers=HA).json()
    stats = ask.request("GET", "/api/stats", content=b"{}", headers=HA).json()
    assert isinstance(config["mqtt"]["topic_prefix"], str)
    assert isinstance(config["mqtt"]["client_id"], str)
    assert isinstance(config["model"], dict)
    assert config.get("version", "0.14") >= "0.14"
    for name in stats["cameras"]:
        assert isinstance(config["cameras"][name]["audio"]["enabled_in_config"], bool)
    entities = set()
    for name, camera in config["cameras"].items():
        assert camera["motion"]["threshold"] >= 1
        assert camera["motion"]["contour_area"] >= 1
        entities |= {(name, label) for label in camera["objects"]["track"]}
        for zone, settings in camera["zones"].items():
            entities |= {(zone, label) for label in settings.get("objects") or camera["objects"]["track"]}
        camera.get("onvif", {}).get("autotracking", {}).get("enabled_in_config")
        assert isinstance(next(iter(camera["live"]["streams"].values()), name), str)
        for key in ("ffmpeg_pid", "capture_pid", "pid"):
            assert isinstance(stats["cpu_usages"].get(str(stats["cameras"][name][key]), {}).get("cpu", "0"), str)
    assert {("front", "person"), ("porch", "person"), ("back", "person")} <= entities
    assert isinstance(config["birdseye"]["restream"], bool)
    assert all(isinstance(one["inference_speed"], int | float) for one in stats["detectors"].values())
    assert stats["service"]["version"].partition("-")[0].count(".") == 2
    assert isinstance(stats["service"]["latest_version"], str)
    again = ask.get("/api/stats").json()
    assert again["cameras"].keys() == stats["cameras"].keys()
    assert again["detectors"].keys() == stats["detectors"].keys()


def test_22_home_assistant_browses_media(contract: Contract) -> None:
    ask = contract.viewer
    summary = rows(ask.get("/api/events/summary?has_clip=1&timezone=Europe%2FParis"), list[shapes.EventCount])
    assert summary
    found = rows(ask.get(f"/api/events?limit=10000&include_thumbnails=0&has_clip=1&after={T0}"), list[shapes.Event])
    for row in found:
        assert isinstance(row.data.top_score if row.data.top_score is not None else row.top_score or 0, float | int)
    rows(ask.get("/api/front/recordings/summary?timezone=Europe%2FParis"), list[footage.RecordedDay])
    for path in (
        f"/api/events/{EVENT}/snapshot.jpg", f"/api/events/{EVENT}/thumbnail.jpg", f"/api/events/{EVENT}/clip.mp4",
        f"/api/events/{EVENT}/preview.gif", f"/api/review/{REVIEW}/preview", f"/clips/front-{EVENT}.jpg",
        f"/api/front/start/{T0}/end/{T0 + 4}/clip.mp4", f"/clips/review/thumb-front-{REVIEW}.webp",
        f"/vod/event/{EVENT}/index.m3u8?authSig=x",
    ):  # fmt: skip
        assert ask.get(path).status_code == 200, path
        part = ask.get(path, headers={"Range": "bytes=0-3"})
        assert part.status_code == (200 if "m3u8" in path else 206), path
        assert len(part.content) == 4 or "m3u8" in path


def test_22_home_assistant_writes_and_reads_json(contract: Contract) -> None:
    """`raise_for_status`, then the JSON content type, then `success`."""
    made = contract.admin.request("POST", "/api/events/back/ring/create", json={"sub_label": None, "duration": 5})
    event_id = made.json()["event_id"]
    for method, path in (
        ("POST", f"/api/events/{event_id}/retain"), ("DELETE", f"/api/events/{event_id}/retain"),
        ("PUT", f"/api/events/{event_id}/end"), ("POST", f"/api/export/front/start/{T0:.0f}/end/{T0 + 4:.0f}"),
    ):  # fmt: skip
        answer = contract.admin.request(method, path, content=b"{}", headers=HA)
        assert answer.is_success, answer.text
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["success"] is True
        assert isinstance(answer.json()["message"], str)
    viewed = contract.admin.post("/api/reviews/viewed", json={"ids": [REVIEW]})
    assert viewed.json()["success"] is True


def test_22_card_pages_through_events_and_recordings(contract: Contract) -> None:
    """One row that breaks its schema hides the whole list, so every row of every kind of event is read strictly."""
    found: list[shapes.Event] = []
    before = T0 + 1000.0
    while page := rows(contract.viewer.get(f"/api/events?limit=2&before={before}"), list[shapes.Event]):
        found += page
        before = page[-1].start_time
    assert {EVENT, BARK, MANUAL, RUNNING} <= {row.id for row in found}
    assert [row.start_time for row in found] == sorted((row.start_time for row in found), reverse=True)
    raw = contract.viewer.get(f"/api/events?before={T0 + 1000}").json()
    for row in raw:
        for key in ("top_score", "sub_label", "false_positive", "end_time", "zones", "retain_indefinitely"):
            assert key in row, f"{key} has to be there, if only as null"
        for number in ("start_time", "end_time", "top_score"):
            assert not isinstance(row[number], str)
    for row in contract.viewer.get("/api/events/summary").json():
        assert {"sub_label", "zones", "day"} <= row.keys()
    (day,) = contract.viewer.get("/api/front/recordings/summary").json()
    assert isinstance(day["hours"][0]["hour"], str)
    assert 0 <= int(day["hours"][0]["hour"]) <= 23
    for row in contract.viewer.get(f"/api/front/recordings?after={T0 - 9}&before={T0 + 99}").json():
        assert {"id", "start_time", "end_time"} <= row.keys()
    for path in (f"/vod/event/{EVENT}/index.m3u8", f"/vod/front/start/{T0}/end/{T0 + 8}/index.m3u8"):
        assert contract.viewer.get(path).status_code == 200


def test_22_notify_polls(contract: Contract) -> None:
    """It stops at the first row that it has seen, waits for clips that are 404, and takes a wrong type for nothing."""
    ask = contract.viewer
    version = ask.get("/api/version", headers={"Accept-Encoding": "gzip", "User-Agent": "Go-http-client/1.1"}).text
    assert int(version.split(".")[1]) >= 14
    (newest,) = ask.get("/api/events?limit=1&include_thumbnails=0").json()
    later = ask.get(f"/api/events?include_thumbnails=0&after={newest['start_time'] - 2:.6f}").json()
    assert later[0]["id"] == newest["id"]
    times = [row["start_time"] for row in later]
    assert times == sorted(times, reverse=True)
    for row in later:
        for number in (row["start_time"], row["top_score"], row["data"].get("score"), row["data"].get("top_score")):
            assert number is None or isinstance(number, int | float)
        for text in (row["sub_label"], row["thumbnail"]):
            assert text is None or isinstance(text, str)
        for box in (row["data"].get("box"), row["data"].get("region")):
            assert box is None or all(isinstance(number, int | float) for number in box)
        assert all(isinstance(one["label"], str) for one in row["data"].get("attributes") or [])
        assert isinstance(row["zones"], list)
    clip = ask.get(f"/api/events/{RUNNING}/clip.mp4")
    assert clip.status_code == 404  # not an empty or truncated 200
    made = contract.admin.post("/api/events/back/ring/create", json={"duration": None}).json()["event_id"]
    assert ask.get(f"/api/events/{made}/clip.mp4").status_code in (400, 404)
    items = ask.get(f"/api/review?after={T0 - 60}").json()
    assert [row["start_time"] for row in items] == sorted((row["start_time"] for row in items), reverse=True)
    for row in items:
        assert row["severity"] in ("alert", "detection")
        for key in ("audio", "detections", "objects", "sub_labels", "zones"):
            assert all(isinstance(one, str) for one in row["data"][key])


def test_22_notify_without_any_header(contract: Contract) -> None:
    base, token = str(contract.viewer.base_url), contract.viewer.headers["authorization"]
    request = urllib.request.Request(f"{base}/api/profile", headers={"Authorization": token})
    request.add_unredirected_header("User-agent", "")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert json.loads(answer.read())["username"] == "vera"


def test_22_web_ui(contract: Contract) -> None:
    """A login by cookie; writes with the CSRF header; no cache; 401 that sends to the login page; 404 in JSON."""
    browser = {"Origin": str(contract.stranger.base_url), "X-CACHE-BYPASS": "1"}
    client = contract.stranger
    login = {"user": "vera", "password": PASSWORD}
    refused = client.post("/api/login", json=login, headers=browser)
    assert (refused.status_code, refused.json()) == (401, {"success": False, "message": "Missing CSRF header"})
    browser["X-CSRF-TOKEN"] = "1"
    answer = client.post("/api/login", json=login, headers=browser)
    assert answer.status_code == 200
    cookie = {**browser, "Cookie": answer.headers["set-cookie"].partition(";")[0]}
    client.cookies.clear()

    def get(path: str) -> Any:
        found = client.get(path, headers=cookie)
        assert found.status_code == 200, path
        assert found.headers["cache-control"] == "no-store"
        return found.json()

    assert get("/api/profile")["username"] == "vera"
    for path in (
        "/api/config", "/api/stats", "/api/go2rtc/streams", "/api/events/explore", "/api/events?limit=5",
        "/api/sub_labels",
        "/api/labels", "/api/recognized_license_plates", "/api/plus/models", "/api/review", "/api/review/summary",
        "/api/review/activity/motion", "/api/recordings/summary", "/api/exports", "/api/cases", "/api/jobs/export",
        "/api/config/schema.json",
    ):  # fmt: skip
        get(path)
    body = {"ids": [REVIEW], "reviewed": True}
    assert client.post("/api/reviews/viewed", json=body, headers=cookie).status_code == 200
    assert get(f"/api/review/{REVIEW}")["has_been_reviewed"] is True  # at once
    assert client.post("/api/reviews/viewed", json=body, headers={**cookie, "X-CSRF-TOKEN": ""}).status_code in (
        200,
        401,
    )
    without = {key: value for key, value in cookie.items() if key != "X-CSRF-TOKEN"}
    assert client.post("/api/reviews/viewed", json=body, headers=without).status_code == 401
    away = client.get("/api/config", headers=browser)
    assert (away.status_code, away.headers["location"]) == (401, "/login")
    unknown = client.get("/api/some/thing/new", headers=cookie)
    assert (unknown.status_code, unknown.json()) == (404, {"detail": "Not Found"})
