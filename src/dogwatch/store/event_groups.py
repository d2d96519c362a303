"""Groups of events that differ in nothing that summaries and most filters ask for, and how many events each has when.

A group is a camera, a label, a sub-label, zones in the order of entering, the flags of clip and snapshot, and values of
custom classifications. An event's row names its group, whose number is a hash of what it is: so it is known without
asking the database, and the same in every one. Of a month with a million events there are thousands of groups. Filters
choose groups, and then events by an index.

For each group and UTC day, `event_counts` has one byte for each event: the quarter of an hour of the day in which it
began, 0 to 95, sorted. Days and hours of every timezone consist of such quarters. Every transaction that changes an
event changes the counts too, and forgets the packed copy of their day (see `event_days`).
"""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, bindparam, delete, exists, func, select, update

from dogwatch.store import deferred
from dogwatch.store.few import listed
from dogwatch.store.json_text import dumps
from dogwatch.store.localtime import QUARTER_S
from dogwatch.store.many_rows import insert_new, insert_rows, upsert_rows, write
from dogwatch.store.tables import event_attributes, event_counts, event_days, event_groups, event_zones, events

T = TypeVar("T")
DAY_S = 86_400
BATCH = 500  # bound parameters a statement; SQLite's oldest limit is 999

COUNTS_KNOWN = 4096
"""How many counts the writer's connection keeps, which saves reading them."""
_KNOWN_DATA = frozenset(
    {
        "type", "box", "region", "attributes", "path_data", "velocity_angle", "sub_label_score", "description",
        "recognized_license_plate", "recognized_license_plate_score", "snapshot_clean", "snapshot_frame_time",
        "snapshot_area", "snapshot_estimated_speed", "draw",
    }
)  # fmt: skip


class Group(NamedTuple):
    """What events of one group have in common."""

    camera: str
    label: str
    sub_label: str | None
    zones: tuple[str, ...]
    has_clip: bool
    has_snapshot: bool
    attributes: tuple[str, ...]

    @property
    def id(self) -> int:
        """The number of the group."""
        return _number(self)


@lru_cache(maxsize=4096)
def _number(group: Group) -> int:
    digest = blake2b(json.dumps(group).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def group_of(values: Mapping[str, Any]) -> Group:
    """Return the group of an event with these values of its row."""
    own = {
        text.encode(errors="replace").decode()
        for key, text in values["data"].items()
        if type(text) is str and key not in _KNOWN_DATA
    }
    return Group(
        values["camera"],
        values["label"],
        values.get("sub_label"),
        tuple(values["zones"]),
        bool(values.get("has_clip")),
        bool(values.get("has_snapshot")),
        tuple(sorted(own)),
    )


def settle(connection: Connection, ids: Sequence[str]) -> None:
    """Count events, whose rows have been changed, in the groups to which they belong now."""
    came: list[tuple[Group, float]] = []
    left: list[tuple[int, float]] = []
    for some in batches(ids):
        for row in connection.execute(select(*_SETTLED).where(events.c.id.in_(some))).all():
            group = group_of(row._asdict())
            if group.id != row.group_id:
                connection.execute(_ASSIGN, {"key": row.id, "to": group.id})
                came.append((group, row.start_time))
                left.extend(counted(row))
    count(connection, came, left)


def counted(row: Any) -> list[tuple[int, float]]:
    """Return where an event with this row is counted, as `count` takes it; a row without a group is not."""
    return [] if row.group_id is None else [(row.group_id, row.start_time)]


def count(connection: Connection, came: Iterable[tuple[Group, float]], left: Iterable[tuple[int, float]]) -> None:
    """Count events that have come into groups, and no longer those that have left them, with their start times.

    This is done once for the whole transaction. What is empty then stays, as such a group is often needed again soon;
    see `forget_empty`.
    """
    deferred.at_end(connection, _count, (list(came), list(left)))


def forget_empty(connection: Connection) -> None:
    """Delete groups, and their days, that no event belongs to any more."""
    connection.execute(delete(event_counts).where(func.length(event_counts.c.quarters) == 0))
    counted = select(event_counts.c.group_id)
    connection.execute(delete(event_groups).where(event_groups.c.id.not_in(counted)))
    connection.execute(delete(event_days).where(event_days.c.day.not_in(select(event_counts.c.day))))
    for table in (event_zones, event_attributes):
        connection.execute(delete(table).where(table.c.group_id.not_in(counted)))


def place(start: float) -> tuple[int, int]:
    """Return the UTC day since 1970 of a time, and the quarter of an hour of that day."""
    quarter = int(start // QUARTER_S)
    return divmod(quarter, DAY_S // QUARTER_S)


def batches(ids: Sequence[T]) -> Iterable[Sequence[T]]:
    """Yield parts of `ids` that one statement takes."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def _count(
    connection: Connection, changes: Sequence[tuple[list[tuple[Group, float]], list[tuple[int, float]]]]
) -> None:
    known: dict[int, Group] = {}
    days: dict[int, dict[int, tuple[list[int], list[int]]]] = {}
    for came, left in changes:
        for group, start in came:
            day, quarter = place(start)
            known[group.id] = group
            days.setdefault(day, {}).setdefault(group.id, ([], []))[0].append(quarter)
        for number, start in left:
            day, quarter = place(start)
            days.setdefault(day, {}).setdefault(number, ([], []))[1].append(quarter)
    kept: dict[tuple[int, int], bytes] = deferred.known(connection, "counts of events")
    if len(kept) > COUNTS_KNOWN:
        deferred.run(connection)  # what was written is read now
        kept.clear()
    unpacked = deferred.known(connection, "days that are not packed")
    counts: list[dict[str, Any]] = []
    begun: set[tuple[int, int]] = set()
    for day, changed in days.items():
        is_packed = day not in unpacked  # as far as is known
        there = {number: kept[number, day] for number in changed if (number, day) in kept}
        if unknown := changed.keys() - there.keys():
            found = connection.execute(_COUNTED, {"on": day, "numbers": dumps(list(unknown))}).all()
            there |= {number: quarters for number, quarters, _ in found}
            is_packed = any(packed for _, _, packed in found) if found else is_packed
        if is_packed:
            deferred.later(connection, _UNPACK, [{"on": day}])
        unpacked[day] = True
        for number, (more, fewer) in changed.items():
            quarters = changed_quarters(there.get(number, b""), more, fewer)
            if number in there or quarters:
                kept[number, day] = quarters
                counts.append({"group_id": number, "day": day, "quarters": quarters})
                if number not in there:
                    begun.add((number, day))
    if begun:
        _begin(connection, [known[number] for number, _ in begun])
        places = {(known[number].camera, day) for number, day in begun}
        deferred.later(connection, _LIST_DAY, [{"camera": camera, "day": day} for camera, day in places])
    write(connection, _COUNT, counts)


def changed_quarters(quarters: bytes, more: Iterable[int], fewer: Iterable[int]) -> bytes:
    """Return a day's sorted quarters with some more of them and some fewer."""
    found = bytearray(quarters)
    for quarter in more:
        insort(found, quarter)
    for quarter in fewer:
        at = bisect_left(found, quarter)
        if at < len(found) and found[at] == quarter:
            del found[at]
    return bytes(found)


def _begin(connection: Connection, groups: Iterable[Group]) -> None:
    """Write those of `groups` that are new; their first events of a day come."""
    there: dict[int, None] = deferred.known(connection, "groups of events")
    if len(there) > COUNTS_KNOWN:
        deferred.run(connection)
        there.clear()
    if not (new := {group.id: group for group in groups if group.id not in there}):
        return
    for number in connection.scalars(_KNOWN, {"numbers": dumps(list(new))}).all():
        there[number] = None
        del new[number]
    there.update(dict.fromkeys(new))
    names = ("camera", "label", "sub_label", "has_clip", "has_snapshot")
    write(
        connection,
        _ADD,
        [
            {"id": number, "zones": list(group.zones), **{name: getattr(group, name) for name in names}}
            for number, group in new.items()
        ],
    )
    write(
        connection,
        _ADD_ZONE,
        [{"group_id": number, "zone": zone} for number, group in new.items() for zone in dict.fromkeys(group.zones)],
    )
    write(
        connection,
        _ADD_ATTRIBUTE,
        [{"group_id": number, "value": text} for number, group in new.items() for text in group.attributes],
    )


_COUNTED = (
    select(
        event_counts.c.group_id,
        event_counts.c.quarters,
        exists().where(event_days.c.day == bindparam("on"), event_days.c.packed.is_not(None)),
    )
    .where(event_counts.c.day == bindparam("on"), listed(event_counts.c.group_id, "numbers"))
    .with_for_update()
)
_UNPACK = (
    update(event_days).where(event_days.c.day == bindparam("on"), event_days.c.packed.is_not(None)).values(packed=None)
)
_LIST_DAY = insert_new(event_days, frozenset(("camera", "day")))
_COUNT = upsert_rows(event_counts, frozenset(event_counts.c.keys()))
_KNOWN = select(event_groups.c.id).where(listed(event_groups.c.id, "numbers"))
_ADD, _ADD_ZONE, _ADD_ATTRIBUTE = (
    insert_rows(table, frozenset(table.c.keys())) for table in (event_groups, event_zones, event_attributes)
)
_ASSIGN = update(events).where(events.c.id == bindparam("key")).values(group_id=bindparam("to"))
_SETTLED = [
    events.c[name]
    for name in (
        "id", "group_id", "camera", "label", "sub_label", "zones", "has_clip", "has_snapshot", "start_time", "data",
    )
]  # fmt: skip
