import threading

import pytest

from dogwatch.media.turns import AT_ONCE, in_turn


def test_few_are_at_work_at_once() -> None:
    barrier = threading.Barrier(AT_ONCE)
    lock = threading.Lock()
    working: set[int] = set()
    most: list[int] = []

    @in_turn
    def make(number: int) -> int:
        with lock:
            working.add(number)
            most.append(len(working))
        barrier.wait(10)  # none goes on alone
        with lock:
            working.discard(number)
        return number

    made: list[int] = []
    threads = [threading.Thread(target=lambda n=n: made.append(make(n))) for n in range(6 * AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(made) == list(range(6 * AT_ONCE))
    assert max(most) == AT_ONCE


def test_a_failure_makes_room() -> None:
    @in_turn
    def fail() -> None:
        raise LookupError

    for _ in range(AT_ONCE + 1):
        with pytest.raises(LookupError):
            fail()
