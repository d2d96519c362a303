"""What a transaction does at its end, or before something in it reads or writes anything else.

A transaction holds many jobs (see `database`). Each statement waits for a server, then for the interpreter and a
processor. So what jobs write is gathered and written together, a row once, however often it has changed. And of a
PostgreSQL server, statements whose results nobody needs are asked together, and answered once.

Nothing can read what waits: before any other statement of its connection, all that waits is done (see `watch`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, event

LIMIT = 2000
_WAITING = "what waits for the end of the transaction"
T = TypeVar("T")
Ending = Callable[[Connection, list[T]], None]


@dataclass(slots=True)
class _Waiting:
    endings: dict[tuple[int, Ending[Any]], list[Any]] = field(default_factory=dict)
    statements: list[tuple[Executable, Sequence[Mapping[str, Any]]]] = field(default_factory=list)
    values: int = 0
    is_sending: bool = False
    version: int | None = None
    is_current: bool = False
    known: dict[str, dict[Any, Any]] = field(default_factory=dict)


def watch(engine: Engine) -> None:
    """Let no statement on the connections of `engine` overtake what waits, and forget that with a savepoint."""
    dialect = engine.dialect

    def after_what_waits(execute: Callable[..., None]) -> Callable[..., None]:
        def do(cursor: Any, statement: str, *words: Any) -> None:
            waiting = _of(words[-1].root_connection)
            if not waiting.is_sending:
                send(words[-1].root_connection)
                if waiting.known and not statement.startswith("SELECT"):
                    waiting.known.clear()
            execute(cursor, statement, *words)

        return do

    def do_rollback_to_savepoint(connection: Connection, name: str) -> None:
        forget(connection)
        roll_back(connection, name)

    roll_back = dialect.do_rollback_to_savepoint

    @event.listens_for(engine, "connect", once=True)  # the first has been asked for its version by then
    def connect(*_: Any) -> None:
        # In place of listeners: with one, SQLAlchemy looks for listeners of all kinds at every statement.
        for name in ("do_execute", "do_executemany", "do_execute_no_params"):
            setattr(dialect, name, after_what_waits(getattr(dialect, name)))
        dialect.do_rollback_to_savepoint = do_rollback_to_savepoint  # type: ignore[method-assign]


def at_end(connection: Connection, ending: Ending[T], value: T, *, stage: int = 0) -> None:
    """Call `ending` once with all values that were given for it, in their order, at the end of the transaction.

    Args:
        connection: The writer's.
        ending: May call this too.
        value: Of a job.
        stage: Endings of lower stages are called first.
    """
    waiting = _of(connection)
    waiting.endings.setdefault((stage, ending), []).append(value)
    waiting.values += 1
    if waiting.values > LIMIT:
        send(connection)


def later(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Run a statement that returns nothing for each of `rows`, at the end of the transaction at the latest.

    SQLite answers within the call, and runs it at once.
    """
    if connection.dialect.name != "postgresql":
        connection.execute(statement, rows)
        return
    _of(connection).statements.append((statement, rows))


def send(connection: Connection) -> None:
    """Do all that waits, unless this is being done."""
    waiting = _of(connection)
    if waiting.is_sending or not (waiting.endings or waiting.statements):
        return
    with _sending(connection, waiting):
        run(connection)


def commit(connection: Connection, before: Callable[[], None], *, has_written: bool) -> None:
    """Do all that waits and commit a server's transaction: COMMIT is answered together with the last of it.

    Args:
        connection: The writer's.
        before: Called before COMMIT is sent.
        has_written: Whether the transaction has certainly written something, and so has a number of its own.
    """
    waiting = _of(connection)
    driver: Any = connection.connection.driver_connection
    with _sending(connection, waiting):

        def end() -> None:
            before()
            driver.execute("COMMIT", prepare=False)

        run(connection, end)
    waiting.is_current = False
    waiting.version = waiting.version + 1 if has_written and waiting.version is not None else None


@contextmanager
def _sending(connection: Connection, waiting: _Waiting) -> Iterator[None]:
    """Call all endings; within, statements go out without looking for what waits."""
    waiting.is_sending = True
    try:
        waiting.values = 0
        while waiting.endings:
            ending = min(waiting.endings, key=_stage)
            ending[1](connection, waiting.endings.pop(ending))
        yield
    finally:
        waiting.is_sending = False


def execute(connection: Connection, statement: str, values: Sequence[Any]) -> None:
    """Run a statement of SQLite that returns nothing, after all that waits.

    It goes to the driver as it is: what SQLAlchemy does around a statement takes longer than most of them.
    """
    waiting = _of(connection)
    if not waiting.is_sending:
        send(connection)
        waiting.known.clear()
    connection.connection.driver_connection.execute(statement, values)  # type: ignore[union-attr]


def run(connection: Connection, last: Callable[[], None] | None = None) -> None:
    """Run the statements that wait: for an ending that reads what they write. `last` asks more with them."""
    waiting = _of(connection)
    statements, waiting.statements = waiting.statements, []
    if not statements and last is None:
        return
    driver: Any = connection.connection.driver_connection
    with driver.together():
        for statement, rows in statements:
            connection.execute(statement, rows)
        if last is not None:
            last()


def known(connection: Connection, what: str) -> dict[Any, Any]:
    """Return what endings know of the rows that they have written, which saves reading them.

    It is forgotten when anything else writes, with a transaction that is rolled back, and when another program has
    written.
    """
    waiting = _of(connection)
    if not waiting.is_current:
        version = (_version_of_server if connection.dialect.name == "postgresql" else _version_of_file)(connection)
        if version is None or version != waiting.version:
            waiting.known.clear()
        waiting.version, waiting.is_current = version, True
    return waiting.known.setdefault(what, {})


def begin(connection: Connection) -> None:
    """Note that a transaction begins: until its end, no other program writes."""
    _of(connection).is_current = False


def forget(connection: Connection) -> None:
    """Do none of it: the transaction is rolled back. What a lost connection had noted is gone with it."""
    if not connection.invalidated:
        connection.info.pop(_WAITING, None)


def _version_of_file(connection: Connection) -> int:
    """Return what changes whenever another program has written to SQLite's file."""
    driver: Any = connection.connection.driver_connection
    (version,) = driver.execute("PRAGMA data_version").fetchone()
    return int(version)


def _version_of_server(connection: Connection) -> int | None:
    """Return the number that the next transaction of a server ends with; None while others than this one go on.

    Only transactions that write have numbers. So if it is the one after that of the writer's last transaction, nobody
    else has written in between, to any database of the server.
    """
    driver: Any = connection.connection.driver_connection
    with driver.together():  # so that BEGIN is answered with it
        cursor = driver.execute("SELECT CAST(pg_current_snapshot() AS text)")
    oldest, following, _ = cursor.fetchone()[0].split(":")
    return int(following) if oldest == following else None


def _of(connection: Connection) -> _Waiting:
    waiting: _Waiting | None = connection.info.get(_WAITING)
    if waiting is None:
        waiting = connection.info[_WAITING] = _Waiting()
    return waiting


def _stage(ending: tuple[int, Ending[Any]]) -> int:
    return ending[0]
