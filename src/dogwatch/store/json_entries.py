"""The entries of a list in a JSON column, as rows in SQL: every kind of database has another function for them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, String, exists, func, literal, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Entries(FunctionElement[Any]):
    """The texts in the list under a key of a column's object."""

    name = "json_entries"
    inherit_cache = True


@compiles(_Entries)
def _sqlite(element: _Entries, compiler: Any, **options: Any) -> str:
    column, key = element.clauses
    return str(compiler.process(func.json_each(column, literal("$.", String).concat(key)), **options))


@compiles(_Entries, "postgresql")
def _postgresql(element: _Entries, compiler: Any, **options: Any) -> str:
    column, key = element.clauses
    return f"json_array_elements_text({compiler.process(column, **options)} -> {compiler.process(key, **options)})"


def holds(column: ColumnElement[Any], key: str, values: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that the list under `key` in the object of `column` has one of `values`."""
    entries = _Entries(column, literal(key, String)).table_valued("value")
    value: ColumnElement[str] = entries.c.value
    return exists(select(literal_column("1")).select_from(entries).where(value.in_(values)))
