"""The detectors' client against a detector played by the test."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dogwatch.bus.detector_client import HELLO_HUNG_S, HELLO_S, DetectorClient, DetectorConnection, DetectorResult
from dogwatch.bus.messages import (
    Answer,
    DetectorHello,
    DetectorInfo,
    DetectReply,
    DetectRequest,
    decode_ask,
    encode,
)
from dogwatch.bus.stream import Listener, Stream
from dogwatch.bus.tensors import TensorPool
from dogwatch.bus.unix import place
from dogwatch.model import Box, Detection

FOUND = (Detection("person", 0.9, Box(1, 2, 3, 4)),)
TIMEOUT = 10.0


class Detector:
    """One detector; it answers only when told to."""

    def __init__(self, run_dir: str, name: str, size: int = 32) -> None:
        self.name, self.size = name, size
        self.listener = Listener(place(run_dir, f"detector-{name}"))
        self.requests: list[tuple[Stream, DetectRequest]] = []

    def serve(self, timeout: float = 0) -> int:
        """Answer hellos and keep requests; return how many hellos there were."""
        hellos = 0
        while heard := self.listener.poll(timeout):
            for client, data in heard:
                if data is None:
                    continue
                ask = decode_ask(data)
                if isinstance(ask, DetectorHello):
                    hellos += 1
                    self.send(client, DetectorInfo(self.name, self.size, self.size, "gray", ("person",), 4, self.size))
                else:
                    self.requests.append((client, ask))
            timeout = 0
        return hellos

    def send(self, client: Stream, answer: Answer) -> None:
        assert client.send(encode(answer))

    def reply(self, *, error: str = "", count: int | None = None) -> None:
        client, ask = self.requests.pop(0)
        found = () if error else (FOUND,) * (len(ask.slots) if count is None else count)
        self.send(client, DetectReply(ask.id, found, error))


class Table:
    """A client, its detectors, and a clock."""

    def __init__(self, run_dir: str, names: tuple[str, ...]) -> None:
        self.run_dir, self.now = run_dir, 1000.0
        self.client = DetectorClient(run_dir, run_dir, names, "pool", slots=4, timeout=TIMEOUT)
        self.detectors: dict[str, Detector] = {}

    def start(self, name: str, size: int = 32) -> Detector:
        self.detectors[name] = Detector(self.run_dir, name, size)
        return self.detectors[name]

    def until(self, done: Callable[[], bool]) -> list[DetectorResult]:
        """Let messages flow, time standing nearly still, until `done`."""
        results: list[DetectorResult] = []
        for _ in range(400):
            results += self.client.poll(self.now)
            if done():
                return results
            self.now += 0.005
            for one in self.detectors.values():
                one.serve(0.005)
        raise AssertionError("it never came")

    def results(self, count: int = 1) -> list[DetectorResult]:
        got: list[DetectorResult] = []
        for _ in range(400):
            got += self.client.poll(self.now)
            if len(got) >= count:
                return got
            for one in self.detectors.values():
                one.serve(0.005)
        raise AssertionError("no result came")

    def connection(self, name: str) -> DetectorConnection:
        return next(connection for connection in self.client.connections if connection.name == name)

    def ask(self, regions: int) -> int:
        choice = self.client.choose(regions)
        assert choice is not None
        request = self.client.request(*choice, self.now)
        assert request is not None
        return request

    def arrived(self, name: str) -> None:
        detector = self.detectors[name]
        before = len(detector.requests)
        for _ in range(400):
            detector.serve(0.005)
            if len(detector.requests) > before:
                return
        raise AssertionError("no request came")


@pytest.fixture
def lay(tmp_path: Path) -> Iterator[Callable[..., Table]]:
    tables: list[Table] = []

    def make(*names: str) -> Table:
        tables.append(Table(str(tmp_path), names))
        return tables[-1]

    yield make
    for table in tables:
        table.client.close()
        for one in table.detectors.values():
            one.listener.close()
    assert not list(tmp_path.glob("*pool-*"))


def test_an_absent_detector_is_not_asked_and_found_when_it_comes(lay: Callable[..., Table]) -> None:
    table = lay("a")
    assert table.client.poll(table.now) == []
    assert table.client.choose(1) is None
    assert not table.client.available
    table.start("a")
    table.until(lambda: table.client.available)
    assert table.client.info is not None
    assert table.client.info.width == 32


def test_the_client_wants_to_be_called_for_hellos_and_overdue_answers_only(lay: Callable[..., Table]) -> None:
    table = lay("a")
    assert table.client.wait_s(table.now) == 0
    table.client.poll(table.now)
    assert table.client.wait_s(table.now) == HELLO_S
    table.start("a")
    table.now += HELLO_S
    table.until(lambda: table.client.available)
    assert table.client.wait_s(table.now) == math.inf
    table.ask(1)
    table.now += 1
    assert table.client.wait_s(table.now) == TIMEOUT - 1
    table.now += TIMEOUT
    assert table.client.wait_s(table.now) == 0
    table.client.poll(table.now)
    assert table.client.wait_s(table.now) == HELLO_HUNG_S


def test_slots_carry_pixels_there_and_come_back_with_the_answer(lay: Callable[..., Table]) -> None:
    table = lay("a")
    detector = table.start("a")
    table.until(lambda: table.client.available)
    connection, slots = table.client.choose(2) or pytest.fail("no connection")
    assert connection.pool is not None
    connection.pool.tensor(slots[1], (32, 32))[:] = 7
    request = table.client.request(connection, slots, table.now)
    table.arrived("a")
    theirs = TensorPool.open(table.run_dir, detector.requests[0][1].pool, 32 * 32)
    assert (theirs.tensor(detector.requests[0][1].slots[1], (32, 32)) == 7).all()
    theirs.close()
    assert table.client.choose(3) is None  # two of four are out
    detector.reply()
    assert table.results() == [DetectorResult(request or 0, (FOUND, FOUND))]
    assert table.client.choose(4) is not None


@pytest.mark.parametrize("fault", ["error", "count"])
def test_a_failed_batch_gives_its_slots_back(lay: Callable[..., Table], fault: str) -> None:
    table = lay("a")
    detector = table.start("a")
    table.until(lambda: table.client.available)
    table.ask(4)
    table.arrived("a")
    detector.reply(error="no memory") if fault == "error" else detector.reply(count=1)
    (result,) = table.results()
    assert result.detections is None
    assert result.error
    assert table.client.choose(4) is not None


def test_no_answer_times_out_and_the_hung_one_is_left_alone_until_it_speaks(lay: Callable[..., Table]) -> None:
    table = lay("a")
    detector = table.start("a")
    table.until(lambda: table.client.available)
    request = table.ask(4)
    table.arrived("a")
    table.now += TIMEOUT - 0.01
    assert table.client.poll(table.now) == []
    table.now += 0.01
    (result,) = table.client.poll(table.now)
    assert (result.id, result.detections, result.error) == (request, None, f"no answer for {TIMEOUT:.0f} s")
    assert not table.client.available
    assert table.client.in_flight == 0
    for _ in range(200):  # its hellos are as rare as they are small
        table.now += HELLO_HUNG_S / 200
        table.client.poll(table.now)
    detector.reply()  # far too late
    table.until(lambda: table.client.available)
    assert table.client.choose(4) is not None


def test_the_least_busy_detector_is_chosen(lay: Callable[..., Table]) -> None:
    table = lay("a", "b")
    table.start("a")
    table.start("b")
    table.until(lambda: all(connection.ready for connection in table.client.connections))
    chosen = []
    for regions in (2, 1, 1, 3):
        choice = table.client.choose(regions)
        chosen.append(choice[0].name if choice else None)
        if choice:
            table.client.request(*choice, table.now)
    assert chosen == ["a", "b", "b", None]


def test_a_detector_with_another_model_voids_what_was_asked(lay: Callable[..., Table]) -> None:
    table = lay("a")
    table.start("a")
    table.until(lambda: table.client.available)
    request = table.ask(1)
    table.arrived("a")
    client, _ = table.detectors["a"].requests[0]
    table.detectors["a"].send(client, DetectorInfo("a", 64, 64, "rgb", ("person",), 4, 64))
    (result,) = table.results()
    assert (result.id, result.detections) == (request, None)
    connection = table.connection("a")
    assert connection.pool is not None
    assert connection.pool.slot_bytes == 64 * 64 * 3


def test_a_detector_that_leaves_loses_its_requests_at_once_and_is_greeted_anew(lay: Callable[..., Table]) -> None:
    table = lay("a")
    table.start("a")
    table.until(lambda: table.client.available)
    request = table.ask(4)
    table.arrived("a")
    table.detectors.pop("a").listener.close()
    (result,) = table.results()
    assert (result.id, result.detections) == (request, None)
    assert not table.client.available
    table.start("a", size=48)
    table.until(lambda: table.client.available)
    assert table.client.info is not None
    assert table.client.info.width == 48
    assert table.client.choose(4) is not None


def test_one_that_talks_nonsense_is_left_and_tried_again(lay: Callable[..., Table]) -> None:
    table = lay("a")
    detector = table.start("a")
    table.until(lambda: table.client.available)
    request = table.ask(4)
    table.arrived("a")
    client, _ = detector.requests.pop()
    client.send(b"\xc1 no message")
    (result,) = table.results()
    assert (result.id, result.detections) == (request, None)
    assert not table.client.available
    table.until(lambda: table.client.available)
    assert table.client.choose(4) is not None


def test_one_that_is_stopped_holds_nobody_up_and_is_not_buried_in_hellos(lay: Callable[..., Table]) -> None:
    table = lay("a")
    detector = table.start("a")
    for _ in range(20_000):
        table.now += HELLO_S
        assert table.client.poll(table.now) == []
    assert not table.client.available
    detector.listener.poll(1.0)  # takes it in
    assert 0 < detector.serve(1.0) < 2000
    table.until(lambda: table.client.available)


def test_one_that_is_stopped_and_killed_is_noticed_when_it_comes_back(lay: Callable[..., Table]) -> None:
    table = lay("a")
    table.start("a")
    table.until(lambda: table.client.available)
    request = table.ask(4)
    table.now += TIMEOUT
    (result,) = table.client.poll(table.now)
    assert result.id == request
    table.client.poll(table.now)  # its next hello is due in `HELLO_HUNG_S`
    table.detectors.pop("a").listener.close()
    table.client.poll(table.now)
    table.start("a")
    table.now += HELLO_S
    table.client.poll(table.now)
    begun = table.now
    table.until(lambda: table.client.available)
    assert table.now < begun + HELLO_S


def test_other_detectors_and_more_regions_while_it_runs(tmp_path: Path) -> None:
    table = Table(str(tmp_path), ("a", "b"))
    for name in ("a", "b", "c"):
        table.start(name)
    table.until(lambda: all(connection.ready for connection in table.client.connections))
    kept, lost = table.ask(3), table.ask(3)
    for name in ("a", "b"):
        table.arrived(name)
    gone = "a" if table.connection("a").in_flight.keys() == {lost} else "b"
    stays = "b" if gone == "a" else "a"
    results = table.client.configure((stays, "c"), slots=8)
    assert [(one.id, one.detections) for one in results] == [(lost, None)]
    assert not table.connection(stays).ready  # until what is in flight has been answered
    table.detectors[stays].reply()
    results = table.until(lambda: all(connection.ready for connection in table.client.connections))
    assert [(one.id, one.detections) for one in results] == [(kept, (FOUND,) * 3)]
    for _ in range(2):
        table.ask(8)
    for name in (stays, "c"):
        table.arrived(name)
        table.detectors[name].reply()
    assert len(table.results(2)) == 2
    assert len(list(tmp_path.glob("dogwatch-*"))) == 2
    table.client.close()
    for detector in table.detectors.values():
        detector.listener.close()
    assert list(tmp_path.glob("dogwatch-*")) == []
