"""What is written of single events, and by which words it is found: descriptions and licence plates.

Labels, sub-labels and zones are few and belong to groups of events; they need no index. A text's number is the start of
its event in microseconds, so texts in the order of their numbers are events in the order of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from dogwatch.store.event_groups import batches
from dogwatch.store.many_rows import insert_new
from dogwatch.store.tables import event_texts, event_words
from dogwatch.store.words import distinct, joined


def number(start_time: float) -> int:
    """Return the number of the text of an event that began then; of several, the next free one."""
    return round(start_time * 1e6)


def text_of(plate: str | None, data: Mapping[str, Any]) -> str:
    """Return what is written of an event, as it is searched; empty if nothing is."""
    description = data.get("description")
    together = "".join(one for one in plate or "" if one.isalnum())
    return joined([description if isinstance(description, str) else None, plate, together if together != plate else ""])


def note(connection: Connection, values: Mapping[str, Any]) -> None:
    """Keep what is written of an event with these values of its row; if nothing is, do nothing, which is quick."""
    text = text_of(values.get("recognized_license_plate"), values["data"])
    if text:
        settle(connection, values["id"], values["start_time"], text)


def settle(connection: Connection, event_id: str, start_time: float, text: str) -> None:
    """Keep the text of an event, or none if it is empty."""
    before = connection.execute(_FIND, {"of": event_id}).first()
    old, new = distinct(before.text if before else ""), distinct(text)
    if before is None:
        if text:
            _add_words(connection, _add(connection, event_id, start_time, text), new)
    elif before.text != text:
        _forget_words(connection, before.id, old - new)
        _add_words(connection, before.id, new - old)
        connection.execute(_CHANGE if text else _DROP, {"of": event_id, "to": text} if text else {"of": event_id})


def remove(connection: Connection, ids: Sequence[str]) -> None:
    """Forget the texts of events."""
    for some in batches(ids):
        for row in connection.execute(select(event_texts).where(event_texts.c.event_id.in_(some))).all():
            _forget_words(connection, row.id, distinct(row.text))
        connection.execute(delete(event_texts).where(event_texts.c.event_id.in_(some)))


def _add(connection: Connection, event_id: str, start_time: float, text: str) -> int:
    statement, mine = insert_new(event_texts, frozenset({"id", "event_id", "text"})), number(start_time)
    while not connection.execute(statement, {"id": mine, "event_id": event_id, "text": text}).rowcount:
        mine += 1  # another event has begun in the same microsecond
    return mine


def _add_words(connection: Connection, text_id: int, words: Iterable[str]) -> None:
    if rows := [{"word": word, "text_id": text_id} for word in sorted(words)]:
        connection.execute(_ADD_WORD, rows)


def _forget_words(connection: Connection, text_id: int, words: Iterable[str]) -> None:
    for some in batches(sorted(words)):
        connection.execute(_DROP_WORDS, {"of": text_id, "words": some})


_FIND = select(event_texts.c.id, event_texts.c.text).where(event_texts.c.event_id == bindparam("of"))
_CHANGE = update(event_texts).where(event_texts.c.event_id == bindparam("of")).values(text=bindparam("to"))
_DROP = delete(event_texts).where(event_texts.c.event_id == bindparam("of"))
_ADD_WORD = insert(event_words)
_DROP_WORDS = delete(event_words).where(
    event_words.c.text_id == bindparam("of"), event_words.c.word.in_(bindparam("words", expanding=True))
)
