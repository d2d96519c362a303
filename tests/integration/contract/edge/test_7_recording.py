"""Recording: section 7 of the contract, over HTTP, with an ingest process that plays a film."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from dogwatch.media import jpeg, plain_file
from dogwatch.testing.app import Nvr, edge_nvr, until
from tests.integration.contract.edge.conftest import done, fails
from tests.integration.edge.canned_clips import CannedClips, canned
from tests.integration.media.test_clip_pictures import levels

MOCK = {"type": "mock", "hold_seconds": 0}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return levels(tmp_path_factory.mktemp("film") / "film.mp4", 320, 240, 6)


@pytest.fixture
async def clips(app: Nvr, film: Path) -> AsyncIterator[CannedClips]:
    """The ingest process of the app's camera."""
    with canned(app, film, asyncio.get_running_loop()) as made:
        yield made


def save(app: Nvr) -> Path:
    return app.edge.settings.save_dir


def meta(app: Nvr) -> dict[str, Any]:
    """Return what the only meta file says."""
    (path,) = save(app).glob("output_*.meta.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _bytes(path: str) -> bytes:
    return Path(path).read_bytes()


def events(app: Nvr) -> list[tuple[str, str | None]]:
    return [(one.kind, one.detail) for one in app.edge.event_log.since(1) if one.kind.startswith("recording")]


@pytest.mark.edge_endpoint("POST /toggle_recording", "GET /recording_status")
async def test_recording_by_hand(app: Nvr, client: httpx.AsyncClient, clips: CannedClips) -> None:
    assert done(await client.get("/recording_status")) == {"recording": False}
    assert done(await client.post("/toggle_recording")) == {"message": "Recording started"}
    status = done(await client.get("/recording_status"))
    assert (status["recording"], status["reason"], set(status)) == (
        True, "manual", {"recording", "reason", "started_at"},
    )  # fmt: skip
    (video,) = save(app).glob("output_*.mp4")
    started = datetime.fromisoformat(status["started_at"])
    assert video.name == f"output_{started:%Y%m%d_%H%M%S}.mp4"
    assert clips.begun[0].path == str(video)
    assert meta(app) == {"reason": "manual", "started": status["started_at"]}
    assert await asyncio.to_thread(app.edge.recorder.start, "sensor", "mock") is False  # it is not the sensor's
    assert done(await client.get("/archive")) == []  # not while it is written
    fails(await client.post("/delete_video", json={"video_path": str(video)}), 409, "in_use")
    assert done(await client.post("/toggle_recording")) == {"message": "Recording stopped"}
    assert done(await client.get("/recording_status")) == {"recording": False}
    await until(lambda: not app.edge.archive.is_held(video))
    found = meta(app)
    assert found["duration_seconds"] == 6.0
    assert datetime.fromisoformat(found["stopped"]) >= started
    assert set(found) == {"reason", "started", "stopped", "duration_seconds"}
    (row,) = done(await client.get("/archive"))
    assert (row["path"], row["meta"]) == (str(video), found)
    assert Path(row["sprite"]).name == video.name.replace(".mp4", ".sprite.jpg")
    assert jpeg.size(_bytes(row["sprite"])) == (1600, 90)
    assert jpeg.size(_bytes(row["thumbnail"])) == (320, 240)
    assert plain_file.scan(video, 0.0).end_time == pytest.approx(6.0, abs=0.05)
    assert sorted(path.name.partition(".")[2] for path in save(app).iterdir()) == [
        "meta.json", "mp4", "sprite.jpg", "thumb.jpg",
    ]  # fmt: skip
    assert events(app) == [("recording_started", "manual"), ("recording_stopped", "manual")]


@pytest.mark.edge_endpoint("POST /toggle_recording")
async def test_a_camera_that_sends_nothing(app: Nvr, client: httpx.AsyncClient, clips: CannedClips) -> None:
    clips.opens = False
    fails(await client.post("/toggle_recording"), 503, "camera_unavailable")
    clips.connected = False
    fails(await client.post("/toggle_recording"), 503, "camera_unavailable")
    assert done(await client.get("/recording_status")) == {"recording": False}
    assert list(save(app).glob("output_*")) == []
    assert ("recording_failed", "manual") in events(app)


async def test_two_recordings_of_one_second_have_two_names(
    client: httpx.AsyncClient, film: Path, tmp_path: Path
) -> None:
    del client
    (tmp_path / "own").mkdir()
    async with edge_nvr(tmp_path / "own", clock=lambda: 1_775_046_622.5) as app:
        with canned(app, film, asyncio.get_running_loop()):
            for _ in range(4):
                assert await asyncio.to_thread(app.edge.recorder.toggle) != "failed"
            await until(lambda: len(app.edge.archive.files("recording")) == 2)
            assert sorted(path.name for path in save(app).glob("*.mp4")) == [
                "output_20260401_123022.mp4", "output_20260401_123022_1.mp4",
            ]  # fmt: skip


@pytest.mark.edge_endpoint("POST /sensor/mock/trigger", "POST /sensor/mock/release", "GET /recording_status")
async def test_the_sensor_records(app: Nvr, client: httpx.AsyncClient, clips: CannedClips) -> None:
    done(await client.post("/sensor/configure", json=MOCK))
    done(await client.post("/sensor/mock/trigger"))
    status = done(await client.get("/recording_status"))
    assert (status["recording"], status["reason"]) == (True, "sensor")
    assert done(await client.get("/sensor/status"))["recording_from_sensor"] is True
    found = meta(app)
    assert (found["reason"], found["sensor_type"]) == ("sensor", "mock")
    async with app.client(user="admin") as nvr:
        await until(lambda: bool(app.edge.recorder.state.recording))
        event = await _event(nvr, lambda one: one["end_time"] is None)
        assert (event["label"], event["camera"]) == ("mock", "front")
        done(await client.post("/sensor/mock/release"))
        assert done(await client.get("/recording_status")) == {"recording": False}
        ended = await _event(nvr, lambda one: one["end_time"] is not None)
        assert ended["id"] == event["id"]
    assert meta(app)["duration_seconds"] == 6.0
    assert events(app) == [("recording_started", "sensor trigger"), ("recording_stopped", "sensor release")]
    del clips


@pytest.mark.edge_endpoint("POST /sensor/disable", "GET /recording_status")
async def test_check_3_disabling_finishes_the_file(app: Nvr, client: httpx.AsyncClient, clips: CannedClips) -> None:
    done(await client.post("/sensor/configure", json=MOCK | {"hold_seconds": 600}))
    done(await client.post("/sensor/mock/trigger"))
    done(await client.post("/sensor/disable"))
    assert done(await client.get("/recording_status")) == {"recording": False}
    assert clips.open == {}
    await until(lambda: len(app.edge.archive.files("recording")) == 1)
    (video,) = save(app).glob("*.mp4")
    assert plain_file.scan(video, 0.0).end_time == pytest.approx(6.0, abs=0.05)
    assert "crash" not in meta(app)


@pytest.mark.edge_endpoint("POST /toggle_recording", "GET /sensor/status")
async def test_a_stop_by_hand_ends_what_the_sensor_owns(
    app: Nvr, client: httpx.AsyncClient, clips: CannedClips
) -> None:
    done(await client.post("/sensor/configure", json=MOCK))
    done(await client.post("/sensor/mock/trigger"))
    assert done(await client.post("/toggle_recording")) == {"message": "Recording stopped"}
    await asyncio.to_thread(app.edge.sensors.wait_settled)
    status = done(await client.get("/sensor/status"))
    assert (status["triggered"], status["recording_from_sensor"]) == (True, False)
    done(await client.post("/sensor/mock/release"))
    done(await client.post("/sensor/mock/trigger"))
    assert done(await client.get("/sensor/status"))["recording_from_sensor"] is True
    assert len(clips.begun) == 2
    done(await client.post("/toggle_recording"))


@pytest.mark.edge_endpoint("GET /sensor/status")
@pytest.mark.parametrize("how", ["stream", "process"])
async def test_a_recorder_that_dies(app: Nvr, client: httpx.AsyncClient, clips: CannedClips, how: str) -> None:
    done(await client.post("/sensor/configure", json=MOCK))
    done(await client.post("/sensor/mock/trigger"))
    if how == "stream":
        clips.lose()
    else:
        clips.leave()
        clips.ready(other=True)
    await until(lambda: not app.edge.sensors.flags()["recording_from_sensor"])
    status = done(await client.get("/sensor/status"))
    assert (status["triggered"], status["recording_from_sensor"]) == (True, False)
    await until(lambda: len(app.edge.archive.files("recording")) == 1)
    found = meta(app)
    assert (found["crash"], found["duration_seconds"]) == (True, 6.0)
    assert events(app)[-1] == ("recording_stopped", "recorder crash")
    # By hand the same, once more.
    clips.open.clear()
    done(await client.post("/toggle_recording"))
    clips.lose()
    await until(lambda: not app.edge.recorder.state.recording)


async def test_states_are_told_at_once(app: Nvr, client: httpx.AsyncClient, clips: CannedClips) -> None:
    with app.edge.news.joined(None, None) as joined:
        await client.post("/toggle_recording")
        await client.post("/toggle_recording")
        await until(lambda: any(item.event == "archive_updated" for item in joined.reader.queue))
        told = [(item.event, json.loads(item.data)) for item in joined.reader.queue]
    states = [data for event, data in told if event == "recording_state"]
    assert [data["recording"] for data in states] == [True, False]
    assert ["started_at" in data for data in states] == [True, False]
    (updated,) = (data for event, data in told if event == "archive_updated")
    assert updated == {"path": clips.begun[0].path, "type": "recording"}


async def _event(nvr: httpx.AsyncClient, wanted: Any) -> dict[str, Any]:
    """Wait for an event on the NVR's side."""
    async with asyncio.timeout(10):
        while True:
            for one in (await nvr.get("/api/events", params={"include_thumbnails": 0})).json():
                if wanted(one):
                    return dict(one)
            await asyncio.sleep(0.02)
