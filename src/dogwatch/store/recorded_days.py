"""What each camera has recorded on each day of a time zone, from the rows of `quarters`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Float, cast, func, literal_column, select

from dogwatch.store.localtime import QUARTER_S, day_number, day_text, periods
from dogwatch.store.tables import quarters


@dataclass(frozen=True, slots=True)
class RecordedDay:
    """What is there of a camera that was recorded on a day: bytes, and seconds of footage."""

    day: str
    camera: str
    bytes: int
    seconds: float


def recorded_days(connection: Connection, zone: ZoneInfo, days: int, now: float) -> list[RecordedDay]:
    """Return the last `days` days, today among them, newest first and by camera.

    A quarter of an hour belongs to the day in which it begins.
    """
    today = datetime.fromtimestamp(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start = (today - timedelta(days=days - 1)).timestamp()
    c = quarters.c
    day = day_number(cast(c.number * QUARTER_S, Float), periods(zone, start, now + 1)).label("day")
    sums = (func.sum(c.size_bytes), func.sum(c.duration))
    query = select(day, c.camera, *sums).where(c.number >= int(start // QUARTER_S), c.number <= int(now // QUARTER_S))
    by_day: ColumnElement[int] = literal_column(
        "day"
    )  # by its name: to PostgreSQL the expression with its parameters would be another
    rows = connection.execute(query.group_by(by_day, c.camera).order_by(by_day.desc(), c.camera))
    return [RecordedDay(day_text(int(at)), camera, int(size), float(long)) for at, camera, size, long in rows]
