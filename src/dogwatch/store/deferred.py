"""Statements whose results nobody needs: a PostgreSQL server gets them together, and answers once.

Each statement waits for the server, and then for the interpreter and a processor. Of the statements of an event, a
third need no answer. They are sent in order at the end of the transaction, or earlier if something else in it is to
read or change what they write: it calls `send` before. SQLite answers within the call, and runs them at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Executable

LIMIT = 500
_WAITING = "deferred statements"
Statement = tuple[Executable, Mapping[str, Any]]


def later(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement that returns nothing for each of `rows`, at the end of the transaction at the latest."""
    if connection.dialect.name != "postgresql":
        connection.execute(statement, rows)
        return
    waiting: list[Statement] = connection.info.setdefault(_WAITING, [])
    waiting.extend((statement, row) for row in rows)
    if len(waiting) > LIMIT:
        send(connection)


def send(connection: Connection) -> None:
    """Run all statements that wait; later ones see what they have written."""
    waiting: list[Statement] = connection.info.pop(_WAITING, [])
    if not waiting:
        return
    driver: Any = connection.connection.driver_connection
    with driver.pipeline():
        for statement, row in waiting:
            connection.execute(statement, row)


def forget(connection: Connection) -> None:
    """Run none of them: the transaction is rolled back."""
    connection.info.pop(_WAITING, None)
