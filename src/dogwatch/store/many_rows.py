"""Statements that write many rows at once.

PostgreSQL gets all rows as one text of JSON, which takes this process a quarter of the time that a statement with many
rows takes, and a fifteenth of that for a statement a row.

SQLite gets a statement with the values of up to `MOST` rows: its driver lets go of the interpreter at each statement,
and at each row of `executemany`, and waits for every other thread that wants it before it goes on. JSON would not do
there, because SQLite may read a number from text as one beside it. The values go to the driver as they are: what
SQLAlchemy does to each of them takes longer than SQLite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    Table,
    TextClause,
    bindparam,
    text,
)

from dogwatch.store.deferred import execute, later
from dogwatch.store.json_text import dumps

MOST = 64 if sqlite3.sqlite_version_info >= (3, 33) else 1  # older ones cannot update from rows, or take few values


@dataclass(frozen=True, slots=True, eq=False)
class ManyRows:
    """A statement: `one` takes a row; `head`, places for each row and `tail` take some; `every` takes all as JSON.

    A row of nulls is none, where there are some. `names` are the columns of which rows give values, `defaults` those
    that no row names and that follow them.
    """

    names: tuple[str, ...]
    defaults: Mapping[str, Any]
    one: str
    head: str
    tail: str
    every: TextClause
    json: frozenset[str]
    binary: frozenset[str]


def write(connection: Connection, statement: ManyRows, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows that have all columns of the statement, no two of them the same row; see `deferred.later`."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        found = [_plain(statement, {**statement.defaults, **row}) for row in rows]
        later(connection, statement.every, [{"rows": dumps(found)}])
        return
    values = _values(statement, rows)
    for start in range(0, len(values), MOST):
        some = values[start : start + MOST]
        size = 1 << (len(some) - 1).bit_length()  # so that there are few statements, which SQLite keeps prepared
        some.extend([[None] * len(some[0])] * (size - len(some)))
        execute(connection, _text(statement, size), tuple(chain.from_iterable(some)))


@lru_cache(maxsize=64)  # building one takes longer than running it
def insert_rows(table: Table, names: frozenset[str]) -> ManyRows:
    """Return a statement that inserts rows of which `names` are given."""
    return _insert(table, names, "")


@lru_cache(maxsize=64)
def insert_new(table: Table, names: frozenset[str]) -> TextClause:
    """Return a statement that inserts a row of which `names` are given, unless there is one with its key.

    Its `rowcount` says whether the row was inserted. What no row names is among its parameters.
    """
    each, keys = insert_rows(table, names), ", ".join(column.name for column in table.primary_key)
    found = (*each.names, *each.defaults)
    given = ", ".join(f":{name}" for name in found)
    into = f"INSERT INTO {table.name} ({', '.join(found)})"
    return text(f"{into} VALUES ({given}) ON CONFLICT ({keys}) DO NOTHING").bindparams(
        *(bindparam(name, each.defaults.get(name), type_=table.c[name].type) for name in found)
    )


@lru_cache(maxsize=64)
def upsert_rows(table: Table, names: frozenset[str], keep: frozenset[str] = frozenset()) -> ManyRows:
    """Return a statement that inserts rows of which `names` are given, or sets these in those with the same key.

    Args:
        table: Any.
        names: Columns, those of the key among them.
        keep: Those of which a null leaves the value that there is.
    """
    keys = [column.name for column in table.primary_key]
    changes = (
        f"{name} = coalesce(excluded.{name}, {table.name}.{name})" if name in keep else f"{name} = excluded.{name}"
        for name in sorted(names.difference(keys))
    )
    return _insert(table, names, f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(changes)}")


@lru_cache(maxsize=64)
def update_rows(table: Table, names: frozenset[str], key: str = "id") -> ManyRows:
    """Return a statement that sets `names` in the rows with a `key`."""
    changed = sorted(names - {key})
    place = list(enumerate(changed, 2))
    columns = [table.c[name] for name in [key, *changed]]
    every = ", ".join(f"{name} = {_taken(table.c[name])}" for name in changed)
    return _made(
        columns,
        {},
        f"UPDATE {table.name} SET {', '.join(f'{name} = ?{at}' for at, name in place)} WHERE {key} = ?1",  # noqa: S608 - names
        f"UPDATE {table.name} SET {', '.join(f'{name} = given.column{at}' for at, name in place)} FROM (VALUES ",  # noqa: S608
        f") AS given WHERE {table.name}.{key} = given.column1",
        f"UPDATE {table.name} SET {every} FROM {_given(columns)} WHERE {table.name}.{key} = given.{key}",  # noqa: S608
    )


def _insert(table: Table, names: Collection[str], otherwise: str) -> ManyRows:
    # SQLAlchemy's own insertions of this kind, one for each database, are compiled anew every time.
    defaults = {
        column.name: column.default.arg  # type: ignore[attr-defined]
        for column in table.c
        if column.name not in names and column.default is not None
    }
    # First one that is never null: what is null there is no row.
    columns = [table.c[name] for name in [*sorted(names, key=lambda name: (table.c[name].nullable, name)), *defaults]]
    into = f"INSERT INTO {table.name} ({', '.join(column.name for column in columns)})"
    return _made(
        columns,
        defaults,
        f"{into} VALUES {_places(columns)}{otherwise}",
        f"{into} SELECT * FROM (VALUES ",  # noqa: S608
        f") WHERE column1 IS NOT NULL{otherwise}",
        f"{into} SELECT {', '.join(map(_taken, columns))} FROM {_given(columns)}{otherwise}",  # noqa: S608
    )


def _made(
    columns: Sequence[Column[Any]],
    defaults: Mapping[str, Any],
    one: str,
    head: str,
    tail: str,
    every: str,
) -> ManyRows:
    return ManyRows(
        tuple(column.name for column in columns if column.name not in defaults),
        defaults,
        one,
        head,
        tail,
        text(every),
        frozenset(column.name for column in columns if isinstance(column.type, JSON)),
        frozenset(column.name for column in columns if isinstance(column.type, LargeBinary)),
    )


@lru_cache(maxsize=256)
def _text(statement: ManyRows, count: int) -> str:
    """Return SQLite's statement for so many rows."""
    if count == 1:
        return statement.one
    row = _places((*statement.names, *statement.defaults))
    return f"{statement.head}{', '.join([row] * count)}{statement.tail}"


def _places(columns: Sequence[Any]) -> str:
    return f"({', '.join('?' * len(columns))})"


def _values(statement: ManyRows, rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """Return the values of rows as SQLite's driver takes them."""
    take, rest = itemgetter(*statement.names), tuple(statement.defaults.values())
    found = [[*take(row), *rest] for row in rows]
    for at, name in enumerate((*statement.names, *statement.defaults)):
        if name in statement.json:
            for values in found:
                values[at] = dumps(values[at])
    return found


def _given(columns: Iterable[Column[Any]]) -> str:
    """Return the rows of the parameter as a table."""
    return f"json_to_recordset(CAST(:rows AS json)) AS given({', '.join(f'{c.name} {_kind(c)[0]}' for c in columns)})"


def _taken(column: Column[Any]) -> str:
    """Return the value of a column in one of these rows."""
    kind = _kind(column)[1]
    return f"CAST(given.{column.name} AS {kind})" if kind else f"given.{column.name}"


def _kind(column: Column[Any]) -> tuple[str, str]:
    """Return the type with which a value is read from JSON, and the one that is made of it, if another.

    JSON in a column is text there, because it may hold what the server refuses as text: half of a surrogate pair.
    """
    match column.type:
        case JSON():
            return "text", "json"
        case LargeBinary():
            return "text", "bytea"
        case Boolean():
            return "boolean", ""
        case BigInteger():
            return "bigint", ""
        case Integer():
            return "integer", ""
        case Float():
            return "double precision", ""
    return "text", ""


def _plain(statement: ManyRows, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as it goes into JSON."""
    changed = {name: dumps(row[name]) for name in statement.json}
    changed |= {name: rf"\x{row[name].hex()}" for name in statement.binary}
    return {**row, **changed}
