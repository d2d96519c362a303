"""Insertions of rows that may be there already: one statement, where an update that misses and an insertion are two."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import Table, TextClause, bindparam, text


@lru_cache(maxsize=64)  # building one takes longer than running it
def insert_new(table: Table, names: frozenset[str]) -> TextClause:
    """Return a statement that inserts a row of which `names` are given, unless there is one with its id.

    Its `rowcount` says whether the row was inserted.
    """
    return _insert(table, names, "NOTHING")


@lru_cache(maxsize=64)
def upsert(table: Table, names: frozenset[str]) -> TextClause:
    """Return a statement that inserts a row of which `names` are given, or sets these in the one with its id."""
    changes = ", ".join(f"{name} = excluded.{name}" for name in sorted(names - {"id"}))
    return _insert(table, names, f"UPDATE SET {changes}")


def _insert(table: Table, names: Iterable[str], otherwise: str) -> TextClause:
    given = [bindparam(name, type_=table.c[name].type) for name in sorted(names)]
    given += [
        bindparam(column.name, column.default.arg, type_=column.type)  # type: ignore[attr-defined]
        for column in table.c
        if column.name not in names and column.default is not None
    ]
    columns = ", ".join(each.key for each in given)
    values = ", ".join(f":{each.key}" for each in given)
    # SQLAlchemy's own insertions of this kind, one for each database, are compiled anew every time.
    statement = f"INSERT INTO {table.name} ({columns}) VALUES ({values}) ON CONFLICT (id) DO {otherwise}"  # noqa: S608
    return text(statement).bindparams(*given)
