"""The filters of docs/api/events.md as SQL, and the ways to find the few rows that they select among millions.

Most filters choose groups (see `event_groups`). Events are then read along an index: by default in the order of time,
newest first, until there are enough of them. If one filter alone lets few through, the index of its column is used
instead. Which that is, is counted, up to a limit: databases cannot know it. `+ 0` keeps them from using the index of
a column. Score, length and speed change while an event is in progress: for them, such events are read one by one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    any_,
    bindparam,
    exists,
    func,
    or_,
    select,
    true,
)

from dogwatch.store.driver_rows import driver_rows
from dogwatch.store.event_groups import BATCH, batches
from dogwatch.store.few import few
from dogwatch.store.localtime import clock, periods, span
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


def fetch(
    connection: Connection, columns: Sequence[ColumnElement[Any]], wanted: EventFilter
) -> Iterator[tuple[Any, ...]]:
    """Yield these columns, of which the id is the first, of the events that `wanted` selects, sorted and limited."""
    name, descending = sorting(wanted)
    filters = Filters(connection, wanted)
    by = "" if wanted.event_id is not None else "ids" if wanted.ids is not None else filters.narrowest()
    if name == "date" and not filters.changing and not by:
        query = select(*columns).where(*filters.conditions(""))
        yield from driver_rows(connection, _sorted(query, name, descending, wanted.limit))
        return
    for some in batches(_keys(connection, wanted, filters, by)):
        found = {row[0]: row for row in driver_rows(connection, select(*columns).where(events.c.id.in_(some)))}
        yield from (found[key] for key in some)


def groups(connection: Connection, wanted: EventFilter) -> Select[Any] | None:
    """Return a query for the numbers of the groups that `wanted` selects; None if it selects all."""
    conditions = list(_of_groups(connection, wanted))
    return select(event_groups.c.id).where(*conditions) if conditions else None


def _listed(connection: Connection, chosen: Select[Any] | None) -> Select[Any] | list[int] | None:
    """Return the numbers of groups themselves if these are few: else each statement would look for them again."""
    if chosen is None:
        return None
    found = list(connection.scalars(chosen.limit(BATCH + 1)))
    return chosen if len(found) > BATCH else found


def _in_groups(connection: Connection, chosen: Select[Any] | list[int], *, plain: bool) -> ColumnElement[bool]:
    column = events.c.group_id if plain else events.c.group_id + 0
    if isinstance(chosen, list):
        if connection.dialect.name != "postgresql":
            return column.in_(chosen)
        return column == any_(
            bindparam(None, chosen, type_=ARRAY(BigInteger))
        )  # one parameter costs less than hundreds
    # `IS TRUE` lets PostgreSQL read the groups once; it would look each event's group up instead.
    return few(column, chosen) if plain else column.in_(chosen).is_(true())


def among(connection: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition that a column has one of `values`, which are one parameter, however many they are."""
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(values), type_=ARRAY(column.type)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))


def items(text: str) -> list[str]:
    """Return the trimmed parts of a joined name, such as `"Bob, Ann"`."""
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


class Filters:
    """The conditions of one query, and the counts that decide how it is read."""

    def __init__(self, connection: Connection, wanted: EventFilter) -> None:
        self._connection, self._wanted = connection, wanted
        self._chosen = _listed(connection, groups(connection, wanted))
        self._fixed = list(_plain(connection, wanted))
        self._plates = _plates(connection, wanted.plates) if wanted.plates is not None else None
        if wanted.time_range != ALL_DAY:
            self._fixed.append(_clock(connection, wanted))
        self._bounds: dict[str, tuple[ColumnElement[Any], float | None, float | None]] = {
            "score": (events.c.score, wanted.min_score, wanted.max_score),
            "speed": (_SPEED, wanted.min_speed, wanted.max_speed),
            "duration": (events.c.duration, wanted.min_length, wanted.max_length),
        }
        self.changing = {name for name, (_, *bounds) in self._bounds.items() if bounds != [None, None]}
        """What is asked for of that which changes while an event is in progress."""

    def conditions(self, by: str) -> list[ColumnElement[bool]]:
        """Return all conditions, in a form that lets the database use the index of `by`, or none but that of time."""
        found = [*self._fixed, *self._time(plain=by in ("", "group"))]
        found += [condition for name in self.changing for condition in self._bound(name, plain=by == name)]
        if self._chosen is not None:
            found.append(_in_groups(self._connection, self._chosen, plain=by == "group"))
        if self._plates is not None:
            found.append(self._plates)
        return found

    def narrowest(self) -> str:
        """Return the filter that lets the fewest events through, if these are few; else an empty text."""
        best, least = "", FEW
        if self._chosen is not None:
            mine = _in_groups(self._connection, self._chosen, plain=True)
            least = self._count([mine, *self._time(plain=True)], FEW)
            best = "group" if least < FEW else ""
        for name in self.changing & {"score", "duration", "speed" if self._is_fast() else ""}:
            most = FEW * IN_INDEX if not best else least
            if (count := self._count([events.c.end_time.is_not(None), *self._bound(name, plain=True)], most)) < most:
                best, least = name, count
        return best

    def _is_fast(self) -> bool:
        """Tell whether only events with a speed are asked for, which an index has."""
        return (self._wanted.min_speed or 0.0) > 0

    def _count(self, conditions: list[ColumnElement[bool]], limit: int) -> int:
        some = select(events.c.start_time).where(*conditions).limit(limit).subquery()
        return self._connection.execute(select(func.count()).select_from(some)).scalar() or 0

    def _time(self, *, plain: bool) -> Iterable[ColumnElement[bool]]:
        begin = events.c.start_time if plain else events.c.start_time + 0
        if self._wanted.after is not None:
            yield begin > self._wanted.after
        if self._wanted.before is not None:
            yield begin < self._wanted.before

    def _bound(self, name: str, *, plain: bool) -> Iterable[ColumnElement[bool]]:
        column, low, high = self._bounds[name]
        if plain and name == "speed" and self._is_fast():
            yield HAS_SPEED
            column = events.c.average_speed
        value = column if plain else column + 0
        if low is not None:
            yield value >= low
        if high is not None:
            yield value <= high


def _keys(connection: Connection, wanted: EventFilter, filters: Filters, by: str) -> list[str]:
    """Return the ids of the events that `wanted` selects, sorted and limited, by the index of `by`."""
    name, descending = sorting(wanted)
    columns = [events.c.id, events.c.start_time, (_SPEED if name == "speed" else _COLUMNS[name]).label("first")]
    along = by or (name if name in filters.changing else "")
    ended = select(*columns).where(events.c.end_time.is_not(None), *filters.conditions(along))
    running = select(*columns).where(events.c.end_time.is_(None), *filters.conditions("running"))
    found: list[Row[Any]] = []
    for query, has_ended in ((ended, True), (running, False)):
        if wanted.in_progress is not has_ended:
            left = wanted.limit
            for part, order, down in _parts(query, name, descending=descending):
                some = connection.execute(_sorted(part, order, down, left, by_time=not by and has_ended)).all()
                found += some
                if left is not None and (left := left - len(some)) == 0:
                    break
    found.sort(key=lambda row: (row.start_time, row.id), reverse=True)
    if name != "date" or not descending:
        found.sort(key=lambda row: (row.first is not None, row.first or 0.0), reverse=descending)
    return [row.id for row in found[: wanted.limit]]


def _parts(query: Select[Any], name: str, *, descending: bool) -> list[tuple[Select[Any], str, bool]]:
    """Return the parts of a query in their order, and by what each is sorted.

    Rows without what they are sorted by are read in the order of time. Databases differ in where they put them, and
    have no index that has them all.
    """
    if name == "date":
        return [(query, name, descending)]
    present, absent = _PRESENT[name]
    parts = [(query.where(present), name, descending), (query.where(absent), "date", True)]
    return parts if descending else parts[::-1]


def sorting(wanted: EventFilter) -> tuple[str, bool]:
    """Return what `wanted` is sorted by: `date`, `score` or `speed`, and whether downwards."""
    name, _, direction = wanted.sort.partition("_")
    return (name, direction == "desc") if name in _COLUMNS and direction in ("asc", "desc") else ("date", True)


def _sorted(query: Select[Any], name: str, descending: bool, limit: int | None, *, by_time: bool = True) -> Select[Any]:
    """Sort and limit a query; by time, along an index if `by_time`."""
    column = _COLUMNS[name] if by_time else _COLUMNS[name] + 0
    order = column.desc() if descending else column.asc()
    query = query.order_by(order, events.c.start_time.desc(), events.c.id.desc())
    return query if limit is None else query.limit(limit)


def _plain(connection: Connection, wanted: EventFilter) -> Iterable[ColumnElement[bool]]:
    c = events.c
    if wanted.event_id is not None:
        yield c.id == wanted.event_id
    if wanted.ids is not None:
        yield among(connection, c.id, wanted.ids)
    if wanted.favorites is not None:
        yield c.retain_indefinitely.is_(wanted.favorites)
    if wanted.in_progress is not None:
        yield c.end_time.is_(None) if wanted.in_progress else c.end_time.is_not(None)
    if wanted.is_submitted is not None:
        yield c.plus_id.is_not(None) if wanted.is_submitted else c.plus_id.is_(None)
    if wanted.texts is not None:
        yield exists().where(event_texts.c.event_id == c.id, *map(event_texts.c.text.like, wanted.texts))


def _of_groups(connection: Connection, wanted: EventFilter) -> Iterable[ColumnElement[bool]]:
    c = event_groups.c
    if wanted.cameras is not None:
        yield c.camera.in_(wanted.cameras)
    if wanted.labels is not None:
        yield c.label.in_(wanted.labels)
    if wanted.has_clip is not None:
        yield c.has_clip.is_(wanted.has_clip)
    if wanted.has_snapshot is not None:
        yield c.has_snapshot.is_(wanted.has_snapshot)
    if wanted.sub_labels is not None:
        yield _sub_labels(connection, wanted.sub_labels)
    if wanted.zones is not None:
        yield _having(event_zones.c.group_id, event_zones.c.zone, wanted.zones)
    if wanted.group_ids is not None:
        yield among(connection, c.id, sorted(wanted.group_ids))
    if wanted.attributes is not None:
        yield _having(event_attributes.c.group_id, event_attributes.c.value, wanted.attributes)


def _having(group: ColumnElement[int], value: ColumnElement[str], names: tuple[str, ...]) -> ColumnElement[bool]:
    number = event_groups.c.id + 0  # all groups are looked at: to look each of many up would take longer
    found = number.in_(select(group).where(value.in_(names)))
    return or_(found, number.not_in(select(group))) if NONE in names else found


def _sub_labels(connection: Connection, names: tuple[str, ...]) -> ColumnElement[bool]:
    # There are few different sub-labels. Comparing them here handles letters beyond ASCII, which SQLite's lower() does
    # not, and lets SQL compare whole values.
    column = event_groups.c.sub_label
    folded = {name.strip().casefold() for name in names if name != NONE}
    stored = connection.execute(select(column).distinct().where(column.is_not(None))).scalars()
    matching = [
        text for text in stored if text.casefold() in folded or folded & {part.casefold() for part in items(text)}
    ]
    found = column.in_(matching)
    return or_(found, column.is_(None)) if NONE in names else found


def _plates(connection: Connection, wanted: tuple[str, ...]) -> ColumnElement[bool]:
    # Compared here like sub-labels, and not by a regular expression in SQL: it would run for every row.
    column = events.c.recognized_license_plate
    stored = connection.execute(select(column).distinct().where(column.is_not(None))).scalars().all()
    exact = frozenset(wanted)
    patterns = [pattern for item in wanted if (pattern := _pattern(item)) is not None][:MAX_PATTERNS]
    matching = [text for text in stored if text in exact or any(one.search(text) for one in patterns)]
    found = and_(column.is_not(None), among(connection, column, matching))
    return or_(found, column.is_(None)) if NONE in exact else found


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


def _clock(connection: Connection, wanted: EventFilter) -> ColumnElement[bool]:
    ends = [connection.execute(select(end(events.c.start_time))).scalar() for end in _ENDS]
    seconds = clock(events.c.start_time, periods(wanted.zone, *span(ends)))
    after, before = wanted.time_range
    if after > before:
        return or_(seconds > after, seconds < before)
    return and_(seconds > after, seconds < before)


_SPEED = func.coalesce(events.c.average_speed, 0.0)
_COLUMNS: dict[str, ColumnElement[Any]] = {
    "date": events.c.start_time,
    "score": events.c.score,
    "speed": events.c.average_speed,
}
_PRESENT: dict[str, tuple[ColumnElement[bool], ColumnElement[bool]]] = {
    "score": (events.c.score.is_not(None), events.c.score.is_(None)),
    "speed": (HAS_SPEED, _SPEED <= 0),
}
_ENDS: tuple[Callable[[Any], ColumnElement[Any]], ...] = (func.min, func.max)  # one query for both would read all rows
