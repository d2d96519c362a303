"""Frames and days by a standing clock: midnight, daylight saving, clocks that are set."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dogwatch.edge.timelapse_days import (
    LONGEST_WAIT_S,
    DayMachine,
    DayStep,
    day_of,
    frame_order,
    frame_time,
    today_of,
    video_day,
)

BERLIN = ZoneInfo("Europe/Berlin")
CAIRO = ZoneInfo("Africa/Cairo")  # skips the hour after midnight in spring
HOUR, DAY = 3600.0, 86400.0
INTERVAL_S = 300.0


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


def days(machine: DayMachine, start: float, end: float, *, enabled: bool = True) -> tuple[list[date], list[float]]:
    """Let `machine` run as its thread does; return the days that began, and when frames were taken."""
    begun, taken, now = list[date](), list[float](), start
    while now < end:
        step = machine.step(now, enabled, INTERVAL_S)
        begun += [step.begins] if step.begins else []
        taken += [now] if step.capture else []
        now += machine.wait_s(now, enabled, INTERVAL_S)
    return begun, taken


@pytest.mark.parametrize(
    ("start", "zone", "hours"),
    [
        ("2026-04-01T00:00", BERLIN, 24),
        ("2026-03-29T00:00", BERLIN, 23),  # clocks go forward
        ("2026-10-25T00:00", BERLIN, 25),  # and back
        ("2026-04-24T00:00", CAIRO, 23),
    ],
)
def test_a_day_begins_at_midnight_however_long_it_was(start: str, zone: ZoneInfo, hours: int) -> None:
    machine, first = DayMachine(zone), at(start, zone)
    begun, taken = days(machine, first, first + hours * HOUR)
    assert begun == [date.fromisoformat(start[:10])]
    assert len(taken) == hours * 12
    machine.step(first + hours * HOUR - 0.01, False, INTERVAL_S)
    assert machine.wait_s(first + hours * HOUR - 0.01, False, INTERVAL_S) == 0.05
    following = machine.step(first + hours * HOUR, False, INTERVAL_S)
    assert following.begins is not None
    assert (following.begins - begun[0]).days == 1


def test_the_day_goes_on_while_frames_are_switched_off() -> None:
    machine = DayMachine(BERLIN)
    days(machine, at("2026-04-01T20:00"), at("2026-04-01T23:00"))
    begun, taken = days(machine, at("2026-04-01T23:00"), at("2026-04-02T06:00"), enabled=False)
    assert begun == [date(2026, 4, 2)]
    assert not taken


def test_nothing_happens_before_the_clock_is_set() -> None:
    machine = DayMachine(BERLIN)
    assert days(machine, 1000.0, 2000.0) == ([], [])
    assert machine.wait_s(1000.0, True, INTERVAL_S) == LONGEST_WAIT_S
    assert today_of(1000.0, BERLIN) is None
    now = at("2026-04-01T12:00")
    assert machine.step(now, True, INTERVAL_S) == DayStep(date(2026, 4, 1), True)


def test_a_clock_that_is_set_back_delays_no_frame() -> None:
    machine = DayMachine(BERLIN)
    assert machine.step(at("2026-04-01T12:00"), True, INTERVAL_S).capture
    assert machine.step(at("2026-04-01T09:00"), True, INTERVAL_S) == DayStep(None, True)
    assert machine.step(at("2026-03-31T09:00"), True, INTERVAL_S) == DayStep(date(2026, 3, 31), True)
    assert machine.wait_s(at("2026-03-31T09:00"), True, INTERVAL_S) == LONGEST_WAIT_S


def test_restarting_takes_a_frame_at_once() -> None:
    machine, now = DayMachine(BERLIN), at("2026-04-01T12:00")
    assert machine.step(now, True, INTERVAL_S).capture
    assert not machine.step(now + 1, True, INTERVAL_S).capture
    machine.restart()
    assert machine.wait_s(now + 1, True, INTERVAL_S) == 0.05
    assert machine.step(now + 1, True, INTERVAL_S).capture
    assert not machine.step(now + 2, True, INTERVAL_S).capture


def test_the_order_of_frames() -> None:
    names = [
        "frame_020000_10.jpg",
        "frame_020000_2.jpg",
        "frame_020000.jpg",
        "frame_015959.jpg",
        "x.jpg",
        ".frame_1.jpg",
    ]
    assert frame_order(names) == ["frame_015959.jpg", "frame_020000.jpg", "frame_020000_2.jpg", "frame_020000_10.jpg"]


@pytest.mark.parametrize("fold", [0, 1])
def test_the_time_of_a_frame(fold: int) -> None:
    day = date(2026, 10, 25)
    taken = at("2026-10-25T02:30:00", fold=fold)
    assert frame_time(day, "frame_023000_1.jpg", BERLIN, taken + 2) == taken
    assert frame_time(day, "frame_043000.jpg", BERLIN, 0.0) == at("2026-10-25T04:30:00")
    assert frame_time(day, "frame_250000.jpg", BERLIN, 0.0) is None
    assert frame_time(day, "frame.jpg", BERLIN, 0.0) is None


def test_names_that_are_dates() -> None:
    assert day_of("2026-04-01") == date(2026, 4, 1)
    assert [day_of(name) for name in ("2026-W14-3", "2026-04-31", "20260401", "٢٠٢٦-04-01", "notes")] == [None] * 5
    assert video_day("timelapse_20260401.mp4") == video_day("timelapse_20260401_1.mp4") == date(2026, 4, 1)
    assert [video_day(name) for name in ("timelapse_20260431.mp4", "timelapse_x.mp4", "output_20260401.mp4")] == [
        None
    ] * 3
    assert today_of(datetime(2026, 1, 1, 0, 30, tzinfo=UTC).timestamp(), BERLIN) == date(2026, 1, 1)
