"""The sums of recordings and events by hour of a zone's clock. Loads NumPy."""

from __future__ import annotations

from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import BigInteger, Connection, bindparam, cast, func, select

from dogwatch.store import compiled, group_counts
from dogwatch.store.group_counts import Numbers, joined_numbers, numbers
from dogwatch.store.localtime import DAY_S, HOUR_S, QUARTER_S, Periods, periods
from dogwatch.store.tables import event_groups, quarters

MILLION = 1_000_000


class HourSums(NamedTuple):
    """Sums by hours since 1970-01-01 00:00 on a zone's clock.

    `recorded` has hours, newest first, and motion, objects and whole seconds of each one's recordings; `events` how
    many events with a clip began.
    """

    recorded: tuple[list[int], list[int], list[int], list[int]]
    events: dict[int, int]


def read(connection: Connection, camera: str, zone: ZoneInfo) -> HourSums:
    """Return the sums of a camera's recordings, and of its events if there are recordings."""
    (texts,) = compiled.rows(connection, "sums of quarters", _query, {"camera": camera})
    number, *values = map(numbers, texts)
    if not number.size:
        return HourSums(([], [], [], []), {})
    cuts = periods(zone, float(number.min() * QUARTER_S - 2 * DAY_S), float(number.max() * QUARTER_S + 2 * DAY_S))
    hours, place = np.unique(_hours(number, cuts), return_inverse=True)
    motion, objects, durations = (np.bincount(place, weights=value)[::-1] for value in values)
    seconds = np.round(durations / MILLION)
    sums = (one.astype(np.int64).tolist() for one in (motion, objects, seconds))
    return HourSums((hours[::-1].tolist(), *sums), _events(connection, camera, cuts))


def _query() -> Any:
    c = quarters.c
    duration = cast(func.round(c.duration * MILLION), BigInteger)
    query = select(*(joined_numbers(column) for column in (c.number, c.motion, c.objects, duration)))
    return query.where(c.camera == bindparam("camera"), c.segments > 0)


def _events(connection: Connection, camera: str, cuts: Periods) -> dict[int, int]:
    """Return how many of a camera's events with a clip began in each hour."""
    counts = group_counts.read(connection, [camera])
    without = compiled.rows(connection, "groups without clips", _without_clips, {"camera": camera})
    if without:
        counts = counts.of(~np.isin(counts.groups, np.array(without, np.int64)))
    begun, events = counts.by_quarter()
    hours, where = np.unique(_hours(begun, cuts), return_inverse=True)
    sums = np.bincount(where, weights=events, minlength=hours.size).astype(np.int64)
    return dict(zip(hours.tolist(), sums.tolist(), strict=True))


def _without_clips() -> Any:
    c = event_groups.c
    return select(c.id).where(c.camera == bindparam("camera"), c.has_clip.is_(False))


def _hours(number: Numbers, cuts: Periods) -> Numbers:
    """Return the hours on the clock in which quarters of an hour begin, which are numbered since 1970."""
    starts = number * QUARTER_S
    place = np.searchsorted([start for start, _ in cuts], starts, side="right") - 1
    found: Numbers = (starts + np.array([offset for _, offset in cuts])[np.maximum(place, 0)]) // HOUR_S
    return found
