"""Sums over recordings by hour and day of any time zone.

They are computed from `quarters`, rows of a quarter of an hour each, of which the hours and days of every time zone
consist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import ceil, inf
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, Float, and_, cast, func, select

from dogwatch.store.localtime import DAY_S, HOUR_S, QUARTER_S, Periods, day_number, day_text, periods
from dogwatch.store.tables import event_groups, quarters


@dataclass(slots=True)
class Hour:
    """The sums of one local hour; `duration` is recorded seconds, counted where segments begin."""

    events: int = 0
    motion: int = 0
    objects: int = 0
    duration: float = 0.0


@dataclass(slots=True)
class Day:
    """One local day: `hours` with recordings, by two-digit hour; `events` of the whole day."""

    events: int = 0
    hours: dict[str, Hour] = field(default_factory=dict)


def by_day(connection: Connection, camera: str, zone: ZoneInfo) -> dict[str, Day]:
    """Return all days (`YYYY-MM-DD`) of `camera` that have recordings, newest first, their hours newest first."""
    from dogwatch.store import group_counts  # loads NumPy

    found: dict[str, Day] = {}
    mine = and_(quarters.c.camera == camera, quarters.c.segments > 0)
    recorded = _recorded(connection, [camera])
    if recorded is None:
        return found
    cuts = periods(zone, *recorded)
    hours = _recorded_hours(connection, mine, cuts)
    for hour in sorted(hours, reverse=True):
        day, name = _names(hour)
        found.setdefault(day, Day()).hours[name] = hours[hour]
    clips = select(event_groups.c.id).where(event_groups.c.camera == camera, event_groups.c.has_clip.is_(True))
    for hour, count in group_counts.read(connection, clips).by_hour(cuts).items():
        day, _ = _names(hour)
        if day in found:
            found[day].events += count
            if hour in hours:
                hours[hour].events += count
    return found


def days(connection: Connection, cameras: Iterable[str], zone: ZoneInfo) -> list[str]:
    """Return the local days on which any of `cameras` was recorded, newest first."""
    names = list(cameras)
    ours = and_(quarters.c.camera.in_(names), quarters.c.segments > 0)
    recorded = _recorded(connection, names)
    if recorded is None:
        return []
    day = day_number(_BEGIN, periods(zone, *recorded)).label("day")
    return [day_text(number) for number in connection.scalars(select(day).where(ours).distinct().order_by(day.desc()))]


def _recorded(connection: Connection, cameras: Iterable[str]) -> tuple[float, float] | None:
    """Return a range of time (epoch s) that covers the days of all these cameras' quarters; None without any."""
    ends: list[int] = []
    for camera in cameras:
        for end in (func.min, func.max):  # each along an index; one query for both, or for all, would read all rows
            number = connection.scalar(select(end(quarters.c.number)).where(quarters.c.camera == camera))
            ends += [] if number is None else [number]
    return (min(ends) * QUARTER_S - 2.0 * DAY_S, max(ends) * QUARTER_S + 2.0 * DAY_S) if ends else None


def _recorded_hours(connection: Connection, mine: ColumnElement[bool], cuts: Periods) -> dict[int, Hour]:
    """Return the sums of quarters by hour on the zone's clock, as hours since 1970-01-01 00:00."""
    c, found = quarters.c, dict[int, Hour]()
    sums = [func.sum(column) for column in (c.motion, c.objects, c.duration)]
    ends = [*(start for start, _ in cuts[1:]), inf]
    for (start, offset), end in zip(cuts, ends, strict=True):  # a query with one offset takes a fifth of the time
        hour = ((cast(c.number, BigInteger) * QUARTER_S + offset) // HOUR_S).label("hour")
        query = select(hour, *sums).where(mine).group_by(hour)
        if start != cuts[0][0]:
            query = query.where(c.number >= ceil(start / QUARTER_S))
        if end != inf:
            query = query.where(c.number < ceil(end / QUARTER_S))
        for number, motion, objects, duration in connection.execute(query):
            one = found.setdefault(number, Hour())  # the hour before clocks are put back is there twice
            one.motion += int(motion)
            one.objects += int(objects)
            one.duration += duration
    return found


def _names(hour: int) -> tuple[str, str]:
    """Return day and hour as the API writes them."""
    day, hour = divmod(hour, 24)
    return day_text(day), f"{hour:02}"


_BEGIN = cast(quarters.c.number * QUARTER_S, Float)
