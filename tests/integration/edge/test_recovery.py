"""What a core makes of recordings that earlier cores have begun."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from dogwatch.bus.messages import ClipEnd, ClipLost, ClipOpened, ClipWritten, WorkerReady
from dogwatch.edge import recorder as module
from dogwatch.edge.files import StateFile
from dogwatch.edge.recording_journal import EdgeClip, RecordingJournal
from dogwatch.events import manual
from dogwatch.events.manual import ManualEvent
from dogwatch.media import plain_file
from dogwatch.store import events
from dogwatch.testing.app import Nvr, edge_nvr, until
from tests.integration.edge.canned_clips import CAMERA, PID, CannedClips, canned
from tests.integration.media.test_clip_pictures import levels


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return levels(tmp_path_factory.mktemp("film") / "film.mp4", 320, 240, 6)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LOOK_S", 0.05), ("READY_S", 0.2), ("GONE_S", 0.3), ("SHORTEST_HOLD_S", 0.5)):
        monkeypatch.setattr(module, name, value)


def left(folder: Path, film: Path, reason: str = "manual", sensor_type: str | None = None) -> EdgeClip:
    """Leave a recording of an earlier core behind: its file, its meta file, its entry in the journal."""
    save = folder / "edge/client/recordings"
    save.mkdir(parents=True)
    path = save / "output_20260401_123022.mp4"
    shutil.copyfile(film, path)
    clip = EdgeClip(path, time.time() - 5, reason, sensor_type)  # type: ignore[arg-type]
    path.with_suffix(".meta.json").write_text(json.dumps({"reason": reason, "started": "2026-04-01T12:30:22+00:00"}))
    _journal(folder).add(clip)
    path.with_suffix(".tmp.mp4").write_bytes(b"half")
    return clip


def _journal(folder: Path) -> RecordingJournal:
    return RecordingJournal(StateFile(folder / "edge/client/data/recordings.json", threading.RLock()))


async def finished(app: Nvr, clip: EdgeClip, *, crash: bool) -> None:
    """Wait until a recording is in the archive, whole."""
    await until(lambda: [one.path for one in app.edge.archive.files("recording")] == [clip.path.resolve()])
    meta = json.loads(clip.path.with_suffix(".meta.json").read_text())
    assert meta["duration_seconds"] == 6.0
    assert ("crash" in meta) is crash
    notes = [(one.kind, one.detail) for one in app.edge.event_log.since(1)]
    assert (("recording_stopped", "recorder crash") in notes) is crash
    assert plain_file.scan(clip.path, 0.0).end_time == pytest.approx(6.0, abs=0.05)
    assert not clip.path.with_suffix(".tmp.mp4").exists()
    assert clip.path.with_suffix(".sprite.jpg").exists()
    await until(lambda: app.edge.recorder.state.recording or _journal(clip.path.parents[3]).load() == [])


def tell(app: Nvr, message: ClipOpened | ClipWritten | ClipLost) -> None:
    ingest = app.edge.recorder.ingest
    ingest.on_ready(WorkerReady("ingest", CAMERA, PID))
    if isinstance(message, ClipOpened):
        ingest.on_opened(message)
    else:
        ingest.on_ended(message)


async def test_what_goes_on_is_taken_over_and_ended_by_hand(tmp_path: Path, film: Path) -> None:
    clip = left(tmp_path, film)
    async with edge_nvr(tmp_path) as app:
        with canned(app, film, asyncio.get_running_loop()) as clips:
            opened = ClipOpened(CAMERA, clip.name, str(clip.path), clip.started - 4)
            clips.open[clip.name] = opened
            tell(app, opened)
            await until(lambda: app.edge.recorder.state.recording)
            state = app.edge.recorder.state
            assert state.started_at == pytest.approx(clip.started, abs=1e-5)
            assert state.reason == "manual"
            await asyncio.sleep(0.5)  # recovery is over by then, and leaves it alone
            assert app.edge.recorder.state.recording
            assert app.edge.archive.files("recording") == []
            assert await asyncio.to_thread(app.edge.recorder.toggle) == "stopped"
            await finished(app, clip, crash=False)


async def test_a_sensor_recording_ends_after_the_hold_unless_the_sensor_triggers_again(
    tmp_path: Path, film: Path
) -> None:
    clip = left(tmp_path, film, "sensor", "mock")
    async with edge_nvr(tmp_path) as app:
        app.edge.settings.change({"Sensor": {"type": "mock", "enabled": True, "hold_seconds": 0}})
        with canned(app, film, asyncio.get_running_loop()) as clips:
            _goes_on(app, clips, clip)
            await until(lambda: app.edge.recorder.state.recording)
            await asyncio.to_thread(app.edge.sensors.trigger)
            assert app.edge.sensors.flags()["recording_from_sensor"] is True
            await asyncio.sleep(0.8)
            assert app.edge.recorder.state.recording
            assert clips.begun == []
            await asyncio.to_thread(app.edge.sensors.release)
            await finished(app, clip, crash=False)


async def test_a_sensor_recording_that_nobody_wants_any_more(tmp_path: Path, film: Path) -> None:
    clip = left(tmp_path, film, "sensor", "mock")
    async with edge_nvr(tmp_path) as app:
        app.edge.settings.change({"Sensor": {"hold_seconds": 0}})
        event = manual.create(app.services.events, ManualEvent(CAMERA, "mock", duration=None), lambda: None)
        app.edge.recorder._context.journal.set_event(clip, event)
        with canned(app, film, asyncio.get_running_loop()) as clips:
            _goes_on(app, clips, clip)
            await finished(app, clip, crash=False)
            assert not app.edge.recorder.state.recording
        with app.services.db.read() as connection:
            row = events.one(connection, event)
        assert row is not None
        assert row["end_time"] is not None


@pytest.mark.parametrize("crash", [False, True], ids=["written", "lost"])
async def test_what_has_ended_meanwhile_is_finished(tmp_path: Path, film: Path, crash: bool) -> None:
    clip = left(tmp_path, film)
    size, begun = clip.path.stat().st_size, clip.started - 4
    ended = (
        ClipLost(CAMERA, clip.name, str(clip.path), "stream_lost", "", begun, begun + 6, size)
        if crash
        else ClipWritten(CAMERA, clip.name, str(clip.path), begun, begun + 6, size)
    )
    async with edge_nvr(tmp_path) as app:
        tell(app, ended)
        await finished(app, clip, crash=crash)


async def test_what_nobody_tells_of_has_crashed(tmp_path: Path, film: Path) -> None:
    clip = left(tmp_path, film)
    async with edge_nvr(tmp_path) as app:
        app.edge.recorder.ingest.on_ready(WorkerReady("ingest", CAMERA, PID))
        await finished(app, clip, crash=True)


async def test_a_recording_that_no_journal_knows_of(tmp_path: Path, film: Path) -> None:
    clip = left(tmp_path, film)
    (tmp_path / "edge/client/data/recordings.json").unlink()
    clip.path.with_suffix(".meta.json").unlink()
    async with edge_nvr(tmp_path) as app:
        app.edge.recorder.ingest.on_ready(WorkerReady("ingest", CAMERA, PID))
        await until(lambda: clip.path.with_suffix(".meta.json").exists())
        await finished(app, clip, crash=True)


async def test_a_recording_of_which_nothing_plays_is_deleted(tmp_path: Path, film: Path) -> None:
    clip = left(tmp_path, film)
    os.truncate(clip.path, 900)
    async with edge_nvr(tmp_path) as app:
        app.edge.recorder.ingest.on_ready(WorkerReady("ingest", CAMERA, PID))
        await until(lambda: not list(clip.path.parent.iterdir()))
        await until(lambda: _journal(tmp_path).load() == [])


async def test_a_process_that_does_not_come_back_has_died(tmp_path: Path, film: Path) -> None:
    async with edge_nvr(tmp_path) as app:
        with canned(app, film, asyncio.get_running_loop()) as clips:
            assert await asyncio.to_thread(app.edge.recorder.start, "manual")
            clips.leave()
            clips.ready()  # it was only its connection
            await asyncio.sleep(0.6)
            assert app.edge.recorder.state.recording
            clips.leave()
            await until(lambda: not app.edge.recorder.state.recording)
            (video,) = app.edge.settings.save_dir.glob("*.mp4")
            await finished(app, EdgeClip(video, 0.0, "manual"), crash=True)


async def test_a_clip_that_begins_too_late_is_dropped(tmp_path: Path, film: Path) -> None:
    async with edge_nvr(tmp_path) as app:
        with canned(app, film, asyncio.get_running_loop()) as clips:
            clips.connected = False
            assert not await asyncio.to_thread(app.edge.recorder.start, "manual")
            (begin,) = [message for _, message in app.told if type(message).__name__ == "ClipBegin"]
            shutil.copyfile(film, begin.path)  # type: ignore[attr-defined]
            late = ClipOpened(CAMERA, begin.clip, begin.path, time.time())  # type: ignore[attr-defined]
            clips.open[late.clip], clips.connected = late, True
            app.edge.recorder.ingest.on_opened(late)
            await until(lambda: not clips.open)
            await until(lambda: not Path(late.path).exists())
            assert isinstance(app.told[-1][1], ClipEnd)
            assert not app.edge.recorder.state.recording


def _goes_on(app: Nvr, clips: CannedClips, clip: EdgeClip) -> None:
    opened = ClipOpened(CAMERA, clip.name, str(clip.path), clip.started - 4)
    clips.open[clip.name] = opened
    tell(app, opened)
