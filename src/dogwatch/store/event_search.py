"""Searches events by words: in the names of their group, and in what is written of each.

Names are those of camera, label, sub-label, zones and classifications. There are thousands of groups of events at most:
so each group's names are compared with the words here. Groups that have all words are listed as any filter is. Those
that have some of them need the rest to be in the events' texts (see `event_texts`), which are found in one of three
ways: text by text from the newest one, for words that many have; by the index of words, for words that few have; or
among the few events that the other filters let through.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, Text, bindparam, cast, func, select

from dogwatch.store import compiled, event_filter
from dogwatch.store.event_filter import Condition, EventFilter, Filters
from dogwatch.store.event_rows import LISTED, ListedEvent, as_listed
from dogwatch.store.event_texts import number
from dogwatch.store.few import listed
from dogwatch.store.tables import event_attributes, event_groups, event_texts, event_words, events
from dogwatch.store.words import Term, joined

NEWEST = 20_000
"""How many texts with a frequent word are read one by one before all of them are looked up: some 10 ms."""
FOUND = 5_000
"""Events that are rather looked up by their ids than looked for among all texts."""
CANDIDATES = 30_000
"""Texts with the rarest word that are rather looked up than looked for among all texts."""
SAME = 1_000
"""How many texts may have been counted on because events began in the same microsecond."""
LAST_CHARACTER = "\U0010ffff"
RELEVANCE = "relevance"
Names = Callable[[str, str | None], str | None]
"""Returns what a camera, or a zone of it, is called, if it has another name than its key."""
_ID, _START, _SCORE, _SPEED = (
    LISTED.all.index(events.c[name]) for name in ("id", "start_time", "score", "average_speed")
)
_KEYS: dict[str, Callable[[Sequence[Any]], Any]] = {
    "date": lambda row: row[_START],
    "score": lambda row: (row[_SCORE] is not None, row[_SCORE] or 0.0),
    "speed": lambda row: row[_SPEED] or 0.0,
}


@dataclass(frozen=True, slots=True)
class _Part:
    """Groups that have some of the terms among their names (None: all groups), and the terms that they have not."""

    groups: frozenset[int] | None
    missing: tuple[Term, ...]


def search(
    connection: Connection, wanted: EventFilter, terms: Sequence[Term], names: Names = lambda *_: None
) -> list[ListedEvent]:
    """Return the events that `wanted` selects and that have all `terms`, sorted and limited.

    Each has a `search_distance`: the share of the terms that are not among its names. By default, and with the sort
    `relevance`, those with the least come first, and then the newest.
    """
    by_date = replace(wanted, sort="date_desc") if wanted.sort in (RELEVANCE, "") else wanted
    parts = sorted(_parts(connection, wanted, terms, names), key=lambda part: len(part.missing))
    found: dict[str, tuple[float, Sequence[Any]]] = {}
    for before, part in zip([*parts[:1], *parts], parts, strict=False):
        less_relevant = by_date is not wanted and len(part.missing) > len(before.missing)
        if less_relevant and wanted.limit is not None and len(found) >= wanted.limit:
            break
        for row in _rows(connection, by_date, part):
            found.setdefault(row[_ID], (len(part.missing) / len(terms), row))
    rows = list(found.values())
    name, descending = event_filter.sorting(by_date)
    rows.sort(key=lambda one: (one[1][_START], one[1][_ID]), reverse=True)
    rows.sort(key=lambda one: _KEYS[name](one[1]), reverse=descending)
    if by_date is not wanted:
        rows.sort(key=lambda one: one[0])
    chosen = as_listed(connection, [row for _, row in rows[: wanted.limit]])
    for event, (distance, _) in zip(chosen, rows, strict=False):
        event.search_distance, event.search_source = round(distance, 4), "description"
    return chosen


def _rows(connection: Connection, wanted: EventFilter, part: _Part) -> Iterable[Sequence[Any]]:
    if part.groups is not None and not part.groups:
        return ()
    mine = replace(wanted, group_ids=part.groups)
    if not part.missing:
        return event_filter.fetch(connection, LISTED, mine)
    return _having_text(connection, mine, part.missing)


def _parts(connection: Connection, wanted: EventFilter, terms: Sequence[Term], names: Names) -> Iterator[_Part]:
    """Yield the groups that have all terms; those that have the same ones of them; and all, without any."""
    having: dict[int, set[int]] = {}
    for group_id, mask in _masks(connection, wanted, terms, names):
        having.setdefault(mask, set()).add(group_id)
    for mask, groups in having.items():
        if mask:
            yield _Part(frozenset(groups), tuple(term for at, term in enumerate(terms) if not mask >> at & 1))
    yield _Part(None, tuple(terms))


def _masks(
    connection: Connection, wanted: EventFilter, terms: Sequence[Term], names: Names
) -> Iterator[tuple[int, int]]:
    """Yield each group that `wanted` selects, and a bit for each term that is among its names."""
    known: dict[Any, int] = {}

    def mask(key: Any, texts: Callable[[], Iterable[str | None]]) -> int:
        if key not in known:
            text = joined(texts())
            known[key] = sum(1 << at for at, term in enumerate(terms) if term.is_in(text))
        return known[key]

    c = event_groups.c
    chosen = event_filter.groups(connection, wanted)
    attributes: dict[int, list[str]] = {}
    for group_id, value in compiled.rows(connection, "attributes", lambda: select(*_ATTRIBUTE), {}):
        attributes.setdefault(group_id, []).append(value)
    mine = [] if chosen is None else [Condition("chosen", lambda: listed(c.id, "chosen"), {"chosen": chosen})]
    columns = (c.id, c.camera, c.label, c.sub_label, cast(c.zones, Text))
    found = event_filter.read(connection, "names of groups", lambda: select(*columns), mine)
    for group_id, camera, label, sub_label, zones in found:
        bits = mask(("camera", camera), lambda: [camera, names(camera, None)])  # noqa: B023 - called at once
        bits |= mask(("label", label), lambda: [label])  # noqa: B023
        bits |= mask(("sub_label", sub_label), lambda: [sub_label])  # noqa: B023
        bits |= mask((camera, zones), lambda: _zone_names(camera, zones, names))  # noqa: B023
        if group_id in attributes:
            bits |= mask(group_id, lambda: attributes[group_id])  # noqa: B023
        yield group_id, bits


def _zone_names(camera: str, zones: str, names: Names) -> Iterator[str | None]:
    for zone in json.loads(zones):
        yield zone
        yield names(camera, zone)


def _having_text(connection: Connection, wanted: EventFilter, terms: Sequence[Term]) -> Iterable[Sequence[Any]]:
    """Yield the rows that `wanted` selects and whose texts have all `terms`, sorted and limited."""
    like = replace(wanted, texts=tuple(term.pattern for term in terms))
    filters = Filters(connection, wanted)
    if wanted.event_id is not None or filters.narrowest():
        return event_filter.fetch(connection, LISTED, like)
    name, descending = event_filter.sorting(wanted)
    having = [select(event_words.c.text_id).where(*_word(*term.key)) for term in terms]
    by_time = name == "date"
    rarest, count = _rarest(connection, having, FOUND)
    if by_time and count > FOUND:
        last = _last(connection, wanted, descending=descending)
        rows = _in_order(connection, like, filters, last, descending=descending)
        if last is None or (wanted.limit is not None and len(rows) >= wanted.limit):
            return rows
        rarest, count = _rarest(connection, having, CANDIDATES)
    if count <= (CANDIDATES if by_time else FOUND):
        ids = _with_all(connection, having[rarest], terms)
        if len(ids) <= FOUND:
            return event_filter.fetch(connection, LISTED, replace(wanted, ids=tuple(ids)))
    if by_time:
        return _in_order(connection, like, filters, None, descending=descending)
    return event_filter.fetch(connection, LISTED, like)


def _in_order(
    connection: Connection, like: EventFilter, filters: Filters, last: int | None, *, descending: bool
) -> list[tuple[Any, ...]]:
    """Return rows in the order of their texts, from one end as far as the text `last`, or to the other end."""
    c = event_texts.c
    names = [f"like_{place}" for place in range(len(like.texts or ()))]

    def make() -> Select[Any]:
        # `||` keeps the database from looking for the texts of events instead of for the events of texts.
        query = select(*LISTED.all).select_from(event_texts.join(events, events.c.id == c.event_id + ""))
        query = query.where(*(c.text.like(bindparam(name, type_=Text)) for name in names))
        if last is not None:
            query = query.where(c.id >= _LAST if descending else c.id <= _LAST)
        query = query.order_by(c.id.desc() if descending else c.id)
        return query if like.limit is None else query.limit(_MOST)

    shape = ("in the order of texts", len(names), last is None, descending, like.limit is None)
    values = {**dict(zip(names, like.texts or (), strict=True)), "last": last, "most": like.limit}
    return event_filter.read(connection, shape, make, [*_span(like), *filters.conditions("text")], **values)


def _last(connection: Connection, wanted: EventFilter, *, descending: bool) -> int | None:
    """Return the text that is the last of the first `NEWEST` ones; None if there are fewer."""
    c = event_texts.c

    def make() -> Select[Any]:
        return select(c.id).order_by(c.id.desc() if descending else c.id).offset(NEWEST - 1).limit(1)

    found = event_filter.read(connection, ("last text", descending, NEWEST), make, _span(wanted))
    return found[0][0] if found else None


def _span(wanted: EventFilter) -> Iterator[Condition]:
    """Yield what numbers of texts say about the time, not to the microsecond."""
    c = event_texts.c
    if wanted.after is not None:
        yield Condition("from text", lambda: c.id >= _FIRST_TEXT, {"first_text": number(wanted.after)})
    if wanted.before is not None:
        yield Condition("to text", lambda: c.id <= _LAST_TEXT, {"last_text": number(wanted.before) + SAME})


def _rarest(connection: Connection, having: Sequence[Select[Any]], most: int) -> tuple[int, int]:
    """Return which of the queries for texts finds the fewest, and how many; they are counted as far as `most`."""
    counts = [
        connection.scalar(select(func.count()).select_from(one.limit(most + 1).subquery())) or 0 for one in having
    ]
    return counts.index(min(counts)), min(counts)


def _with_all(connection: Connection, some: Select[Any], terms: Sequence[Term]) -> list[str]:
    """Return the ids of the events whose texts are among `some` and have all terms, up to one more than `FOUND`."""
    c = event_texts.c
    query = select(c.event_id).where(c.id.in_(some), *(c.text.like(term.pattern) for term in terms))
    return list(connection.scalars(query.limit(FOUND + 1)))


def _word(text: str, whole: bool) -> tuple[ColumnElement[bool], ...]:
    word = event_words.c.word
    return (word == text,) if whole else (word >= text, word < text + LAST_CHARACTER)


_ATTRIBUTE = (event_attributes.c.group_id, event_attributes.c.value)
_LAST, _FIRST_TEXT, _LAST_TEXT, _MOST = (
    bindparam(name, type_=BigInteger) for name in ("last", "first_text", "last_text", "most")
)
