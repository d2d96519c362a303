import ctypes

import pytest

from dogwatch.runtime import memory


class Libc:
    """Takes down what it is asked to do."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, ...]] = []

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
    assert memory.environment()[memory.SETTING] == "7"


def test_another_libc_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    memory.limit_heaps()
