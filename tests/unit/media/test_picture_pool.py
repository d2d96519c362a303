"""Few at work, fair jobs, bounded queues, and nothing done for who has left."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError

import pytest

from dogwatch.media import picture_pool
from dogwatch.media.picture_pool import QUICK_THREADS, THREADS, PictureJob, PicturePool, TooManyWaitingError

NOTHING = {"threads": 0, "waiting": 0, "callers": 0, "undelivered": 0, "needed": 0}


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


class Gate:
    """Jobs that note that they have begun, and wait to be let through."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.begun: list[str] = []
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def job(self, name: str, size: int = 0) -> Callable[[], bytes]:
        def make() -> bytes:
            with self._lock:
                self.begun.append(name)
                self._now += 1
                self.most = max(self.most, self._now)
            assert self.open.wait(10)
            with self._lock:
                self._now -= 1
            return bytes(size)

        return make


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def pool() -> Iterator[PicturePool]:
    made = PicturePool(idle_s=0.05)
    yield made
    until(lambda: made.statistics()["threads"] == 0)


def results(jobs: list[PictureJob[bytes]]) -> list[bytes]:
    found = []
    for job in jobs:
        found.append(job.future.result(10))
        job.release()
    return found


def test_few_are_at_work_and_threads_go(pool: PicturePool, gate: Gate) -> None:
    jobs = [pool.submit("a", gate.job(str(n))) for n in range(20)]
    until(lambda: len(gate.begun) == THREADS)
    gate.open.set()
    assert len(results(jobs)) == 20
    assert gate.most == THREADS
    until(lambda: pool.statistics() == NOTHING)


def test_callers_take_turns(pool: PicturePool, gate: Gate) -> None:
    jobs = [pool.submit("greedy", gate.job("greedy")) for _ in range(20)]
    until(lambda: len(gate.begun) == THREADS)
    jobs += [pool.submit(name, gate.job(name)) for name in ("b", "c", "b", "c")]
    gate.open.set()
    results(jobs)
    assert set(gate.begun[THREADS : THREADS + 6]) >= {"b", "c"}
    assert sorted(name for name in gate.begun[THREADS : THREADS + 8] if name != "greedy") == ["b", "b", "c", "c"]


def test_thumbnails_do_not_wait_for_large_pictures(pool: PicturePool, gate: Gate) -> None:
    large = [pool.submit("a", gate.job("large")) for _ in range(4)]
    until(lambda: len(gate.begun) == THREADS)
    assert pool.run("a", lambda: b"thumbnail", quick=True) == b"thumbnail"
    small = [pool.submit("a", gate.job("small"), quick=True) for _ in range(3)]
    until(lambda: len(gate.begun) == THREADS + QUICK_THREADS)
    gate.open.set()
    results(large + small)
    assert gate.begun[THREADS] == "small"


def test_a_full_queue(pool: PicturePool, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_pool, "WAITING_EACH", 3)
    monkeypatch.setattr(picture_pool, "WAITING", 5)
    jobs = [pool.submit("a", gate.job("a")) for _ in range(2)]
    until(lambda: len(gate.begun) == THREADS)
    jobs += [pool.submit("a", gate.job("a")) for _ in range(3)]
    with pytest.raises(TooManyWaitingError) as own:
        pool.submit("a", gate.job("a"))
    assert own.value.each
    jobs += [pool.submit("b", gate.job("b")) for _ in range(2)]
    with pytest.raises(TooManyWaitingError) as all_together:
        pool.submit("b", gate.job("b"))
    assert not all_together.value.each
    gate.open.set()
    results(jobs)


def test_who_leaves_is_not_served(pool: PicturePool, gate: Gate) -> None:
    first = [pool.submit("a", gate.job("first")) for _ in range(THREADS)]
    until(lambda: len(gate.begun) == THREADS)
    left = [pool.submit("a", gate.job("left")) for _ in range(3)]
    for job in left:
        job.future.cancel()  # as asyncio does before
        job.release()
        job.release()
    assert pool.statistics()["waiting"] == 0
    for job in first:
        job.release()  # while it is at work
    gate.open.set()
    until(lambda: pool.statistics() == NOTHING)
    assert gate.begun == ["first"] * THREADS
    with pytest.raises(CancelledError):
        left[0].future.result()


def test_who_takes_nothing_gets_nothing_more(pool: PicturePool, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_pool, "UNDELIVERED_EACH", 100)
    monkeypatch.setattr(picture_pool, "UNDELIVERED_BYTES", 1000)
    gate.open.set()
    slow = [pool.submit("slow", gate.job("slow", 60)) for _ in range(10)]
    until(lambda: pool.statistics()["undelivered"] >= 100)
    time.sleep(0.02)
    assert pool.statistics()["undelivered"] <= 100 + THREADS * 60
    assert results([pool.submit("other", gate.job("other", 60))]) == [bytes(60)]
    assert len(results(slow)) == 10
    until(lambda: pool.statistics() == NOTHING)


def test_what_takes_much_memory_is_made_alone(gate: Gate) -> None:
    pool = PicturePool(work_bytes=100, idle_s=0.05)

    def needing(size: int) -> Callable[[], bytes]:
        def make() -> bytes:
            pool.need(size)
            pool.need(size + 1)  # it has found out that it needs more
            return gate.job(str(size))()

        return make

    jobs = [pool.submit("a", needing(500)), pool.submit("b", needing(10))]
    until(lambda: gate.begun)
    time.sleep(0.02)
    assert len(gate.begun) == 1
    gate.open.set()
    results(jobs)
    assert gate.most == 1
    until(lambda: pool.statistics() == NOTHING)


def test_a_failure_makes_room(pool: PicturePool) -> None:
    def fail() -> bytes:
        pool.need(1 << 40)
        raise LookupError

    for _ in range(2 * THREADS):
        with pytest.raises(LookupError):
            pool.run("a", fail)
    assert pool.run("a", lambda: b"well") == b"well"


def test_a_job_may_need_another(pool: PicturePool) -> None:
    assert pool.run("a", lambda: pool.run("b", lambda: b"inner")) == b"inner"
