"""How many events there were by day and kind, from the counts of their groups: no event is read.

Loads NumPy, which the core does without until somebody asks for a summary.
"""

from __future__ import annotations

from datetime import tzinfo
from json.encoder import encode_basestring

import numpy as np
from sqlalchemy import Connection, Text, cast, select

from dogwatch.store import event_filter, group_counts
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.group_counts import GroupCounts, Numbers
from dogwatch.store.json_text import compact
from dogwatch.store.localtime import DAY_S, day_text, local_days, periods
from dogwatch.store.tables import event_groups

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
    found = group_counts.read(connection, chosen)
    ranks = ranks[np.searchsorted(np.array(ids)[order], found.groups)]
    heads = [_head(kind) for kind in kinds]
    entries: list[str] = []
    for day, sums in sorted(_by_day(found, ranks, len(kinds), wanted.zone).items()):
        middle, there = f'"day":"{day_text(day)}","count":', np.flatnonzero(sums)
        kept = zip(there.tolist(), sums[there].tolist(), strict=True)
        entries += [f"{heads[rank]}{middle}{count}}}" for rank, count in kept]
    return f"[{','.join(entries)}]"


def _by_day(found: GroupCounts, ranks: Numbers, width: int, zone: tzinfo) -> dict[int, Numbers]:
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
