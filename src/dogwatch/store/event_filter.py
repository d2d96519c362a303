"""The filters of docs/api/events.md as SQL, and the ways to find the few rows that they select among millions.

Most filters choose groups (see `event_groups`). Events are then read along an index: by default in the order of time,
newest first, until there are enough of them. If one filter alone lets few through, the index of its column is used
instead. Which that is, is counted, up to a limit: databases cannot know it. `+ 0` keeps them from using the index of
a column. Score, length and speed change while an event is in progress: for them, such events are read one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import partial
from operator import eq, itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from dogwatch.store import compiled
from dogwatch.store.compiled import Question
from dogwatch.store.event_rows import Columns
from dogwatch.store.few import listed, looked_up
from dogwatch.store.json_text import dumps
from dogwatch.store.localtime import Periods, clock, periods, span
from dogwatch.store.tables import HAS_SPEED, event_attributes, event_groups, event_texts, event_zones, events

NONE = "None"
ALL_DAY = (0, 86_400)
MAX_PATTERN = 100
MAX_PATTERNS = 20
MAX_REPEATS = 3
FEW = 2000  # rows that are rather looked up and sorted than looked for in the order of time
IN_INDEX = 5  # times as many, if an index has all that is asked for
_REPEAT = re.compile(r"[*+?{]")
_REPEATED_GROUP = re.compile(r"\)[*+?{]")


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Selects events; None means no filter.

    In `sub_labels`, `zones`, `plates` and `attributes` the text `None` selects rows that have none.
    `time_range` is (after, before) in seconds since midnight on the clock of `zone`. `texts` are patterns, all of which
    what is written of the event must be like (see `event_texts`).
    """

    cameras: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    sub_labels: tuple[str, ...] | None = None
    attributes: tuple[str, ...] | None = None
    zones: tuple[str, ...] | None = None
    plates: tuple[str, ...] | None = None
    after: float | None = None
    before: float | None = None
    time_range: tuple[int, int] = ALL_DAY
    zone: tzinfo = UTC
    has_clip: bool | None = None
    has_snapshot: bool | None = None
    in_progress: bool | None = None
    favorites: bool | None = None
    is_submitted: bool | None = None
    min_score: float | None = None
    max_score: float | None = None
    min_speed: float | None = None
    max_speed: float | None = None
    min_length: float | None = None
    max_length: float | None = None
    event_id: str | None = None
    ids: tuple[str, ...] | None = None
    group_ids: frozenset[int] | None = None
    texts: tuple[str, ...] | None = None
    sort: str = "date_desc"
    limit: int | None = 100


class Condition(NamedTuple):
    """A condition: what its text depends on, what makes it, and the values of its parameters."""

    shape: Hashable
    make: Callable[[], ColumnElement[bool]]
    values: Mapping[str, Any] = {}


def fetch(connection: Connection, columns: Columns, wanted: EventFilter) -> list[tuple[Any, ...]]:
    """Return these columns of the events that `wanted` selects, sorted and limited."""
    name, descending = sorting(wanted)
    filters = Filters(connection, wanted)
    if filters.nothing:
        return []
    by = "" if wanted.event_id is not None else "ids" if wanted.ids is not None else filters.narrowest()
    if name == "date" and not filters.changing and not by:
        return _in_time(connection, columns, filters.conditions(""), wanted.limit, descending=descending)
    if not (keys := _keys(connection, wanted, filters, by)):
        return []
    found = {row[0]: row for row in _of_keys(connection, columns, keys)}
    return [found[key] for key in keys]


def read(
    connection: Connection,
    shape: Hashable,
    make: Callable[[], Select[Any]],
    conditions: Iterable[Condition],
    **values: Any,
) -> list[tuple[Any, ...]]:
    """Return the rows of a query with conditions; see `asked`."""
    return compiled.rows(connection, *asked(shape, make, conditions, **values))


def asked(shape: Hashable, make: Callable[[], Select[Any]], conditions: Iterable[Condition], **values: Any) -> Question:
    """Ask with conditions; `shape` says what the query without them depends on."""
    some = list(conditions)
    for one in some:
        values.update(one.values)
    shapes = tuple(one.shape for one in some)
    return Question((shape, shapes), lambda: make().where(*(one.make() for one in some)), values)


def groups(connection: Connection, wanted: EventFilter) -> str | None:
    """Return the numbers of the groups that `wanted` selects, as a list of JSON; None if it selects all."""
    conditions = list(_of_groups(connection, wanted))
    if not conditions:
        return None
    ((numbers,),) = read(
        connection, "groups", lambda: select(func.aggregate_strings(cast(event_groups.c.id, Text), ",")), conditions
    )
    return f"[{numbers or ''}]"


def _of_keys(connection: Connection, columns: Columns, keys: Sequence[str]) -> list[tuple[Any, ...]]:
    one = Condition("keys", lambda: listed(events.c.id, "keys"), {"keys": dumps(keys)})
    return read(connection, columns.name, lambda: select(*columns.all), [one])


def _in_time(
    connection: Connection, columns: Columns, conditions: list[Condition], limit: int | None, *, descending: bool
) -> list[tuple[Any, ...]]:
    """Return rows in the order of time, and those that begin together by their ids.

    The database sorts by time alone, which is the order of an index: for the ids it would copy each row twice.
    """

    def read_sorted(limit: int | None, *, exact: bool = True) -> list[tuple[Any, ...]]:
        return compiled.rows(
            connection, *_sorted(columns, conditions, "date", descending, limit, by_time=True, exact=exact)
        )

    found = read_sorted(None if limit is None else limit + 1, exact=False)
    start = itemgetter(columns.start)
    times = list(map(start, found))
    if any(map(eq, times, times[1:])):
        if limit is not None and len(found) > limit > 0 and times[-1] == times[-2]:
            return read_sorted(limit)
        found.sort(key=itemgetter(0), reverse=True)
        found.sort(key=start, reverse=descending)
    return found[:limit]


def items(text: str) -> list[str]:
    """Return the trimmed parts of a joined name, such as `"Bob, Ann"`."""
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


class Filters:
    """The conditions of one query, and the counts that decide how it is read."""

    def __init__(self, connection: Connection, wanted: EventFilter) -> None:
        self._connection, self._wanted = connection, wanted
        self._chosen = groups(connection, wanted)
        self.nothing = self._chosen == "[]"
        """Whether no group of events is selected."""
        self._fixed = list(_plain(wanted))
        if wanted.plates is not None:
            self._fixed.append(_plates(connection, wanted.plates))
        if wanted.time_range != ALL_DAY:
            self._fixed.append(_clock(connection, wanted))
        self._bounds: dict[str, tuple[ColumnElement[Any], float | None, float | None]] = {
            "score": (events.c.score, wanted.min_score, wanted.max_score),
            "speed": (_SPEED, wanted.min_speed, wanted.max_speed),
            "duration": (events.c.duration, wanted.min_length, wanted.max_length),
        }
        self.changing = {name for name, (_, *bounds) in self._bounds.items() if bounds != [None, None]}
        """What is asked for of that which changes while an event is in progress."""

    def conditions(self, by: str) -> list[Condition]:
        """Return all conditions, in a form that lets the database use the index of `by`, or none but that of time."""
        found = [*self._fixed, *self._time(plain=by in ("", "group"))]
        found += [self._bound(name, plain=by == name) for name in sorted(self.changing)]
        if self._chosen is not None:
            found.append(self._in_groups(plain=by == "group"))
        return found

    def narrowest(self) -> str:
        """Return the filter that lets the fewest events through, if these are few; else an empty text."""
        best, least = "", FEW
        if self._chosen is not None:
            least = self._count([self._in_groups(plain=True), *self._time(plain=True)], FEW)
            best = "group" if least < FEW else ""
        for name in sorted(self.changing & {"score", "duration", "speed" if self._is_fast() else ""}):
            most = FEW * IN_INDEX if not best else least
            if (count := self._count([_ENDED, self._bound(name, plain=True)], most)) < most:
                best, least = name, count
        return best

    def _is_fast(self) -> bool:
        """Tell whether only events with a speed are asked for, which an index has."""
        return (self._wanted.min_speed or 0.0) > 0

    def _count(self, conditions: list[Condition], limit: int) -> int:
        def make() -> Select[Any]:
            some = select(events.c.start_time).where(*(one.make() for one in conditions)).limit(_MOST).subquery()
            return select(func.count()).select_from(some)

        shape = ("count", *(one.shape for one in conditions))
        values = {name: value for one in conditions for name, value in one.values.items()}
        return int(compiled.rows(self._connection, shape, make, {**values, "most": limit})[0][0])

    def _in_groups(self, *, plain: bool) -> Condition:
        column, kind = events.c.group_id, listed if plain else looked_up
        return Condition(("groups", plain), lambda: kind(column, "groups"), {"groups": self._chosen})

    def _time(self, *, plain: bool) -> Iterator[Condition]:
        begin = events.c.start_time if plain else events.c.start_time + 0
        after, before = self._wanted.after, self._wanted.before
        if after is not None:
            yield Condition(("after", plain), lambda: begin > bindparam("after", type_=Float), {"after": after})
        if before is not None:
            yield Condition(("before", plain), lambda: begin < bindparam("before", type_=Float), {"before": before})

    def _bound(self, name: str, *, plain: bool) -> Condition:
        column, low, high = self._bounds[name]
        only_fast = plain and name == "speed" and self._is_fast()

        def make() -> ColumnElement[bool]:
            known = events.c.average_speed if only_fast else column
            value = known if plain else known + 0
            found = [HAS_SPEED] if only_fast else []
            found += [] if low is None else [value >= bindparam(f"{name}_low", type_=Float)]
            return and_(*found, *([] if high is None else [value <= bindparam(f"{name}_high", type_=Float)]))

        shape = ("bound", name, plain, only_fast, low is None, high is None)
        return Condition(shape, make, {f"{name}_low": low, f"{name}_high": high})


def _keys(connection: Connection, wanted: EventFilter, filters: Filters, by: str) -> list[str]:
    """Return the ids of the events that `wanted` selects, sorted and limited, by the index of `by`."""
    name, descending = sorting(wanted)
    first = _SPEED if name == "speed" else _COLUMNS[name]
    columns = Columns(f"keys by {name}", (events.c.id, events.c.start_time, first.label("first")), 1)
    along = by or (name if name in filters.changing else "")
    parts = _parts(name, descending=descending)
    ways = [
        (by_time, [which, *filters.conditions(index)])
        for has_ended, which, index, by_time in ((True, _ENDED, along, not by), (False, _RUNNING, "running", False))
        if wanted.in_progress is not has_ended
    ]

    def ask(by_time: bool, conditions: list[Condition], place: int, left: int | None) -> Question:
        part, order, down = parts[place]
        return _sorted(columns, [*conditions, *part], order, down, left, by_time=by_time)

    found: list[tuple[Any, ...]] = []
    for way, rows in zip(
        ways, compiled.rows_of_all(connection, [ask(*way, 0, wanted.limit) for way in ways]), strict=True
    ):
        some, left = rows, wanted.limit
        found += some
        for place in range(1, len(parts)):
            if left is not None and (left := left - len(some)) == 0:
                break
            some = compiled.rows(connection, *ask(*way, place, left))
            found += some
    found.sort(key=lambda row: (row[1], row[0]), reverse=True)
    if name != "date" or not descending:
        found.sort(key=lambda row: (row[2] is not None, row[2] or 0.0), reverse=descending)
    return [row[0] for row in found[: wanted.limit]]


def _parts(name: str, *, descending: bool) -> list[tuple[list[Condition], str, bool]]:
    """Return the parts of a query in their order: with which condition, and by what each is sorted.

    Rows without what they are sorted by are read in the order of time. Databases differ in where they put them, and
    have no index that has them all.
    """
    if name == "date":
        return [([], name, descending)]
    present, absent = _PRESENT[name]
    parts = [([present], name, descending), ([absent], "date", True)]
    return parts if descending else parts[::-1]


def sorting(wanted: EventFilter) -> tuple[str, bool]:
    """Return what `wanted` is sorted by: `date`, `score` or `speed`, and whether downwards."""
    name, _, direction = wanted.sort.partition("_")
    return (name, direction == "desc") if name in _COLUMNS and direction in ("asc", "desc") else ("date", True)


def _sorted(
    columns: Columns,
    conditions: Iterable[Condition],
    name: str,
    descending: bool,
    limit: int | None,
    *,
    by_time: bool = True,
    exact: bool = True,
) -> Question:
    """Ask for rows, sorted and limited; by time, along an index if `by_time`. Rows are equal by less if not `exact`."""

    def make() -> Select[Any]:
        column = _COLUMNS[name] if by_time else _COLUMNS[name] + 0
        order = column.desc() if descending else column.asc()
        ties = (events.c.start_time.desc(), events.c.id.desc()) if exact else ()
        query = select(*columns.all).order_by(order, *ties)
        return query if limit is None else query.limit(_MOST)

    shape = (columns.name, name, descending, limit is None, by_time, exact)
    return asked(shape, make, conditions, most=limit)


def _plain(wanted: EventFilter) -> Iterator[Condition]:
    c = events.c
    if wanted.event_id is not None:
        yield Condition("id", lambda: c.id == bindparam("event_id", type_=Text), {"event_id": wanted.event_id})
    if wanted.ids is not None:
        yield Condition("ids", lambda: listed(c.id, "ids"), {"ids": dumps(wanted.ids)})
    if (flag := wanted.favorites) is not None:
        yield Condition(("favorites", flag), lambda: c.retain_indefinitely.is_(flag))
    if wanted.in_progress is not None:
        yield _RUNNING if wanted.in_progress else _ENDED
    if (sent := wanted.is_submitted) is not None:
        yield Condition(("submitted", sent), lambda: c.plus_id.is_not(None) if sent else c.plus_id.is_(None))
    if (patterns := wanted.texts) is not None:
        names = [f"text_{place}" for place in range(len(patterns))]
        like = [event_texts.c.text.like(bindparam(name, type_=Text)) for name in names]
        yield Condition(
            ("texts", len(names)),
            lambda: exists().where(event_texts.c.event_id == c.id, *like),
            dict(zip(names, patterns, strict=True)),
        )


def _of_groups(connection: Connection, wanted: EventFilter) -> Iterator[Condition]:
    c = event_groups.c
    if wanted.cameras is not None:
        yield Condition("cameras", lambda: listed(c.camera, "cameras"), {"cameras": dumps(wanted.cameras)})
    if wanted.labels is not None:
        yield Condition("labels", lambda: listed(c.label, "labels"), {"labels": dumps(wanted.labels)})
    for name in ("has_clip", "has_snapshot"):
        if (flag := getattr(wanted, name)) is not None:
            yield Condition((name, flag), partial(c[name].is_, flag))
    if wanted.sub_labels is not None:
        yield _sub_labels(connection, wanted.sub_labels)
    if wanted.zones is not None:
        yield _having(event_zones.c.group_id, event_zones.c.zone, "zones", wanted.zones, cast(c.zones, Text) == _EMPTY)
    if wanted.group_ids is not None:
        yield Condition("group_ids", lambda: listed(c.id, "group_ids"), {"group_ids": dumps(sorted(wanted.group_ids))})
    if wanted.attributes is not None:
        yield _having(event_attributes.c.group_id, event_attributes.c.value, "attributes", wanted.attributes)


def _having(
    group: ColumnElement[int],
    value: ColumnElement[str],
    name: str,
    names: tuple[str, ...],
    without: ColumnElement[bool] | None = None,
) -> Condition:
    """Return the condition that a group has one of some values; `None` among them stands for `without` any."""

    def make() -> ColumnElement[bool]:
        number = event_groups.c.id + 0  # all groups are looked at: to look each of many up would take longer
        found = number.in_(select(group).where(listed(value, name)))
        if NONE not in names:
            return found
        return or_(found, number.not_in(select(group)) if without is None else without)

    return Condition((name, NONE in names), make, {name: dumps(names)})


def _sub_labels(connection: Connection, names: tuple[str, ...]) -> Condition:
    # There are few different sub-labels. Comparing them here handles letters beyond ASCII, which SQLite's lower() does
    # not, and lets SQL compare whole values.
    column = event_groups.c.sub_label
    folded = {name.strip().casefold() for name in names if name != NONE}
    matching = [
        text
        for text in _distinct(connection, column)
        if text.casefold() in folded or folded & {part.casefold() for part in items(text)}
    ]
    return _one_of(column, "sub_labels", matching, or_none=NONE in names)


def _plates(connection: Connection, wanted: tuple[str, ...]) -> Condition:
    # Compared here like sub-labels, and not by a regular expression in SQL: it would run for every row.
    column = events.c.recognized_license_plate
    exact = frozenset(wanted)
    patterns = [pattern for item in wanted if (pattern := _pattern(item)) is not None][:MAX_PATTERNS]
    matching = [
        text for text in _distinct(connection, column) if text in exact or any(one.search(text) for one in patterns)
    ]
    return _one_of(column, "plates", matching, or_none=NONE in exact)


def _distinct(connection: Connection, column: ColumnElement[str | None]) -> list[str]:
    def make() -> Select[Any]:
        return select(column).distinct().where(column.is_not(None))

    return [text for (text,) in compiled.rows(connection, ("distinct", str(column)), make, {})]


def _one_of(column: ColumnElement[str | None], name: str, values: Sequence[str], *, or_none: bool) -> Condition:
    """Return the condition that a column has one of some values, or none at all."""

    def make() -> ColumnElement[bool]:
        found = and_(column.is_not(None), listed(column, name))
        return or_(found, column.is_(None)) if or_none else found

    return Condition((name, or_none), make, {name: dumps(values)})


def _pattern(text: str) -> re.Pattern[str] | None:
    """Return `text` as a pattern if it looks like one, and takes little time on any input.

    Matching cannot be interrupted and holds the interpreter's lock, so the whole process waits for it. Its
    time grows with the power of the number of repeats, and exponentially with a repeat of what repeats.
    """
    if len(text) > MAX_PATTERN or not (text.startswith("^") or set(text) & set(".[]?+*")):
        return None
    if _REPEATED_GROUP.search(text) or len(_REPEAT.findall(text)) > MAX_REPEATS:
        return None
    try:
        return re.compile(text)
    except (re.error, OverflowError):
        return None


def _clock(connection: Connection, wanted: EventFilter) -> Condition:
    ends: list[float | None] = []
    for name, end in _ENDS.items():  # one query for both would read all rows
        ((time,),) = compiled.rows(connection, ("end", name), lambda: select(end(events.c.start_time)), {})  # noqa: B023
        ends.append(time)
    cuts = periods(wanted.zone, *span(ends))
    after, before = wanted.time_range

    def make() -> ColumnElement[bool]:
        seconds = clock(events.c.start_time, cuts)
        if after > before:
            return or_(seconds > after, seconds < before)
        return and_(seconds > after, seconds < before)

    return Condition(("clock", after, before, *_offsets(cuts)), make)


def _offsets(cuts: Periods) -> tuple[Hashable, ...]:
    """Return what the text of `clock` depends on: nothing is compared with the start of the first period."""
    return cuts[0][1], *cuts[1:]


_SPEED = func.coalesce(events.c.average_speed, 0.0)
_COLUMNS: dict[str, ColumnElement[Any]] = {
    "date": events.c.start_time,
    "score": events.c.score,
    "speed": events.c.average_speed,
}
_ENDED = Condition("ended", lambda: events.c.end_time.is_not(None))
_RUNNING = Condition("running", lambda: events.c.end_time.is_(None))
_EMPTY = literal_column("'[]'", Text)
_MOST = bindparam("most", type_=Integer)
_PRESENT: dict[str, tuple[Condition, Condition]] = {
    "score": (
        Condition("with score", lambda: events.c.score.is_not(None)),
        Condition("without score", lambda: events.c.score.is_(None)),
    ),
    "speed": (Condition("with speed", lambda: HAS_SPEED), Condition("without speed", lambda: _SPEED <= 0)),
}
_ENDS: dict[str, Callable[[Any], ColumnElement[Any]]] = {"first": func.min, "last": func.max}
