"""The sums of recordings and events by hour of a zone's clock. Loads NumPy."""

from __future__ import annotations

from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import BigInteger, Connection, bindparam, cast, func, select

from dogwatch.store import compiled, group_counts
from dogwatch.store.group_counts import Numbers, joined_numbers, numbers
from dogwatch.store.known_groups import known
from dogwatch.store.localtime import DAY_S, HOUR_S, QUARTER_S, Periods, periods
from dogwatch.store.tables import quarters

MILLION = 1_000_000


class HourSums(NamedTuple):
    """Sums by hours since 1970-01-01 00:00 on a zone's clock.

    `recorded` has motion, objects and seconds of an hour's recordings, `events` how many events with a clip began.
    """

    recorded: dict[int, tuple[int, int, float]]
    events: dict[int, int]


def read(connection: Connection, camera: str, zone: ZoneInfo) -> HourSums:
    """Return the sums of a camera's recordings, and of its events if there are recordings."""
    (texts,) = compiled.rows(connection, "sums of quarters", _query, {"camera": camera})
    number, *values = map(numbers, texts)
    if not number.size:
        return HourSums({}, {})
    cuts = periods(zone, float(number.min() * QUARTER_S - 2 * DAY_S), float(number.max() * QUARTER_S + 2 * DAY_S))
    hours, place = np.unique(_hours(number, cuts), return_inverse=True)
    motion, objects, durations = (np.bincount(place, weights=value) for value in values)
    sums = (motion.astype(np.int64).tolist(), objects.astype(np.int64).tolist(), (durations / MILLION).tolist())
    recorded = dict(zip(hours.tolist(), zip(*sums, strict=True), strict=True))
    return HourSums(recorded, _events(connection, camera, cuts))


def _query() -> Any:
    c = quarters.c
    duration = cast(func.round(c.duration * MILLION), BigInteger)
    query = select(*(joined_numbers(column) for column in (c.number, c.motion, c.objects, duration)))
    return query.where(c.camera == bindparam("camera"), c.segments > 0)


def _events(connection: Connection, camera: str, cuts: Periods) -> dict[int, int]:
    """Return how many of a camera's events with a clip began in each hour."""
    counts = group_counts.read(connection, [camera])
    groups, place = np.unique(counts.groups, return_inverse=True)
    there = known(connection, groups.tolist())
    has_clip = np.array([there[number].has_clip for number in groups.tolist()], bool)
    begun, events = counts.of(has_clip[place]).by_quarter()
    hours, where = np.unique(_hours(begun, cuts), return_inverse=True)
    sums = np.bincount(where, weights=events, minlength=hours.size).astype(np.int64)
    return dict(zip(hours.tolist(), sums.tolist(), strict=True))


def _hours(number: Numbers, cuts: Periods) -> Numbers:
    """Return the hours on the clock in which quarters of an hour begin, which are numbered since 1970."""
    starts = number * QUARTER_S
    place = np.searchsorted([start for start, _ in cuts], starts, side="right") - 1
    found: Numbers = (starts + np.array([offset for _, offset in cuts])[np.maximum(place, 0)]) // HOUR_S
    return found
