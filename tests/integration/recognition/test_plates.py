"""From pictures of cars to plates of events, with the real reader and with others that fail."""

from __future__ import annotations

import sqlite3
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from dogwatch.bus.messages import BestPicture
from dogwatch.config import parse
from dogwatch.errors import NotFoundError
from dogwatch.model import Box, Detection
from dogwatch.recognition.picture_queue import MOST_WAITING
from dogwatch.recognition.plate_spec import PlateRead, PlateTexts, ReadPlate, TextJudged
from dogwatch.recognition.plate_text import PlateReading, cleaned, compiled, owner, usable
from dogwatch.recognition.plates import PlateRecognition, PlateSettings, plates_of
from dogwatch.recognition.reader_process import ReaderBusyError, ReaderError, ReaderProcess

WAIT_S = 30.0
CAR = (400, 300, 800, 600)
PLATE = (520, 520, 680, 556)
CONFIG = """
lpr: {enabled: true, known_plates: {Ann: [A123BC77]}}
cameras:
  gate: {ffmpeg: {inputs: [{path: rtsp://10.0.0.2/main}]}}
  yard: {ffmpeg: {inputs: [{path: rtsp://10.0.0.3/main}]}, lpr: {enabled: false}}
"""


def car(text: str) -> bytes:
    """Return a JPEG of a dark car with a plate."""
    picture = np.full((720, 1280, 3), 90, np.uint8)
    cv2.rectangle(picture, CAR[:2], CAR[2:], (120, 40, 30), -1)
    cv2.rectangle(picture, PLATE[:2], PLATE[2:], (240, 240, 240), -1)
    cv2.putText(picture, text, (526, 548), cv2.FONT_HERSHEY_DUPLEX, 0.9, (15, 15, 15), 2, cv2.LINE_AA)
    return cv2.imencode(".jpg", picture)[1].tobytes()


def best(
    text: str, *, key: str = "1.5-abc", label: str = "car", camera: str = "gate", plate: bool = True
) -> BestPicture:
    found = (Detection("license_plate", 0.9, Box(*PLATE)),) if plate else ()
    return BestPicture(
        camera=camera, object_id=key, label=label, frame_time=1.5, jpeg=car(text), box=Box(*CAR), region=Box(*CAR),
        score=0.9, thumb=b"", attributes=found,
    )  # fmt: skip


def settings(text: str = CONFIG) -> PlateSettings:
    return plates_of(parse(text, env={}).config)


class Told:
    """Takes plates; while `refuses`, the event has no row."""

    def __init__(self) -> None:
        self.plates: list[tuple[str, str, str | None]] = []
        self.refuses = False

    def __call__(self, event_id: str, plate: PlateReading, name: str | None) -> None:
        if self.refuses:
            raise NotFoundError("no such event")
        self.plates.append((event_id, plate.text, name))


class Played:
    """A reader that reads what it is told."""

    def __init__(self) -> None:
        self.answers: list[PlateRead] = []
        self.asked: list[ReadPlate] = []
        self.ticks = 0
        self.go = threading.Event()
        self.go.set()

    def ask(self, question: ReadPlate) -> PlateRead:
        self.go.wait(WAIT_S)
        self.asked.append(question)
        return self.answers.pop(0) if self.answers else PlateRead()

    def judge(self, text: str, texts: PlateTexts) -> TextJudged:
        rules = compiled(texts)
        plain = cleaned(text, rules)
        fits = usable(plain, rules)
        return TextJudged(plain, fits, owner(plain, rules) if fits else None)

    def tick(self, *, wanted: bool = True) -> None:
        self.ticks += 1

    def close(self) -> None:
        self.go.set()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def reader() -> Iterator[ReaderProcess]:
    process = ReaderProcess()
    yield process
    process.close()
    assert not process.running


@pytest.fixture
def played() -> Played:
    return Played()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.mark.parametrize("plate", [True, False])
def test_a_plate_is_read(reader: ReaderProcess, told: Told, plate: bool) -> None:
    recognition = PlateRecognition(settings(), told, reader)
    recognition.offer(best("A123BC77", plate=plate), (1280, 720))
    recognition.offer(best("B 555 KK", key="2.5-abc", plate=plate), (1280, 720))
    until(lambda: len(told.plates) == 2)
    assert told.plates == [("1.5-abc", "A123BC77", "Ann"), ("2.5-abc", "B555KK", None)]
    assert reader.running


def test_what_is_too_small_or_no_picture_is_not_read(reader: ReaderProcess) -> None:
    whole = (0.0, 0.0, 1.0, 1.0)
    place = (520 / 1280, 520 / 720, 680 / 1280, 556 / 720)
    assert reader.ask(ReadPlate(car("A123BC77"), whole, place, 1000)).text == "A123BC77"
    assert reader.ask(ReadPlate(car("A123BC77"), whole, place, 10_000)) == PlateRead()
    assert reader.ask(ReadPlate(b"no picture", whole, place, 0)).error
    assert reader.ask(ReadPlate(car("A123BC77"), whole, place, 1000, 10)).text == "A123BC77"  # it has not died


def test_a_reader_that_was_not_asked_for_long_ends_and_comes_back(told: Told) -> None:
    reader = ReaderProcess(idle_s=0.0)
    question = ReadPlate(car("A123BC77"), (0.0, 0.0, 1.0, 1.0), (0.4, 0.72, 0.54, 0.78), 0)
    assert reader.ask(question).text
    time.sleep(0.01)
    reader.tick()
    assert not reader.running
    assert reader.ask(question).text
    reader.close()


SCRIPTS = {
    "dies": "raise SystemExit(3)",
    "hangs": "import time; time.sleep(600)",
    "lies": r"import sys, time; sys.stdout.buffer.write(b'\xff' * 8); sys.stdout.flush(); time.sleep(600)",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_reader_that_fails_is_told_and_not_started_again_at_once(tmp_path: Path, script: str) -> None:
    path = tmp_path / "reader.py"
    path.write_text(textwrap.dedent(SCRIPTS[script]))
    reader = ReaderProcess((sys.executable, str(path)), answer_s=1.0)
    question = ReadPlate(b"x", (0.0, 0.0, 1.0, 1.0), None, 0)
    with pytest.raises(ReaderError, match="cannot be read"):
        reader.ask(question)
    assert not reader.running
    with pytest.raises(ReaderError, match="a moment ago"):
        reader.ask(question)


def test_a_closed_reader_starts_no_process(caplog: pytest.LogCaptureFixture) -> None:
    reader = ReaderProcess((sys.executable, "-c", SCRIPTS["hangs"]))
    question = ReadPlate(b"x", (0.0, 0.0, 1.0, 1.0), None, 0)
    refused = threading.Event()

    def ask() -> None:
        with pytest.raises(ReaderError):
            reader.ask(question)
        refused.set()

    waiting = threading.Thread(target=ask)
    waiting.start()
    until(lambda: reader.running)
    reader.close()
    waiting.join(WAIT_S)
    assert refused.is_set()
    with pytest.raises(ReaderError, match="not read any more"):
        reader.ask(question)
    assert not reader.running
    assert not caplog.records  # it was told to end


def test_a_reader_that_was_only_asked_for_an_event_ends_too(played: Played, told: Told) -> None:
    recognition = PlateRecognition(settings(), told, played)
    played.answers.append(PlateRead("A123BC77", 0.95))
    assert recognition.read_now(ReadPlate(b"x", (0.0, 0.0, 1.0, 1.0), None, 0)) is not None
    until(lambda: played.ticks)  # which is when the process ends that was not asked for long
    recognition.close()


def test_only_vehicles_of_cameras_that_read_plates_are_looked_at(played: Played, told: Told) -> None:
    recognition = PlateRecognition(settings(), told, played)
    for picture in (best("A123BC77", label="person"), best("A123BC77", camera="yard"), best("A123BC77", camera="x")):
        recognition.offer(picture, (1280, 720))
    assert not recognition.queue.started  # nothing has begun
    recognition.offer(best("A123BC77", label="license_plate", plate=False), (1280, 720))
    until(lambda: played.asked)
    assert played.asked[0].plate == played.asked[0].object  # the object itself is the plate
    recognition.close()


def test_a_plate_that_a_detector_is_not_sure_of_is_looked_for(played: Played, told: Told) -> None:
    recognition = PlateRecognition(settings(), told, played)
    recognition.offer(best("A123BC77"), (1280, 720))
    until(lambda: played.asked)
    assert played.asked[0].plate is not None  # 0.9 is enough
    recognition.configure(settings(CONFIG.replace("known_plates", "detection_threshold: 0.95, known_plates")))
    recognition.offer(best("A123BC77"), (1280, 720))
    until(lambda: len(played.asked) == 2)
    assert played.asked[1].plate is None
    recognition.close()


def test_readings_are_weighed_and_an_event_gets_its_plate_once(played: Played, told: Told) -> None:
    recognition = PlateRecognition(settings(), told, played)
    for text, score in (("AB1234", 0.8), ("AB1234", 0.99), ("AB1234", 0.99), ("A81234", 0.95), ("", 0.0)):
        played.answers.append(PlateRead(text, score, (1, 2, 3, 4)))
    for number in range(5):
        recognition.offer(best("A123BC77"), (1280, 720))
        until(lambda: len(played.asked) > number)  # noqa: B023 - asked at once
    until(lambda: told.plates)
    recognition.close()
    assert {plate for _, plate, _ in told.plates} == {"AB1234"}


def test_a_newer_picture_takes_the_place_of_one_that_waits_and_few_wait(played: Played, told: Told) -> None:
    recognition = PlateRecognition(settings(), told, played)
    played.go.clear()
    for _ in range(5):
        for number in range(MOST_WAITING + 4):
            recognition.offer(best("A123BC77", key=f"{number}.5-abc"), (1280, 720))
    assert len(recognition.queue) <= MOST_WAITING
    assert recognition.queue.dropped > 0
    played.go.set()
    until(lambda: not recognition.queue)
    assert len(played.asked) <= MOST_WAITING + 2
    recognition.close()


def test_an_event_without_a_row_gets_its_plate_when_it_has_one(played: Played, told: Told) -> None:
    recognition = PlateRecognition(settings(), told, played)
    told.refuses = True
    played.answers.append(PlateRead("AB1234", 0.99, (1, 2, 3, 4)))
    recognition.offer(best("A123BC77"), (1280, 720))
    until(lambda: played.asked)
    time.sleep(0.1)
    assert told.plates == []
    told.refuses = False
    until(lambda: told.plates)
    assert told.plates == [("1.5-abc", "AB1234", None)]
    recognition.close()


def test_one_plate_that_cannot_be_written_does_not_cost_another(
    played: Played, told: Told, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("dogwatch.recognition.plates.TRY_FOR_S", 0.0)

    def tell(event_id: str, plate: PlateReading, name: str | None) -> None:
        if event_id == "1.5-a":
            raise sqlite3.OperationalError("database disk image is malformed")
        told(event_id, plate, name)

    recognition = PlateRecognition(settings(), tell, played)
    played.answers += [PlateRead("AB1234", 0.99, (1, 2, 3, 4)), PlateRead("CD5678", 0.99, (1, 2, 3, 4))]
    for key in ("1.5-a", "2.5-b"):
        recognition.offer(best("A123BC77", key=key), (1280, 720))
    until(lambda: told.plates)
    until(lambda: "malformed" in caplog.text)
    recognition.close()
    assert told.plates == [("2.5-b", "CD5678", None)]
    assert caplog.text.count("cannot be written") == 1


def test_other_settings_hold_at_once(played: Played, told: Told) -> None:
    recognition = PlateRecognition(settings(), told, played)
    recognition.configure(settings(CONFIG.replace("enabled: true, known", "enabled: false, known")))
    recognition.offer(best("A123BC77"), (1280, 720))
    assert not recognition.queue.started
    recognition.configure(settings(CONFIG.replace("known_plates", "format: '[0-9]+', known_plates")))
    played.answers += [PlateRead("AB1234", 0.99, (1, 2, 3, 4)), PlateRead("991234", 0.99, (1, 2, 3, 4))]
    ask = partial(recognition.offer, frame=(1280, 720))
    ask(best("A123BC77"))
    until(lambda: len(played.asked) == 1)
    ask(best("A123BC77"))
    until(lambda: told.plates)
    assert told.plates == [("1.5-abc", "991234", None)]
    recognition.close()


def test_nothing_is_left_once_no_camera_reads_plates(told: Told) -> None:
    script = textwrap.dedent("""
        import sys
        from dogwatch.recognition.framed import receive, send
        from dogwatch.recognition.plate_spec import PlateRead
        while receive(sys.stdin.buffer) is not None:
            send(sys.stdout.buffer, PlateRead())
    """)
    reader = ReaderProcess((sys.executable, "-c", script))
    recognition = PlateRecognition(settings(), told, reader)
    recognition.offer(best("A123BC77"), (1280, 720))
    until(lambda: reader.running)
    recognition.configure(settings(CONFIG.replace("enabled: true, known", "enabled: false, known")))
    assert not recognition.queue
    until(lambda: not reader.running)
    recognition.close()


CATASTROPHES = {
    "format": PlateTexts(format="(A+)+B"),
    "known_plates": PlateTexts(known={"Ann": ("(A|A|A)+B",)}),
    "replace_rules": PlateTexts(replacements=((r"(\w*)*-", ""),)),
}


@pytest.mark.parametrize("setting", CATASTROPHES)
def test_no_regular_expression_holds_anybody_up(
    reader: ReaderProcess, caplog: pytest.LogCaptureFixture, setting: str
) -> None:
    begun = time.monotonic()
    for _ in range(2):
        judged = reader.judge("A" * 40, CATASTROPHES[setting])
        assert judged.error == f"a regular expression of lpr.{setting} takes too long"
        assert not judged.usable
    assert time.monotonic() - begun < 20  # a process that has just begun loads its modules first
    assert [one.getMessage() for one in caplog.records].count(f"what a plate means cannot be said: {judged.error}") == 1
    assert reader.judge("ab-12o", PlateTexts(replacements=(("O", "0"),), known={"Ann": ("ab12.",)})) == TextJudged(
        "AB120", usable=True, owner="Ann"
    )
    assert reader.judge("A" * 65, PlateTexts()) == TextJudged()


def test_too_many_requests_at_once_are_refused() -> None:
    """Each of them holds a thread, of which the API has forty."""
    played = Played()
    played.go.clear()
    recognition = PlateRecognition(settings(), lambda *_: None, played)
    refused: list[Exception] = []

    def ask() -> None:
        try:
            recognition.read_now(ReadPlate(b"x", (0.0, 0.0, 1.0, 1.0), None, 0))
        except ReaderBusyError as error:
            refused.append(error)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    until(lambda: len(refused) == 4)
    played.go.set()
    for thread in threads:
        thread.join(WAIT_S)
    assert len(played.asked) == 8
    recognition.close()
