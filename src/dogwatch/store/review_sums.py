"""How many review items began when, and how many of them each user has seen: no item is read for a summary.

For each camera, severity and UTC day, `review_counts` has one byte for each item: the quarter of an hour of the day in
which it began, sorted (see `event_groups`). A row of the same kind for each user counts the items that this user has
seen. Every transaction that changes an item, or who has seen it, changes the counts too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, delete, insert, select, update

from dogwatch.store import compiled
from dogwatch.store.event_groups import changed_quarters, place
from dogwatch.store.few import listed
from dogwatch.store.json_text import dumps
from dogwatch.store.localtime import DAY_S, QUARTER_S, Periods, local_days, offset_at
from dogwatch.store.tables import review_counts, review_views, reviews

ALL = ""
"""Stands for the name of a user where all items are counted."""


class Counted(NamedTuple):
    """Where an item is counted; `username` is that of a user who has seen it, or `ALL`."""

    camera: str
    severity: str
    username: str
    start_time: float


class Begun(NamedTuple):
    """How many items began on a local day, or since a time."""

    day: int
    severity: str
    seen: bool
    items: int


def count(connection: Connection, came: Iterable[Counted], left: Iterable[Counted]) -> None:
    """Count items that have come, and no longer those that have left."""
    changes: dict[tuple[str, str, str, int], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for which, items in enumerate((came, left)):
        for one in items:
            day, quarter = place(one.start_time)
            changes[one.camera, one.severity, one.username, day][which].append(quarter)
    for key, (more, fewer) in changes.items():
        where = dict(zip(("of", "kind", "who", "on"), key, strict=True))
        before = connection.scalar(_COUNTED, where)
        after = changed_quarters(before or b"", more, fewer)
        if before is None:
            if after:
                names = ("camera", "severity", "username", "day")
                connection.execute(_COUNT, {**dict(zip(names, key, strict=True)), "quarters": after})
        elif after:
            connection.execute(_RECOUNT, {**where, "are": after})
        else:
            connection.execute(_FORGET, where)


def since(
    connection: Connection, start: float, cameras: Collection[str] | None, username: str, cuts: Periods
) -> list[Begun]:
    """Return counts of the items that began at `start` or later, by local day, severity, and whether they are seen.

    Items that `username` has seen are in two of them: `seen` and not.
    """
    edge = (int(start // QUARTER_S) + 1) * QUARTER_S
    found: dict[tuple[int, str, bool], int] = defaultdict(int)
    for begin, severity, seen_by in _of_edge(connection, start, edge, cameras, username):
        local = int(begin + offset_at(cuts, begin)) // DAY_S
        found[local, severity, False] += 1
        if seen_by is not None:
            found[local, severity, True] += 1
    first, after = place(edge)
    parts: dict[int, list[tuple[int, int]]] = {}
    for day, severity, name, quarters in _counts(connection, first, cameras, username):
        if day not in parts:
            parts[day] = local_days(day, cuts)
        at = bisect_left(quarters, after) if day == first else 0
        for local, end in parts[day]:
            upto = bisect_left(quarters, end, at)
            if upto > at:
                found[local, severity, name != ALL] += upto - at
                at = upto
    return [Begun(*key, count) for key, count in found.items()]


def _counts(
    connection: Connection, first: int, cameras: Collection[str] | None, username: str
) -> list[tuple[int, str, str, bytes]]:
    """Return days, severities, users and quarters of the rows from the day `first` on."""

    def make() -> Select[Any]:
        query = select(*_READ).where(_c.day >= bindparam("first"), listed(_c.username, "names"))
        return query if cameras is None else query.where(listed(_c.camera, "cameras"))

    values = {"first": first, "names": dumps([ALL, username]), "cameras": _names(cameras)}
    return compiled.rows(connection, ("review counts", cameras is None), make, values)


def _of_edge(
    connection: Connection, start: float, end: float, cameras: Collection[str] | None, username: str
) -> list[tuple[float, str, str | None]]:
    """Return the items that began between `start` and `end`, less than a quarter of an hour, which has to be read.

    Each has its start, its severity, and `username` if this user has seen it.
    """

    def make() -> Select[Any]:
        c = reviews.c
        mine = and_(review_views.c.review_id == c.id, review_views.c.username == bindparam("username"))
        query = select(c.start_time, c.severity, review_views.c.username)
        query = query.select_from(reviews.outerjoin(review_views, mine))
        query = query.where(c.start_time >= bindparam("start"), c.start_time < bindparam("end"))
        return query if cameras is None else query.where(listed(c.camera, "cameras"))

    values = {"start": start, "end": end, "username": username, "cameras": _names(cameras)}
    return compiled.rows(connection, ("edge of reviews", cameras is None), make, values)


def _names(cameras: Collection[str] | None) -> str:
    return dumps(list(cameras or ()))


_c = review_counts.c
_READ = (_c.day, _c.severity, _c.username, _c.quarters)
_PLACE = and_(
    _c.camera == bindparam("of"),
    _c.severity == bindparam("kind"),
    _c.username == bindparam("who"),
    _c.day == bindparam("on"),
)
_COUNTED = select(_c.quarters).where(_PLACE)
_COUNT: Any = insert(review_counts)
_RECOUNT = update(review_counts).where(_PLACE).values(quarters=bindparam("are"))
_FORGET = delete(review_counts).where(_PLACE)
