"""Cameras that only see plates: from motion to events, with the real reader and with one that is played."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.config import parse
from dogwatch.errors import DogwatchError, NotFoundError
from dogwatch.events.lifecycle import LOST_S
from dogwatch.model import Box
from dogwatch.recognition.plate_cameras import PlateCameras, PlatePicture
from dogwatch.recognition.plate_events import DedicatedPlateEvents
from dogwatch.recognition.plate_spec import PlateRead
from dogwatch.recognition.plate_text import PlateReading
from dogwatch.recognition.plates import PlateSettings, plates_of
from dogwatch.recognition.reader_process import ReaderProcess
from tests.integration.events.house import House
from tests.integration.recognition.test_plates import CONFIG, Played, car, until
from tests.tracks import frame, jpeg, tracked

MOVES = (Box(10, 10, 50, 50),)
TEXT = CONFIG.replace("main}]}}\n  yard", "main}]}, type: lpr, lpr: {expire_time: 4}}\n  yard").replace("gate", "front")


def settings(text: str = TEXT) -> PlateSettings:
    return plates_of(parse(text, env={}).config)


class Events:
    """Takes what becomes of plates."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []
        self.fails = self.tells_fail = self.ends_fail = False
        self.ends: dict[str, float] = {}

    def begin(self, camera: str, plate: PlateReading, picture: PlatePicture, size: tuple[int, int]) -> str:
        if self.fails:
            raise DogwatchError("the disk is full")
        self.told.append(("begin", camera, plate.text))
        return f"{len(self.told)}"

    def tell(self, event_id: str, plate: PlateReading) -> None:
        if self.tells_fail:
            raise TimeoutError
        self.told.append(("tell", event_id, plate.text))

    def end(self, event_id: str, ago_s: float) -> None:
        if self.ends_fail:
            raise sqlite3.OperationalError("disk I/O error")
        if event_id == "deleted":
            raise NotFoundError(event_id)
        self.ends[event_id] = ago_s
        self.told.append(("end", event_id, ""))


class Watched:
    """Cameras with a clock of the test's."""

    def __init__(self) -> None:
        self.now = 100.0
        self.played, self.events = Played(), Events()
        self.cameras = PlateCameras(settings(), self.played, self.picture, self.events, lambda: self.now)

    def picture(self, camera: str) -> PlatePicture:
        return PlatePicture(b"a picture", self.now)

    def move(self, camera: str = "front", label: str = "person") -> None:
        self.now += 1
        self.cameras.moved(frame(self.now, tracked(self.now, label=label), camera=camera, motion_boxes=MOVES))

    def read(self, text: str, score: float = 0.99) -> None:
        """Let something move whose plate is read so."""
        self.played.answers.append(PlateRead(text, score, (1, 2, 30, 12), (64, 36)))
        asked = len(self.played.asked)
        self.move()
        until(lambda: len(self.played.asked) > asked)


@pytest.fixture
def watched() -> Iterator[Watched]:
    made = Watched()
    yield made
    made.cameras.close()


def test_a_plate_is_an_event_until_it_is_not_seen_for_the_time_that_is_set(watched: Watched) -> None:
    watched.read("AB1234")
    until(lambda: len(watched.events.told) == 2)
    watched.read("")
    watched.now += 2.5
    time.sleep(0.7)  # the thread has looked at the clock
    assert watched.events.told == [("begin", "front", "AB1234"), ("tell", "1", "AB1234")]
    watched.now += 1
    until(lambda: len(watched.events.told) == 3)
    assert watched.events.told[2] == ("end", "1", "")
    watched.read("AB1234")
    until(lambda: len(watched.events.told) == 5)
    assert watched.events.told[3] == ("begin", "front", "AB1234")


def test_a_better_reading_is_told(watched: Watched) -> None:
    watched.read("A81234", 0.91)
    until(lambda: watched.events.told)
    watched.read("AB1234", 0.95)
    watched.read("AB1234", 0.99)
    until(lambda: ("tell", "1", "AB1234") in watched.events.told)
    told = len(watched.events.told)
    watched.read("AB1234", 0.975)  # hardly another mean score
    watched.read("AB1234", 0.97)
    assert len(watched.events.told) == told


def test_only_motion_at_such_cameras_is_looked_at(watched: Watched) -> None:
    watched.move("yard")
    watched.move("nobody")
    watched.cameras.moved(frame(1, camera="front"))  # nothing moves
    watched.move(label="car")  # a detector finds cars here
    assert watched.cameras._thread is None
    watched.read("")
    assert watched.played.asked[0].object == (0.0, 0.0, 1.0, 1.0)
    assert watched.played.asked[0].plate is None
    watched.now -= 0.9
    asked = len(watched.played.asked)
    watched.move()  # at most two a second
    time.sleep(0.3)
    assert len(watched.played.asked) == asked


def test_texts_that_are_unsure_or_no_plates_are_no_events(watched: Watched) -> None:
    watched.read("AB1234", 0.5)
    watched.read("AB")
    watched.events.fails = True
    watched.read("XY9999")
    assert watched.events.told == []
    watched.events.fails = False
    watched.read("XY9999")
    until(lambda: len(watched.events.told) == 2)
    assert watched.events.told == [("begin", "front", "XY9999"), ("tell", "1", "XY9999")]


def test_a_plate_that_cannot_be_written_into_its_event_is_no_second_event(watched: Watched) -> None:
    watched.events.tells_fail = True
    watched.read("AB1234")
    until(lambda: watched.events.told)
    watched.read("AB1234")
    watched.read("")
    watched.events.tells_fail = False
    watched.read("AB1234")
    until(lambda: len(watched.events.told) == 2)
    assert watched.events.told == [("begin", "front", "AB1234"), ("tell", "1", "AB1234")]


def test_other_settings_end_what_is_seen(watched: Watched) -> None:
    watched.read("AB1234")
    until(lambda: len(watched.events.told) == 2)
    watched.cameras.configure(settings(CONFIG))
    until(lambda: len(watched.events.told) == 3)
    assert watched.events.told[2][0] == "end"
    watched.move()
    assert not watched.cameras._due


def test_what_cannot_be_ended_is_ended_later_as_of_when_it_was_over(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    watched.read("AB1234")
    watched.read("XY9999")
    until(lambda: len(watched.events.told) == 4)
    watched.events.ends_fail = True
    watched.now += 10
    until(lambda: len(watched.cameras._over) == 2)
    until(lambda: caplog.messages)
    watched.now += 60
    watched.read("CD5678")  # others are read meanwhile
    until(lambda: ("begin", "front", "CD5678") in watched.events.told)
    watched.cameras._over = {"deleted": watched.now, **watched.cameras._over}  # by a user
    watched.events.ends_fail = False
    until(lambda: watched.events.ends.keys() >= {"1", "3"})
    assert {round(watched.events.ends[key]) for key in "13"} == {61}
    assert [line for line in caplog.messages if "ended" in line] == [
        "the event 1 of a plate cannot be ended yet: disk I/O error"
    ]
    until(lambda: not watched.cameras._over)


def test_what_goes_on_ends_with_the_program(watched: Watched) -> None:
    watched.read("AB1234")
    until(lambda: len(watched.events.told) == 2)
    watched.cameras.close()
    assert watched.events.told[2] == ("end", "1", "")


def test_a_reader_that_hangs_holds_nobody_up(watched: Watched) -> None:
    watched.played.go.clear()
    begun = time.monotonic()
    for _ in range(1000):
        watched.move()
    assert time.monotonic() - begun < 5
    assert len(watched.cameras._due) <= 1
    watched.played.go.set()


async def test_the_event_in_the_database(tmp_path: Path) -> None:
    house = House(tmp_path / "house")
    reader = ReaderProcess()
    go = threading.Event()

    def clock() -> float:
        return 200.0 if go.is_set() else 100.0

    cameras = PlateCameras(
        settings(),
        reader,
        lambda _: PlatePicture(car("A123BC77"), house.now - 8),
        DedicatedPlateEvents(house.hub),
        clock,
    )
    try:
        cameras.moved(frame(1, camera="front", motion_boxes=MOVES))
        until(lambda: [row for row in house.rows() if row["data"].get("recognized_license_plate")])
        (row,) = house.rows()
        assert (row["label"], row["data"]["type"], row["has_snapshot"]) == ("license_plate", "api", True)
        assert row["data"]["snapshot_frame_time"] == row["start_time"] + 5 == house.now - 8  # when it was taken
        assert row["data"]["recognized_license_plate"] == "A123BC77"
        assert row["data"]["recognized_license_plate_score"] > 0.9
        x, y, width, height = row["data"]["draw"]["boxes"][0]["box"]
        assert (x, y) == pytest.approx((520 / 1280, 520 / 720), abs=0.05)
        assert (width, height) == pytest.approx((160 / 1280, 36 / 720), abs=0.05)
        until(lambda: house.messages("tracked_object_update"))  # which follows the row
        (update,) = [one for one in house.messages("tracked_object_update") if one["type"] == "lpr"]
        assert (update["plate"], update["name"], update["camera"]) == ("A123BC77", "Ann", "front")
        until(lambda: house.rows()[0]["sub_label"] == "Ann")
        assert house.rows()[0]["end_time"] is None
        house.now += 5
        go.set()
        until(lambda: house.rows()[0]["end_time"] == house.now)
    finally:
        cameras.close()
        reader.close()
        await house.close()


@pytest.mark.parametrize("full", [False, True])
async def test_a_plate_when_the_disk_is_full_or_the_clock_is_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    house = House(tmp_path / "house")
    if full:
        monkeypatch.setattr("dogwatch.events.files.write", no_room)
    events = DedicatedPlateEvents(house.hub)
    plate = PlateReading("AB1234", 0.99, (1, 2, 30, 12))
    try:
        picture = PlatePicture(jpeg(), house.now)
        key = await asyncio.to_thread(events.begin, "front", plate, picture, (64, 36))
        await asyncio.to_thread(events.tell, key, plate)
        files = house.hub.outputs.files
        assert files.read_clean("front", key) == picture.jpeg
        assert bool(files.bytes_held) is full
        house.now -= 3600
        await asyncio.to_thread(events.end, key, 0.0)
        (row,) = house.rows()
        assert row["end_time"] == row["start_time"]
        assert row["data"]["recognized_license_plate"] == "AB1234"
    finally:
        await house.close()


async def test_a_plate_whose_review_item_is_written_later_can_be_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path / "house")
    events = DedicatedPlateEvents(house.hub)

    def late(*_: object) -> None:
        raise TimeoutError

    try:
        monkeypatch.setattr(house.hub.outputs, "wait", late)
        plate = PlateReading("AB1234", 0.99, (1, 2, 30, 12))
        key = await asyncio.to_thread(events.begin, "front", plate, PlatePicture(jpeg(), house.now), (64, 36))
        monkeypatch.undo()
        await asyncio.to_thread(events.end, key, 0.0)
        (row,) = house.rows()
        assert row["end_time"] is not None
    finally:
        await house.close()


@pytest.mark.parametrize("later", [7200.0, 1.0])
async def test_a_plate_of_a_core_that_was_killed_ends_with_the_next_one(tmp_path: Path, later: float) -> None:
    house = House(tmp_path / "house")
    events = DedicatedPlateEvents(house.hub)
    try:
        plate = PlateReading("AB1234", 0.99, (1, 2, 30, 12))
        await asyncio.to_thread(events.begin, "front", plate, PlatePicture(jpeg(), house.now), (64, 36))
        house.now += later
        house.restart()
        (row,) = house.rows()
        assert row["end_time"] == min(row["start_time"] + LOST_S, house.now)
    finally:
        await house.close()


def no_room(path: Path, data: bytes) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
