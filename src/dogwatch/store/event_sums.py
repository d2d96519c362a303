"""How many events there were, from the counts of their groups (see `event_groups`): no event is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, func, literal_column, select

from dogwatch.store import compiled, event_filter
from dogwatch.store.few import listed
from dogwatch.store.json_text import dumps
from dogwatch.store.known_groups import known
from dogwatch.store.tables import event_counts, event_groups


def labels(connection: Connection, cameras: Iterable[str] | None) -> list[str]:
    """Return the labels that have events, sorted."""
    return sorted(_distinct(connection, event_groups.c.label, cameras))


def sub_labels(connection: Connection, cameras: Iterable[str] | None, *, split: bool) -> list[str]:
    """Return the sub-labels, sorted; `split` separates joined ones."""
    return names(_distinct(connection, event_groups.c.sub_label, cameras), split=split)


def names(values: list[str], *, split: bool) -> list[str]:
    """Return names, sorted; `split` separates joined ones."""
    return sorted({part for value in values for part in event_filter.items(value)}) if split else sorted(values)


def by_label(connection: Connection, cameras: Iterable[str] | None) -> list[tuple[str, int]]:
    """Return how many events each label has, the most frequent one first."""
    from dogwatch.store import group_counts  # loads NumPy

    counts = group_counts.read(connection, cameras).by_group()
    groups = known(connection, counts)
    sums: dict[str, int] = {}
    for number, count in counts.items():
        label = groups[number].kind[1]
        sums[label] = sums.get(label, 0) + count
    return sorted(sums.items(), key=lambda one: (-one[1], one[0]))


_ONE = literal_column("1", Integer)


def _distinct(connection: Connection, column: ColumnElement[str | None], cameras: Iterable[str] | None) -> list[str]:
    """Return the different values of groups that have events. Few groups are looked at for each value."""
    names = None if cameras is None else list(cameras)

    def make() -> Select[Any]:
        values = select(column.label("value")).where(column.is_not(None)).distinct().subquery()
        mine = (column == values.c.value, event_counts.c.group_id == event_groups.c.id)
        there = select(1).where(*mine, func.length(event_counts.c.quarters) > 0)
        if names is not None:
            there = there.where(listed(event_groups.c.camera, "cameras"))
        # With a limit, PostgreSQL looks for one group of each value; it would join all of them instead.
        return select(values.c.value).where(there.correlate(values).limit(_ONE).scalar_subquery().is_not(None))

    shape = "distinct of groups", str(column), names is None
    return [value for (value,) in compiled.rows(connection, shape, make, {"cameras": dumps(names or [])})]
