"""How many events there were, from the counts of their groups (see `event_groups`): no event is read."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, func, select, type_coerce
from sqlalchemy.types import NullType

from dogwatch.store import event_filter
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.event_groups import DAY_S
from dogwatch.store.json_text import compact
from dogwatch.store.localtime import day_text, local_days, periods
from dogwatch.store.tables import event_counts, event_groups

PAGE = 1000


def summary(connection: Connection, wanted: EventFilter) -> str:
    """Return counts by camera, label, sub label, zones and day of `wanted.zone` as JSON text, oldest day first."""
    columns = [event_groups.c[name] for name in ("id", "camera", "label", "sub_label")]
    chosen = event_filter.groups(connection, wanted)
    query = select(*columns, cast(event_groups.c.zones, Text))
    rows = connection.execute(query if chosen is None else query.where(event_groups.c.id.in_(chosen))).all()
    kinds = sorted({_kind(row) for row in rows}, key=lambda kind: (kind[0], kind[1], kind[2] or "", kind[3]))
    ranks = {kind: rank for rank, kind in enumerate(kinds)}
    by_group = {row[0]: ranks[_kind(row)] for row in rows}
    # No types: for the bytes of each row, and the rows themselves, would be made anew, tens of thousands of them.
    counts = select(event_counts.c.day, event_counts.c.group_id, type_coerce(event_counts.c.quarters, NullType()))
    found = connection.execute(counts if chosen is None else counts.where(event_counts.c.group_id.in_(chosen)))
    days: dict[int, dict[int, int]] = defaultdict(dict)
    parts: dict[int, list[tuple[dict[int, int], int]]] = {}
    for some in found.partitions(PAGE):
        for day, group, quarters in some:
            if day not in parts:
                cuts = periods(wanted.zone, day * DAY_S, (day + 1) * DAY_S)
                parts[day] = [(days[local], end) for local, end in local_days(day, cuts)]
            rank, at = by_group[group], 0
            for into, end in parts[day]:
                upto = bisect_left(quarters, end)
                if upto > at:
                    into[rank] = into.get(rank, 0) + upto - at
                    at = upto
    heads = [_head(kind) for kind in kinds]
    entries: list[str] = []
    for local in sorted(days):
        ranked, middle = days[local], f'"day":"{day_text(local)}","count":'
        entries += [f"{heads[rank]}{middle}{ranked[rank]}}}" for rank in sorted(ranked)]
    return f"[{','.join(entries)}]"


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
    total = func.sum(func.length(event_counts.c.quarters))
    query = select(event_groups.c.label, total).join(event_counts, event_counts.c.group_id == event_groups.c.id)
    rows = connection.execute(_of(query, cameras).group_by(event_groups.c.label))
    return sorted(((label, int(count)) for label, count in rows if count), key=lambda one: (-one[1], one[0]))


def _kind(row: Any) -> tuple[str, str, str | None, str]:
    return row[1], row[2], row[3], row[4]


def _head(kind: tuple[str, str, str | None, str]) -> str:
    camera, label, sub_label, zones = kind
    name = "null" if sub_label is None else encode_basestring(sub_label)
    return (
        f'{{"camera":{encode_basestring(camera)},"label":{encode_basestring(label)},"sub_label":{name},'
        f'"zones":{compact(zones)},'
    )


def _distinct(connection: Connection, column: ColumnElement[str | None], cameras: Iterable[str] | None) -> list[str]:
    """Return the different values of groups that have events. Few groups are looked at for each value."""
    values = select(column.label("value")).where(column.is_not(None)).distinct().subquery()
    mine = (column == values.c.value, event_counts.c.group_id == event_groups.c.id)
    there = select(1).where(*mine, func.length(event_counts.c.quarters) > 0)
    return list(connection.scalars(select(values.c.value).where(_of(there, cameras).correlate(values).exists())))


def _of(query: Any, cameras: Iterable[str] | None) -> Any:
    return query if cameras is None else query.where(event_groups.c.camera.in_(list(cameras)))
