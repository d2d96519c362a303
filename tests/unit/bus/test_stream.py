"""Connections whose ends come, go, hang and talk nonsense."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from dogwatch.bus.stream import CHUNK, LIMIT, Listener, Stream, connect

SOME_MORE = 4 << 20  # what a kernel buffers, at the very most
PART = bytes(10_000)


@pytest.fixture
def ends() -> Iterator[tuple[Stream, socket.socket]]:
    """One end as it is, the other as a bare socket."""
    ours, theirs = socket.socketpair()
    stream = Stream(ours)
    yield stream, theirs
    stream.close()
    theirs.close()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    it = Listener(str(tmp_path / "s"))
    yield it
    it.close()


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "s")


def framed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def connected(path: str) -> Stream:
    stream = connect(path)
    assert stream is not None
    return stream


def heard(listener: Listener, count: int = 1) -> list[tuple[Stream, bytes | None]]:
    """Return at least `count` messages."""
    got: list[tuple[Stream, bytes | None]] = []
    for _ in range(1000):
        got += listener.poll(0.02)
        if len(got) >= count:
            return got
    raise AssertionError(f"no more than {got} came")


def received(stream: Stream, count: int) -> list[bytes]:
    """Return at least `count` messages that have been sent already."""
    got: list[bytes] = []
    for _ in range(1000):
        got += stream.receive()
        if len(got) >= count:
            return got
    raise AssertionError(f"no more than {len(got)} came")


def taken_by(send: Callable[[bytes], bool]) -> int:
    """Return how many parts `send` takes for one who does not read, which is no more than its limit allows."""
    taken = 0
    while send(PART):
        taken += 1
        assert taken * len(PART) < SOME_MORE + LIMIT
    return taken


# ---------------------------------------------------------------- one connection


def test_messages_arrive_whole_whatever_pieces_they_come_in(ends: tuple[Stream, socket.socket]) -> None:
    stream, other = ends
    sent = [b"", b"one", bytes(300), b"two"]
    got: list[bytes] = []
    for byte in b"".join(map(framed, sent)):
        other.send(bytes([byte]))
        got += stream.receive()
    assert got == sent
    other.send(b"".join(map(framed, sent)))
    assert stream.receive() == sent
    assert not stream.gone


def test_nothing_to_be_read_is_no_end(ends: tuple[Stream, socket.socket]) -> None:
    stream, _ = ends
    assert stream.receive() == []
    assert not stream.gone


@pytest.mark.parametrize(
    "sent",
    [[*(bytes([n]) * (LIMIT // 4) for n in range(3)), b"last"], [bytes(LIMIT)]],
    ids=["several", "the largest"],
)
def test_what_goes_out_in_pieces_arrives_whole(ends: tuple[Stream, socket.socket], sent: list[bytes]) -> None:
    stream, other = ends
    reader = Stream(other)
    assert all(stream.send(data) for data in sent)
    assert stream.pending
    got: list[bytes] = []
    for _ in range(1000):
        got += reader.receive()
        if stream.flush() and len(got) == len(sent):
            break
    assert got == sent
    assert not stream.pending


def test_one_who_does_not_read_is_sent_so_much_and_no_more(ends: tuple[Stream, socket.socket]) -> None:
    stream, other = ends
    taken = taken_by(stream.send)
    assert not stream.send(PART)
    assert not stream.gone
    reader = Stream(other)
    got = 0
    while got < taken:
        got += len(reader.receive())
        stream.flush()
    assert stream.send(b"again")
    assert received(reader, 1) == [b"again"]


def test_a_message_that_the_other_end_would_refuse_is_not_sent(ends: tuple[Stream, socket.socket]) -> None:
    stream, other = ends
    assert not stream.send(bytes(LIMIT + 1))
    assert stream.send(b"small")
    assert other.recv(100) == framed(b"small")


def test_an_end_in_the_middle_of_a_message_is_an_end(ends: tuple[Stream, socket.socket]) -> None:
    stream, other = ends
    other.send(framed(b"whole") + framed(b"half of it")[:-3])
    other.close()
    assert stream.receive() == [b"whole"]
    assert stream.receive() == []
    assert stream.gone
    assert not stream.send(b"anybody?")


def test_what_came_before_the_end_is_read_though_nobody_listens(ends: tuple[Stream, socket.socket]) -> None:
    stream, other = ends
    other.send(framed(b"farewell"))
    other.close()
    assert not stream.send(b"wait")
    assert not stream.pending
    assert stream.receive() == [b"farewell"]
    assert stream.receive() == []
    assert stream.gone


def test_an_end_with_messages_unread_is_an_end(ends: tuple[Stream, socket.socket]) -> None:
    stream, other = ends
    stream.send(b"unread")
    other.close()  # which resets the connection
    assert stream.receive() == []
    assert stream.gone


def test_a_message_that_is_too_long_ends_the_connection(
    ends: tuple[Stream, socket.socket], caplog: pytest.LogCaptureFixture
) -> None:
    stream, other = ends
    other.send(framed(b"good") + (LIMIT + 1).to_bytes(4, "big") + b"bad")
    assert stream.receive() == [b"good"]
    assert stream.gone
    assert stream.receive() == []
    assert "too long" in caplog.text


def test_one_who_sends_much_is_read_a_piece_at_a_time(ends: tuple[Stream, socket.socket]) -> None:
    stream, other = ends
    writer = Stream(other)
    while not writer.pending:
        writer.send(bytes(996))
    assert 0 < len(stream.receive()) <= CHUNK // 1000


# ---------------------------------------------------------------- connecting


def test_what_has_arrived_of_a_long_message_is_read_at_once(ends: tuple[Stream, socket.socket]) -> None:
    stream, theirs = ends
    picture = bytes(2 * CHUNK)
    theirs.sendall(framed(b"before") + framed(picture) + framed(b"after"))
    assert stream.receive() == [b"before", picture]
    assert stream.receive() == [b"after"]
    theirs.sendall(framed(picture)[:-1])
    theirs.close()
    assert stream.receive() == []
    assert stream.receive() == []
    assert stream.gone


def test_where_nobody_listens_there_is_no_connection(tmp_path: Path) -> None:
    assert connect(str(tmp_path / "absent")) is None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stale:
        stale.bind(str(tmp_path / "stale"))
    assert connect(str(tmp_path / "stale")) is None


def test_a_listener_that_accepts_none_makes_nobody_wait(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as full:
        full.bind(str(tmp_path / "full"))
        full.listen(1)
        streams = [connect(str(tmp_path / "full")) for _ in range(5)]
    assert streams[0] is not None
    assert streams[-1] is None
    for stream in streams:
        if stream is not None:
            stream.close()


# ---------------------------------------------------------------- a listener


def test_each_of_two_gets_its_own_answers_and_one_that_goes_is_told_of_once(listener: Listener, path: str) -> None:
    first, second = connected(path), connected(path)
    first.send(b"1")
    second.send(b"2")
    asked = {data: stream for stream, data in heard(listener, 2)}
    for data in (b"1", b"2"):
        assert listener.send(asked[data], b"re " + data)
    assert received(first, 1) == [b"re 1"]
    assert received(second, 1) == [b"re 2"]
    first.close()
    assert heard(listener) == [(asked[b"1"], None)]
    assert listener.poll(0) == []
    assert not listener.send(asked[b"1"], b"still there?")
    second.send(b"3")
    assert heard(listener) == [(asked[b"2"], b"3")]
    second.close()


def test_a_client_that_reads_nothing_holds_up_nobody_and_gets_the_rest_later(listener: Listener, path: str) -> None:
    hung, other = connected(path), connected(path)
    hung.send(b"hung")
    other.send(b"other")
    asked = {data: stream for stream, data in heard(listener, 2)}
    taken = taken_by(partial(listener.send, asked[b"hung"]))
    assert listener.send(asked[b"other"], b"you are served")
    assert received(other, 1) == [b"you are served"]
    assert listener.poll(0) == []  # no room to write is nothing to wake up for
    got = 0
    for _ in range(10_000):
        got += len(hung.receive())
        if got == taken:
            break
        listener.poll(0.001)
    assert got == taken
    assert listener.poll(0) == []  # and neither is room without anything to write
    hung.close()
    other.close()


def test_who_talks_nonsense_is_disconnected_and_others_are_not(listener: Listener, path: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as bad:
        bad.connect(path)
        good = connected(path)
        bad.send(b"GET / HTTP/1.1\r\n\r\n")
        assert [data for _, data in heard(listener)] == [None]
        assert bad.recv(10) == b""
        good.send(b"hello")
        assert [data for _, data in heard(listener)] == [b"hello"]
        good.close()


def test_a_dropped_one_hears_of_it_and_may_come_again(listener: Listener, path: str) -> None:
    stream = connected(path)
    stream.send(b"no request")
    ((theirs, _),) = heard(listener)
    listener.drop(theirs)
    listener.drop(theirs)
    assert stream.receive() == []
    assert stream.gone
    stream.close()
    again = connected(path)
    again.send(b"a request")
    assert heard(listener)[0][1] == b"a request"
    again.close()


def test_clients_notice_that_it_goes_and_find_its_successor(path: str) -> None:
    first = Listener(path)
    stream, unaccepted = connected(path), connected(path)
    stream.send(b"1")
    heard(first)
    first.close()
    assert not Path(path).exists()
    assert connect(path) is None
    for one in (stream, unaccepted):
        assert one.receive() == []
        assert one.gone
        one.close()
    second = Listener(path)
    stream = connected(path)
    stream.send(b"2")
    assert heard(second)[0][1] == b"2"
    stream.close()
    second.close()


def test_a_successor_takes_over_from_one_that_hangs(path: str) -> None:
    hung = Listener(path)
    successor = Listener(path)
    hung.close()
    stream = connected(path)
    stream.send(b"for the successor")
    assert heard(successor)[0][1] == b"for the successor"
    stream.close()
    successor.close()


def test_it_can_be_woken(listener: Listener) -> None:
    waker = threading.Timer(0.05, listener.end)
    waker.start()
    assert listener.poll(20) == []
    waker.join()
    assert listener.poll(None) == []
