"""What workers tell a core that is there, hangs, is late, has gone or is another one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.bus import link as module
from dogwatch.bus.link import LONGEST_RETRY_S, UP_BYTES, Link
from dogwatch.bus.links import WorkerGone
from dogwatch.bus.messages import Down, FootageLost, IngestStats, LiveInit, Message, Reconfigure, Watch, WorkerReady
from dogwatch.bus.stream import Listener, connect
from dogwatch.testing.core_end import CoreEnd

LARGE = FootageLost("front", 0.0, 0.0, "x" * (8 << 20))  # more than a kernel holds
OTHER = Reconfigure("{}")


class Worker:
    """A worker whose loop is run as long as a test waits for something."""

    def __init__(self, directory: Path, name: str = "front") -> None:
        self.link = Link(f"{directory}/core", "ingest", name, "0123")
        self.heard: list[Down] = []

    def step(self) -> None:
        self.heard += self.link.receive()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    one = Worker(tmp_path)
    yield one
    one.link.close()


@pytest.fixture
def core(tmp_path: Path) -> Iterator[CoreEnd]:
    one = CoreEnd(tmp_path)
    yield one
    one.close()


def said(number: int) -> FootageLost:
    return FootageLost("front", float(number), 0.0, "no_space")


def stats(number: int) -> IngestStats:
    return IngestStats("front", float(number), 5.0, 5.0, 1.0, "full")


def heard(core: CoreEnd, count: int, *workers: Worker) -> list[Message]:
    """Return the next `count` messages, the greetings left out."""
    got: list[Message] = []
    until = time.monotonic() + 20
    while len(got) < count and time.monotonic() < until:
        for worker in workers:
            worker.step()
        got += [one for one in core.poll(0.01) if not isinstance(one, WorkerReady)]
    assert len(got) == count
    return got


def silent(core: CoreEnd, *workers: Worker) -> bool:
    """Whether nothing more comes in a moment."""
    until = time.monotonic() + 0.2
    while time.monotonic() < until:
        for worker in workers:
            worker.step()
        if [one for one in core.poll(0.01) if not isinstance(one, WorkerReady)]:
            return False
    return True


def settle(core: CoreEnd, worker: Worker) -> None:
    """Have everything acknowledged that the core has taken."""
    core.links.acknowledge()
    core.links.acknowledge()
    until = time.monotonic() + 10
    while worker.link._outbox._sent:
        assert time.monotonic() < until
        worker.step()


def test_what_is_told_before_there_is_a_core_waits_for_it(tmp_path: Path, worker: Worker) -> None:
    worker.step()
    assert worker.link.send(said(0))
    assert not worker.link.connected
    core = CoreEnd(tmp_path)
    assert heard(core, 1, worker) == [said(0)]
    assert worker.link.send(said(1))
    assert heard(core, 1) == [said(1)]  # at once, whatever the worker does
    assert worker.link.dropped == 0
    core.close()


def test_a_worker_says_first_who_it_is(core: CoreEnd, worker: Worker) -> None:
    worker.link.send(said(0))
    worker.step()
    while not (came := core.poll(5)):
        pass
    (ready,) = came
    assert isinstance(ready, WorkerReady)
    assert (ready.kind, ready.name, ready.spec_digest) == ("ingest", "front", "0123")


def test_what_the_core_wants_comes_down_in_order(core: CoreEnd, worker: Worker) -> None:
    heard(core, 0, worker)
    worker.link.send(said(0))
    heard(core, 1, worker)
    for message in (OTHER, Watch((0, 2)), Watch(())):
        core.tell("ingest", message)
    until = time.monotonic() + 10
    while len(worker.heard) < 3:
        assert time.monotonic() < until
        worker.step()
    assert worker.heard == [OTHER, Watch((0, 2)), Watch(())]
    assert not core.links.tell("ingest", "back", OTHER)


def test_a_new_core_is_told_what_the_killed_one_has_not_acknowledged(tmp_path: Path, worker: Worker) -> None:
    first = CoreEnd(tmp_path)
    for number in range(3):
        worker.link.send(said(number))
    assert heard(first, 3, worker) == [said(0), said(1), said(2)]
    settle(first, worker)
    worker.link.send(said(3))
    assert heard(first, 1) == [said(3)]  # taken, but who knows what has become of it
    worker.link.send(said(4))  # in its socket's buffer
    first.close()
    worker.link.send(said(5))
    worker.link.send(said(6))
    second = CoreEnd(tmp_path)
    assert heard(second, 4, worker) == [said(3), said(4), said(5), said(6)]
    assert silent(second, worker)
    second.close()


def test_no_core_is_told_anything_twice(core: CoreEnd, worker: Worker) -> None:
    for number in range(3):
        worker.link.send(said(number))
    heard(core, 3, worker)
    for number in range(3, 6):  # what it has not read yet when the connection ends
        worker.link.send(said(number))
    stream = worker.link._stream
    assert stream is not None
    worker.link._disconnect(stream)
    worker.link.send(said(6))
    assert heard(core, 4, worker) == [said(3), said(4), said(5), said(6)]
    assert silent(core, worker)


def test_numbers_do_not_pile_up(tmp_path: Path, worker: Worker) -> None:
    for number in range(100):
        worker.link.send(stats(number))
    first = CoreEnd(tmp_path)
    assert heard(first, 1, worker) == [stats(99)]
    settle(first, worker)
    first.close()
    second = CoreEnd(tmp_path)
    assert heard(second, 1, worker) == [stats(99)]  # which knows nothing yet
    assert silent(second, worker)
    second.close()


def test_a_core_is_found_quickly_however_long_it_was_away(tmp_path: Path, worker: Worker) -> None:
    assert LONGEST_RETRY_S < 0.5
    until = time.monotonic() + 3 * LONGEST_RETRY_S
    while time.monotonic() < until:
        worker.step()
        assert worker.link.wait_s is not None
        time.sleep(worker.link.wait_s)
    core = CoreEnd(tmp_path)
    begun = time.monotonic()
    while not worker.link.connected:
        time.sleep(worker.link.wait_s or 0)
        worker.step()
    assert time.monotonic() - begun < LONGEST_RETRY_S + 0.2
    assert worker.link.wait_s is None
    core.close()


def test_a_core_that_hangs_holds_nobody_up_and_costs_bounded_memory(core: CoreEnd, worker: Worker) -> None:
    worker.link.send(said(0))
    heard(core, 1, worker)
    sent = 0
    while worker.link.send(LARGE):
        sent += 1
        assert sent <= UP_BYTES // (8 << 20)
    assert worker.link.dropped == 1
    assert worker.link.send(said(1))  # there is room for a small one
    assert heard(core, sent + 1, worker)[-1] == said(1)


def test_close_finds_a_core_that_listens_only_since_the_last_try(tmp_path: Path, worker: Worker) -> None:
    """Or a camera that is stopped just after the start has a last segment without a row."""
    worker.link.send(said(1))
    until = time.monotonic() + 20
    while (worker.link.wait_s or 0.0) < LONGEST_RETRY_S / 2 and time.monotonic() < until:
        worker.step()
        time.sleep(0.005)
    core = CoreEnd(tmp_path)
    closing = threading.Thread(target=worker.link.close)
    closing.start()
    assert heard(core, 1) == [said(1)]
    closing.join()
    core.close()


def test_close_sends_what_waits_but_does_not_wait_for_ever(
    core: CoreEnd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(tmp_path)
    worker.step()
    assert worker.link.send(LARGE)
    closing = threading.Thread(target=worker.link.close)
    closing.start()
    assert heard(core, 1) == [LARGE]
    closing.join(10)
    assert not closing.is_alive()
    monkeypatch.setattr(module, "FAREWELL_S", 0.05)
    hung = Worker(tmp_path)
    hung.step()
    assert hung.link.send(LARGE)
    begun = time.monotonic()
    hung.link.close()
    assert time.monotonic() - begun < 5


def test_threads_do_not_mix_their_messages(core: CoreEnd, worker: Worker) -> None:
    def tell(kind: str) -> None:
        for number in range(300):
            worker.link.send(FootageLost(kind, float(number), 0.0, "x" * 5000))

    threads = [threading.Thread(target=tell, args=(kind,)) for kind in "abcd"]
    for thread in threads:
        thread.start()
    got = [one for one in heard(core, 1200, worker) if isinstance(one, FootageLost)]
    for thread in threads:
        thread.join()
    for kind in "abcd":
        assert [one.start_time for one in got if one.camera == kind] == list(range(300))
    assert worker.link.dropped == 0


def test_a_message_that_is_too_large_is_refused(core: CoreEnd, worker: Worker) -> None:
    assert not worker.link.send(LiveInit("front", 0, "", bytes(UP_BYTES)))
    assert worker.link.send(said(1))
    assert heard(core, 1, worker) == [said(1)]


def test_a_second_connection_of_a_name_replaces_the_first(core: CoreEnd, worker: Worker, tmp_path: Path) -> None:
    worker.link.send(said(0))
    heard(core, 1, worker)
    for number in range(1, 200):  # more than is read at once
        worker.link.send(FootageLost("front", float(number), 0.0, "x" * 5000))
    another = Worker(tmp_path)
    another.step()
    another.link.send(said(200))
    got = [one.start_time for one in heard(core, 200, another) if isinstance(one, FootageLost)]
    assert got == list(range(1, 201))
    core.tell("ingest", OTHER)
    while not another.heard:
        another.step()
    assert core.gone == []
    another.link.close()
    while not core.gone:
        core.poll(0.05)
    assert [(one.kind, one.name) for one in core.gone] == [("ingest", "front")]


def test_who_does_not_say_who_it_is_is_nobody(core: CoreEnd, worker: Worker) -> None:
    strangers = [connect(core.address) for _ in range(2)]
    for stranger, data in zip(strangers, (b"\xc1garbage", bytes(8) + b"\x81\xa4type\xa3Ack"), strict=True):
        assert stranger is not None
        stranger.send(data)
        stranger.send(data)
    worker.link.send(said(0))
    assert heard(core, 1, worker) == [said(0)]
    for stranger in strangers:
        assert stranger is not None
        while not stranger.gone:
            stranger.receive()
            core.poll(0.01)
        stranger.close()


def test_a_core_that_talks_nonsense_is_left(tmp_path: Path, worker: Worker) -> None:
    listener = Listener(f"{tmp_path}/core", UP_BYTES)
    worker.step()
    while not (greeted := listener.poll(5)):
        pass
    stream, _ = greeted[0]
    listener.send(stream, b"\xc1")
    until = time.monotonic() + 10
    while worker.link.connected:
        assert time.monotonic() < until
        worker.step()
    listener.close()


def test_acknowledgements_are_few(core: CoreEnd, worker: Worker) -> None:
    """Ten seconds of a busy camera cost a handful of them."""
    for number in range(50):
        worker.link.send(said(number))
    heard(core, 50, worker)
    acks = [core.links.acknowledge(), core.links.acknowledge(), core.links.acknowledge()]
    assert acks == [True, False, False]
    settle(core, worker)
    assert worker.link._outbox._held == 0


def test_the_socket_is_its_owners_alone(core: CoreEnd) -> None:
    assert Path(core.address).stat().st_mode & 0o777 == 0o600


def test_gone_is_told_behind_what_was_told_before(core: CoreEnd, worker: Worker) -> None:
    worker.link.send(said(0))
    heard(core, 1, worker)
    worker.link.send(said(1))
    worker.link.close()
    items = core.links.poll(5)
    while not any(data is None for _, data in items):
        items += core.links.poll(5)
    told = [core.links.take(peer, data) for peer, data in items]
    assert told[0] == said(1)
    assert isinstance(told[-1], WorkerGone)
