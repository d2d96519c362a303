"""How many events there were by day and kind, from the counts of their groups: no event is read.

Loads NumPy, which the core does without until somebody asks for a summary.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from json.encoder import encode_basestring
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from dogwatch.store import group_counts
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.group_counts import GroupCounts, Numbers
from dogwatch.store.known_groups import KnownGroup, known
from dogwatch.store.localtime import DAY_S, day_text, local_days, periods

RANKINGS = 8
"""Of how many sets of groups the order is kept; half a megabyte each, for thousands of groups."""
_rankings: dict[tuple[bytes, bool | None, bool | None], tuple[Numbers, NDArray[Any]]] = {}


def summary(connection: Connection, wanted: EventFilter) -> str:
    """Return counts by camera, label, sub label, zones and day of `wanted.zone` as JSON text, oldest day first.

    Of the filters, those for cameras and the flags of clip and snapshot are obeyed.
    """
    found = group_counts.read(connection, wanted.cameras)
    numbers, place = np.unique(found.groups, return_inverse=True)
    ranks, heads = _ranked(connection, numbers, wanted)
    of_rows = ranks[place]
    is_wanted = of_rows >= 0
    entries: list[str] = []
    for day, sums in _by_day(found.of(is_wanted), of_rows[is_wanted], heads.size, wanted.zone):
        there = np.flatnonzero(sums)
        counts, which = np.unique(sums[there], return_inverse=True)
        name = day_text(day)
        tails = np.array([f'{name}","count":{count}}}' for count in counts.tolist()], object)
        pieces = np.empty(2 * there.size, object)
        pieces[0::2], pieces[1::2] = heads[there], tails[which]
        entries += pieces.tolist()
    return f"[{''.join(entries)[1:]}]"


def _ranked(connection: Connection, numbers: Numbers, wanted: EventFilter) -> tuple[Numbers, NDArray[Any]]:
    """Return the place of each group's kind among all, in their order, or -1 if it is not wanted; and their heads.

    The same groups are asked for again and again, and sorting them takes a third of a summary.
    """
    key = numbers.tobytes(), wanted.has_clip, wanted.has_snapshot
    if (found := _rankings.get(key)) is not None:
        return found
    there = known(connection, numbers.tolist())
    groups = [there[number] for number in numbers.tolist()]
    kinds = [group.kind if _passes(group, wanted) else None for group in groups]
    ordered = sorted({kind for kind in kinds if kind})
    places: dict[Any, int] = {kind: place for place, kind in enumerate(ordered)} | {None: -1}
    ranks = np.array([places[kind] for kind in kinds], np.int64)
    heads = np.array([_head(*kind) for kind in ordered], object)
    if len(_rankings) >= RANKINGS:
        _rankings.clear()
    _rankings[key] = ranks, heads
    return ranks, heads


def _passes(group: KnownGroup, wanted: EventFilter) -> bool:
    return wanted.has_clip in (None, group.has_clip) and wanted.has_snapshot in (None, group.has_snapshot)


def _by_day(found: GroupCounts, ranks: Numbers, width: int, zone: tzinfo) -> Iterator[tuple[int, Numbers]]:
    """Yield local days, oldest first, and how many events of each rank below `width` there were."""
    if not ranks.size:
        return
    order = np.argsort(found.days, kind="stable")
    ranks, of_rows = ranks[order], found.days[order]
    days, firsts = np.unique(of_rows, return_index=True)
    cuts = periods(zone, int(days[0]) * DAY_S, (int(days[-1]) + 1) * DAY_S)
    before: dict[int, Numbers] = {0: np.zeros_like(ranks)}
    sums: dict[int, Numbers] = {}
    for day, first, last in zip(days.tolist(), firsts.tolist(), [*firsts[1:].tolist(), ranks.size], strict=True):
        at = 0
        for local, end in local_days(day, cuts):
            if end not in before:
                before[end] = found.before(end)[order]
            counts = before[end][first:last] - before[at][first:last]
            part = np.bincount(ranks[first:last], counts, width).astype(np.int64)
            sums[local] = sums[local] + part if local in sums else part
            at = end
    yield from sorted(sums.items())


def _head(camera: str, label: str, sub_label: str, zones: str, has_name: bool) -> str:
    """Return the beginning of an entry, with the comma that ends the one before."""
    name = encode_basestring(sub_label) if has_name else "null"
    return (
        f',{{"camera":{encode_basestring(camera)},"label":{encode_basestring(label)},"sub_label":{name},'
        f'"zones":{zones},"day":"'
    )
