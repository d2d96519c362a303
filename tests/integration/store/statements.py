"""What a connection is asked, whether by SQLAlchemy or past it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from dogwatch.store import deferred


@contextmanager
def noted(connection: Connection) -> Iterator[list[str]]:
    """Give a list of the statements that are run meanwhile, of SQLite with their values."""
    said: list[str] = []
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.set_trace_callback(said.append)
        yield said
        driver.set_trace_callback(None)
        return

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    execute = driver.execute

    def asked(statement: str, *words: Any, **named: Any) -> Any:
        said.append(statement)
        return execute(statement, *words, **named)

    event.listen(connection, "before_cursor_execute", note)
    driver.execute = asked
    yield said
    del driver.execute
    event.remove(connection, "before_cursor_execute", note)


def when_committing(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Call `do` the next time that a server's writer is about to send COMMIT."""
    commit, done = deferred.commit, False

    def do_and_commit(connection: Connection, before: Callable[[], None], *, has_written: bool) -> None:
        def note() -> None:
            nonlocal done
            before()
            if not done:
                done = True
                do()

        commit(connection, note, has_written=has_written)

    monkeypatch.setattr(deferred, "commit", do_and_commit)
