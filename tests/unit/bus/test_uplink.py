"""What workers say to a core that is there, hangs, is late, or has gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.bus import uplink as module
from dogwatch.bus.messages import LiveInit, Message, StreamLost, WorkerReady, decode_up, encode
from dogwatch.bus.stream import Listener
from dogwatch.bus.uplink import UP_BYTES, Uplink

LARGE = StreamLost("front", (), "x" * (8 << 20), 0.0)  # more than a kernel holds


@pytest.fixture
def uplink(tmp_path: Path) -> Iterator[Uplink]:
    one = Uplink(str(tmp_path))
    yield one
    one.close()


def core(tmp_path: Path) -> Listener:
    return Listener(str(tmp_path / "up"), UP_BYTES)


def said(number: int) -> WorkerReady:
    return WorkerReady("ingest", "front", number)


def heard(listener: Listener, count: int) -> list[Message]:
    """Return the next `count` messages."""
    got: list[Message] = []
    until = time.monotonic() + 20
    while len(got) < count and time.monotonic() < until:
        got += [decode_up(data) for _, data in listener.poll(0.05) if data is not None]
    assert len(got) == count
    return got


def test_what_nobody_hears_is_counted_until_a_core_is_there(tmp_path: Path, uplink: Uplink) -> None:
    assert not uplink.send(said(0))
    assert uplink.dropped == 1
    listener = core(tmp_path)
    assert uplink.send(said(1))
    assert heard(listener, 1) == [said(1)]
    listener.close()


def test_what_a_kernel_does_not_hold_goes_out_by_itself(tmp_path: Path, uplink: Uplink) -> None:
    listener = core(tmp_path)
    assert uplink.send(LARGE)
    assert uplink.send(said(1))
    assert heard(listener, 2) == [LARGE, said(1)]
    until = time.monotonic() + 10
    while uplink._flushing is not None:
        assert time.monotonic() < until
    assert uplink.send(LARGE)
    assert heard(listener, 1) == [LARGE]
    listener.close()


def test_a_core_that_hangs_holds_nobody_up_and_costs_bounded_memory(tmp_path: Path, uplink: Uplink) -> None:
    listener = core(tmp_path)
    sent = 0
    while uplink.send(LARGE):
        sent += 1
        assert sent <= UP_BYTES // (8 << 20) + 1
    assert uplink.dropped == 1
    assert uplink.send(said(1))  # there is room for a small one
    assert heard(listener, sent + 1)[-1] == said(1)
    listener.close()


def test_another_core_is_found(tmp_path: Path, uplink: Uplink) -> None:
    first = core(tmp_path)
    assert uplink.send(said(0))
    first.close()
    second = core(tmp_path)
    while not uplink.send(said(1)):
        assert uplink.dropped < 3
    assert heard(second, 1) == [said(1)]
    second.close()


def test_close_sends_what_waits_but_does_not_wait_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listener = core(tmp_path)
    uplink = Uplink(str(tmp_path))
    assert uplink.send(LARGE)
    closing = threading.Thread(target=uplink.close)
    closing.start()
    assert heard(listener, 1) == [LARGE]
    closing.join(10)
    assert not closing.is_alive()
    monkeypatch.setattr(module, "FAREWELL_S", 0.05)
    hung = Uplink(str(tmp_path))
    assert hung.send(LARGE)
    begun = time.monotonic()
    hung.close()
    assert time.monotonic() - begun < 5
    listener.close()


def test_threads_do_not_mix_their_messages(tmp_path: Path, uplink: Uplink) -> None:
    listener = core(tmp_path)
    threads = [
        threading.Thread(
            target=lambda kind: [uplink.send(WorkerReady(kind, "x" * 5000, n)) for n in range(300)], args=(k,)
        )
        for k in "abcd"
    ]
    for thread in threads:
        thread.start()
    got = [one for one in heard(listener, 1200) if isinstance(one, WorkerReady)]
    for thread in threads:
        thread.join()
    for kind in "abcd":
        assert [one.pid for one in got if one.kind == kind] == list(range(300))
    assert uplink.dropped == 0
    listener.close()


def test_a_message_that_is_too_large_is_refused(tmp_path: Path, uplink: Uplink) -> None:
    listener = core(tmp_path)
    assert len(encode(LiveInit("", bytes(UP_BYTES)))) > UP_BYTES
    assert not uplink.send(LiveInit("", bytes(UP_BYTES)))
    assert uplink.send(said(1))
    assert heard(listener, 1) == [said(1)]
    listener.close()
