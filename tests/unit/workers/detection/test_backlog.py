"""What waits for a detector."""

from __future__ import annotations

from dogwatch.bus.messages import DetectRequest
from dogwatch.workers.detection.backlog import RequestBacklog


def ask(number: int, regions: int = 1) -> DetectRequest:
    return DetectRequest(number, "pool", tuple(range(regions)))


def ids(backlog: RequestBacklog[bytes], regions: int) -> list[int]:
    return [request.id for _, request in backlog.take(regions)]


def test_clients_are_served_in_turn() -> None:
    backlog: RequestBacklog[bytes] = RequestBacklog()
    for number in (1, 2, 3):
        backlog.put(b"a", ask(number))
    backlog.put(b"b", ask(11))
    assert ids(backlog, 2) == [1, 11]
    backlog.put(b"b", ask(12))
    assert ids(backlog, 2) == [2, 12]
    assert ids(backlog, 2) == [3]
    assert ids(backlog, 2) == []
    assert len(backlog) == 0


def test_a_batch_is_not_exceeded_but_a_large_request_is_served() -> None:
    backlog: RequestBacklog[bytes] = RequestBacklog()
    backlog.put(b"a", ask(1, 3))
    backlog.put(b"b", ask(2, 3))
    backlog.put(b"a", ask(3, 9))
    assert ids(backlog, 4) == [1]
    assert ids(backlog, 4) == [2]
    assert ids(backlog, 4) == [3]


def test_a_full_queue_drops_its_oldest_and_counts() -> None:
    backlog: RequestBacklog[bytes] = RequestBacklog(limit=2)
    assert backlog.put(b"a", ask(1)) is None
    assert backlog.put(b"a", ask(2)) is None
    assert backlog.put(b"b", ask(11)) is None
    dropped = backlog.put(b"a", ask(3))
    assert dropped is not None
    assert dropped.id == 1
    assert (backlog.dropped, len(backlog)) == (1, 3)
    assert ids(backlog, 9) == [2, 11, 3]
    assert len(backlog) == 0


def test_a_client_that_has_gone_is_forgotten() -> None:
    backlog: RequestBacklog[bytes] = RequestBacklog()
    for client in (b"a", b"b"):
        for number in (1, 2):
            backlog.put(client, ask(number))
    backlog.forget(b"a")
    backlog.forget(b"c")
    assert len(backlog) == 2
    assert [client for client, _ in backlog.take(9)] == [b"b", b"b"]
