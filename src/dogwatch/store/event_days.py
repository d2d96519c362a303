"""The counts of events by day (see `event_groups`), packed for reading: one row for each camera and day.

Tens of thousands of rows would have to be read for a summary of a month. So a day's counts are packed once it is over.
Every transaction that changes a count of a day removes what is packed of that day, of all cameras; until it is packed
again, its counts are read one by one (see `group_counts`).
"""

from __future__ import annotations

from array import array
from sys import byteorder

from sqlalchemy import Connection, bindparam, func, select, update

from dogwatch.store.tables import event_counts, event_days, event_groups

LONGS = "q"
_IS_IT = event_days.c.camera == bindparam("of"), event_days.c.day == bindparam("on"), event_days.c.packed.is_(None)
_PACK = update(event_days).where(*_IS_IT).values(packed=bindparam("is"))


def changed(connection: Connection) -> list[tuple[str, int]]:
    """Return the cameras and days that are over and not packed."""
    newest = select(func.max(event_days.c.day)).scalar_subquery()
    over = event_days.c.packed.is_(None), event_days.c.day < newest
    return [
        (camera, day) for camera, day in connection.execute(select(event_days.c.camera, event_days.c.day).where(*over))
    ]


def pack(connection: Connection, camera: str, day: int) -> None:
    """Pack a camera's day, unless it is packed.

    Whole numbers of 64 bits, the least byte first, say how many groups there are, their numbers, and how many events
    each has; then comes the quarter of an hour of each event, in a byte.
    """
    c = event_counts.c
    query = select(c.group_id, c.quarters).join_from(event_groups, event_counts, c.group_id == event_groups.c.id)
    query = query.where(event_groups.c.camera == camera, c.day == day, func.length(c.quarters) > 0)
    rows = connection.execute(query.order_by(c.group_id)).all()
    longs = array(LONGS, [len(rows), *(group for group, _ in rows), *(len(quarters) for _, quarters in rows)])
    if byteorder == "big":
        longs.byteswap()
    packed = b"".join((longs.tobytes(), *(bytes(quarters) for _, quarters in rows)))
    connection.execute(_PACK, {"of": camera, "on": day, "is": packed})
