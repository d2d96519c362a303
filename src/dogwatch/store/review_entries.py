"""What review items list, as rows to filter by: labels, zones and tracked objects.

An item's `data` has them too, in the form of the API, and passes through. Each transaction that changes `data` changes
the rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Connection, Select, bindparam, delete, exists, func, literal_column, select

from dogwatch.store.deferred import later
from dogwatch.store.few import listed
from dogwatch.store.many_rows import insert_rows, write
from dogwatch.store.tables import review_events, review_labels, review_zones, reviews

Row = dict[str, str]
VERIFIED = "-verified"
_NAMES = ("label", "zone", "event_id")
_TABLES = (review_labels, review_zones, review_events)
_VALUES = tuple(table.c[name] for table, name in zip(_TABLES, _NAMES, strict=True))
_INSERT = tuple(insert_rows(table, frozenset({"review_id", name})) for table, name in zip(_TABLES, _NAMES, strict=True))
_REMOVE = tuple(
    delete(table).where(table.c.review_id == bindparam("of"), value == bindparam("is"))
    for table, value in zip(_TABLES, _VALUES, strict=True)
)


class Entries(NamedTuple):
    """What an item lists; `events` are ids of tracked objects."""

    labels: AbstractSet[str]
    zones: AbstractSet[str]
    events: AbstractSet[str]


NO_ENTRIES = Entries(frozenset(), frozenset(), frozenset())


def entries(data: Mapping[str, Any]) -> Entries:
    """Return what an item with this `data` lists.

    The label of an object with a name is listed with `VERIFIED` behind it, and is found without it too.
    """
    objects = _texts(data.get("objects"))
    labels = objects | {text.removesuffix(VERIFIED) for text in objects} | _texts(data.get("audio"))
    return Entries(labels, _texts(data.get("zones")), _texts(data.get("detections")))


def change(connection: Connection, changes: Sequence[tuple[str, Entries, Entries]]) -> None:
    """Let the rows of items follow what these list: of each its id, and its entries before and after."""
    gone: tuple[list[Row], ...] = ([], [], [])
    more: tuple[list[Row], ...] = ([], [], [])
    for review_id, before, after in changes:
        for old, new, name, removed, added in zip(before, after, _NAMES, gone, more, strict=True):
            removed.extend({"of": review_id, "is": value} for value in old - new)
            added.extend({"review_id": review_id, name: value} for value in new - old)
    for removed, added, remove_one, add in zip(gone, more, _REMOVE, _INSERT, strict=True):
        if removed:
            later(connection, remove_one, removed)
        write(connection, add, added)


def remove(connection: Connection, ids: Sequence[str]) -> None:
    """Delete the rows of items; as many as one statement takes."""
    for table in _TABLES:
        connection.execute(delete(table).where(table.c.review_id.in_(ids)))


def ends(ids: Select[Any]) -> CTE:
    """Return the first and the last of some ids of items, for `with_labels` and `in_zones`."""
    found = ids.offset(literal_column("0")).subquery()  # without OFFSET, PostgreSQL would search all ids from both ends
    return select(func.min(found.c.id).label("first"), func.max(found.c.id).label("last")).cte("ends")


def with_labels(name: str, within: CTE | None = None) -> ColumnElement[bool]:
    """Return the condition that an item has one of the labels in the parameter called `name`, see `few.listed`.

    PostgreSQL finds the entries of thousands of items sooner if it is told `within` which ids these are: it reads all
    entries between the first and the last of them, which are few more, as ids begin with a time.
    """
    return _has(review_labels.c.review_id, listed(review_labels.c.label, name), within)


def in_zones(name: str, within: CTE | None = None) -> ColumnElement[bool]:
    """Return the condition that an item has one of the zones in the parameter called `name`; as `with_labels`."""
    return _has(review_zones.c.review_id, listed(review_zones.c.zone, name), within)


def listing(event_ids: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that an item lists one of these events, which are few."""
    return reviews.c.id.in_(select(review_events.c.review_id).where(review_events.c.event_id.in_(event_ids)))


def _has(review_id: ColumnElement[str], value: ColumnElement[bool], within: CTE | None) -> ColumnElement[bool]:
    if within is None:
        return exists(select(1).where(review_id == reviews.c.id, value)).correlate(reviews)
    first, last = (select(end).scalar_subquery() for end in within.c)
    # `IS TRUE` lets PostgreSQL make a hash of these entries; it would look each item's entries up instead.
    return reviews.c.id.in_(select(review_id).where(value, review_id >= first, review_id <= last)).is_(True)


def _texts(values: Iterable[Any] | None) -> set[str]:
    """Return the texts of a list as every database stores them."""
    # Nearly all are plain, and stored as they are.
    return {
        text
        if text.isascii() and text.isprintable()
        else text.encode(errors="replace").decode().replace("\0", "\ufffd")
        for text in values or ()
        if type(text) is str
    }
