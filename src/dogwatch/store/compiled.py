"""Queries that are compiled once for each shape: to build and look one up takes longer than many of them run.

A shape says everything on which the text of a query depends; all else is in parameters with names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select
from sqlalchemy.exc import DBAPIError

from dogwatch.store.deferred import send

KNOWN = 512
"""So many texts are kept, a few kilobytes each; requests choose the shapes, so there may be more."""


class _Compiled(NamedTuple):
    """The text of a query, the names of its parameters in order (None: the driver takes names), and what they are."""

    text: str
    names: tuple[str, ...] | None
    fixed: Mapping[str, Any]


_known: dict[tuple[str, Hashable], _Compiled] = {}


class Question(NamedTuple):
    """A query, as `rows` takes it."""

    shape: Hashable
    make: Callable[[], Select[Any]]
    values: Mapping[str, Any]


def rows(
    connection: Connection, shape: Hashable, make: Callable[[], Select[Any]], values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Return the rows of a query as the driver makes them (see `driver_rows`).

    Args:
        connection: Where to read.
        shape: Equal for queries of the same text, and different for all others.
        make: Builds the query with `bindparam`s; it is called for a new shape only.
        values: Of the parameters; others than those of the query are ignored.
    """
    text, given = _text(connection, Question(shape, make, values))
    if connection.dialect.name == "sqlite":
        return _of_driver(connection, text, given)
    with _driver(connection) as driver:
        fetched: list[tuple[Any, ...]] = driver.execute(text, given, binary=True).fetchall()
    return fetched


def rows_of_all(connection: Connection, questions: Sequence[Question]) -> list[list[tuple[Any, ...]]]:
    """Return the rows of several queries. A server is asked all of them before it answers; they see one state."""
    asked = [_text(connection, one) for one in questions]
    if connection.dialect.name == "sqlite":
        return [_of_driver(connection, text, given) for text, given in asked]
    with _driver(connection, loses=True) as driver:
        with driver.together():
            cursors = [driver.execute(text, given, binary=True) for text, given in asked]
        return [cursor.fetchall() for cursor in cursors]


def _text(connection: Connection, question: Question) -> tuple[str, Any]:
    """Return the text of a query, and its values as the driver takes them."""
    shape, make, values = question
    key = (connection.dialect.name, shape)
    found = _known.get(key) or _compile(connection, key, make().params(dict.fromkeys(values)))
    if found.names is None:
        return found.text, {**found.fixed, **{name: values[name] for name in values.keys() & found.fixed.keys()}}
    return found.text, tuple(values[name] if name in values else found.fixed[name] for name in found.names)


def _of_driver(connection: Connection, text: str, given: Any) -> list[tuple[Any, ...]]:
    """Return the rows of SQLite's driver, of the connection's transaction, after all that waits in it.

    What SQLAlchemy does around a statement takes as long as many of them.
    """
    if not connection.in_transaction():
        connection.begin()  # so that all that is read is of one state
    send(connection)
    driver: Any = connection.connection.driver_connection
    try:
        fetched: list[tuple[Any, ...]] = driver.execute(text, given).fetchall()
    except sqlite3.Error as error:
        raise DBAPIError(text, None, error, hide_parameters=True) from error
    return fetched


@contextmanager
def _driver(connection: Connection, *, loses: bool = False) -> Iterator[Any]:
    """Give PostgreSQL's driver, for what `_of_driver` does.

    Rows come as they are in memory, which takes half of the time of texts. `loses` says that the connection has to be
    given up after an error: the driver takes for prepared what the server has skipped.
    """
    if not connection.in_transaction():
        connection.begin()
    send(connection)
    driver: Any = connection.connection.driver_connection
    try:
        yield driver
    except Exception as error:
        from dogwatch.store import postgres

        if not postgres.is_own(error):
            raise
        if driver.closed:
            connection.exec_driver_sql("SELECT 1")  # so SQLAlchemy notices that the connection has gone, and raises
        if loses:
            connection.invalidate(error)
        raise DBAPIError("", None, error, hide_parameters=True) from error


def _compile(connection: Connection, key: tuple[str, Hashable], query: Select[Any]) -> _Compiled:
    made: Any = query.compile(dialect=connection.dialect)
    state = made.construct_expanded_state()
    names = tuple(state.positiontup or ()) if made.positional else None
    found = _Compiled(state.statement, names, dict(state.parameters))
    if len(_known) >= KNOWN:
        _known.clear()
    _known[key] = found
    return found
