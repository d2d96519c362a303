"""How many events there were, from the counts of their groups (see `event_groups`): no event is read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from json.encoder import encode_basestring
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Text, cast, func, select

from dogwatch.store import counts, event_filter
from dogwatch.store.counts import Counts, Numbers
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.event_groups import DAY_S
from dogwatch.store.json_text import compact
from dogwatch.store.localtime import day_text, local_days, periods
from dogwatch.store.tables import event_counts, event_groups

Kind = tuple[str, str, str | None, str]
"""Camera, label, sub label, and zones as JSON text."""


def summary(connection: Connection, wanted: EventFilter) -> str:
    """Return counts by camera, label, sub label, zones and day of `wanted.zone` as JSON text, oldest day first."""
    columns = [event_groups.c[name] for name in ("id", "camera", "label", "sub_label")]
    chosen = event_filter.groups(connection, wanted)
    query = select(*columns, cast(event_groups.c.zones, Text))
    rows = connection.execute(query if chosen is None else query.where(event_groups.c.id.in_(chosen))).all()
    if not rows:
        return "[]"
    ids, *texts = zip(*rows, strict=True)
    of_groups: list[Kind] = list(zip(*texts, strict=True))
    kinds = sorted(set(of_groups), key=lambda kind: (kind[0], kind[1], kind[2] or "", kind[3]))
    numbers = {kind: number for number, kind in enumerate(kinds)}
    order = np.argsort(ids)
    ranks = np.array([numbers[kind] for kind in of_groups])[order]
    found = counts.read(connection, chosen)
    ranks = ranks[np.searchsorted(np.array(ids)[order], found.groups)]
    heads = [_head(kind) for kind in kinds]
    entries: list[str] = []
    for day, sums in sorted(_by_day(found, ranks, len(kinds), wanted.zone).items()):
        middle, there = f'"day":"{day_text(day)}","count":', np.flatnonzero(sums)
        kept = zip(there.tolist(), sums[there].tolist(), strict=True)
        entries += [f"{heads[rank]}{middle}{count}}}" for rank, count in kept]
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


def _by_day(found: Counts, ranks: Numbers, width: int, zone: tzinfo) -> dict[int, Numbers]:
    """Return how many events there are of each rank below `width`, by local day."""
    sums: dict[int, Numbers] = {}
    before: dict[int, Numbers] = {0: np.zeros_like(ranks)}
    order = np.argsort(found.days, kind="stable")
    days, firsts = np.unique(found.days[order], return_index=True)
    for day, mine in zip(days.tolist(), np.split(order, firsts[1:]), strict=True):
        start, at = day * DAY_S, 0
        for local, end in local_days(day, periods(zone, start, start + DAY_S)):
            if end not in before:
                before[end] = found.before(end)
            part = np.bincount(ranks[mine], (before[end] - before[at])[mine], width).astype(np.int64)
            sums[local] = sums[local] + part if local in sums else part
            at = end
    return sums


def _head(kind: Kind) -> str:
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
