"""The counts of groups of events as arrays (see `event_groups`), and values that a database joins.

Only few long values are fetched then: tens of thousands of rows would take three times as long.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, Text, cast, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from dogwatch.store import compiled
from dogwatch.store.event_groups import batches
from dogwatch.store.few import listed
from dogwatch.store.json_text import dumps
from dogwatch.store.localtime import DAY_S, QUARTER_S
from dogwatch.store.tables import event_counts, event_days, event_groups

QUARTERS = DAY_S // QUARTER_S
Numbers = NDArray[np.int64]
LONG = 8  # bytes, see `event_days.pack`


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """Rows of counts: row `i` has group `groups[i]` and UTC day `days[i]`, both of shape (rows,).

    `quarters` of shape (events,) has the quarter of an hour of the day in which each event began, row after row;
    those of row `i` end before `ends[i]`.
    """

    groups: Numbers
    days: Numbers
    ends: Numbers
    quarters: NDArray[np.uint8]

    def of(self, rows: NDArray[np.bool_]) -> GroupCounts:
        """Return those rows for which `rows`, of shape (rows,), is true."""
        if rows.all():
            return self
        lengths = np.diff(self.ends, prepend=0)
        quarters = self.quarters[np.repeat(rows, lengths)]
        return GroupCounts(self.groups[rows], self.days[rows], np.cumsum(lengths[rows]), quarters)

    def before(self, quarter: int) -> Numbers:
        """Return how many events of each row began before this quarter of an hour of the day; shape (rows,)."""
        if quarter >= QUARTERS:
            return np.diff(self.ends, prepend=0)
        later = np.searchsorted(np.flatnonzero(self.quarters >= quarter), self.ends)
        return np.diff(self.ends - later, prepend=0)

    def by_group(self) -> dict[int, int]:
        """Return how many events each group has."""
        groups, place = np.unique(self.groups, return_inverse=True)
        events = np.bincount(place, weights=np.diff(self.ends, prepend=0), minlength=groups.size).astype(np.int64)
        return dict(zip(groups.tolist(), events.tolist(), strict=True))

    def by_quarter(self) -> tuple[Numbers, Numbers]:
        """Return the quarters of an hour since 1970 in which events began, and how many in each."""
        if not self.days.size:
            return numbers(None), numbers(None)
        first = int(self.days.min())
        starts = ((self.days - first) * QUARTERS).astype(np.int32)
        events = np.bincount(np.repeat(starts, np.diff(self.ends, prepend=0)) + self.quarters)
        there = np.flatnonzero(events)
        return there + first * QUARTERS, events[there]


def read(connection: Connection, cameras: Iterable[str] | None) -> GroupCounts:
    """Return all counts of `cameras` (None: all)."""
    names = None if cameras is None else list(cameras)

    def make() -> Select[Any]:
        query = select(event_days.c.day, event_days.c.packed)
        return query if names is None else query.where(listed(event_days.c.camera, "cameras"))

    days: list[tuple[int, int]] = []
    pieces: tuple[list[bytes], list[bytes], list[bytes]] = [], [], []
    rows = compiled.rows(connection, ("event days", names is None), make, {"cameras": dumps(names or [])})
    changed = {day for day, packed in rows if packed is None}  # perhaps of one camera; all are read one by one then
    for day, packed in rows:  # joined as bytes, because small arrays take longer
        if day in changed:
            continue
        count = int.from_bytes(packed[:LONG], "little")
        middle, end = LONG * (count + 1), LONG * (2 * count + 1)
        days.append((day, count))
        for some, piece in zip(pieces, (packed[LONG:middle], packed[middle:end], packed[end:]), strict=True):
            some.append(piece)
    groups, lengths, quarters = (b"".join(some) for some in pieces)
    of_days, counts = np.array(days, np.int64).reshape(-1, 2).T
    packed_ones = (
        np.frombuffer(groups, "<i8"), np.repeat(of_days, counts), np.frombuffer(lengths, "<i8"),
        np.frombuffer(quarters, np.uint8),
    )  # fmt: skip
    parts = [packed_ones, *(_one_by_one(connection, names, some) for some in batches(sorted(changed)))]
    group, day_of, length, quarter = (np.concatenate(some) for some in zip(*parts, strict=True))
    return GroupCounts(group, day_of, np.cumsum(length), quarter)


def _one_by_one(
    connection: Connection, cameras: Collection[str] | None, days: Collection[int]
) -> tuple[Numbers, Numbers, Numbers, NDArray[np.uint8]]:
    """Return the counts of days that are not packed: groups, days, how many events each has, and their quarters."""

    def make() -> Any:
        c = event_counts.c
        query = select(
            joined_numbers(c.group_id),
            joined_numbers(c.day),
            joined_numbers(func.length(c.quarters)),
            joined(c.quarters),
        )
        query = query.where(listed(c.day, "days"), func.length(c.quarters) > 0)
        mine = select(event_groups.c.id).where(listed(event_groups.c.camera, "cameras"))
        return query if cameras is None else query.where(c.group_id.in_(mine))

    values = {"days": dumps(list(days)), "cameras": dumps(list(cameras or ()))}
    ((groups, of_days, lengths, quarters),) = compiled.rows(connection, ("counts", cameras is None), make, values)
    return numbers(groups), numbers(of_days), numbers(lengths), np.frombuffer(quarters or b"", np.uint8)


def numbers(text: str | None) -> Numbers:
    """Return the numbers that `joined_numbers` has joined."""
    return np.fromstring(text or "", np.int64, sep=",")


def joined_numbers(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Return the numbers of all rows, with commas between them."""
    return func.aggregate_strings(cast(column, Text), ",")


class joined(FunctionElement[bytes]):  # noqa: N801 - as functions of SQL are named
    """The bytes of all rows, one after the other, in the same order as `joined_numbers` of the same query."""

    type = LargeBinary()
    inherit_cache = True


@compiles(joined)
def _sqlite(element: joined, compiler: Any, **options: Any) -> str:
    return f"CAST(group_concat({compiler.process(element.clauses, **options)}, '') AS BLOB)"


@compiles(joined, "postgresql")
def _postgresql(element: joined, compiler: Any, **options: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **options)}, ''::bytea)"
