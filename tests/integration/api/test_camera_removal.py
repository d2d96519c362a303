"""A camera is removed with all that was kept of it, and nothing of others is."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dogwatch.config import parse
from dogwatch.dataset.folder import Dataset
from dogwatch.dataset.labelled_picture import LabelledPicture
from dogwatch.jobs.kinds import JobControl, JobError
from dogwatch.media import fragments
from dogwatch.recordings import camera_removal
from dogwatch.recordings.camera_removal import CameraRemovalKind
from dogwatch.store import camera_rows, deletions, events, exports, reviews, segments, timeline
from dogwatch.store.exports import Export, ExportFilter
from dogwatch.store.jobs import Job
from dogwatch.store.tables import metadata
from dogwatch.testing import recordings
from dogwatch.testing.app import CONFIG, Nvr, nvr, until

T0 = recordings.T0
GROUPED = (
    CONFIG.replace("front_only: [front]", "both: [front, back]") + "camera_groups: {all: {cameras: [front, back]}}\n"
)


def fill(app: Nvr) -> None:
    media, db, files = app.services.paths.media, app.services.db, app.parts.events.outputs.files
    for camera in ("front", "back"):
        key = f"{T0}-{camera[:4]}xx"
        for one in recordings.record(media, camera, T0, 3):
            db.write(partial(segments.add, segment=one, init=fragments.scan(media / one.path).init))
        common: dict[str, Any] = {"id": key, "camera": camera, "start_time": T0, "end_time": T0 + 2}
        event = {**common, "label": "person", "type": "object", "zones": [], "has_snapshot": True, "data": {}}
        db.write(partial(events.put, values=event))
        moment = {"timestamp": T0, "camera": camera, "source": "tracked_object", "source_id": key}
        db.write(partial(timeline.add, entries=[{**moment, "class_type": "visible", "data": {}}]))
        shown = {"severity": "alert", "thumb_path": "", "data": {"detections": [key], "objects": [], "zones": []}}
        db.write(partial(reviews.put, values={**common, **shown}))
        for path in (files.clean(camera, key), files.thumb(camera, key), files.review(camera, key)):
            files.write(path, b"x")
        (media / "clips" / "previews" / camera).mkdir(parents=True)
        (media / "exports").mkdir(exist_ok=True)
        (media / "exports" / f"{camera}.mp4").write_bytes(b"x")
        export = Export(camera, camera, camera, T0, T0 + 1, f"{camera}.mp4", False, 1, T0, None)
        db.write(partial(exports.add, export=export))


def left(app: Nvr, camera: str) -> list[str]:
    media = app.services.paths.media
    folders = (media / "recordings", media / "clips", media / "exports")
    return [str(path) for folder in folders for path in folder.rglob("*") if camera in str(path.relative_to(media))]


async def removed(app: Nvr, query: str = "") -> dict[str, Any]:
    app.services.jobs.start()
    async with app.client() as client:
        answer = await client.delete(f"/api/cameras/back{query}")
        assert answer.status_code == 200, answer.text
        job = answer.json()["job"]
        assert (job["job_type"], job["camera"]) == ("camera_removal", "back")
        await until(lambda: app.services.jobs.find(job["id"]).state not in ("queued", "running"))
    found = app.services.jobs.find(job["id"])
    assert (found.state, found.error) == ("success", "")
    assert found.result is not None
    return found.result


async def test_footage_that_cannot_be_indexed_goes_too(tmp_path: Path) -> None:
    with nvr(tmp_path, GROUPED) as app:
        fill(app)
        hour = next((tmp_path / "recordings").glob("*/*/back"))
        (hour / "59.59.mp4").write_bytes(b"cut off")
        aside = tmp_path / "recordings" / ".broken" / "2025-11-18" / "10"
        for camera in ("front", "back"):
            (aside / camera).mkdir(parents=True)
            (aside / camera / "00.00.mp4").write_bytes(b"broken")
        assert (await removed(app))["files"] == 2
        assert left(app, "back") == [str(tmp_path / "exports" / "back.mp4")]
        assert (aside / "front" / "00.00.mp4").exists()


async def test_a_role_that_waits_for_a_restart_is_not_overwritten(tmp_path: Path) -> None:
    with nvr(tmp_path, GROUPED) as app:
        async with app.client() as client:
            added = {"ffmpeg": {"inputs": [{"path": "rtsp://192.0.2.3/main", "roles": ["detect"]}]}}
            changes = {
                "cameras": {"side": added},
                "auth": {"roles": {"both": ["front", "back", "side"], "new": ["back"]}},
            }
            answer = await client.put("/api/config/set", json={"requires_restart": 1, "config_data": changes})
            assert answer.status_code == 200, answer.text
            assert (await client.delete("/api/cameras/back")).status_code == 400  # `new` would have no camera
            fewer = {"auth": {"roles": {"new": None}}}
            await client.put("/api/config/set", json={"requires_restart": 1, "config_data": fewer})
            assert (await client.delete("/api/cameras/back")).status_code == 200
        assert app.services.config.auth.roles == {"both": ["front"]}
        written = parse(app.services.loaded.path.read_text(), path=app.services.loaded.path, env={}).config
        assert written.auth.roles == {"both": ["front", "side"]}
        assert list(written.cameras) == ["front", "side"]


async def test_a_camera_is_removed_with_its_media(tmp_path: Path) -> None:
    with nvr(tmp_path, GROUPED) as app:
        fill(app)
        before = left(app, "front")
        assert await removed(app) == {"segments": 3, "files": 0, "events": 1, "reviews": 1}
        assert list(app.services.config.cameras) == ["front"]
        assert app.services.config.auth.roles == {"both": ["front"]}
        assert app.services.config.camera_groups["all"].cameras == ["front"]
        assert "back:" not in app.services.loaded.path.read_text()
        assert left(app, "back") == [str(tmp_path / "exports" / "back.mp4")]
        assert left(app, "front") == before
        with app.services.db.read() as connection:
            assert not camera_rows.exist(connection, "back")
            assert camera_rows.exist(connection, "front")
            assert [(one.camera, one.reason, one.segments) for one in deletions.latest(connection)] == [
                ("back", "api", 3)
            ]
            assert {one.camera for one in exports.listed(connection, ExportFilter())} == {"front", "back"}
            of_cameras = [table for table in metadata.sorted_tables if "camera" in table.c]
            named = {
                table.name
                for table in of_cameras
                if connection.execute(table.select().where(table.c.camera == "back")).first() is not None
            }
            assert named == {"deletions", "exports", "jobs"}
        async with app.client() as client:
            assert (await client.delete("/api/cameras/back")).status_code == 404


async def test_its_exports_go_if_asked_for(tmp_path: Path) -> None:
    with nvr(tmp_path, GROUPED) as app:
        fill(app)
        assert (await removed(app, "?delete_exports=1"))["exports"] == 1
        assert left(app, "back") == []
        with app.services.db.read() as connection:
            assert [one.camera for one in exports.listed(connection, ExportFilter())] == ["front"]


async def test_its_exports_go_later(tmp_path: Path) -> None:
    with nvr(tmp_path, GROUPED) as app:
        fill(app)
        await removed(app)
        async with app.client() as client:
            assert (await client.delete("/api/cameras/back")).status_code == 404
        assert (await removed(app, "?delete_exports=1"))["exports"] == 1
        assert left(app, "back") == []


async def test_a_camera_that_the_file_no_longer_has(tmp_path: Path) -> None:
    with nvr(tmp_path, GROUPED) as app:
        fill(app)
        without = {"cameras": {"back": None}, "auth": {"roles": {"both": ["front"]}}}
        async with app.client() as client:
            changed = await client.put("/api/config/set", json={"config_data": without, "requires_restart": 0})
            assert changed.status_code == 200, changed.text
        assert (await removed(app))["segments"] == 3


async def test_a_camera_that_is_configured_again_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with nvr(tmp_path, GROUPED) as app:
        fill(app)
        text = app.services.loaded.path.read_text()
        async with app.client() as client:
            job = (await client.delete("/api/cameras/back")).json()["job"]  # the runner has not started yet
            await client.post("/api/config/save?save_option=saveonly", content=text)
        app.services.config_file.reload()
        app.services.jobs.start()
        await until(lambda: app.services.jobs.find(job["id"]).state == "failed")
        assert app.services.jobs.find(job["id"]).error == "the camera is configured again"
        assert len(left(app, "back")) > 5


def test_a_camera_that_is_configured_again_meanwhile_keeps_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the job would go on with what is recorded of it by now."""
    monkeypatch.setattr(camera_removal, "BATCH", 1)
    job = Job("x", "camera_removal", "back", "", "running", {}, None, "", "", 0.0, 1, False, T0, T0, None)
    with nvr(tmp_path, GROUPED) as app:
        fill(app)
        db, files = app.services.db, app.parts.events.outputs.files
        asked: list[int] = []

        def configured() -> list[str]:
            asked.append(1)
            return ["back"] if len(asked) > 3 else []

        kind = CameraRemovalKind(db, app.services.paths.media, files, configured, settle_s=0.0)
        with pytest.raises(JobError, match="configured again"):
            kind.run(job, JobControl(lambda: False, lambda *_: None))
        with db.read() as connection:
            assert len(segments.spans(connection, "back", T0, T0 + 60)) == 1
            assert len(camera_rows.event_ids(connection, "back", 9)) == 1
        assert len([path for path in left(app, "back") if path.endswith(".jpg")]) == 3


async def test_a_role_is_not_left_without_cameras(app: Nvr) -> None:
    async with app.client() as client:
        answer = await client.delete("/api/cameras/front")
        assert answer.status_code == 400
        assert "front_only" in answer.json()["message"]
    assert "front" in app.services.config.cameras


async def test_a_camera_is_added_and_changed_while_running(app: Nvr) -> None:
    async with app.client() as client:
        new = {"cameras": {"side": {"ffmpeg": {"inputs": [{"path": "rtsp://192.0.2.3/main"}]}}}}
        answer = await client.put("/api/config/set", json={"config_data": new, "requires_restart": 0})
        assert answer.status_code == 200, answer.text
        assert "side" in (await client.get("/api/config")).json()["cameras"]
        faster = {"cameras": {"side": {"detect": {"fps": 7}}}}
        await client.put("/api/config/set", json={"config_data": faster, "requires_restart": 0})
        assert (await client.get("/api/config")).json()["cameras"]["side"]["detect"]["fps"] == 7
    assert app.restarts == []


@pytest.mark.parametrize(("query", "kept"), [("", ["front"]), ("?keep_dataset=1", ["back", "front"])])
async def test_its_labelled_pictures_go_unless_they_are_to_stay(tmp_path: Path, query: str, kept: list[str]) -> None:
    dataset = Dataset(tmp_path / "dataset")
    for camera in ("front", "back"):
        dataset.add(LabelledPicture("a", camera, T0, 64, 36, "event", T0), b"picture")
    with nvr(tmp_path, GROUPED) as app:
        assert (await removed(app, query)).get("labelled_pictures") == (None if query else 1)
    assert [one.camera for one in dataset.samples()] == kept
    assert sorted(path.name for path in (tmp_path / "dataset" / "images").iterdir()) == kept
