"""Computes days and clock times of a timezone in SQL, with time split where the zone's offset changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from math import ceil

from sqlalchemy import ColumnElement, Float, case, cast, literal

from dogwatch.store.whole_seconds import whole

DAY_S = 86_400
HOUR_S = 3600
QUARTER_S = 900
EPOCH = date(1970, 1, 1)
STEP = timedelta(days=7)  # every zone keeps an offset for some weeks

Periods = list[tuple[float, int]]


def periods(zone: tzinfo, start: float, end: float) -> Periods:
    """Return `(start epoch s, offset s)` of each period with one offset between `start` and `end`, oldest first."""
    offset = _offset(zone, start)
    found: Periods = [(start, offset)]
    points = [start]
    while points[-1] < end:
        points.append(min(end, points[-1] + STEP.total_seconds()))
    for low, high in pairwise(points):
        if _offset(zone, high) != offset:
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
            offset = _offset(zone, high)
            found.append((float(int(high)), offset))
    return found


def offset_at(cuts: Periods, time: float) -> int:
    """Return the offset (s) that is in force at `time`."""
    for start, offset in reversed(cuts):  # a plain loop: this is called for every quarter of an hour of years
        if start <= time:
            return offset
    return cuts[0][1]


def local_days(day: int, cuts: Periods) -> list[tuple[int, int]]:
    """Return the local days of a UTC day, each with the quarter of an hour of the UTC day at which it ends.

    A quarter of an hour belongs to the local day in which it begins.
    """
    first, end = day * DAY_S, (day + 1) * DAY_S
    found: list[tuple[int, int]] = []
    edges = [first, *(start for start, _ in cuts if first < start < end), end]
    for begin, until in pairwise(edges):
        offset = offset_at(cuts, begin)
        for local_day in range(int(begin + offset) // DAY_S, int(until + offset - 1) // DAY_S + 1):
            stop = ceil((min(until, (local_day + 1) * DAY_S - offset) - first) / QUARTER_S)
            if found and found[-1][0] == local_day:
                found[-1] = (local_day, stop)
            elif stop > (found[-1][1] if found else 0):
                found.append((local_day, stop))
    return found


def local(column: ColumnElement[float], cuts: Periods) -> ColumnElement[float]:
    """Return `column` (epoch s) as seconds since 1970-01-01 00:00 on the zone's own clock."""
    if len(cuts) == 1:
        return column + cuts[0][1]
    branches = [(column < later[0], literal(earlier[1])) for earlier, later in pairwise(cuts)]
    return column + case(*branches, else_=literal(cuts[-1][1]))


def day_number(column: ColumnElement[float], cuts: Periods) -> ColumnElement[int]:
    """Return the day of `column` on the zone's clock, as days since 1970-01-01."""
    return units(column, cuts, DAY_S)


def units(column: ColumnElement[float], cuts: Periods, seconds: int) -> ColumnElement[int]:
    """Return how many whole units of `seconds` there are between 1970-01-01 00:00 on the zone's clock and `column`.

    Fractions of seconds are cut off first: otherwise a time just before midnight may round up to the next day.
    """
    return whole(local(column, cuts)) // seconds


def clock(column: ColumnElement[float], cuts: Periods) -> ColumnElement[float]:
    """Return the seconds since midnight of `column` on the zone's clock."""
    return cast(local(column, cuts) - day_number(column, cuts) * DAY_S, Float)


@lru_cache(maxsize=1024)
def day_text(number: int) -> str:
    """Return `YYYY-MM-DD` for a day number."""
    return (EPOCH + timedelta(days=number)).isoformat()


def span(times: Sequence[float | None]) -> tuple[float, float]:
    """Return the range that `times` (oldest and newest, None in an empty table) cover."""
    first, last = times
    return (first or 0.0, last or 0.0)


def _offset(zone: tzinfo, time: float) -> int:
    found = datetime.fromtimestamp(time, zone).utcoffset()
    return int(found.total_seconds()) if found else 0
