"""How many review items began when, and how many of them each user has seen: no item is read for a summary.

For each camera, severity and UTC day, `review_counts` has one byte for each item: the quarter of an hour of the day in
which it began, sorted (see `event_groups`); and for each of these a number of 64 bits: in the upper half that of its
set of labels, in the lower that of its zones (see `review_sets`). A row of the same kind for each user counts the
items that this user has seen. Every transaction that changes an item, or who has seen it, changes the counts too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, delete, select

from dogwatch.store import compiled, deferred, review_sets
from dogwatch.store.compiled import Question
from dogwatch.store.event_groups import place
from dogwatch.store.few import listed
from dogwatch.store.json_text import dumps
from dogwatch.store.localtime import DAY_S, QUARTER_S, Periods, local_days, offset_at
from dogwatch.store.many_rows import upsert_rows, write
from dogwatch.store.review_entries import in_zones, with_labels
from dogwatch.store.review_sets import LABELS, Sets, packed, unpacked
from dogwatch.store.tables import review_counts, review_views, reviews

COUNTS_KNOWN = 128
"""Of how many counts the writer's connection keeps the newest state, which saves reading them."""
ALL = ""
"""Stands for the name of a user where all items are counted."""


class Counted(NamedTuple):
    """Where an item is counted, and as what; `username` is that of a user who has seen it, or `ALL`."""

    camera: str
    severity: str
    username: str
    start_time: float
    sets: Sets


class SummaryChoice(NamedTuple):
    """Which items a summary counts: since when, of which cameras, and with any of labels and zones; None means all."""

    start: float
    cameras: Collection[str] | None
    username: str
    labels: Collection[str] | None = None
    zones: Collection[str] | None = None


class Begun(NamedTuple):
    """How many items began on a local day, or since a time."""

    day: int
    severity: str
    seen: bool
    items: int


class _Key(NamedTuple):
    camera: str
    severity: str
    username: str
    day: int


def count(connection: Connection, came: Iterable[Counted], left: Iterable[Counted]) -> None:
    """Count items that have come, and no longer those that have left."""
    some = [*((one, True) for one in came), *((one, False) for one in left)]
    if not some:
        return
    numbers = review_sets.numbers(connection, {names for one, _ in some for names in one.sets})
    changes: dict[_Key, list[tuple[bool, int, int]]] = defaultdict(list)
    for one, comes in some:
        day, quarter = place(one.start_time)
        labels, zones = (numbers[names] for names in one.sets)
        changes[_Key(one.camera, one.severity, one.username, day)].append((comes, quarter, labels << LABELS | zones))
    kept: dict[_Key, tuple[bytes, bytes]] = deferred.known(connection, "counts of review items")
    if len(kept) > COUNTS_KNOWN:
        deferred.run(connection)  # what was written is read now
        kept.clear()
    there = {key: kept.pop(key) for key in changes if key in kept}
    if unknown := changes.keys() - there.keys():
        asked = {f"{n}s": dumps(list({getattr(key, n) for key in unknown})) for n in ("camera", "username", "day")}
        found = {_Key(*key): (quarters, sets) for *key, quarters, sets in connection.execute(_COUNTED, asked)}
        there |= {key: count for key, count in found.items() if key in unknown}
    counts: list[dict[str, Any]] = []
    for key, items in changes.items():
        kept[key] = quarters, sets = _changed(*there.get(key, (b"", b"")), items)
        if quarters:
            counts.append({**key._asdict(), "quarters": quarters, "sets": sets})
        elif key in there:
            deferred.later(connection, _FORGET, [dict(zip(("of", "kind", "who", "on"), key, strict=True))])
    write(connection, _COUNT, counts)


def _changed(before: bytes, before_sets: bytes, items: Iterable[tuple[bool, int, int]]) -> tuple[bytes, bytes]:
    """Return a row's quarters and sets after items have come or left: of each whether it comes, its quarter, its sets.

    Items of the same quarter are in the order of their sets.
    """
    quarters, sets = bytearray(before), unpacked(before_sets)
    for comes, quarter, both in items:
        first, end = bisect_left(quarters, quarter), bisect_right(quarters, quarter)
        at = bisect_left(sets, both, first, end)
        if comes:
            quarters.insert(first, quarter)
            sets.insert(at, both)
        elif first < end:  # if the disk has damaged what it lists, any other of its quarter
            del quarters[first], sets[at if at < end and sets[at] == both else first]
    return bytes(quarters), packed(sets)


def since(connection: Connection, choices: Sequence[SummaryChoice], cuts: Periods) -> list[list[Begun]]:
    """Return of each choice counts of the items, by local day, severity, and whether they are seen.

    Items that the user has seen are in two of them: `seen` and not. Labels and zones are not heeded.
    """
    asked = [question for one in choices for question in (edge(one), _counts(one))]
    answers = iter(compiled.rows_of_all(connection, asked))
    return [_begun(one, next(answers), next(answers), cuts) for one in choices]


def _begun(wanted: SummaryChoice, at_edge: Sequence[Any], counts: Sequence[Any], cuts: Periods) -> list[Begun]:
    found = of_edge(at_edge, cuts)
    first, after = place(edge_of(wanted.start))
    parts: dict[int, list[tuple[int, int]]] = {}
    for day, severity, name, quarters in counts:
        if day not in parts:
            parts[day] = local_days(day, cuts)
        at = bisect_left(quarters, after) if day == first else 0
        for local, end in parts[day]:
            upto = bisect_left(quarters, end, at)
            if upto > at:
                found[local, severity, name != ALL] += upto - at
                at = upto
    return [Begun(*key, count) for key, count in found.items()]


def edge_of(start: float) -> int:
    """Return when the first quarter of an hour after `start` begins: items before it have to be read."""
    return (int(start // QUARTER_S) + 1) * QUARTER_S


def of_edge(rows: Iterable[Any], cuts: Periods) -> defaultdict[tuple[int, str, bool], int]:
    """Return counts of the items that `edge` asks for, by what `Begun` has."""
    found: defaultdict[tuple[int, str, bool], int] = defaultdict(int)
    for begin, severity, seen_by in rows:
        local = int(begin + offset_at(cuts, begin)) // DAY_S
        found[local, severity, False] += 1
        if seen_by is not None:
            found[local, severity, True] += 1
    return found


def _counts(wanted: SummaryChoice) -> Question:
    """Ask for days, severities, users and quarters of the rows from the day of the edge on."""
    cameras = wanted.cameras

    def make() -> Select[Any]:
        query = select(*_READ).where(_c.day >= bindparam("first"), listed(_c.username, "names"))
        return query if cameras is None else query.where(listed(_c.camera, "cameras"))

    first, _ = place(edge_of(wanted.start))
    values = {"first": first, "names": dumps([ALL, wanted.username]), "cameras": listed_names(cameras)}
    return Question(("review counts", cameras is None), make, values)


def edge(wanted: SummaryChoice) -> Question:
    """Ask for the items of the edge, which began in the quarter of an hour of the start.

    Of each, its start, its severity, and the user's name if this user has seen it.
    """
    start, cameras, username, labels, zones = wanted

    def make() -> Select[Any]:
        c = reviews.c
        mine = and_(review_views.c.review_id == c.id, review_views.c.username == bindparam("username"))
        query = select(c.start_time, c.severity, review_views.c.username)
        query = query.select_from(reviews.outerjoin(review_views, mine))
        query = query.where(c.start_time >= bindparam("start"), c.start_time < bindparam("end"))
        query = query if cameras is None else query.where(listed(c.camera, "cameras"))
        query = query if labels is None else query.where(with_labels("labels"))
        return query if zones is None else query.where(in_zones("zones"))

    names = {"cameras": listed_names(cameras), "labels": listed_names(labels), "zones": listed_names(zones)}
    shape = ("edge of reviews", cameras is None, labels is None, zones is None)
    return Question(shape, make, {"start": start, "end": edge_of(start), "username": username, **names})


def listed_names(names: Collection[str] | None) -> str:
    """Return names as a parameter of `listed`."""
    return dumps(list(names or ()))


_c = review_counts.c
_READ = (_c.day, _c.severity, _c.username, _c.quarters)
_COUNTED = select(*(_c[name] for name in _Key._fields), _c.quarters, _c.sets).where(
    listed(_c.camera, "cameras"), listed(_c.username, "usernames"), listed(_c.day, "days")
)
_COUNT = upsert_rows(review_counts, frozenset(_c.keys()))
_FORGET = delete(review_counts).where(
    _c.camera == bindparam("of"),
    _c.severity == bindparam("kind"),
    _c.username == bindparam("who"),
    _c.day == bindparam("on"),
)
