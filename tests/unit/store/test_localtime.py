from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, literal, select

from dogwatch.store.localtime import clock, day_number, day_text, periods, span

ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kathmandu"]
# Python's calendar knows no less than a microsecond, and rounds to it.
microseconds = st.floats(1_577_836_800.0, 1_798_761_600.0).map(lambda time: round(time, 6))
START, END = 1_577_836_800.0, 1_798_761_600.0  # 2020 to 2027


def test_periods_are_cut_exactly_where_the_offset_changes() -> None:
    assert periods(ZoneInfo("Europe/Berlin"), 1_704_067_200, 1_735_689_600) == [
        (1_704_067_200, 3600),
        (1_711_846_800, 7200),  # 2024-03-31 01:00 UTC
        (1_729_990_800, 3600),  # 2024-10-27 01:00 UTC
    ]
    assert periods(ZoneInfo("UTC"), 0, 10) == [(0, 0)]
    assert len(periods(ZoneInfo("Europe/Berlin"), 10, 10)) == 1


@given(zone=st.sampled_from(ZONES), time=microseconds)
def test_days_and_clock_times_are_those_of_the_calendar(zone: str, time: float) -> None:
    local = datetime.fromtimestamp(time, ZoneInfo(zone))
    cuts = periods(ZoneInfo(zone), START, END)
    with create_engine("sqlite://").connect() as connection:
        day, seconds = connection.execute(select(day_number(literal(time), cuts), clock(literal(time), cuts))).one()
    assert day_text(day) == local.date().isoformat()
    midnight = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    assert seconds == pytest.approx(midnight.total_seconds(), abs=0.001)


def test_an_empty_table_spans_nothing() -> None:
    assert span((None, None)) == (0.0, 0.0)
    assert span((1.0, 2.0)) == (1.0, 2.0)
