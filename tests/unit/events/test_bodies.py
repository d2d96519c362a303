from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dogwatch.events.live_object import ObjectPath
from tests.tracks import START, tracked


def points(count: int) -> tuple[tuple[float, float, float], ...]:
    return tuple((n / 77, 1 - n / 77, START + n) for n in range(count))


def expected(path: tuple[tuple[float, float, float], ...]) -> list[Any]:
    return [[[round(x, 4), round(y, 4)], time] for x, y, time in path]


def test_a_path_grows_and_what_was_told_stays() -> None:
    converted = ObjectPath()
    first = converted.of(tracked(path=points(2)))
    second = converted.of(tracked(path=points(5)))
    assert first == expected(points(2))
    assert second == expected(points(5))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4)), max_size=8))
def test_a_path_is_always_that_of_the_object(states: list[tuple[int, int]]) -> None:
    """Vision thins a long path out; an update may come long after that."""
    converted = ObjectPath()
    for count, every in states:
        path = points(count)[::every]
        assert converted.of(tracked(path=path)) == expected(path)
