"""From pictures of people to names of events, with the real process and with one that is played."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np
import pytest

from dogwatch.bus.messages import BestPicture
from dogwatch.config import parse
from dogwatch.errors import NotFoundError, RefusedError
from dogwatch.model import Box, Detection
from dogwatch.recognition.face_library import FaceLibrary
from dogwatch.recognition.face_spec import FaceLook, FaceModels, LookForFace
from dogwatch.recognition.face_votes import FaceVerdict
from dogwatch.recognition.faces import FaceRecognition, FaceSettings, faces_of
from dogwatch.recognition.picture_queue import MOST_WAITING
from dogwatch.recognition.reader_process import FaceProcess, ReaderBusyError, ReaderError
from tests.drawn_faces import crowd, drawn_face, jpeg

WAIT_S = 30.0
FRAME, BODY = (1280, 720), Box(20, 180, 320, 600)
CONFIG = """
face_recognition: {enabled: true, min_area: 500, save_attempts: 3}
cameras:
  door: {ffmpeg: {inputs: [{path: rtsp://10.0.0.2/main}]}}
  yard: {ffmpeg: {inputs: [{path: rtsp://10.0.0.3/main}]}, face_recognition: {enabled: false}}
"""


def settings(text: str = CONFIG) -> FaceSettings:
    return faces_of(parse(text, env={}).config)


def best(
    picture: bytes,
    *,
    key: str = "1700000000.5-abc",
    label: str = "person",
    camera: str = "door",
    box: Box = BODY,
    face: Box | None = None,
) -> BestPicture:
    seen = (Detection("face", 0.9, face),) if face is not None else ()
    return BestPicture(camera, key, label, 1700000001.5, picture, box, box, 0.9, b"", seen)


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Named:
    """Takes verdicts; while `refuses`, the event has no row."""

    def __init__(self) -> None:
        self.verdicts: list[tuple[str, str | None]] = []
        self.before: list[str | None] = []
        self.refuses = False

    def __call__(self, event_id: str, camera: str, verdict: FaceVerdict, before: str | None) -> None:
        if self.refuses:
            raise NotFoundError("no such event")
        assert camera == "door"
        self.verdicts.append((event_id, verdict.name))
        self.before.append(before)


class PlayedFaces:
    """Sees what it is told to."""

    def __init__(self) -> None:
        self.answers: list[FaceLook] = []
        self.asked: list[LookForFace] = []
        self.go = threading.Event()
        self.go.set()

    def ask(self, question: LookForFace) -> FaceLook:
        self.go.wait(WAIT_S)
        self.asked.append(question)
        return self.answers.pop(0) if self.answers else FaceLook()

    def tick(self, *, wanted: bool = True) -> None: ...

    def close(self) -> None:
        self.go.set()


@pytest.fixture(scope="module")
def process() -> Iterator[FaceProcess]:
    made = FaceProcess()
    yield made
    made.close()
    assert not made.running


@pytest.fixture
def library(tmp_path: Path) -> FaceLibrary:
    return FaceLibrary(tmp_path)


def seen(name: str, score: float) -> FaceLook:
    return FaceLook(b"webp", name, score, (1, 2, 3, 4))


def test_people_of_the_library_are_named_and_strangers_are_not(process: FaceProcess, library: FaceLibrary) -> None:
    named = Named()
    faces = FaceRecognition(settings(), library, named, process)
    for name, person in (("Bob", 1), ("Ann", 2)):
        faces.register(name, jpeg(drawn_face(person)))
    frame = jpeg(crowd((2, 3), (1, 3), (7, 0)))
    for place, key in enumerate(("1.5-ann", "2.5-bob", "3.5-eve")):
        x = 20 + place * 300
        faces.offer(best(frame, key=key, box=Box(x, 180, x + 290, 600)), FRAME)
    until(lambda: len(named.verdicts) == 3)
    faces.queue.close()
    assert sorted(named.verdicts) == [("1.5-ann", "Ann"), ("2.5-bob", "Bob"), ("3.5-eve", None)]
    files = library.names()["train"]
    assert [file.split("-")[3] for file in files] == ["unknown", "Bob", "Ann"]
    whole = library.read("train", files[0])
    picture = cv2.imdecode(np.frombuffer(whole, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert max(picture.shape) < 400  # the face, not the frame


def test_who_is_put_into_or_taken_from_the_library_counts_at_once(process: FaceProcess, library: FaceLibrary) -> None:
    faces = FaceRecognition(settings(), library, Named(), process)
    asked = jpeg(drawn_face(1, 4))
    assert faces.name_of(faces.look(asked)) == "unknown"
    faces.register("Bob", jpeg(drawn_face(1)))
    found = faces.look(asked)
    assert (faces.name_of(found), found.score > 0.8) == ("Bob", True)
    library.rename("Bob", "Robert")
    assert faces.name_of(faces.look(asked)) == "Robert"
    library.delete("Robert", library.names()["Robert"])
    assert faces.look(asked).name == ""
    (library.root / "Bob").mkdir()  # by hand, as another program keeps it: the face fills the picture
    cv2.imwrite(str(library.root / "Bob" / "x.jpg"), drawn_face(1)[40:215, 35:210])
    found = faces.look(asked)
    assert found.name == "Bob"


def test_a_face_is_looked_for_where_the_detector_has_seen_one(process: FaceProcess, library: FaceLibrary) -> None:
    faces = FaceRecognition(settings(), library, Named(), process)
    frame = jpeg(crowd((2, 3), (1, 3)))
    whole = Box(0, 0, *FRAME)
    faces.offer(best(frame, box=whole, face=Box(380, 245, 540, 405)), FRAME)
    until(lambda: library.names().get("train"))
    look = process.ask(LookForFace(picture=frame, inside=(0.22, 0.2, 0.5, 0.7)))
    assert 340 < look.box[0] < 420


def test_small_and_blurred_faces(process: FaceProcess, library: FaceLibrary) -> None:
    faces = FaceRecognition(settings(), library, Named(), process)
    faces.register("Bob", jpeg(drawn_face(1)))
    sharp = drawn_face(1, 4)
    soft = jpeg(np.asarray(cv2.GaussianBlur(sharp, (0, 0), 4.0), np.uint8))
    assert process.ask(LookForFace(picture=jpeg(sharp), min_area=200 * 200)) == FaceLook()
    filtered, plain = (
        process.ask(LookForFace(picture=soft, library=str(library.root), blur=blur)) for blur in (True, False)
    )
    assert filtered.picture
    assert filtered.score < plain.score


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that says it is very large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"no picture",
        b"\xff\xd8\xff",
        b"RIFF1234WAVEfmt ",
        png_header(60_000, 60_000),
        png_header(100, 2_000_000_000),
        jpeg(drawn_face(1))[:700],
        cv2.imencode(".bmp", drawn_face(1))[1].tobytes(),
        cv2.imencode(".tiff", drawn_face(1))[1].tobytes(),
    ],
    ids=["empty", "text", "marker", "sound", "huge", "long", "cut off", "bmp", "tiff"],
)
def test_hostile_pictures_are_refused_and_cost_nothing(
    process: FaceProcess, library: FaceLibrary, picture: bytes
) -> None:
    faces = FaceRecognition(settings(), library, Named(), process)
    with pytest.raises(RefusedError):
        faces.look(picture)
    assert faces.look(jpeg(drawn_face(1))).picture  # the process goes on


def test_what_lies_in_the_library_and_is_no_picture_is_passed_over(process: FaceProcess, library: FaceLibrary) -> None:
    faces = FaceRecognition(settings(), library, Named(), process)
    faces.register("Bob", jpeg(drawn_face(1)))
    for name in ("broken.webp", "text.jpg"):
        (library.root / "Bob" / name).write_bytes(b"RIFF\0\0\0\0WEBPbroken")
    (library.root / "Bob" / "deep.webp").mkdir()
    (library.root / "notes.txt").write_text("x")
    (library.root / ".hidden").mkdir()
    for number, (height, width) in enumerate(((1, 1), (1, 5000), (5000, 2))):
        cv2.imwrite(str(library.root / "Bob" / f"line{number}.png"), np.zeros((height, width, 3), np.uint8))
    foreign = os.fsencode(library.root) + b"/J\xe9r\xf4me"  # as an old computer has written it
    os.mkdir(foreign)  # noqa: PTH102
    for odd in (foreign + b"/a.webp", os.fsencode(library.root) + b"/Bob/\xe9.webp"):
        Path(os.fsdecode(odd)).write_bytes(jpeg(drawn_face(2)))
    assert faces.look(jpeg(drawn_face(1, 4))).name == "Bob"
    assert faces.look(jpeg(drawn_face(2, 4))).name != os.fsdecode(b"J\xe9r\xf4me")
    assert library.names().keys() == {"Bob"}
    json.dumps(library.names(), ensure_ascii=False).encode()


def test_models_that_cannot_be_loaded_are_told(process: FaceProcess, library: FaceLibrary, tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    text = CONFIG.replace(
        "save_attempts: 3", f"detector_model: {tmp_path}/broken.onnx, recognition_model: {tmp_path}/broken.onnx"
    )
    faces = FaceRecognition(settings(text), library, Named(), process)
    with pytest.raises(RefusedError, match="error"):
        faces.look(jpeg(drawn_face(1)))
    faces.configure(settings())
    assert faces.look(jpeg(drawn_face(1))).picture


def test_only_people_of_cameras_that_recognise_faces_are_looked_at(library: FaceLibrary) -> None:
    played = PlayedFaces()
    faces = FaceRecognition(settings(), library, Named(), played)
    for picture in (best(b"x", label="car"), best(b"x", camera="yard"), best(b"x", camera="x"), best(b"")):
        faces.offer(picture, FRAME)
    assert not faces.queue.started  # nothing has begun
    faces.offer(best(b"x", label="face"), FRAME)
    until(lambda: played.asked)
    faces.close()
    faces.offer(best(b"x"), FRAME)
    assert len(played.asked) == 1


def test_pictures_are_weighed_and_an_event_is_named_once(library: FaceLibrary) -> None:
    played, named = PlayedFaces(), Named()
    faces = FaceRecognition(settings(), library, named, played)
    played.answers = [seen("Bob", 0.85), FaceLook(), seen("Bob", 0.96), seen("Ann", 0.3), seen("", 0.0)]
    for number in range(5):
        faces.offer(best(b"x"), FRAME)
        until(lambda: len(played.asked) > number)  # noqa: B023 - asked at once
    until(lambda: len(named.verdicts) >= 2)
    faces.close()
    assert named.verdicts == [("1700000000.5-abc", None), ("1700000000.5-abc", "Bob")]
    assert named.before == [None, None]
    assert len(library.names()["train"]) <= 3


def test_a_stranger_with_one_lucky_picture_loses_the_name(library: FaceLibrary) -> None:
    played, named = PlayedFaces(), Named()
    faces = FaceRecognition(settings(), library, named, played)
    played.answers = [seen("Bob", 0.95)]
    faces.offer(best(b"x"), FRAME)
    until(lambda: named.verdicts)
    played.answers = [seen("Bob", 0.4)] * 4
    for number in range(1, 5):
        faces.offer(best(b"x"), FRAME)
        until(lambda: len(played.asked) > number)  # noqa: B023 - asked at once
    until(lambda: len(named.verdicts) >= 2)
    faces.close()
    assert [name for _, name in named.verdicts] == ["Bob", None]
    assert named.before == [None, "Bob"]


def test_a_newer_picture_takes_the_place_of_one_that_waits_and_few_wait(library: FaceLibrary) -> None:
    played = PlayedFaces()
    played.go.clear()
    faces = FaceRecognition(settings(), library, Named(), played)
    for _ in range(5):
        for number in range(MOST_WAITING + 4):
            faces.offer(best(b"x", key=f"{number}.5-abc"), FRAME)
    assert len(faces.queue) <= MOST_WAITING
    assert faces.queue.dropped > 0
    played.go.set()
    until(lambda: not len(faces.queue))
    assert len(played.asked) <= MOST_WAITING + 2
    faces.close()


def test_an_event_without_a_row_is_named_when_it_has_one(library: FaceLibrary) -> None:
    played, named = PlayedFaces(), Named()
    named.refuses = True
    faces = FaceRecognition(settings(), library, named, played)
    played.answers = [seen("Bob", 0.95)]
    faces.offer(best(b"x"), FRAME)
    until(lambda: library.names().get("train"))
    assert named.verdicts == []
    named.refuses = False
    until(lambda: named.verdicts)
    faces.close()
    assert named.verdicts == [("1700000000.5-abc", "Bob")]


def test_one_name_that_cannot_be_written_does_not_cost_another(
    library: FaceLibrary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("dogwatch.recognition.faces.TRY_FOR_S", 0.0)
    named, played = Named(), PlayedFaces()

    def tell(event_id: str, camera: str, verdict: FaceVerdict, before: str | None) -> None:
        if event_id == "1.5-a":
            raise sqlite3.OperationalError("database disk image is malformed")
        named(event_id, camera, verdict, before)

    faces = FaceRecognition(settings(), library, tell, played)
    played.answers = [seen("Bob", 0.95), seen("Ann", 0.95)]
    for key in ("1.5-a", "2.5-b"):
        faces.offer(best(b"x", key=key), FRAME)
    until(lambda: named.verdicts)
    until(lambda: "malformed" in caplog.text)
    faces.close()
    assert named.verdicts == [("2.5-b", "Ann")]
    assert "not looked at for a moment" not in caplog.text


def test_other_settings_hold_at_once(library: FaceLibrary) -> None:
    played, named = PlayedFaces(), Named()
    faces = FaceRecognition(settings(), library, named, played)
    faces.configure(settings(CONFIG.replace("enabled: true, min", "enabled: false, min")))
    assert not faces.enabled
    faces.offer(best(b"x"), FRAME)
    assert not faces.queue.started
    text = "recognition_threshold: 0.5, unknown_score: 0.4, save_attempts: 0, blur_confidence_filter: false"
    faces.configure(settings(CONFIG.replace("min_area: 500, save_attempts: 3", f"min_area: 900, {text}")))
    played.answers = [seen("Bob", 0.55)]
    faces.offer(best(b"x"), FRAME)
    until(lambda: named.verdicts)
    faces.close()
    assert named.verdicts == [("1700000000.5-abc", "Bob")]
    (asked,) = played.asked
    assert (asked.min_area, asked.blur, asked.models) == (900, False, FaceModels())
    assert library.names() == {}


def test_too_many_requests_at_once_are_refused(library: FaceLibrary) -> None:
    played = PlayedFaces()
    played.go.clear()
    faces = FaceRecognition(settings(), library, Named(), played)
    refused: list[Exception] = []

    def ask() -> None:
        try:
            faces.look(b"x")
        except (ReaderError, RefusedError) as error:
            refused.append(error)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    until(lambda: len(refused) == 4)
    assert all(isinstance(error, ReaderError) for error in refused)
    played.go.set()
    for thread in threads:
        thread.join(WAIT_S)
    assert len(played.asked) == 8
    faces.close()


def test_the_process_ends_when_nobody_wants_faces(library: FaceLibrary) -> None:
    process = FaceProcess()
    faces = FaceRecognition(settings(), library, Named(), process)
    assert faces.look(jpeg(drawn_face(1))).picture
    assert process.running
    faces.configure(settings(CONFIG.replace("enabled: true, min", "enabled: false, min")))
    until(lambda: not process.running)
    faces.close()


def test_a_full_disk_is_told_once_and_costs_no_names(
    library: FaceLibrary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_room(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    played, named = PlayedFaces(), Named()
    faces = FaceRecognition(settings(), library, named, played)
    with monkeypatch.context() as full:
        full.setattr("dogwatch.recognition.face_library.write", no_room)
        for number in range(3):
            played.answers = [seen("Bob", 0.95)]
            faces.offer(best(b"x", key=f"{number}.5-abc"), FRAME)
            until(lambda: len(named.verdicts) > number)  # noqa: B023 - asked at once
    assert [line for line in caplog.messages if "kept" in line] == [
        "attempts to recognise faces cannot be kept: [Errno 28] No space left on device"
    ]
    assert library.names() == {}
    played.answers = [seen("Bob", 0.95)]
    faces.offer(best(b"x", key="9.5-abc"), FRAME)
    until(lambda: library.names())
    faces.close()


def test_few_uploads_are_in_memory_at_once(library: FaceLibrary) -> None:
    faces = FaceRecognition(settings(), library, Named(), PlayedFaces())
    with ExitStack() as uploads:
        for _ in range(8):
            uploads.enter_context(faces.uploads.one())
        with pytest.raises(ReaderBusyError, match="too many"), faces.uploads.one():
            pass
    with faces.uploads.one():
        pass
