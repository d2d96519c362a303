"""Sums of segments by quarters of an hour, of which the hours and days of every timezone consist.

A row of `quarters` is counted again from its segments in each transaction that changes one of them, so that it cannot
drift from them. A summary of months then reads thousands of rows instead of hundreds of thousands. What all rows of a
camera add up to is in `recorded`.

A row also has the ranges that its segments cover without a gap, from which `store.coverage` tells what is missing of
months. Nobody asks for gaps that are shorter than `SHORTEST_GAP_S`, and they are ignored.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from dogwatch.store.localtime import QUARTER_S
from dogwatch.store.tables import quarters, recorded, segments

SHORTEST_GAP_S = 1.0


def recount(connection: Connection, begins: Iterable[tuple[str, float]]) -> None:
    """Count the quarters again in which segments with these cameras and start times are, or were."""
    for camera, number in {(camera, int(start // QUARTER_S)) for camera, start in begins}:
        place = {"of": camera, "at": number, "since": number * QUARTER_S, "until": (number + 1) * QUARTER_S}
        before = connection.scalar(_SIZE, place)
        connection.execute(_FORGET, place)
        connection.execute(_COUNT, {**place, "covered": _stretches(connection, place)})
        after = connection.scalar(_SIZE, place)
        if after != before:
            _add(connection, camera, (after is not None) - (before is not None), int(after or 0) - int(before or 0))


def _add(connection: Connection, camera: str, count: int, size_bytes: int) -> None:
    """Add to the sums of a camera, which are gone when it has no quarters left."""
    if not connection.execute(_ADD, {"of": camera, "count": count, "size": size_bytes}).rowcount:
        connection.execute(_BEGIN, {"camera": camera, "quarters": count, "size_bytes": size_bytes})
    elif count < 0:
        connection.execute(_END, {"of": camera})


def places(connection: Connection, which: ColumnElement[bool]) -> list[tuple[str, float]]:
    """Return camera and start time of segments, which determine their quarters."""
    rows = connection.execute(select(segments.c.camera, segments.c.start_time).where(which))
    return [(camera, start) for camera, start in rows]


def _stretches(connection: Connection, place: dict[str, Any]) -> bytes | None:
    """Return the ranges that are covered, as pairs of float64; None without any."""
    found: list[float] = []
    for start, end in connection.execute(_SPANS, place):
        if found and start - found[-1] < SHORTEST_GAP_S:
            found[-1] = max(found[-1], end)
        else:
            found += (start, end)
    return struct.pack(f"<{len(found)}d", *found) or None


def _present(value: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.sum(case((segments.c.deleting, 0), else_=value))


_AT = bindparam("at", type_=quarters.c.number.type)
_SIZE = select(quarters.c.size_bytes).where(quarters.c.camera == bindparam("of"), quarters.c.number == _AT)
_ADD = (
    update(recorded)
    .where(recorded.c.camera == bindparam("of"))
    .values(
        quarters=recorded.c.quarters + bindparam("count", type_=Integer),
        size_bytes=recorded.c.size_bytes + bindparam("size", type_=BigInteger),
    )
)
_BEGIN = insert(recorded)
_END = delete(recorded).where(recorded.c.camera == bindparam("of"), recorded.c.quarters <= 0)
_FORGET = delete(quarters).where(quarters.c.camera == bindparam("of"), quarters.c.number == _AT)
_INSIDE = (
    segments.c.camera == bindparam("of"),
    segments.c.start_time >= bindparam("since"),
    segments.c.start_time < bindparam("until"),
)
_SPANS = select(segments.c.start_time, segments.c.end_time).where(*_INSIDE, ~segments.c.deleting)
_SPANS = _SPANS.order_by(segments.c.start_time)
_COUNT = insert(quarters).from_select(
    ["camera", "number", "segments", "duration", "motion", "objects", "size_bytes", "stretches"],
    select(
        segments.c.camera,
        _AT,
        _present(literal(1)),
        _present(segments.c.end_time - segments.c.start_time),
        _present(func.coalesce(segments.c.motion, 0)),
        _present(func.coalesce(segments.c.objects, 0)),
        func.sum(cast(segments.c.size_bytes, BigInteger)),
        bindparam("covered", type_=LargeBinary),
    )
    .where(*_INSIDE)
    .group_by(segments.c.camera),
)
