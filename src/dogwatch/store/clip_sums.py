"""How many events with a clip began in each quarter of an hour: a row for each camera and UTC day.

Its numbers are 4 bytes each, so it does not grow with the events. `event_groups.count`, through which all changes of
events go, keeps it up to date.
"""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from dogwatch.store.localtime import DAY_S, QUARTER_S, Periods, offset_at
from dogwatch.store.tables import clip_counts

HOUR_S = 3600
QUARTERS = DAY_S // QUARTER_S
_NUMBERS = struct.Struct(f"<{QUARTERS}I")
Change = tuple[str, int, int]
"""Camera, UTC day, and quarter of an hour of that day."""


def pack(counts: Mapping[int, int]) -> bytes:
    """Return the numbers of a day, by quarter of an hour, as they are stored."""
    return _NUMBERS.pack(*(counts.get(quarter, 0) for quarter in range(QUARTERS)))


def unpack(blob: bytes) -> dict[int, int]:
    """Return the numbers that `pack` has stored, without those that are zero."""
    numbers = _NUMBERS.unpack(blob) if blob else ()
    return {quarter: number for quarter, number in enumerate(numbers) if number}


def count(connection: Connection, came: Iterable[Change], left: Iterable[Change]) -> None:
    """Count events with a clip that have come, and no longer those that have left."""
    changes = Counter(came)
    changes.subtract(Counter(left))
    days: dict[tuple[str, int], dict[int, int]] = {}
    for (camera, day, quarter), number in changes.items():
        if number:
            days.setdefault((camera, day), {})[quarter] = number
    for (camera, day), more in days.items():
        place = {"of": camera, "on": day}
        before = connection.scalar(_COUNTED, place)
        counts = Counter(unpack(before or b""))
        counts.update(more)
        left_over = {quarter: number for quarter, number in counts.items() if number > 0}
        if before is None:
            if left_over:
                connection.execute(_COUNT, {"camera": camera, "day": day, "quarters": pack(left_over)})
        elif left_over:
            connection.execute(_RECOUNT, {**place, "are": pack(left_over)})
        else:
            connection.execute(_FORGET, place)


def by_hour(connection: Connection, camera: str, cuts: Periods) -> dict[int, int]:
    """Return how many events with a clip of `camera` began in each hour on a zone's clock, by hours since 1970."""
    query = select(clip_counts.c.day, clip_counts.c.quarters).where(clip_counts.c.camera == camera)
    found: dict[int, int] = defaultdict(int)
    for day, blob in connection.execute(query):
        first = day * DAY_S
        offset = offset_at(cuts, first)
        same = offset == offset_at(cuts, first + DAY_S)
        for quarter, number in unpack(blob).items():
            start = first + quarter * QUARTER_S
            found[(start + (offset if same else offset_at(cuts, start))) // HOUR_S] += number
    return found


_PLACE = and_(clip_counts.c.camera == bindparam("of"), clip_counts.c.day == bindparam("on"))
_COUNTED = select(clip_counts.c.quarters).where(_PLACE)
_COUNT = insert(clip_counts)
_RECOUNT = update(clip_counts).where(_PLACE).values(quarters=bindparam("are"))
_FORGET = delete(clip_counts).where(_PLACE)
