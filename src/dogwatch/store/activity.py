"""How much was going on, in buckets of time, from the table of segments (docs/api/review.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Float, bindparam, case, select

from dogwatch.store import compiled
from dogwatch.store.compiled import Question
from dogwatch.store.group_counts import Numbers, joined_numbers, numbers
from dogwatch.store.segments import usage
from dogwatch.store.tables import segments
from dogwatch.store.whole_seconds import whole

CHUNK_S = 3600


def motion(
    connection: Connection, cameras: Iterable[str] | None, after: float, before: float, scale: int
) -> list[dict[str, Any]]:
    """Return the largest motion in each bucket of `scale` seconds, relative to its hour, 0 to 100."""
    names = sorted(usage(connection) if cameras is None else set(cameras))
    parts = _read(connection, names, after, before, "motion")
    amounts = np.concatenate([numbers(amount) for _, amount in parts] or [numbers(None)])
    if not amounts.size:
        return []
    buckets = np.concatenate([times for times, _ in parts]) // scale
    starts, place = _distinct(buckets)
    largest = np.zeros(starts.size, np.int64)
    np.maximum.at(largest, place, amounts)
    levels = _relative(largest, max(1, CHUNK_S // scale))
    which = np.repeat(np.arange(len(names)), [times.size for times, _ in parts])
    bucket, camera_at = np.divmod(_distinct(place * len(names) + which)[0], len(names))
    ends = np.searchsorted(bucket, np.arange(starts.size), side="right").tolist()
    known: dict[bytes, str] = {}
    found: list[dict[str, Any]] = []
    for start, level, first, end in zip((starts * scale).tolist(), levels, [0, *ends], ends, strict=False):
        key = camera_at[first:end].tobytes()
        if key not in known:
            known[key] = ",".join(names[number] for number in camera_at[first:end])
        found.append({"start_time": start, "motion": level, "camera": known[key]})
    return found


def audio(
    connection: Connection, cameras: Iterable[str] | None, after: float, before: float, scale: int
) -> list[dict[str, Any]]:
    """Return the mean loudness of each bucket, from -100 (the quietest) to 0 (the loudest, or with objects)."""
    names = usage(connection) if cameras is None else set(cameras)
    parts = _read(connection, names, after, before, "loudness")
    values = np.concatenate([np.fromstring(text or "", np.float64, sep=",") for _, text in parts] or [np.zeros(0)])
    if not values.size:
        return []
    starts, place = _distinct(np.concatenate([times for times, _ in parts]) // scale)
    means = np.bincount(place, weights=values) / np.bincount(place)
    width = means.max() - means.min()
    levels = (means - means.max()) / (width or 1.0) * 100
    return [
        {"start_time": start, "audio": round(level, 2) or 0.0}
        for start, level in zip((starts * scale).tolist(), levels.tolist(), strict=True)
    ]


def _read(
    connection: Connection, cameras: Iterable[str], after: float, before: float, value: Literal["motion", "loudness"]
) -> list[tuple[Numbers, str | None]]:
    """Return of each camera the start times of segments, in whole seconds, and their values as text.

    Each camera is read along an index, and the database joins the values: thousands of rows would take three times as
    long.
    """

    def make() -> Any:
        c, last = segments.c, bindparam("before", type_=Float)
        # Where they may begin is bounded on both sides, for the index that has most of what is read.
        mine = (c.start_time >= bindparam("after", type_=Float), c.start_time <= last, c.end_time <= last)
        which, amount = _VALUES[value]
        query = select(joined_numbers(whole(c.start_time)), joined_numbers(amount))
        return query.where(c.camera == bindparam("camera"), *mine, ~c.deleting, which)

    asked = [Question(value, make, {"camera": camera, "after": after, "before": before}) for camera in cameras]
    return [(numbers(times), amounts) for ((times, amounts),) in compiled.rows_of_all(connection, asked)]


def _distinct(values: Numbers) -> tuple[Numbers, Numbers]:
    """Return the different ones of some values, sorted, and the place of each value among them.

    The values are of one camera after the other, so they consist of few sorted runs. A stable sort only merges these,
    which takes a fifth of the time of `numpy.unique`.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = np.append(True, ordered[1:] != ordered[:-1])
    place = np.empty(values.size, np.int64)
    place[order] = np.cumsum(first) - 1
    return ordered[first], place


def _relative(amounts: Numbers, size: int) -> list[float]:
    """Return amounts relative to the least and the most of each `size` of them, 0 to 100."""
    chunks = np.arange(0, amounts.size, size)
    sizes = np.diff(chunks, append=amounts.size)
    low: NDArray[Any] = np.repeat(np.minimum.reduceat(amounts, chunks), sizes)
    high: NDArray[Any] = np.repeat(np.maximum.reduceat(amounts, chunks), sizes)
    levels = (amounts - low) / np.maximum(high - low, 1) * 100
    return [round(level, 2) for level in levels.tolist()]


_VALUES: dict[str, tuple[ColumnElement[bool], ColumnElement[Any]]] = {
    "motion": (segments.c.motion > 0, segments.c.motion),
    "loudness": (segments.c.dbfs.is_not(None), case((segments.c.objects > 0, 0.0), else_=segments.c.dbfs)),
}
