"""Every kind of problem, by causing it: it is found, told with its camera, and over when its cause is."""

import asyncio
import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dogwatch.bus.messages import (
    AnalysisStats,
    DetectorStats,
    FootageLost,
    IngestStats,
    SegmentOpened,
    StreamLost,
    StreamOpened,
)
from dogwatch.config import parse
from dogwatch.errors import ConfigError, RecordingError, StoreFullError
from dogwatch.media import fragments
from dogwatch.outputs.mqtt.settings import BrokerSettings
from dogwatch.recordings import recovery, volume
from dogwatch.runtime.database_care import DatabaseCare
from dogwatch.runtime.folders import WrittenFolders
from dogwatch.runtime.health import BACKUP_OLD_S, DAY_S, HOUR_S, HealthChecks
from dogwatch.stats.problems import KINDS
from dogwatch.store import backup, segments
from dogwatch.store.mending import Mending
from dogwatch.testing import recordings
from dogwatch.testing.app import EXTERNAL, Nvr, nvr, until
from dogwatch.testing.clock import StandingClock

WHOLE_DISK = 1 << 40


class TwoClocks:
    """A clock on the wall, which a test may set, and the time that really passes."""

    def __init__(self) -> None:
        self.wall, self.passed = StandingClock(time.time()), 0.0

    def advance(self, seconds: float) -> None:
        self.wall.advance(seconds)
        self.passed += seconds


@dataclass
class House:
    """A program that runs well: both cameras are connected, analysed, and recorded where that is on."""

    app: Nvr
    clocks: TwoClocks
    free: int = WHOLE_DISK

    def __post_init__(self) -> None:
        parts, services = self.app.parts, self.app.services
        wall, passed = self.clocks.wall, self.monotonic
        self.care = DatabaseCare(services.db, lambda: None, clock=wall, monotonic=passed)
        self.folders = WrittenFolders(services.db, services.paths.data)
        self.folders.check()
        parts.space._free = lambda _: self.free
        self.checks = HealthChecks(
            parts, services.keeper, services.db, self.care, self.folders, clock=wall, monotonic=passed, passed=passed
        )
        self.path = "recordings/2026-01-01/00/back/00.00.mp4"
        (services.paths.media / self.path).parent.mkdir(parents=True)
        for camera, roles in (("front", ("record", "detect")), ("back", ("record", "detect"))):
            parts.status.on_opened(StreamOpened(camera, roles, "h264", 1, 1, 5.0))
        parts.catalogue.on_segment_opened(SegmentOpened("back", self.path, self.clocks.wall()))
        parts.stats.note_process("ingest", "front", 11, 0)
        parts.stats.note_process("analysis", "0", 12, 0)
        self.recorded = True
        self.conditions: tuple[str, ...] = ()

    def monotonic(self) -> float:
        return self.clocks.passed

    def goes_well(self) -> None:
        """Do for a second what happens when nothing is wrong."""
        stats = self.app.parts.stats
        for camera in ("front", "back"):
            stats.on_message(IngestStats(camera, 15.0, 15.0, 5.0, 1000.0, "full"))
            conditions = self.conditions if camera == "front" else ()
            stats.on_message(AnalysisStats(camera, 12, 5.0, 0.0, 2.5, conditions=conditions))
        stats.on_message(DetectorStats("opencv", 13, 12.5, 0.0))
        if self.recorded:
            with (self.app.services.paths.media / self.path).open("ab") as file:
                file.write(b"x")

    def after(self, seconds: float, *, again: Callable[[], Any] = lambda: None) -> list[str]:
        """Let time pass, with `again` each second; return the ids of what is wrong then."""
        for _ in range(int(seconds)):
            self.clocks.advance(1)
            self.goes_well()
            again()
            self.checks.tick()
            self.checks.look()
        return [one["id"] for one in self.app.parts.problems.health()["problems"]]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clocks = TwoClocks()
    with nvr(tmp_path, clock=clocks.wall, monotonic=lambda: clocks.passed) as app:
        volume.check(app.services.db, tmp_path)
        house = House(app, clocks)
        assert house.after(15) == []
        yield house


def test_a_camera_without_footage(house: House) -> None:
    house.recorded = False
    assert house.after(9) == []
    assert house.after(3) == ["no_footage:back"]
    [problem] = house.app.parts.problems.health()["problems"]
    assert problem["since"] == pytest.approx(house.clocks.wall() - 12, abs=1.5)
    house.recorded = True
    assert house.after(1) == []


def test_a_camera_that_was_never_recorded(house: House) -> None:
    house.recorded = False
    house.app.parts.catalogue._cameras.clear()
    assert house.after(12) == ["no_footage:back"]


def test_a_camera_whose_recording_is_off_needs_no_footage(house: House) -> None:
    house.recorded = False
    house.app.services.switches.set("back", "recordings", value=False)
    assert house.after(30) == []


def test_a_new_core_waits_until_workers_have_told_of_their_files(house: House) -> None:
    house.checks._patient_until, house.recorded = house.clocks.passed + 20, False
    house.app.parts.catalogue._cameras.clear()
    house.checks._footage.seen.clear()
    assert house.after(29) == []
    assert house.after(3) == ["no_footage:back"]


def test_a_source_that_cannot_be_opened(house: House) -> None:
    house.app.parts.status.on_lost(StreamLost("front", ("detect",), "rtsp://192.0.2.1/sub: it does not answer"))
    assert house.after(4) == []
    assert house.after(3) == ["camera_unreachable:front"]
    [problem] = house.app.parts.problems.health()["problems"]
    assert problem["text"] == "The stream of front for detect cannot be opened."
    assert problem["detail"] == "rtsp://192.0.2.1/sub: it does not answer"
    house.app.parts.status.on_opened(StreamOpened("front", ("detect",), "h264", 1, 1, 5.0))
    assert house.after(1) == []


def test_an_analysis_that_skips_pictures(house: House) -> None:
    slow = partial(house.app.parts.stats.on_message, AnalysisStats("front", 12, 4.0, 1.0, 2.0))
    assert house.after(29, again=slow) == []
    assert house.after(3, again=slow) == ["analysis_behind:front"]
    assert house.after(58) == ["analysis_behind:front"]
    assert house.after(3) == []


def test_an_analysis_that_has_fallen_silent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    stats, heard = house.app.parts.stats, house.app.parts.stats.on_message
    with monkeypatch.context() as patch:
        patch.setattr(stats, "on_message", lambda one: None if isinstance(one, AnalysisStats) else heard(one))
        assert house.after(35) == []
        assert house.after(10) == ["not_analysed:front"]  # the other one has object detection switched off
    assert house.after(12) == []


def test_a_detector_that_hangs_or_is_silent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    stats, heard, began = house.app.parts.stats, house.app.parts.stats.on_message, house.clocks.wall()
    hangs = partial(heard, DetectorStats("opencv", 13, 12.5, began))
    assert house.after(55, again=hangs) == []
    assert house.after(10, again=hangs) == ["detector_stuck:opencv"]
    assert house.after(1) == []
    with monkeypatch.context() as patch:
        patch.setattr(stats, "on_message", lambda one: None if isinstance(one, DetectorStats) else heard(one))
        assert house.after(65) == ["detector_stuck:opencv"]
    assert house.after(1) == []


def test_a_process_that_keeps_dying(house: House) -> None:
    for deaths in (1, 2):
        house.app.parts.stats.note_process("ingest", "front", 11 + deaths, deaths)
        assert house.after(30) == []
    house.app.parts.stats.note_process("ingest", "front", 14, 3)
    assert house.after(12) == ["process_failing:ingest:front"]
    [problem] = house.app.parts.problems.health()["problems"]
    assert (problem["camera"], problem["text"]) == ("front", "The process ingest front keeps dying.")
    assert house.after(600) == []


def test_a_process_that_does_not_start(house: House) -> None:
    house.app.parts.stats.note_process("analysis", "0", 0, 1)
    assert house.after(9) == []
    assert house.after(3) == ["process_failing:analysis:0"]
    house.app.parts.stats.note_process("analysis", "0", 99, 1)
    assert house.after(61) == []


def test_a_disk_below_its_floor(house: House) -> None:
    house.free = house.app.parts.space.floor - 1
    assert house.after(59) == []
    assert house.after(3) == ["disk_low"]
    house.free = WHOLE_DISK
    assert house.after(61) == []


def test_a_disk_that_will_be_full_within_a_day(house: House) -> None:
    media, db, now = house.app.services.paths.media, house.app.services.db, house.clocks.wall()
    for one in recordings.record(media, "back", now - 40_000, 4):
        init = fragments.scan(media / one.path).init
        db.write(partial(segments.add, segment=replace(one, size_bytes=10 << 30), init=init))
    house.free = house.app.parts.space.floor + (30 << 30)
    assert house.after(130) == ["disk_full_soon"]
    house.free = WHOLE_DISK
    assert house.after(700) == []


async def test_the_disk_of_recordings_is_missing(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(house.app.parts.space, "_free", gone)
        assert house.after(72) == ["disk_missing:recordings"]
        assert "a periodic job failed" not in caplog.text
    assert house.after(1) == []
    house.app.parts.space.disk_fault = str(RecordingError("the disk is not there"))  # as `SpaceKeeper.run` leaves it
    assert house.after(12) == ["disk_missing:recordings"]


def test_another_disk_is_missing(house: House) -> None:
    house.folders["clips"].fault = "/a/path/clips is not the directory that was used before"
    assert house.after(12) == ["disk_missing:clips"]
    [problem] = house.app.parts.problems.health()["problems"]
    assert "/a/path" in problem["detail"]
    assert "/a/path" not in problem["text"]


CONDITIONS = ("camera_covered", "camera_blurred", "camera_moved", "camera_frozen", "camera_veiled")


def test_what_pictures_tell_of_a_camera(house: House) -> None:
    house.conditions = ("covered", "blurred", "moved", "frozen", "veiled", "of another version")
    assert sorted(house.after(2)) == sorted(f"{kind}:front" for kind in CONDITIONS)
    assert {one["kind"] for one in house.app.parts.problems.health()["problems"]} == set(CONDITIONS) & set(KINDS)
    house.conditions = ()
    assert house.after(2) == []


def test_events_of_what_pictures_tell(house: House) -> None:
    def labels() -> list[str]:
        with house.app.services.db.read() as connection:
            found = connection.exec_driver_sql("select label from events where camera = 'front' order by label")
            return [row[0] for row in found]

    house.conditions = ("moved",)
    house.after(2)
    assert labels() == []  # nobody wants them
    file = house.app.services.keeper.loaded
    house.app.services.keeper.change(parse(f"{file.text}\ncamera_health: {{events: true}}\n"))
    house.conditions = ("moved", "covered")
    house.after(5)
    house.conditions = ("moved",)
    house.after(5)
    assert labels() == ["camera_covered"]  # once, and only of what has begun since
    house.conditions = ("moved", "covered")
    house.after(2)
    assert labels() == ["camera_covered", "camera_covered"]


def test_a_disk_that_hangs(house: House) -> None:
    asked, answers = threading.Event(), threading.Event()

    def hang(_: Path) -> int:
        asked.set()
        answers.wait(20)
        return WHOLE_DISK

    def ids() -> list[str]:
        house.checks.tick()
        return [one["kind"] for one in house.app.parts.problems.health()["problems"]]

    house.app.parts.space._free = hang
    look = threading.Thread(target=house.checks.look)
    look.start()
    asked.wait(20)
    for seconds, found in ((59, False), (2, True)):
        house.clocks.advance(seconds)
        house.goes_well()
        assert ("disk_stuck" in ids()) is found
    answers.set()
    look.join(20)
    assert "disk_stuck" not in ids()


@pytest.mark.parametrize(("away", "kind"), [(False, "database_unwritable"), (True, "database_away")])
def test_a_database_that_cannot_be_used(house: House, monkeypatch: pytest.MonkeyPatch, away: bool, kind: str) -> None:
    backend = house.app.services.db._backend
    with monkeypatch.context() as patch:
        patch.setattr(type(backend), "away", away)
        patch.setattr(backend, "problem", "the disk of the database is full")
        assert house.after(4) == []
        assert house.after(3) == [kind]
    assert house.after(1) == []


def test_a_database_that_was_mended(house: House) -> None:
    mending = Mending(house.clocks.wall(), "the database is damaged", "/a/backups/x.db", "y.db")
    house.app.services.db._backend.mendings.append(mending)  # type: ignore[attr-defined]
    assert house.after(1) == ["database_mended"]
    house.clocks.advance(DAY_S)
    assert house.after(1) == []


def test_backups_that_fail_or_are_old(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Path:
        raise StoreFullError("there is no room for a backup")

    with monkeypatch.context() as patch:
        patch.setattr(backup, "make", full)
        house.clocks.advance(1000)
        house.care.back_up()
        assert house.after(62) == ["backup_failing"]
        house.clocks.advance(BACKUP_OLD_S)
        assert house.after(1) == ["backup_failing", "backup_old"]
    house.care.back_up()
    assert house.after(1) == []


@pytest.mark.parametrize(("step", "way"), [(3600, "ahead"), (-3600, "back")])
def test_a_clock_that_leaps(house: House, step: int, way: str) -> None:
    house.clocks.wall.advance(step)
    assert house.after(1) == ["clock_jumped"]
    [problem] = house.app.parts.problems.health()["problems"]
    assert problem["text"] == f"The clock was set {way} by 3600 s."
    assert house.after(60) == ["clock_jumped"]
    house.clocks.advance(HOUR_S)
    assert house.after(1) == []


def test_a_clock_that_leapt_before_the_start(house: House) -> None:
    house.app.parts.retention._clock_guard.held_until = house.clocks.wall() + 50
    assert house.after(1) == ["clock_jumped"]
    assert house.after(51) == []


def test_footage_that_was_lost(house: House) -> None:
    now = house.clocks.wall()
    house.app.parts.catalogue.on_footage_lost(FootageLost("front", now - 3, now, "write_error", "/a/path"))
    house.app.services.db.write(lambda _: None)  # behind the row of that
    assert house.after(62) == ["footage_lost:front"]
    [problem] = house.app.parts.problems.health()["problems"]
    assert problem["text"] == "Footage of front was lost in the last hour: 3.0 s."
    assert problem["since"] == pytest.approx(now, abs=0.001)
    house.clocks.advance(HOUR_S)
    assert house.after(61) == []


def test_segments_that_are_damaged_or_gone(house: House) -> None:
    media, db = house.app.services.paths.media, house.app.services.db
    whole, damaged = recordings.record(media, "front", recordings.T0 - 9000, 2)
    db.write(partial(segments.add, segment=whole, init=fragments.scan(media / whole.path).init))
    (media / whole.path).unlink()
    (media / damaged.path).write_bytes(b"rubbish")
    os.utime(media / damaged.path, (1, 1))
    recovery.reconcile(db, media)
    assert house.after(62) == ["footage_missing:front", "segment_damaged:front"]


def test_a_configuration_with_mistakes(house: House) -> None:
    keeper = house.app.services.keeper
    loaded = keeper.loaded
    keeper.change(replace(loaded, mistakes=(ConfigError("wrong"),)))
    assert house.after(1) == ["config_mistakes"]
    keeper.change(loaded)
    assert house.after(1) == []


async def test_a_broker_that_is_away(house: House) -> None:
    mqtt = house.app.parts.mqtt
    running = asyncio.create_task(mqtt.run())
    await asyncio.sleep(0)
    mqtt.configure(BrokerSettings("127.0.0.1", 9, password="hunter2"))
    await until(lambda: mqtt.trouble() is not None, 30)
    began = house.clocks.wall()
    assert house.after(29) == []
    assert house.after(2) == ["broker_away"]
    (problem,) = house.app.parts.problems.health()["problems"]
    assert problem["since"] == pytest.approx(began, abs=2)
    assert "127.0.0.1:9" in problem["detail"]
    assert "hunter2" not in str(problem)
    mqtt.configure(None)
    await until(lambda: mqtt.trouble() is None, 30)
    assert house.after(1) == []
    await mqtt.stop()
    await running


async def test_who_is_told_what(house: House) -> None:
    house.app.parts.status.on_lost(StreamLost("front", ("detect",), "rtsp://192.0.2.1/sub: it does not answer"))
    house.recorded = False
    house.folders["clips"].fault = "/a/path is missing"
    house.after(15)
    async with house.app.client() as client:
        whole = (await client.get("/api/health")).json()
        assert whole["status"] == "error"
        assert {one["id"] for one in whole["problems"]} == {
            "camera_unreachable:front", "no_footage:back", "disk_missing:clips",
        }  # fmt: skip
        metrics = (await client.get("/api/metrics")).text
        assert 'dogwatch_problems{kind="no_footage"} 1.0' in metrics
        assert 'dogwatch_problems{kind="disk_low"} 0.0' in metrics
    async with house.app.client(EXTERNAL, "vera") as client:
        seen = (await client.get("/api/health")).json()["problems"]
        assert len(seen) == 3
        assert all("detail" not in one for one in seen)
    async with house.app.client(EXTERNAL, "frida") as client:
        seen = (await client.get("/api/health")).json()
        assert [one["id"] for one in seen["problems"]] == ["camera_unreachable:front"]
        assert "192.0.2.1" not in str(seen)
        assert 'dogwatch_problems{kind="no_footage"} 0.0' in (await client.get("/api/metrics")).text


def test_all_kinds_are_caused_here() -> None:
    source = Path(__file__).read_text()
    assert not [kind for kind in KINDS if f'"{kind}' not in source]
