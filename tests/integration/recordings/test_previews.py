"""Previews of hours: from small pictures to one MP4 an hour, whatever happens meanwhile."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest

from dogwatch.bus.messages import PreviewPicture
from dogwatch.jobs.kinds import CancelledError
from dogwatch.jobs.runner import JobRunner
from dogwatch.media import fragments, jpeg
from dogwatch.recordings import encoder_process
from dogwatch.recordings.preview_care import AGAIN_S, PreviewCare
from dogwatch.recordings.preview_catalogue import PreviewCatalogue
from dogwatch.recordings.preview_frames import PreviewFrames
from dogwatch.recordings.preview_job import PreviewKind, PreviewSettings
from dogwatch.store import previews as rows
from dogwatch.store import segment_deletion, segments
from dogwatch.store.database import Database
from dogwatch.store.previews import Preview
from dogwatch.testing.recordings import record

HOUR = 1_700_002_800
SETTINGS = PreviewSettings({}, 28, 0)


def small(level: int) -> bytes:
    return jpeg.encode(np.full((180, 320, 3), level, np.uint8), 80)


@dataclass
class House:
    """One program with previews; `now` is its clock."""

    root: Path
    db: Database
    now: float = HOUR + 1800.0
    free: int = 1 << 40
    gone: bool = False
    frames: PreviewFrames = field(init=False)
    kind: PreviewKind = field(init=False)
    jobs: JobRunner = field(init=False)
    care: PreviewCare = field(init=False)
    previews: PreviewCatalogue = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start, or start again as after a kill."""
        self.frames = PreviewFrames(self.root, 0, self.present, lambda _: self.free)
        self.kind = PreviewKind(self.frames, self.root, SETTINGS, self.present, lambda _: self.free)
        self.jobs = JobRunner(self.db, [self.kind], clock=lambda: self.now)
        self.care = PreviewCare(
            self.db, self.frames, self.jobs, self.root, present=self.present, clock=lambda: self.now
        )
        self.previews = PreviewCatalogue(self.db, self.frames, self.root)
        self.jobs.start()

    def present(self) -> None:
        if self.gone:
            raise OSError("the disk is missing")

    def see(self, *times: float, camera: str = "front") -> None:
        """Take pictures at these times, and wait until they are on the disk."""
        for n, at in enumerate(times):
            self.frames.on_picture(PreviewPicture(camera, at, small(n % 200)))
        until(lambda: all(self.frames.read(camera, at) for at in times))

    def look(self, now: float) -> None:
        """Let time pass, and have all be done that is to be done."""
        self.now = now
        self.care.tick()
        until(lambda: not self.jobs.listed("preview", None, live=True))
        self.care.tick()

    def found(self, camera: str = "front") -> list[Preview]:
        return self.previews.find([camera], HOUR - 86400, HOUR + 86400)

    def left(self) -> list[str]:
        return sorted(str(path.relative_to(self.root)) for path in (self.root / "clips").rglob("*") if path.is_file())


def until(condition: object) -> None:
    end = time.monotonic() + 30
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    db = Database(f"sqlite:///{tmp_path}/x.db")
    db.migrate()
    one = House(tmp_path, db)
    yield one
    one.jobs.close()
    db.close()


def shown(path: Path) -> list[tuple[float, int]]:
    """Return of each picture when it is shown and how bright it is."""
    with av.open(str(path)) as film:
        return [
            (float(frame.time or 0), int(np.median(frame.to_ndarray(format="gray")))) for frame in film.decode(video=0)
        ]


def length(path: Path) -> float:
    with av.open(str(path)) as film:
        return (film.duration or 0) / 1e6


def test_an_hour_becomes_one_file_that_plays_in_wall_time(house: House) -> None:
    house.see(HOUR + 0.25, HOUR + 30, HOUR + 31, HOUR + 3590)
    house.look(HOUR + 3610)
    assert not house.found()  # the last pictures of the hour may be on their way
    house.look(HOUR + 3630)
    (one,) = house.found()
    assert (one.start_time, one.end_time) == (HOUR + 0.25, HOUR + 3600)
    assert one.path == f"clips/previews/front/{HOUR}.250-{HOUR + 3600}.000.mp4"
    assert one.id == f"front_{HOUR + 3600}.000"
    assert [time for time, _ in shown(house.root / one.path)] == pytest.approx([0, 29.75, 30.75, 3589.75], abs=0.002)
    assert length(house.root / one.path) == pytest.approx(3599.75, abs=0.01)
    assert house.left() == [one.path]


def test_a_restart_keeps_what_there_is(house: House) -> None:
    house.see(HOUR + 100)
    house.jobs.close()
    house.start()
    house.see(HOUR + 200)
    assert house.frames.names("front", HOUR, HOUR + 3600) == [f"{HOUR + at}.000000.jpg" for at in (100, 200)]
    house.look(HOUR + 3700)
    (one,) = house.found()
    assert len(shown(house.root / one.path)) == 2
    assert (one.start_time, one.end_time) == (HOUR + 100, HOUR + 201)


def test_killed_between_any_two_steps(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the pictures were claimed; after the file was made; after its row was written."""
    house.see(HOUR + 1, HOUR + 2)
    (hour,) = house.frames.hours()
    house.frames.claim(hour, "preview_lost")  # and killed before the job was queued
    house.look(HOUR + 3700)
    house.look(HOUR + 3701)
    (one,) = house.found()
    house.db.write(partial(rows.drop, ids=[one.id]))  # as if killed before the row was written
    house.jobs.close()
    house.start()
    house.look(HOUR + 3800)
    assert house.found() == [one]
    assert house.left() == [one.path]
    (house.root / one.path).unlink()
    house.jobs.close()
    house.start()
    house.look(HOUR + 3900)
    assert house.found() == []


def test_a_file_that_is_made_while_the_disk_is_looked_through_keeps_its_row(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.see(HOUR + 1)
    house.look(HOUR + 3700)
    house.care.distrust_table()
    monkeypatch.setattr(house.care, "_files", lambda: iter(()))  # it was not there yet
    house.care.tick()
    assert len(house.found()) == 1
    (house.root / house.found()[0].path).rename(house.root / "unmounted")
    present = iter([True])

    def gone() -> None:
        if next(present, None) is None:
            raise OSError("the disk is missing")

    monkeypatch.setattr(house.care, "_present", gone)
    house.care.distrust_table()
    with pytest.raises(OSError, match="disk is missing"):
        house.care.tick()
    assert len(house.found()) == 1


def test_a_database_that_is_away_is_waited_for_in_silence(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    house.see(HOUR + 1)
    with monkeypatch.context() as patch:
        patch.setattr(Database, "away", property(lambda _: True))
        patch.setattr(house.jobs, "submit", lambda *_, **__: pytest.fail("asked"))
        house.now = HOUR + 3700
        house.care.tick()
    assert caplog.text == ""
    house.look(HOUR + 3701)
    assert len(house.found()) == 1


def test_what_a_killed_run_left_is_used_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program is killed while the encoder runs: the job runs again, with the same pictures."""
    house.see(HOUR + 1, HOUR + 2)
    running, leave = threading.Event(), threading.Event()
    encode = encoder_process.encode

    def hang(*_: object) -> None:
        running.set()
        leave.wait(20)
        raise CancelledError("")

    monkeypatch.setattr(encoder_process, "encode", hang)
    house.now = HOUR + 3700
    house.care.tick()
    assert running.wait(20)
    monkeypatch.setattr(encoder_process, "encode", encode)
    house.start()  # the first one never comes back
    house.look(HOUR + 3701)
    leave.set()
    (one,) = house.found()
    assert len(shown(house.root / one.path)) == 2
    assert house.left() == [one.path]


def test_a_full_disk_costs_time_but_no_picture(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.see(HOUR + 1, HOUR + 2)
    house.kind.configure(PreviewSettings({}, 28, 1 << 30))
    house.free = 1 << 20
    house.look(HOUR + 3700)
    house.look(HOUR + 3730)
    assert house.found() == []
    assert len(house.jobs.listed("preview", None)) == 1
    assert len(house.frames.names("front", HOUR, HOUR + 3600)) == 2
    house.free = 1 << 40
    house.look(HOUR + 3730 + AGAIN_S)
    (one,) = house.found()
    assert house.left() == [one.path]


def test_below_the_floor_and_without_the_disk_nothing_is_written(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.frames.configure(1 << 30)
    house.free = 1 << 20
    house.frames.on_picture(PreviewPicture("front", HOUR + 1.0, small(1)))
    house.frames.on_picture(PreviewPicture("front", HOUR + 2.0, small(1)))
    until(lambda: house.frames.dropped == 2)
    assert [record.message for record in caplog.records if "cannot be written" in record.message] == [
        "pictures for previews cannot be written: less than 1024 MB are free"
    ]
    house.free, house.gone = 1 << 40, True
    house.frames.on_picture(PreviewPicture("front", HOUR + 3.0, small(1)))
    until(lambda: house.frames.dropped == 3)
    house.care.tick()
    assert house.left() == []


def test_the_clock_set_back_into_an_hour_that_is_done(house: House) -> None:
    house.see(HOUR + 600, HOUR + 3599)
    house.look(HOUR + 3700)
    house.see(HOUR + 1800, HOUR + 3598)  # at a clock set back
    house.look(HOUR + 3000)
    house.look(HOUR + 3700)
    first, second = house.found()
    assert (first.start_time, second.start_time) == (HOUR + 600, HOUR + 1800)
    assert first.end_time == second.end_time == HOUR + 3600
    assert first.id != second.id


def test_the_clock_set_ahead_for_a_while(house: House) -> None:
    house.see(HOUR + 86400 * 30 + 5)
    house.look(HOUR + 10)
    assert [one.start_time for one in house.previews.find(["front"], HOUR, HOUR + 86400 * 31)] == [
        HOUR + 86400 * 30 + 5
    ]


def test_a_camera_that_is_no_longer_configured_gets_its_last_preview(house: House) -> None:
    house.see(HOUR + 1, camera="front-door")
    house.look(HOUR + 3700)
    assert [one.camera for one in house.found("front-door")] == ["front-door"]


def test_pictures_that_are_none_end_without_a_preview(house: House) -> None:
    house.frames.on_picture(PreviewPicture("front", HOUR + 1.0, b"\xff\xd8 cut short"))
    until(lambda: house.frames.read("front", HOUR + 1.0))
    house.look(HOUR + 3700)
    assert house.found() == []
    assert house.left() == []


def test_the_newest_picture_is_a_whole_one(house: House) -> None:
    house.see(HOUR + 1)
    (hour,) = house.frames.hours()
    for n, cut_short in enumerate((b"", small(9)[:-100])):
        (hour.folder / f"{HOUR + 2 + n}.000000.jpg").write_bytes(cut_short)
    assert house.frames.newest("front") == (HOUR + 1.0, small(0))


def test_previews_go_with_the_last_recording_that_overlaps_them(house: House) -> None:
    for start in (HOUR, HOUR + 3600):
        house.see(start + 1, start + 3599)
    house.look(HOUR + 7300)
    assert len(house.found()) == 2
    for one in record(house.root, "front", HOUR + 3598, 1):
        init = fragments.scan(house.root / one.path).init
        house.db.write(partial(segments.add, segment=one, init=init))
    assert house.care.expire() == 0
    with house.db.read() as connection:
        (span,) = segments.spans(connection, "front", HOUR, HOUR + 7200)
    assert span.start_time < HOUR + 3600 < span.end_time
    for camera, start in (("front", 8), ("back", HOUR)):
        other = Preview(f"{camera}_9.000", camera, f"clips/previews/{camera}/8.mp4", start, start + 1)
        house.db.write(partial(rows.put, preview=other))
    assert house.care.expire() == 2
    house.gone = True
    house.db.write(partial(segment_deletion.mark, ids=[span.id]))
    assert house.care.expire() == 0
    house.gone = False
    assert house.care.expire() == 2
    assert house.found() == []
    assert house.left() == []


def test_pictures_go_with_the_last_recording_too(house: House) -> None:
    """Otherwise they would pile up where no preview can be made, and show what is to be forgotten."""
    house.kind.configure(PreviewSettings({}, 28, 1 << 50))  # there is no room
    for one in record(house.root, "front", HOUR + 3, 1):
        init = fragments.scan(house.root / one.path).init
        house.db.write(partial(segments.add, segment=one, init=init))
    house.see(HOUR + 1, HOUR + 3601)
    house.look(HOUR + 3700 + AGAIN_S)
    house.now = HOUR + 8000
    house.care.expire()
    assert len(house.left()) == 2
    with house.db.read() as connection:
        (span,) = segments.spans(connection, "front", HOUR, HOUR + 7200)
    house.db.write(partial(segment_deletion.mark, ids=[span.id]))
    house.care.expire()
    assert house.left() == [f"clips/preview_restart_cache/front/{HOUR + 3600}/{HOUR + 3601}.000000.jpg"]


def test_many_pictures_are_listed_in_little_time(house: House) -> None:
    folder = house.frames.folder / "front" / str(HOUR)
    folder.mkdir(parents=True)
    for n in range(3600):
        (folder / f"{HOUR + n}.100000.jpg").touch()
    took = []
    for _ in range(5):
        begun = time.thread_time()
        assert len(house.frames.names("front", HOUR, HOUR + 3600)) == 3600
        took.append(time.thread_time() - begun)
    assert min(took) < 0.02


def test_what_the_disk_is_too_slow_for_is_dropped_and_counted(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()
    monkeypatch.setattr(house.frames, "_write", lambda _: held.wait(20))
    for n in range(400):
        house.frames.on_picture(PreviewPicture("front", HOUR + float(n), b""))
    assert house.frames.dropped >= 100
    held.set()
    until(lambda: not house.frames._writing)


def test_files_are_private(house: House) -> None:
    before = os.umask(0o077)
    try:
        house.see(HOUR + 1)
        house.look(HOUR + 3700)
    finally:
        os.umask(before)
    assert all(path.stat().st_mode & 0o077 == 0 for path in (house.root / "clips").rglob("*"))
