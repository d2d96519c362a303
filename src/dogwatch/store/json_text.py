"""JSON as it stands in the database and in answers: without spaces, with letters as they are.

Columns of JSON that only passes through are spliced into answers as text.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType


def dumps(value: Any) -> str:
    """Return the text of a value; the engines of a database write their columns with this."""
    try:
        return msgspec.json.encode(value).decode()  # ten times as fast as `json`
    except (TypeError, ValueError, OverflowError):  # half of a surrogate pair, a number that is NumPy's
        return json.dumps(value, default=msgspec.to_builtins)


def compact(text: str) -> str:
    """Return a column's text without spaces and with letters as they are; earlier versions wrote others."""
    if " " not in text and "\\" not in text:  # looks for one character, so it takes a tenth of what follows
        return text
    if '": ' in text or '", ' in text or "\\u" in text:
        try:
            if "\\" not in text:
                return msgspec.json.format(text, indent=-1)  # without making the values: half of the time
            return msgspec.json.encode(msgspec.json.decode(text)).decode()
        except (msgspec.MsgspecError, RecursionError):  # half of a surrogate pair, a number that is none
            letters = json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"))
        with suppress(UnicodeEncodeError):  # half of a surrogate pair
            letters.encode()
            return letters
    return text


def as_raw(text: bytes | str) -> msgspec.Raw:
    """Return what `as_stored` gives for msgspec to splice, as `compact` makes it."""
    stored = text.encode() if isinstance(text, str) else text
    if _SPACE not in stored and _ESCAPE not in stored:
        return msgspec.Raw(stored)
    return msgspec.Raw(compact(stored.decode()).encode())


_SPACE, _ESCAPE = b" \\"  # as numbers, which are looked for in a fifth of the time


class as_stored(FunctionElement[Any]):  # noqa: N801 - as functions of SQL are named
    """The text of a column of JSON: as bytes from SQLite, which saves two copies of it, as text from PostgreSQL."""

    type = NullType()
    inherit_cache = True


@compiles(as_stored)
def _sqlite(element: as_stored, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(as_stored, "postgresql")
def _postgresql(element: as_stored, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS TEXT)"
