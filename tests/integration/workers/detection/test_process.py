"""A real detection process, asked as the analysis asks it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from dogwatch.bus.messages import (
    Answer,
    Ask,
    DetectorHello,
    DetectorInfo,
    DetectorStats,
    DetectReply,
    DetectRequest,
    Message,
    Reconfigure,
    WorkerReady,
    decode_answer,
    encode,
)
from dogwatch.bus.spec import digest
from dogwatch.bus.stream import Stream, connect
from dogwatch.bus.tensors import TensorPool
from dogwatch.bus.unix import place
from dogwatch.detectors.spec import DetectorSpec, ModelSpec
from dogwatch.errors import DetectorError
from dogwatch.media.street import StreetScene
from dogwatch.model import Box, Detection
from dogwatch.testing.core_end import CoreEnd
from dogwatch.workers.detection.process import DetectorServer
from dogwatch.workers.detection.spec import DetectionSpec

WAIT_S = 20.0
Start = Callable[[DetectionSpec], subprocess.Popen[bytes]]


class Asker:
    """One analysis process, as far as a detector can tell."""

    def __init__(self, run_dir: Path, name: str) -> None:
        self.path = place(str(run_dir), f"detector-{name}")
        self.connection: Stream | None = None
        self.answers: list[Answer] = []

    @property
    def stream(self) -> Stream:
        """The connection, as soon as there is a detector."""
        deadline = time.monotonic() + WAIT_S
        while self.connection is None and time.monotonic() < deadline:
            self.connection = connect(self.path)
            if self.connection is None:
                time.sleep(0.02)  # nothing tells of a file that comes
        assert self.connection is not None, "there is no detector"
        return self.connection

    def send(self, ask: Ask) -> None:
        assert self.stream.send(encode(ask))

    def waits(self, timeout: float = 0) -> bool:
        """Whether there is an answer, or the end, within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not self.answers and not self.stream.gone:
            if not select.select([self.stream], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return False
            self.answers += map(decode_answer, self.stream.receive())
        return True

    def receive(self) -> Answer:
        assert self.waits(WAIT_S), "the detector did not answer"
        return self.answers.pop(0)

    def ask(self, ask: Ask) -> Answer:
        self.send(ask)
        return self.receive()

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
            self.answers.clear()


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def begin(spec: DetectionSpec) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dogwatch.workers.detection"], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        started.append(process)
        assert process.stdin
        process.stdin.write(msgspec.json.encode(spec) + b"\n")
        process.stdin.flush()
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stderr):
            if pipe:
                pipe.close()


@pytest.fixture
def asker(tmp_path: Path) -> Iterator[Asker]:
    it = Asker(tmp_path, "d")
    yield it
    it.close()


def spec(path: Path, kind: str = "fixed", **options: str | int | float | bool) -> DetectionSpec:
    detector = DetectorSpec(name="d", type=kind, options=options, batch=2)
    return DetectionSpec(run_dir=str(path), ring_dir=str(path), detector=detector)


def pool_of(path: Path, name: str, info: DetectorInfo, slots: int = 4) -> TensorPool:
    depth = 1 if info.pixel_format == "gray" else 3
    return TensorPool.create(str(path), name, slots, info.width * info.height * depth)


def hello(asker: Asker) -> DetectorInfo:
    info = asker.ask(DetectorHello())
    assert isinstance(info, DetectorInfo)
    return info


def reply(asker: Asker, ask: DetectRequest) -> DetectReply:
    answer = asker.ask(ask)
    assert isinstance(answer, DetectReply)
    return answer


def test_people_in_shared_memory_are_found(tmp_path: Path, start: Start, asker: Asker) -> None:
    scene = StreetScene(1280, 720, 15, 1)
    n, box = next(
        (n, box)
        for n in range(20, 400)
        for box in scene.truth(n)
        if 440 < box.x1 < 760 and not any(o != box and o.intersection(box) for o in scene.truth(n))
    )
    x, y = (box.x1 + box.x2) // 2 - 208, min((box.y1 + box.y2) // 2 - 208, 304)
    start(spec(tmp_path, "opencv"))
    info = hello(asker)
    assert (info.name, info.pixel_format, info.labels, info.batch) == ("d", "gray", ("person", "face"), 2)
    pool = pool_of(tmp_path, "tensors-1", info)
    gray = np.asarray(cv2.cvtColor(scene.render(n), cv2.COLOR_BGR2GRAY))
    pool.tensor(2, (416, 416))[:] = gray[y : y + 416, x : x + 416]
    answer = reply(asker, DetectRequest(7, "tensors-1", (2, 0)))
    assert (answer.id, answer.error, len(answer.detections)) == (7, "", 2)
    there = Box(box.x1 - x, box.y1 - y, box.x2 - x, box.y2 - y)
    best = max(answer.detections[0], key=lambda one: one.box.iou(there))
    assert best.label == "person"
    assert best.score >= 0.7
    assert best.box.iou(there) > 0.4
    assert answer.detections[1] == ()
    pool.close(unlink=True)


def test_errors_are_answered_and_the_process_goes_on(tmp_path: Path, start: Start, asker: Asker) -> None:
    process = start(spec(tmp_path, boxes="person,0.9,1,2,3,4"))
    info = hello(asker)
    assert "cannot be opened" in reply(asker, DetectRequest(1, "nowhere", (0,))).error
    assert "no name of a tensor pool" in reply(asker, DetectRequest(2, "../../etc/passwd", (0,))).error
    pool = pool_of(tmp_path, "p", info)
    assert "has no slot" in reply(asker, DetectRequest(3, "p", (4,))).error
    assert "has no slot" in reply(asker, DetectRequest(4, "p", (-1,))).error
    asker.stream.send(b"\xc1 no message")
    assert asker.waits(WAIT_S)
    assert asker.stream.gone
    asker.close()
    (tmp_path / "odd").write_bytes(b"x" * 1000)
    assert "cannot be opened" in reply(asker, DetectRequest(5, "odd", (0,))).error
    found = (Detection("person", 0.9, Box(1, 2, 3, 4)),)
    assert reply(asker, DetectRequest(6, "p", (0, 1, 2))) == DetectReply(6, (found, found, found))
    assert reply(asker, DetectRequest(7, "p", ())) == DetectReply(7, ())
    assert process.poll() is None
    pool.close(unlink=True)


def test_a_pool_made_anew_under_the_same_name_is_opened_anew(tmp_path: Path, start: Start, asker: Asker) -> None:
    process = start(spec(tmp_path))
    info = hello(asker)

    def mapped() -> int:
        return Path(f"/proc/{process.pid}/maps").read_text().count(str(tmp_path / "p"))

    for slots in (1, 8):
        pool = pool_of(tmp_path, "p", info, slots)
        assert reply(asker, DetectRequest(slots, "p", (slots - 1,))).error == ""
        pool.close(unlink=True)
    if Path("/proc/self/maps").exists():
        assert mapped() == 1
    assert "gone" in reply(asker, DetectRequest(9, "p", (0,))).error
    if Path("/proc/self/maps").exists():
        assert mapped() == 0


def test_two_askers_are_served_in_turn(tmp_path: Path, start: Start, asker: Asker) -> None:
    start(spec(tmp_path, delay_ms=20))
    info, other = hello(asker), Asker(tmp_path, "d")
    pool = pool_of(tmp_path, "p", info)
    hello(other)
    for number in range(30):
        asker.send(DetectRequest(number, "p", (0,)))
    other.send(DetectRequest(1, "p", (1,)))
    assert isinstance(other.receive(), DetectReply)
    assert asker.waits(WAIT_S)
    behind = 0
    while asker.waits():
        asker.receive()
        behind += 1
    assert behind < 29, "the other one had to wait for the whole queue"
    other.close()
    pool.close(unlink=True)


def test_what_a_client_asked_that_has_gone_is_not_looked_at(tmp_path: Path, asker: Asker) -> None:
    detector = Gated()
    server = DetectorServer(spec(tmp_path), detector)
    thread = threading.Thread(target=server.run)
    thread.start()
    pool = pool_of(tmp_path, "p", detector.info)
    gone = Asker(tmp_path, "d")
    for number in range(5):
        gone.send(DetectRequest(number, "p", (0,)))
    assert detector.inside.wait(20)
    gone.close()
    asker.send(DetectorHello())
    detector.go.set()
    assert asker.receive() == detector.info
    assert isinstance(asker.ask(DetectRequest(9, "p", (0,))), DetectReply)
    stats = server.stats()
    assert stats.queue == 0
    assert stats.batches < 6
    server.stop()
    thread.join(10)
    pool.close(unlink=True)


def test_a_stopped_client_costs_the_others_nothing(tmp_path: Path, start: Start, asker: Asker) -> None:
    start(spec(tmp_path, boxes="person,0.9,1,2,3,4"))
    info, stopped = hello(asker), Asker(tmp_path, "d")
    pool = pool_of(tmp_path, "p", info)
    for number in range(20_000):  # it never reads an answer
        if not stopped.stream.send(encode(DetectRequest(number, "p", (0, 1, 2, 3)))):
            time.sleep(0.001)
            stopped.stream.flush()
    for number in range(10):
        assert reply(asker, DetectRequest(number, "p", (0,))).id == number
    stopped.close()
    assert reply(asker, DetectRequest(11, "p", (0,))).id == 11
    pool.close(unlink=True)


def test_too_many_requests_are_refused_not_kept(tmp_path: Path, start: Start, asker: Asker) -> None:
    start(spec(tmp_path, delay_ms=100))
    pool = pool_of(tmp_path, "p", hello(asker))
    for number in range(200):
        asker.send(DetectRequest(number, "p", (0,)))
    answers = [asker.receive() for _ in range(100)]
    refused = [one.id for one in answers if isinstance(one, DetectReply) and "too far behind" in one.error]
    assert len(refused) >= 80
    assert 199 not in refused
    pool.close(unlink=True)


def heard(core: CoreEnd) -> Message:
    """Return the next message."""
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until:
        if messages := core.poll(0.1):
            return messages[0]
    raise AssertionError("nothing came")


def test_it_reports(tmp_path: Path, start: Start, asker: Asker) -> None:
    core = CoreEnd(tmp_path)
    wanted = msgspec.structs.replace(spec(tmp_path, delay_ms=20), link=core.address)
    process = start(wanted)
    try:
        ready = WorkerReady("detection", "d", process.pid, digest(msgspec.json.encode(wanted)))
        assert heard(core) == ready
        pool = pool_of(tmp_path, "p", hello(asker))
        reply(asker, DetectRequest(1, "p", (0, 1, 2)))
        stats = heard(core)
        assert isinstance(stats, DetectorStats)
        assert (stats.name, stats.pid, stats.detection_start) == ("d", process.pid, 0.0)
        assert (stats.batches, stats.regions, stats.queue) == (2, 3, 0)
        assert 20 <= stats.inference_speed < 200
        pool.close(unlink=True)
    finally:
        core.close()


class Gated:
    """A detector that stays in its inference until it is let go."""

    info = DetectorInfo("d", 8, 8, "gray", (), 1, 8)

    def __init__(self) -> None:
        self.inside, self.go = threading.Event(), threading.Event()

    def detect(self, batch: list[NDArray[np.uint8]]) -> list[list[Detection]]:
        self.inside.set()
        self.go.wait(20)
        return [[] for _ in batch]


def test_a_running_inference_shows(tmp_path: Path, asker: Asker) -> None:
    detector = Gated()
    server = DetectorServer(spec(tmp_path), detector)
    thread = threading.Thread(target=server.run)
    thread.start()
    pool = pool_of(tmp_path, "p", detector.info)
    assert server.stats().detection_start == 0.0
    asker.send(DetectRequest(1, "p", (0,)))
    assert detector.inside.wait(20)
    assert abs(server.stats().detection_start - time.time()) < 60
    detector.go.set()
    assert isinstance(asker.receive(), DetectReply)
    after = server.stats()
    assert (after.detection_start, after.batches) == (0.0, 1)
    assert after.inference_speed > 0
    assert server.stats().inference_speed == after.inference_speed, "an idle time keeps the last known mean"
    server.stop()
    thread.join(10)
    assert not thread.is_alive()
    pool.close(unlink=True)


class Failing:
    """A detector that fails while it is told to."""

    info = DetectorInfo("d", 8, 8, "gray", (), 1, 8)
    broken = True

    def detect(self, batch: list[NDArray[np.uint8]]) -> list[list[Detection]]:
        if self.broken:
            raise DetectorError("no server")
        return [[] for _ in batch]


def test_a_failure_is_logged_once_until_it_is_over(
    tmp_path: Path, asker: Asker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    detector = Failing()
    server = DetectorServer(spec(tmp_path), detector)
    thread = threading.Thread(target=server.run)
    thread.start()
    pool = pool_of(tmp_path, "p", detector.info)
    for number, broken in enumerate((True, True, True, False, False, True, True)):
        detector.broken = broken
        assert reply(asker, DetectRequest(number, "p", (0,))).error == ("no server" if broken else "")
    server.stop()
    thread.join(10)
    pool.close(unlink=True)
    fails = "batches fail: no server"
    assert caplog.messages == [fails, "batches succeed again", fails]


def test_it_leaves_with_its_parent(tmp_path: Path, start: Start, asker: Asker) -> None:
    process = start(spec(tmp_path))
    hello(asker)
    assert process.stdin
    process.stdin.close()
    assert process.wait(10) == 0


def test_it_leaves_on_sigterm_even_when_an_inference_hangs(tmp_path: Path, start: Start, asker: Asker) -> None:
    process = start(spec(tmp_path, delay_ms=60_000))
    pool = pool_of(tmp_path, "p", hello(asker))
    asker.send(DetectRequest(1, "p", (0,)))
    process.terminate()
    assert process.wait(10) in (0, 1)
    pool.close(unlink=True)


@pytest.mark.parametrize(
    ("kind", "model", "message"),
    [
        ("abacus", ModelSpec(), "no type 'abacus'"),
        ("onnx", ModelSpec(path="/nowhere/m.onnx"), "no model file /nowhere/m.onnx"),
    ],
)
def test_what_cannot_be_loaded_ends_it_with_2(
    tmp_path: Path, start: Start, kind: str, model: ModelSpec, message: str
) -> None:
    wanted = spec(tmp_path, kind)
    process = start(msgspec.structs.replace(wanted, detector=msgspec.structs.replace(wanted.detector, model=model)))
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert message in errors.decode()
    assert "Traceback" not in errors.decode()


def test_a_spec_that_is_none_ends_it_with_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dogwatch.workers.detection"], input=b"{}\n", capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"no detection spec" in done.stderr


def test_it_stays_light(tmp_path: Path) -> None:
    code = "import sys, dogwatch.workers.detection.process, dogwatch.detectors.opencv; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=dict(os.environ), cwd=tmp_path
    )
    loaded = set(done.stdout.decode().split())
    assert not loaded & {"pydantic", "sqlalchemy", "fastapi", "av", "dogwatch.config", "dogwatch.store"}


def test_it_follows_another_log_level_and_no_other_model(tmp_path: Path, start: Start) -> None:
    core = CoreEnd(tmp_path)
    wanted = msgspec.structs.replace(spec(tmp_path), link=core.address)
    process = start(wanted)
    assert isinstance(heard(core), WorkerReady)
    louder = msgspec.json.encode(msgspec.structs.replace(wanted, log_level="debug"))
    other = msgspec.structs.replace(wanted, detector=msgspec.structs.replace(wanted.detector, batch=1))
    for text in (louder, msgspec.json.encode(other)):
        core.tell("detection", Reconfigure(text.decode()))
    assert process.stderr is not None
    assert b"cannot follow its new configuration" in process.stderr.readline()
    core.close()
    core = CoreEnd(tmp_path)
    assert heard(core) == WorkerReady("detection", "d", process.pid, digest(louder))
    core.close()
