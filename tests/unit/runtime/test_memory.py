import asyncio
import ctypes
from collections.abc import Callable

import pytest

from dogwatch.runtime import memory


class Libc:
    """Takes down what it is asked to do."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, ...]] = []
        self.trims = 0
        self.given: Callable[[], None] = lambda: None

    def malloc_trim(self, pad: int) -> None:
        self.trims += 1
        self.given()

    def mallopt(self, *arguments: int) -> None:
        self.calls.append(arguments)


@pytest.fixture
def libc(monkeypatch: pytest.MonkeyPatch) -> Libc:
    made = Libc()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: made)
    monkeypatch.delenv(memory.SETTING, raising=False)
    return made


def test_few_heaps_are_made(libc: Libc) -> None:
    memory.limit_heaps()
    assert libc.calls == [(-8, 2), (-3, 1 << 20)]


def test_a_user_s_choice_counts(libc: Libc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.SETTING, "7")
    memory.limit_heaps()
    assert libc.calls == [(-3, 1 << 20)]


def test_another_libc_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    memory.limit_heaps()


def test_what_is_free_is_given_back_when_the_process_has_grown_and_after(
    libc: Libc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "ROUNDS", 2)
    size = 100
    trimmer = memory.Trimmer(lambda: size << 20)
    assert not trimmer.is_due()
    size = 104
    assert trimmer.is_due()
    trimmer.trim()  # while all of it is needed
    assert trimmer.is_due()

    def give() -> None:
        nonlocal size
        size = 98

    libc.given = give
    trimmer.trim()
    libc.given = lambda: None
    for _ in range(2):
        assert trimmer.is_due()  # there may be more
        trimmer.trim()
    assert not trimmer.is_due()
    size = 101
    assert not trimmer.is_due()
    assert libc.trims == 4


def test_garbage_is_collected_in_the_first_round_and_the_last(libc: Libc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "ROUNDS", 4)
    collected: list[int] = []
    monkeypatch.setattr("gc.collect", lambda: collected.append(libc.trims))
    size = 100
    trimmer = memory.Trimmer(lambda: size << 20)
    size = 104
    while trimmer.is_due():
        trimmer.trim()
    assert (collected, libc.trims) == ([0, 3], 4)


async def test_it_looks_again_and_again(libc: Libc) -> None:
    size = 0

    def growing() -> int:
        nonlocal size
        size += memory.GROWN_BYTES
        return size

    task = asyncio.create_task(memory.Trimmer(growing).run(every_s=0.001))
    async with asyncio.timeout(10):
        while libc.trims < 3:  # noqa: ASYNC110 - what is waited for knows no events
            await asyncio.sleep(0.001)
    task.cancel()


def test_the_size_is_known_or_zero() -> None:
    assert memory.resident_bytes() >= 0
