"""Sums over recordings by hour and day of any time zone.

The database sums by quarters of an hour, which every zone's hours are made of; only the few sums are then put into
local hours, so that daylight saving time is right and a year of segments is no more than one pass over an index.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from dogwatch.store.tables import events, segments

QUARTER_S = 900


@dataclass(slots=True)
class Hour:
    """What one local hour holds; `duration` in seconds recorded, counted where segments begin."""

    events: int = 0
    motion: int = 0
    objects: int = 0
    duration: float = 0.0


@dataclass(slots=True)
class Day:
    """One local day: `hours` by two-digit hour, only those with recordings; `events` counts the whole day's."""

    events: int = 0
    hours: dict[str, Hour] = field(default_factory=dict)


def by_day(connection: Connection, camera: str, zone: ZoneInfo) -> dict[str, Day]:
    """Return all days (`YYYY-MM-DD`) of `camera` that have recordings, newest first, their hours newest first."""
    days: dict[str, Day] = {}
    quarter = func.floor(segments.c.start_time / QUARTER_S)
    length = func.sum(segments.c.end_time - segments.c.start_time)
    sums = select(quarter, func.sum(segments.c.motion), func.sum(segments.c.objects), length)
    mine = sums.where(segments.c.camera == camera, ~segments.c.deleting).group_by(quarter).order_by(quarter.desc())
    for number, motion, objects, seconds in connection.execute(mine):
        day, hour = _local(number, zone)
        found = days.setdefault(day, Day()).hours.setdefault(hour, Hour())
        found.motion += int(motion or 0)
        found.objects += int(objects or 0)
        found.duration += seconds
    quarter = func.floor(events.c.start_time / QUARTER_S)
    counts = select(quarter, func.count()).where(events.c.camera == camera, events.c.has_clip).group_by(quarter)
    for number, count in connection.execute(counts):
        day, hour = _local(number, zone)
        if day in days:
            days[day].events += count
            if hour in days[day].hours:
                days[day].hours[hour].events += count
    return days


def days(connection: Connection, cameras: Iterable[str], zone: ZoneInfo) -> list[str]:
    """Return the local days on which any of `cameras` was recorded, newest first.

    It skips along the index from one day's first segment to the next day: a month takes milliseconds.
    """
    found: set[str] = set()
    for camera in cameras:
        next_start = 0.0
        while (start := _first_start(connection, camera, next_start)) is not None:
            day = datetime.fromtimestamp(start, zone).date()
            found.add(day.isoformat())
            next_start = datetime.combine(day + timedelta(days=1), time(), zone).timestamp()
    return sorted(found, reverse=True)


def _first_start(connection: Connection, camera: str, after: float) -> float | None:
    start = segments.c.start_time
    query = select(start).where(segments.c.camera == camera, start >= after, ~segments.c.deleting)
    return connection.scalar(query.order_by(start).limit(1))


def _local(quarter: float, zone: ZoneInfo) -> tuple[str, str]:
    local = datetime.fromtimestamp(quarter * QUARTER_S, zone)
    return local.strftime("%Y-%m-%d"), local.strftime("%H")
