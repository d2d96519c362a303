"""How a PostgreSQL server is read: what it has prepared stays, and one statement needs no transaction."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Connection, Integer, Select, Text, bindparam, cast, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from dogwatch.errors import StoreAwayError
from dogwatch.store import compiled
from dogwatch.store import postgres as postgres_store
from dogwatch.store.compiled import Question
from dogwatch.store.database import Database
from dogwatch.store.tables import volumes
from tests.postgres import PostgresServer

PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%volumes%'")
PID = text("SELECT pg_backend_pid()")


@pytest.fixture
def db(postgres: PostgresServer) -> Iterator[Database]:
    opened = Database(postgres.fresh())
    opened.migrate()
    yield opened
    opened.close()


def query() -> Select[Any]:
    return select(func.count()).select_from(volumes).where(volumes.c.added_at > bindparam("after", type_=Integer))


def counted(connection: Connection) -> int:
    return int(compiled.rows(connection, "volumes", query, {"after": 0})[0][0])


def later(db: Database) -> None:
    time.sleep(0.3)
    db.write(add)


def add(connection: Connection) -> None:
    connection.execute(insert(volumes).values(id="a", added_at=1))


@pytest.mark.parametrize("once", [False, True])
def test_what_is_asked_often_is_prepared_and_stays_so(db: Database, once: bool) -> None:
    for _ in range(8):
        with db.read(once=once) as connection:
            counted(connection)
    with db.read() as connection:
        assert connection.scalar(PREPARED) == 1


def test_a_read_sees_one_state_and_the_next_one_another(db: Database) -> None:
    with db.read() as connection:
        before = counted(connection)
        db.write(add)
        assert counted(connection) == before == 0
    with db.read() as connection:
        assert counted(connection) == 1


def test_one_statement_is_run_without_a_transaction(db: Database) -> None:
    with db.read(once=True) as connection:
        driver: Any = connection.connection.driver_connection
        assert counted(connection) == 0
        assert driver.info.transaction_status.name == "IDLE"
        with pytest.raises(RuntimeError, match="one statement only"):
            counted(connection)
    test_a_read_sees_one_state_and_the_next_one_another(db)


def test_one_statement_is_as_read_only_as_any(db: Database) -> None:
    with pytest.raises(Exception, match="read-only"), db.read(once=True) as connection:
        add(connection)


@pytest.mark.parametrize("once", [False, True])
def test_a_connection_that_is_cut_while_it_reads_is_replaced(
    postgres: PostgresServer, db: Database, once: bool
) -> None:
    with db.read() as connection:
        pid = connection.scalar(PID)

    def cut(connection: Connection) -> None:
        postgres.execute(f"SELECT pg_terminate_backend({pid})")
        counted(connection)

    with pytest.raises(StoreAwayError), db.read(once=once) as connection:
        cut(connection)
    with db.read(once=once) as connection:
        assert counted(connection) == 0


def test_an_error_of_a_statement_costs_no_connection(db: Database) -> None:
    with db.read() as connection:
        pid = connection.scalar(PID)
    with pytest.raises(Exception, match="nothing_of_this_name"), db.read() as connection:
        compiled.rows(connection, "wrong", lambda: select(text("nothing_of_this_name")), {})
    with db.read() as connection:
        assert connection.scalar(PID) == pid


@pytest.mark.parametrize("once", [False, True])
def test_what_is_asked_together_sees_one_state(db: Database, once: bool) -> None:
    wait = Question("wait", lambda: select(cast(func.pg_sleep(1), Text)), {})
    count = Question("volumes", query, {"after": 0})
    for expected in (0, 1):  # the second time, all of it is prepared
        with ThreadPoolExecutor(1) as others, db.read(once=once) as connection:
            if not expected:
                others.submit(later, db)
            (before,), _, (after,) = compiled.rows_of_all(connection, [count, wait, count])
            assert before == after == (expected,)
            if once:
                with pytest.raises(RuntimeError, match="one statement only"):
                    counted(connection)


def test_an_error_among_what_is_asked_together_is_told(db: Database) -> None:
    wrong = Question("wrong together", lambda: select(text("nothing_of_this_name")), {})
    count = Question("volumes", query, {"after": 0})
    for once in (False, True):
        with pytest.raises(DBAPIError, match="nothing_of_this_name"), db.read(once=once) as connection:
            compiled.rows_of_all(connection, [count, wrong, count])
        with db.read(once=once) as connection:
            assert compiled.rows_of_all(connection, [count, count]) == [[(0,)], [(0,)]]


def test_the_rows_of_a_long_answer_are_made_in_slices(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """One call for all of them would halt every other thread until the last one is made."""
    import psycopg

    fetch, sizes = psycopg.Cursor.fetchmany, list[int]()

    def counting(cursor: Any, size: int = 0) -> list[Any]:
        found: list[Any] = fetch(cursor, size)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(psycopg.Cursor, "fetchmany", counting)
    series = select(func.generate_series(1, 2 * postgres_store.SLICE + 1))
    with db.read() as connection:
        for rows in (
            connection.execute(series).all(),
            compiled.rows(connection, "series", lambda: series, {}),
            compiled.rows_of_all(connection, [Question("series", lambda: series, {})])[0],
        ):
            assert [row[0] for row in rows] == list(range(1, 2 * postgres_store.SLICE + 2))
    assert sizes == [postgres_store.SLICE, postgres_store.SLICE, 1, 0] * 3
