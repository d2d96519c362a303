import pytest

from dogwatch.workers.ingest.backlog import BacklogDetector, ReadPacket, arrivals

NOW = 1_790_000_000.0


def drained(reads: list[ReadPacket], begun: float = NOW) -> int:
    """Return how many packets are read before the first that had to be waited for."""
    detector = BacklogDetector(begun)
    return next((n for n, read in enumerate(reads) if detector.is_over(read)), len(reads))


def test_a_backlog_lies_before_the_moment_at_which_it_ended() -> None:
    heap = [ReadPacket(5 + n / 10, NOW + n / 1000, video=True) for n in range(20)]
    waited = ReadPacket(7.0, NOW + 0.15, video=True)
    assert drained([*heap, waited]) == 20
    got = arrivals([*heap, waited])
    assert got[-1] - got[0] == pytest.approx(2.0)
    assert got[-1] <= waited.time


def test_segments_at_a_time_are_placed_by_the_end_of_the_first() -> None:
    heap = [ReadPacket(n / 10, NOW + n / 1000, video=True) for n in range(60)]
    waited = ReadPacket(6.0, NOW + 6.0, video=True)  # the first of the next segment comes as late as all of it
    assert arrivals([*heap, waited])[-1] == pytest.approx(NOW + 0.059 + 0.1)


def test_a_stream_in_real_time_has_no_backlog() -> None:
    reads = [ReadPacket(n / 10, NOW + n / 10, video=True) for n in range(5)]
    assert drained(reads, NOW - 0.1) == 1
    assert arrivals(reads) == pytest.approx([NOW + n / 10 for n in range(5)])


def test_sound_does_not_count_as_waiting_and_keeps_its_place() -> None:
    reads = [
        ReadPacket(0.0, NOW, video=True),
        ReadPacket(0.05, NOW + 0.3, video=False),
        ReadPacket(0.1, NOW + 0.31, video=True),
    ]
    assert drained(reads) == 2
    assert arrivals(reads)[1] == pytest.approx(NOW + 0.05)


def test_packets_without_time_arrive_with_the_next() -> None:
    reads = [ReadPacket(None, NOW, video=True), ReadPacket(1000.1, NOW + 0.1, video=True)]
    assert drained(reads) == 2
    assert arrivals(reads) == [NOW + 0.1, NOW + 0.1]
    assert arrivals(reads[:1]) == [NOW]


def test_no_backlog_is_endless() -> None:
    reads = [ReadPacket(n / 10, NOW, video=True) for n in range(1000)]
    assert drained(reads) == 200
    assert drained([ReadPacket(0.0, NOW, video=True), ReadPacket(-500.0, NOW, video=True)]) == 1
