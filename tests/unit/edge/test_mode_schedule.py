"""Schedules of modes over days, weeks and changes of summer time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dogwatch.config.edge_modes import ModeTimeConfig
from dogwatch.edge.mode_schedule import latest

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT, MORNING = ModeTimeConfig(at="22:30", mode="night"), ModeTimeConfig(at="07:00", days=["mon", "tue"], mode="home")


def at(text: str) -> float:
    """Return a time in Berlin as epoch seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("2026-04-01T22:30:00", ("2026-04-01T22:30:00", "night")),
        ("2026-04-01T22:29:59", ("2026-03-31T22:30:00", "night")),
        ("2026-03-31T07:00:00", ("2026-03-31T07:00:00", "home")),  # a Tuesday
        ("2026-04-01T07:00:00", ("2026-03-31T22:30:00", "night")),  # a Wednesday
    ],
)
def test_the_last_change_is_found(now: str, found: tuple[str, str]) -> None:
    assert latest([NIGHT, MORNING], at(now), BERLIN) == (at(found[0]), found[1])


def test_one_day_a_week() -> None:
    only = ModeTimeConfig(at="12:00", days=["sun"], mode="off")
    assert latest([only], at("2026-04-04T23:00:00"), BERLIN) == (at("2026-03-29T12:00:00"), "off")
    assert latest([only], at("2026-04-05T11:59:00"), BERLIN) == (at("2026-03-29T12:00:00"), "off")
    assert latest([], at("2026-04-05T11:59:00"), BERLIN) is None


def test_of_two_at_once_the_later_one_counts() -> None:
    other = ModeTimeConfig(at="22:30", mode="armed")
    assert latest([NIGHT, other], at("2026-04-01T23:00:00"), BERLIN) == (at("2026-04-01T22:30:00"), "armed")


def test_a_time_that_summer_time_leaves_out_and_one_that_comes_twice() -> None:
    entry = ModeTimeConfig(at="02:30", mode="night")
    spring = datetime(2026, 3, 29, 1, 30, tzinfo=UTC).timestamp()  # 03:30, as 02:30 does not come
    assert latest([entry], spring, BERLIN) == (spring, "night")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for now in (first, first + timedelta(hours=1)):
        assert latest([entry], now.timestamp(), BERLIN) == (first.timestamp(), "night")


def test_a_clock_that_is_not_set_changes_nothing() -> None:
    assert latest([NIGHT], 1000.0, BERLIN) is None
