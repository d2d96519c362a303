"""The condition that a value is one of few: so the database looks each of them up in an index.

SQLite does so anyway. PostgreSQL estimates from the average of all values how many rows such a condition lets through,
which may be far too many. Of an array whose length it does not know, it expects ten values.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType


class few(FunctionElement[bool]):  # noqa: N801 - as functions of SQL are named
    """Whether a column is one of the values of a query."""

    type: Any = NullType()  # of a Boolean, `= 1` would be made on SQLite, which then uses no index
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], values: Select[Any]) -> None:
        """Compare `column` with what `values` returns."""
        super().__init__(column, values.scalar_subquery())


@compiles(few)
def _sqlite(element: few, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN {values}"


@compiles(few, "postgresql")
def _postgresql(element: few, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY (ARRAY{values})"


class listed(FunctionElement[bool]):  # noqa: N801 - as functions of SQL are named
    """Whether a column is one of the texts or numbers in a parameter, which is a list as JSON of any length."""

    type: Any = NullType()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        """Compare `column` with the parameter called `name`."""
        super().__init__(column, bindparam(name, type_=Text))


@compiles(listed)
def _listed_sqlite(element: listed, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - names of columns and parameters


@compiles(listed, "postgresql")
def _listed_postgresql(element: listed, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"{column} = ANY (ARRAY(SELECT {_each(element, values)}))"


def _each(element: listed, values: str) -> str:
    """Return what makes a row of each value; a list of numbers is nearly an array, which is read sooner than JSON."""
    if isinstance(next(iter(element.clauses)).type, Integer):
        return f"unnest(CAST(translate({values}, '[]', '{{}}') AS bigint[]))"
    return f"json_array_elements_text(CAST({values} AS json))"


class looked_up(listed):  # noqa: N801 - as functions of SQL are named
    """Like `listed`, for rows that are read anyway: no index is used for it."""

    inherit_cache = True


@compiles(looked_up)
def _looked_up_sqlite(element: looked_up, compiler: Any, **options: Any) -> str:
    return f"+{_listed_sqlite(element, compiler, **options)}"


@compiles(looked_up, "postgresql")
def _looked_up_postgresql(element: looked_up, compiler: Any, **options: Any) -> str:
    # A hash of what is listed. `IS TRUE` lets PostgreSQL read the list once; it would look each row's value up instead.
    column, values = (compiler.process(part, **options) for part in element.clauses)
    return f"({column} IN (SELECT {_each(element, values)})) IS TRUE"
