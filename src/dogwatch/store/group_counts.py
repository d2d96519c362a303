"""Reads the counts of groups of events as arrays (see `event_groups`).

The database joins the values of all rows, and only these few long values are fetched: tens of thousands of rows would
take three times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, LargeBinary, Select, Text, cast, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from dogwatch.store.localtime import DAY_S, HOUR_S, QUARTER_S, Periods
from dogwatch.store.tables import event_counts

QUARTERS = DAY_S // QUARTER_S
Numbers = NDArray[np.int64]


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

    def before(self, quarter: int) -> Numbers:
        """Return how many events of each row began before this quarter of an hour of the day; shape (rows,)."""
        later = np.searchsorted(np.flatnonzero(self.quarters >= quarter), self.ends)
        return np.diff(self.ends - later, prepend=0)

    def by_hour(self, cuts: Periods) -> dict[int, int]:
        """Return how many events began in each hour on a zone's clock, by hours since 1970-01-01 00:00."""
        if not self.quarters.size:
            return {}
        quarters = np.repeat(self.days, np.diff(self.ends, prepend=0)) * QUARTERS + self.quarters
        first = int(quarters.min())
        events = np.bincount(quarters - first)
        starts = (np.flatnonzero(events) + first) * QUARTER_S
        place = np.searchsorted([start for start, _ in cuts], starts, side="right") - 1
        offsets = np.array([offset for _, offset in cuts])[np.maximum(place, 0)]
        hours, where = np.unique((starts + offsets) // HOUR_S, return_inverse=True)
        sums = np.bincount(where, weights=events[events > 0])
        return dict(zip(hours.tolist(), sums.astype(np.int64).tolist(), strict=True))


def read(connection: Connection, groups: Select[Any] | None) -> GroupCounts:
    """Return the counts of `groups`, a query for their numbers, or of all of them."""
    c = event_counts.c
    query = select(
        joined_numbers(c.group_id), joined_numbers(c.day), joined_numbers(func.length(c.quarters)), joined(c.quarters)
    )
    ids, days, lengths, quarters = connection.execute(
        query if groups is None else query.where(c.group_id.in_(groups))
    ).one()
    return GroupCounts(
        numbers(ids), numbers(days), np.cumsum(numbers(lengths)), np.frombuffer(quarters or b"", np.uint8)
    )


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
