"""What a transaction does at its end, or before something in it reads what that writes: then, `send` is called.

Two things wait until then. Statements whose results nobody needs: a PostgreSQL server gets them together, and answers
once. Each statement waits for the server, and then for the interpreter and a processor, and of the statements of an
event, a third need no answer. SQLite answers within the call, and runs them at once. And sums, which are changed once
for all that a transaction has written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable

LIMIT = 500
_STATEMENTS, _ENDINGS = "deferred statements", "endings of the transaction"
Statement = tuple[Executable, Mapping[str, Any]]
T = TypeVar("T")


def later(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement that returns nothing for each of `rows`, at the end of the transaction at the latest."""
    if connection.dialect.name != "postgresql":
        connection.execute(statement, rows)
        return
    waiting: list[Statement] = connection.info.setdefault(_STATEMENTS, [])
    waiting.extend((statement, row) for row in rows)
    if len(waiting) > LIMIT:
        send(connection)


def at_end(connection: Connection, ending: Callable[[Connection, list[T]], None], value: T) -> None:
    """Call `ending` with all values that were given for it, at the end of the transaction at the latest."""
    endings: dict[Callable[[Connection, list[T]], None], list[T]] = connection.info.setdefault(_ENDINGS, {})
    endings.setdefault(ending, []).append(value)


def send(connection: Connection) -> None:
    """Do all that waits; later statements see what it has written."""
    endings: dict[Callable[[Connection, list[Any]], None], list[Any]] = connection.info.pop(_ENDINGS, {})
    for ending, values in endings.items():
        ending(connection, values)
    waiting: list[Statement] = connection.info.pop(_STATEMENTS, [])
    if not waiting:
        return
    driver: Any = connection.connection.driver_connection
    with driver.pipeline():
        for statement, row in waiting:
            connection.execute(statement, row)


def forget(connection: Connection) -> None:
    """Do none of it: the transaction is rolled back. What a lost connection had noted is gone with it."""
    if connection.invalidated:
        return
    connection.info.pop(_ENDINGS, None)
    connection.info.pop(_STATEMENTS, None)
