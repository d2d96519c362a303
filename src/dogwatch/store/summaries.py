"""Sums over recordings by hour and day of any time zone.

They are computed from `quarters`, rows of a quarter of an hour each, of which the hours and days of every time zone
consist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Float, and_, cast, func, select

from dogwatch.store.localtime import DAY_S, QUARTER_S, day_number, day_text, periods
from dogwatch.store.tables import quarters


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
    from dogwatch.store import hour_sums  # loads NumPy

    found: dict[str, Day] = {}
    recorded, events = hour_sums.read(connection, camera, zone)
    last, hours = None, dict[str, Hour]()
    for hour in sorted(recorded, reverse=True):
        number, of_day = divmod(hour, HOURS)
        if number != last:
            last, hours = number, {}
            found[day_text(number)] = Day(hours=hours)
        hours[_NAMES[of_day]] = Hour(events.get(hour, 0), *recorded[hour])
    for hour, count in events.items():
        if (day := found.get(day_text(hour // HOURS))) is not None:
            day.events += count
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


HOURS = 24
_NAMES = [f"{hour:02}" for hour in range(HOURS)]
_BEGIN = cast(quarters.c.number * QUARTER_S, Float)
