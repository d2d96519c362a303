"""Sums over recordings by hour and day of any time zone.

They are computed from `quarters`, rows of a quarter of an hour each, of which the hours and days of every time zone
consist.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, bindparam, func, select, text

from dogwatch.store import compiled
from dogwatch.store.few import listed
from dogwatch.store.json_text import dumps
from dogwatch.store.localtime import DAY_S, QUARTER_S, day_text, local_days, periods
from dogwatch.store.tables import quarters, recorded


class Hour(msgspec.Struct, gc=False):
    """The sums of one local hour, as docs/api/recordings.md has them; `duration` is counted where segments begin."""

    hour: str
    events: int
    motion: int
    objects: int
    duration: int


class Day(msgspec.Struct, gc=False):
    """One local day: its hours with recordings, newest first, and the `events` of the whole day."""

    day: str
    events: int
    hours: list[Hour]


def by_day(connection: Connection, camera: str, zone: ZoneInfo) -> list[Day]:
    """Return all days of `camera` that have recordings, newest first."""
    from dogwatch.store import hour_sums  # loads NumPy

    recorded, events = hour_sums.read(connection, camera, zone)
    found: dict[int, Day] = {}
    for hour, *sums in zip(*recorded, strict=True):
        number, of_day = divmod(hour, HOURS)
        if (day := found.get(number)) is None:
            day = found[number] = Day(day_text(number), 0, [])
        day.hours.append(Hour(_NAMES[of_day], events.get(hour, 0), *sums))
    for hour, count in events.items():
        if (day := found.get(hour // HOURS)) is not None:
            day.events += count
    return list(found.values())


def days(connection: Connection, cameras: Iterable[str], zone: ZoneInfo) -> list[str]:
    """Return the local days on which any of `cameras` was recorded, newest first.

    Each day is looked for in the index of quarters, of which there may be hundreds for a day. Many are asked for at
    once: a server takes longer to answer than to look.
    """
    names = dumps(list(cameras))
    ends = compiled.rows(connection, "ends of quarters", _ends, {"cameras": names})
    if not ends:
        return []
    first, last = min(low for low, _ in ends), max(high for _, high in ends)
    cuts = periods(zone, first * QUARTER_S - 2.0 * DAY_S, last * QUARTER_S + 2.0 * DAY_S)
    found: set[int] = set()
    day, last = first // QUARTERS, last // QUARTERS
    while day <= last:
        spans: dict[int, int] = {}  # local days by what tells their quarters
        for one in range(day, min(day + AT_ONCE, last + 1)):
            begin = 0
            for local_day, end in local_days(one, cuts):
                spans[(one * QUARTERS + begin) * SPAN + end - begin] = local_day
                begin = end
        asked = {"cameras": names, "spans": dumps(list(spans))}
        there = compiled.rows(connection, "spans with recordings", lambda: _WITH[connection.dialect.name], asked)
        found.update(spans[span] for (span,) in there)
        day += AT_ONCE
        if not there:  # a clock may have been years behind
            ((number,),) = compiled.rows(
                connection, "recorded after", _after, {"cameras": names, "first": day * QUARTERS}
            )
            if number is None:
                break
            day = number // QUARTERS
    return [day_text(number) for number in sorted(found, reverse=True)]


def _ends() -> Any:
    mine = quarters.c.camera == recorded.c.camera
    low, high = (select(end(quarters.c.number)).where(mine).scalar_subquery() for end in (func.min, func.max))
    return select(low, high).where(listed(recorded.c.camera, "cameras"), recorded.c.quarters > 0)


def _after() -> Any:
    c = quarters.c
    there = (c.camera == recorded.c.camera, c.number >= bindparam("first"), c.segments > 0)
    first = select(c.number).where(*there).order_by(c.number).limit(1).scalar_subquery()
    return select(func.min(first)).where(listed(recorded.c.camera, "cameras"))


HOURS = 24
_NAMES = [f"{hour:02}" for hour in range(HOURS)]
QUARTERS = DAY_S // QUARTER_S
AT_ONCE = 64
"""So many days are looked for at once."""
SPAN = 128
"""A span of quarters is one number: its first one times this, and how many they are."""
_RECORDED = """
    (SELECT number FROM quarters WHERE camera {listed} AND number >= {span} / 128
     AND number < {span} / 128 + {span} % 128 AND segments > 0 LIMIT 1) IS NOT NULL
"""
_WITH: dict[str, Any] = {
    "sqlite": text(
        "SELECT value FROM json_each(:spans) AS spans WHERE "  # noqa: S608 - no values
        + _RECORDED.format(span="spans.value", listed="IN (SELECT value FROM json_each(:cameras))")
    ),
    "postgresql": text(
        "SELECT span FROM (SELECT CAST(json_array_elements_text(CAST(:spans AS json)) AS bigint) AS span) AS one WHERE"  # noqa: S608
        + _RECORDED.format(span="span", listed="= ANY (ARRAY(SELECT json_array_elements_text(CAST(:cameras AS json))))")
    ),
}
"""Which of some spans, as a list of JSON, have recordings. A subquery with a limit uses the index for each."""
