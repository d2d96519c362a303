"""Seconds without their fraction, in SQL: SQLite's CAST cuts the fraction off, that of PostgreSQL rounds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class whole(FunctionElement[int]):  # noqa: N801 - as functions of SQL are named
    """The seconds of a time that is not negative, without their fraction."""

    type = BigInteger()
    inherit_cache = True


@compiles(whole)
def _sqlite(element: whole, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS INTEGER)"


@compiles(whole, "postgresql")
def _postgresql(element: whole, compiler: Any, **options: Any) -> str:
    return f"CAST(trunc({compiler.process(element.clauses, **options)}) AS BIGINT)"
