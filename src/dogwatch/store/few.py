"""The condition that a value is one of few that a query finds: so the database looks each of them up in an index.

SQLite does so anyway. PostgreSQL estimates from the average of all values how many rows such a condition lets through,
which may be far too many. Of an array whose length it does not know, it expects ten values.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select
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
