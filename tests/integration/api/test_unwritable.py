"""What changes something, on a full or read-only disk: a clear answer, nothing half done, and all works afterwards."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from sqlalchemy import Connection

from dogwatch.api.nvr.policy import ABSENT, FACES
from dogwatch.api.surface import keys
from dogwatch.model import Segment
from dogwatch.recordings import volume
from dogwatch.store import events, exports, push_devices, reviews, segments, sessions, shares, timeline
from dogwatch.store.exports import Case, Export
from dogwatch.store.sessions import Session
from dogwatch.testing.app import EXTERNAL, PASSWORD, Nvr, nvr
from tests.mounts import small_disk
from tests.push_service import Browser
from tests.routes import all_routes

DONE = (200, 201)
START = 1_700_000_000.0
Request = tuple[str, dict[str, Any] | None]
SUBSCRIPTION = Browser("1", "https://push.example.org").subscription
WRITING: dict[tuple[str, str], Request] = {
    ("POST", "/api/events/{camera}/{label}/create"): ("/api/events/front/button/create", {"duration": None}),
    ("PUT", "/api/events/{event_id}/end"): ("/api/events/manual/end", {}),
    ("POST", "/api/events/{event_id}/retain"): ("/api/events/one/retain", None),
    ("DELETE", "/api/events/{event_id}/retain"): ("/api/events/one/retain", None),
    ("POST", "/api/events/{event_id}/sub_label"): ("/api/events/one/sub_label", {"subLabel": "Ann"}),
    ("POST", "/api/events/{event_id}/recognized_license_plate"): (
        "/api/events/one/recognized_license_plate",
        {"recognizedLicensePlate": "AB 123"},
    ),
    ("POST", "/api/events/{event_id}/description"): ("/api/events/one/description", {"description": "tall"}),
    ("POST", "/api/reviews/viewed"): ("/api/reviews/viewed", {"ids": ["r"]}),
    ("DELETE", "/api/review/{review_id}/viewed"): ("/api/review/seen/viewed", None),
    ("POST", "/api/users"): ("/api/users", {"username": "new", "password": "correct horse battery", "role": "viewer"}),
    ("DELETE", "/api/users/{username}/sessions/{session_id}"): ("/api/users/vera/sessions/vera-one", None),
    ("DELETE", "/api/users/{username}/sessions"): ("/api/users/vera/sessions", None),
    ("PUT", "/api/users/{username}/password"): ("/api/users/vera/password", {"password": "another horse battery"}),
    ("PUT", "/api/users/{username}/role"): ("/api/users/vera/role", {"role": "admin"}),
    ("DELETE", "/api/users/{username}"): ("/api/users/frida", None),
    ("DELETE", "/api/events/{event_id}"): ("/api/events/one", None),
    ("DELETE", "/api/events/"): ("/api/events/", {"event_ids": ["two"]}),
    ("POST", "/api/reviews/delete"): ("/api/reviews/delete", {"ids": ["r"]}),
    ("DELETE", "/api/{camera}/region_grid"): ("/api/front/region_grid", None),
    ("DELETE", "/api/{camera}/false_places"): ("/api/front/false_places", None),
    ("POST", "/api/cases"): ("/api/cases", {"name": "burglary"}),
    ("PATCH", "/api/cases/{case_id}"): ("/api/cases/c", {"name": "theft"}),
    ("PATCH", "/api/export/{export_id}/rename"): ("/api/export/x/rename", {"name": "door"}),
    ("PATCH", "/api/export/{export_id}/{new_name}"): ("/api/export/x/window", None),
    ("POST", "/api/exports/reassign"): ("/api/exports/reassign", {"ids": ["x"], "export_case_id": "c"}),
    ("POST", "/api/share"): ("/api/share", {"export_id": "x"}),
    ("DELETE", "/api/share/{share_id}"): ("/api/share/shared", None),
    ("DELETE", "/api/export/{export_id}"): ("/api/export/x", None),
    ("POST", "/api/exports/delete"): ("/api/exports/delete", {"ids": ["y"]}),
    ("DELETE", "/api/cases/{case_id}"): ("/api/cases/c", None),
    ("POST", "/api/{camera}/search/motion"): (
        "/api/front/search/motion",
        {"start_time": 900, "end_time": 999, "polygon_points": [[0, 0], [1, 0], [1, 1]]},
    ),
    ("DELETE", "/api/recordings/start/{start}/end/{end}"): ("/api/recordings/start/900/end/909", None),
    ("POST", "/api/notifications/register"): ("/api/notifications/register", {"sub": SUBSCRIPTION}),
    ("DELETE", "/api/notifications/devices/{device_id}"): ("/api/notifications/devices/phone", None),
    ("PUT", "/api/profile/ui"): ("/api/profile/ui", {"settings": {"theme": "dark"}}),
}
PHONE = push_devices.PushDevice(
    "phone", "anonymous", "listener", "admin", "https://push.example.org/2", "", "", "Phone", "", START
)
SHARE = shares.Share(
    "shared", "export", "front", "x", START, START + 9, None, None, "anonymous", "listener", "admin", "",
    created_at=START, expires_at=4e9, state="ready",
)  # fmt: skip
OTHER: dict[tuple[str, str], Request] = {
    ("POST", "/api/media/sync"): ("/api/media/sync", {"dry_run": True}),
    ("POST", "/api/go2rtc/webrtc"): ("/api/go2rtc/webrtc?src=front", {"type": "offer", "sdp": ""}),
    ("PUT", "/api/go2rtc/streams/{stream}"): ("/api/go2rtc/streams/more?src=rtsp://10.0.0.9/main", None),
    ("DELETE", "/api/go2rtc/streams/{stream}"): ("/api/go2rtc/streams/more", None),
    ("PUT", "/api/lpr/reprocess"): ("/api/lpr/reprocess?event_id=one", None),
    ("POST", "/api/{camera}/camera_health/accept"): ("/api/front/camera_health/accept", None),
    ("POST", "/api/ffprobe"): ("/api/ffprobe", {"url": ""}),
    ("POST", "/api/config/check"): ("/api/config/check", None),
    ("POST", "/api/config/apply"): ("/api/config/apply", None),
    ("POST", "/api/config/forecast"): ("/api/config/forecast", None),
    ("DELETE", "/api/jobs/{job_id}"): ("/api/jobs/none", None),
    ("POST", "/api/models"): ("/api/models", {"name": "none"}),
    ("POST", "/api/models/{name}/use"): ("/api/models/none/use", None),
    ("DELETE", "/api/models/{name}"): ("/api/models/none", None),
    ("POST", "/api/onvif/probe"): ("/api/onvif/probe", {"host": ""}),
    **{key: (re.sub(r"\{\w+\}", "1", key[1]), {}) for key in FACES if key[0] != "GET"},
    ("POST", "/api/{camera}/ptz"): ("/api/front/ptz", {"command": "STOP"}),
    ("POST", "/api/notifications/test"): ("/api/notifications/test", None),
    ("POST", "/api/debug_replay/start"): (
        "/api/debug_replay/start",
        {"camera": "front", "start_time": 1, "end_time": 2},
    ),
    ("POST", "/api/debug_replay/start_from_export"): ("/api/debug_replay/start_from_export", {"export_id": "x"}),
    ("POST", "/api/debug_replay/stop"): ("/api/debug_replay/stop", None),
    ("POST", "/api/login"): ("/api/login", {"user": "vera", "password": PASSWORD}),
    ("POST", "/api/restart"): ("/api/restart", None),
    ("POST", "/api/events/{event_id}/plus"): ("/api/events/one/plus", None),
    ("PUT", "/api/events/{event_id}/false_positive"): ("/api/events/one/false_positive", None),
    ("POST", "/api/export/{camera}/start/{start}/end/{end}"): ("/api/export/front/start/1/end/2", None),
    ("POST", "/api/export/custom/{camera}/start/{start}/end/{end}"): ("/api/export/custom/front/start/1/end/2", None),
    ("POST", "/api/exports/batch"): (
        "/api/exports/batch",
        {"items": [{"camera": "front", "start_time": 1, "end_time": 2}], "new_case_name": "all"},
    ),
    ("DELETE", "/api/jobs/export/{export_id}"): ("/api/jobs/export/x", None),
    ("POST", "/api/{camera}/plus/{frame_time}"): ("/api/front/plus/1", None),
    ("POST", "/api/{camera}/try"): ("/api/front/try", {"from": 1, "to": 2, "config": {}}),
    ("POST", "/api/{camera}/try/{job_id}/cancel"): ("/api/front/try/x/cancel", None),
    ("POST", "/api/{camera}/search/motion/{job_id}/cancel"): ("/api/front/search/motion/x/cancel", None),
    ("POST", "/api/events/{event_id}/attributes"): ("/api/events/one/attributes", {"attributes": ["red"]}),
    **{key: (re.sub(r"\{\w+\}", "1", key[1]), None) for key in ABSENT if key[0] != "GET"},
    # Switches are set at once and written in the background.
    ("PUT", "/api/camera/{camera}/set/{feature}"): ("/api/camera/front/set/detect", {"value": "OFF"}),
    ("PUT", "/api/camera/{camera}/set/{feature}/{item}"): ("/api/camera/front/set/zone/porch", {"value": "OFF"}),
}
"""Those that need not write."""
FILE: dict[tuple[str, str], Request] = {
    ("PUT", "/api/config/set"): ("/api/config/set?cameras.front.detect.fps=7", {"requires_restart": 0}),
    ("POST", "/api/config/save"): ("/api/config/save?save_option=saveonly", None),
    ("DELETE", "/api/cameras/{name}"): ("/api/cameras/back", None),
}
"""Those that write the configuration file; docs/api/config.md says 500 when it cannot be written."""


def fill(app: Nvr) -> None:
    def row(event_id: str, kind: str = "object") -> dict[str, Any]:
        return {
            "id": event_id, "camera": "front", "label": "person", "type": kind, "start_time": START,
            "end_time": START + 9, "zones": [], "data": {},
        }  # fmt: skip

    def item(review_id: str, ids: list[str]) -> dict[str, Any]:
        return {
            "id": review_id, "camera": "front", "severity": "alert", "start_time": START, "end_time": START + 9,
            "thumb_path": "clips/review/x.webp", "data": {"detections": ids, "objects": [], "sub_labels": []},
        }  # fmt: skip

    def work(connection: Connection) -> None:
        for event_id, kind in (("one", "object"), ("two", "object"), ("manual", "api")):
            events.put(connection, row(event_id, kind))
        entry = {"timestamp": START, "camera": "front", "source": "tracked_object", "source_id": "one"}
        timeline.add(connection, [{**entry, "class_type": "visible", "data": {"label": "person"}}])
        reviews.put(connection, item("r", ["one", "two"]))
        reviews.put(connection, item("seen", []))
        exports.add_case(connection, Case("c", "case", "", START, START))
        for key in ("x", "y"):
            exports.add(connection, Export(key, "front", key, START, START + 9, f"{key}.mp4", False, 9, START, None))
        shares.add(connection, SHARE, "hash")
        push_devices.put(connection, PHONE, 9, 9)
        reviews.view(connection, ["seen"], "anonymous", seen=True)
        for key in ("vera-one", "vera-two"):
            sessions.add(connection, Session(key, "vera", START, time.time() + 900, START, "", ""), 9)
        segments.add(connection, Segment("front", "recordings/a.mp4", 900, 909, 9, "i", ()), b"init")

    volume.check(app.services.db, app.services.paths.media)
    app.services.db.write(work)


@contextmanager
def full(app: Nvr) -> Iterator[None]:
    """Fill the disk to the last byte."""
    app.services.db.write(lambda _: None)
    cast("Any", app.services.db._backend).connection.connection.driver_connection.execute(
        "PRAGMA wal_checkpoint(TRUNCATE)"
    )
    ballast = app.services.paths.data / "ballast"
    try:
        with ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        pass
    yield
    ballast.unlink()


@contextmanager
def read_only(app: Nvr) -> Iterator[None]:
    """Let the database take nothing, as on a disk that the system has made read-only."""
    pragma = "PRAGMA query_only={}"
    app.services.db.write(lambda connection: connection.exec_driver_sql(pragma.format("ON")) and None)
    yield
    cast("Any", app.services.db._backend).connection.connection.driver_connection.execute(pragma.format("OFF"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "4m") as disk:
        yield disk


def state(app: Nvr) -> list[Any]:
    """Return all that the routes could change."""
    tables = (
        "events",
        "timeline",
        "reviews",
        "review_views",
        "users",
        "sessions",
        "deletions",
        "exports",
        "export_cases",
        "segments",
        "push_devices",
        "ui_choices",
    )
    with app.services.db.read() as connection:
        rows = [connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY 1").all() for name in tables]
    clips = [str(path) for path in (app.services.paths.media / "clips").rglob("*") if path.is_file()]
    return [*rows, clips, app.services.events.live("one")]


def pictures(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.jpg")]


async def ask(client: httpx.AsyncClient, method: str, request: Request) -> httpx.Response:
    url, body = request
    return await client.request(method, url, json=body, headers={"X-CSRF-TOKEN": "1"})


@pytest.mark.parametrize(("state_of_disk", "status"), [(full, 507), (read_only, 503)])
async def test_every_route_that_writes_says_that_it_cannot(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    state_of_disk: Callable[[Nvr], Any],
    status: int,
) -> None:
    directory = request.getfixturevalue("disk") if state_of_disk is full else tmp_path
    with nvr(directory) as app:
        fill(app)
        refused = {}
        async with app.client() as client:
            with state_of_disk(app):
                for key, asked in WRITING.items():
                    before = state(app)
                    answer = await ask(client, key[0], asked)
                    if answer.status_code in DONE and state_of_disk is full:
                        continue  # it fitted where there was room in the log
                    refused[key] = asked
                    assert answer.status_code == status, (key, answer.text)
                    assert answer.json()["success"] is False
                    assert answer.json()["message"]
                    assert state(app) == before
                    assert (await client.get("/api/events")).status_code == 200
                for key, asked in OTHER.items():
                    assert (await ask(client, key[0], asked)).status_code != 500, key
            assert len(refused) == len(WRITING) or state_of_disk is full
            assert ("POST", "/api/events/{camera}/{label}/create") in refused
            for key, asked in refused.items():
                answer = await ask(client, key[0], asked)
                assert answer.status_code in DONE, (key, answer.text)
            assert not app.services.db.problem
    assert "Traceback" not in caplog.text
    said = [record.message for record in caplog.records if "may not be remembered" in record.message]
    assert said


async def test_the_configuration_file_outlives_a_full_disk(disk: Path) -> None:
    with nvr(disk) as app:
        text, present = app.services.loaded.path.read_text(), app.services.config
        async with app.client() as client:
            with full(app):
                for (method, _), (url, body) in FILE.items():
                    content = {"json": body} if body else {"content": text + "# new\n"}
                    answer = await client.request(method, url, **content)
                    assert answer.status_code == 500, answer.text
                    assert "No space left" in answer.json()["message"]
                assert app.services.loaded.path.read_text() == text
                assert app.services.config is present
            for (method, _), (url, body) in FILE.items():
                answer = await client.request(method, url, **({"json": body} if body else {"content": text}))
                assert answer.status_code == 200, answer.text


async def test_every_route_that_may_write_is_tried() -> None:
    present = {key for route in all_routes() for key in keys(route) if key[0] not in ("GET", "WS")}
    assert present == WRITING.keys() | OTHER.keys() | FILE.keys(), "a new route: add it to WRITING, OTHER or FILE"


async def test_a_picture_that_cannot_be_written_leaves_no_event(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is on a disk with room, `clips/` is not."""
    with nvr(tmp_path) as app:
        (tmp_path / "clips").symlink_to(disk)
        with (disk / "ballast").open("wb") as file:
            file.truncate(0)
        monkeypatch.setattr("dogwatch.api.nvr.event_edits._present", lambda *_: b"\xff" * 5_000_000)
        async with app.client() as client:
            answer = await ask(client, "POST", ("/api/events/front/button/create", None))
            assert (answer.status_code, answer.json()) == (507, {"success": False, "message": "The disk is full"})
            assert (await client.get("/api/events")).json() == []
            assert (await client.get(f"/api/review?before={time.time() + 9}")).json() == []
        assert app.services.events.outputs.files.clips.is_dir()
        assert pictures(disk) == []


async def test_who_cannot_be_looked_up_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard in front of the routes asks the database, too."""
    with nvr(tmp_path) as app:
        async with app.client(EXTERNAL, "vera") as client:
            path = app.services.db.path
            assert path is not None
            cast("Any", app.services.db._backend)._connections._readers.dispose()
            aside = path.rename(path.with_suffix(".aside"))
            answer = await client.get("/api/events")
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "5"
            aside.rename(path)
            assert (await client.get("/api/events")).status_code == 200
