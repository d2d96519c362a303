"""Sums over recordings by hour and day of any time zone.

They are computed from `quarters`, rows of a quarter of an hour each. Local time is computed in SQL, so that daylight
saving time is right, and only sums leave the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Float, and_, cast, func, select

from dogwatch.store import event_sums
from dogwatch.store.localtime import DAY_S, QUARTER_S, Periods, day_number, day_text, offset_at, periods, units
from dogwatch.store.tables import quarters

HOUR_S = 3600


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
    found: dict[str, Day] = {}
    mine = and_(quarters.c.camera == camera, quarters.c.segments > 0)
    recorded = _recorded(connection, mine)
    if recorded is None:
        return found
    cuts = periods(zone, *recorded)
    hour = _hour(_BEGIN, cuts)
    sums = [func.sum(column) for column in (quarters.c.motion, quarters.c.objects, quarters.c.duration)]
    query = select(hour, *sums).where(mine).group_by(hour).order_by(hour.desc())
    for number, motion, objects, duration in connection.execute(query):
        day, name = _names(number)
        found.setdefault(day, Day()).hours[name] = Hour(0, int(motion), int(objects), duration)
    for quarter, count in event_sums.clips_by_quarter(connection, camera).items():
        start = quarter * QUARTER_S
        day, name = _names((start + offset_at(cuts, start)) // HOUR_S)
        if day in found:
            found[day].events += count
            if name in found[day].hours:
                found[day].hours[name].events += count
    return found


def days(connection: Connection, cameras: Iterable[str], zone: ZoneInfo) -> list[str]:
    """Return the local days on which any of `cameras` was recorded, newest first."""
    ours = and_(quarters.c.camera.in_(list(cameras)), quarters.c.segments > 0)
    recorded = _recorded(connection, ours)
    if recorded is None:
        return []
    day = day_number(_BEGIN, periods(zone, *recorded)).label("day")
    return [day_text(number) for number in connection.scalars(select(day).where(ours).distinct().order_by(day.desc()))]


def _recorded(connection: Connection, which: ColumnElement[bool]) -> tuple[float, float] | None:
    """Return a range of time (epoch s) that covers the days of all these quarters; None without any."""
    ends = select(func.min(quarters.c.number), func.max(quarters.c.number)).where(which)
    first, last = connection.execute(ends).one()
    return None if first is None else (first * QUARTER_S - 2.0 * DAY_S, last * QUARTER_S + 2.0 * DAY_S)


def _hour(column: ColumnElement[float], cuts: Periods) -> ColumnElement[int]:
    """Return the hour of `column` on the zone's clock, as hours since 1970-01-01 00:00."""
    return units(column, cuts, HOUR_S).label("hour")


def _names(hour: int) -> tuple[str, str]:
    """Return day and hour as the API writes them."""
    day, hour = divmod(hour, 24)
    return day_text(day), f"{hour:02}"


_BEGIN = cast(quarters.c.number * QUARTER_S, Float)
