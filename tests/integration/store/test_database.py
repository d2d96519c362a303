"""Real databases: migrations agree with the tables, one writer, readers that do not wait."""

import re
import sqlite3
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from dogwatch.errors import StoreError
from dogwatch.store import connections, database, schema
from dogwatch.store.database import Database
from dogwatch.store.tables import init_sections, metadata, segments

PARTIAL = ("ended", "score", "duration", "running", "retained", "submitted", "plate", "speed")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    """One in an SQLite file."""
    opened = Database(f"sqlite:///{tmp_path}/dogwatch.db")
    opened.migrate()
    yield opened
    opened.close()


def _add(id_: str) -> Callable[[Connection], None]:
    def add(connection: Connection) -> None:
        connection.execute(insert(init_sections).values(id=id_, data=b"x"))

    return add


def _count(db: Database) -> int:
    with db.read() as connection:
        return len(connection.execute(select(init_sections.c.id)).all())


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database that has come all the way from the first version."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/migrated.db"
    else:
        url = request.getfixturevalue("postgres").empty()
    opened = Database(url)
    opened.write(schema.migrate)
    yield opened
    opened.close()


def test_migrations_lead_to_the_tables(migrated: Database) -> None:
    with migrated.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.mark.parametrize("migrated", ["sqlite"], indirect=True)
def test_a_new_database_is_as_a_migrated_one(file: Database, migrated: Database) -> None:
    def described(database: Database) -> set[tuple[str, str, tuple[str, ...]]]:
        query = "SELECT type, name, coalesce(sql, '') AS sql FROM sqlite_master WHERE tbl_name <> 'alembic_version'"
        with database.read() as connection:
            rows = connection.execute(text(query)).all()
        return {(row.type, row.name, parts(row.sql)) for row in rows}

    def parts(sql: str) -> tuple[str, ...]:
        plain = " ".join(re.split(r"[\s\"()]+", sql))
        return tuple(sorted(part.strip() for part in plain.split(",")))  # constraints come in the order of their making

    assert described(file) == described(migrated)


def test_some_indexes_hold_a_part_of_the_events_on_both(db: Database) -> None:
    """What an event changes while it goes on is not indexed; an index without its condition would make that dear."""
    with db.read() as connection:
        indexes = inspect(connection).get_indexes("events")
        name = connection.dialect.name
    partial = {one["name"] for one in indexes if f"{name}_where" in one.get("dialect_options", {})}
    assert partial == {f"ix_events_{which}" for which in PARTIAL}


def test_a_database_without_tables_yet_is_taken_as_new(tmp_path: Path) -> None:
    """A start that was killed before its first commit leaves an empty file."""
    (tmp_path / "dogwatch.db").touch()
    db = Database(f"sqlite:///{tmp_path}/dogwatch.db")
    db.migrate()
    assert _count(db) == 0
    db.close()


def test_migrate_twice_is_nothing(db: Database) -> None:
    db.migrate()
    with db.read() as connection:
        assert connection.execute(text("select version_num from alembic_version")).scalar() == schema.head()


def test_a_database_from_before_the_sums_by_quarter_gets_them(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/old.db")

    def age(connection: Connection) -> None:
        schema.migrate(connection, "0002")
        connection.execute(insert(init_sections).values(id="i", data=b"x"))
        query = (
            "INSERT INTO segments (id, camera, path, start_time, end_time, size_bytes, init_id, fragments, has_audio,"
            " motion, deleting) VALUES (:id, 'front', :id, :start, :start + 10, 5, 'i', '', 0, :motion, :deleting)"
        )
        for n, deleting in enumerate((False, False, True)):
            values = {"id": str(n), "start": 1_790_000_100.0 + n * 10, "motion": 3 if n else None}
            connection.execute(text(query), {**values, "deleting": deleting})

    db.write(age)
    db.migrate()
    with db.read() as connection:
        stretches = struct.pack("<2d", 1_790_000_100, 1_790_000_120)
        expected = ("front", 1_988_889, 2, 20.0, 3, 0, 15, stretches)
        assert connection.execute(text("SELECT * FROM quarters")).all() == [expected]
    db.close()


def test_a_newer_database_is_refused(db: Database) -> None:
    db.write(lambda c: c.execute(text("update alembic_version set version_num = '9999'")) and None)
    with pytest.raises(StoreError, match="9999"):
        db.migrate()


def test_a_database_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/no/such/dir/x.db")
    with pytest.raises(StoreError, match="cannot open"):
        db.migrate()
    db.close()


def test_a_damaged_database_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "dogwatch.db").write_bytes(b"not SQLite" * 1000)
    db = Database(f"sqlite:///{tmp_path}/dogwatch.db")
    with pytest.raises(StoreError, match=r"file is not a database; if it is damaged, .*sets it aside"):
        db.migrate()
    db.close()


def test_pragmas(file: Database) -> None:
    def pragma(connection: Connection, name: str) -> object:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

    for name, value in (("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1)):
        assert file.write(lambda c, n=name: pragma(c, n)) == value  # type: ignore[misc]
        with file.read() as connection:
            assert pragma(connection, name) == value


def test_foreign_keys_hold(db: Database) -> None:
    row = {"id": "1", "camera": "a", "path": "p", "start_time": 0, "end_time": 1, "size_bytes": 1}
    with pytest.raises(IntegrityError):
        db.write(lambda c: c.execute(insert(segments).values(**row, init_id="none", fragments=b"")) and None)


def test_a_reader_cannot_write(db: Database) -> None:
    with db.read() as connection, pytest.raises(DBAPIError, match=r"read-?only"):
        _add("a")(connection)


def test_a_reader_sees_one_state_while_the_writer_goes_on(db: Database) -> None:
    db.write(_add("a"))
    with db.read() as connection:
        assert len(connection.execute(select(init_sections)).all()) == 1
        db.write(_add("b"))
        assert len(connection.execute(select(init_sections)).all()) == 1
    assert _count(db) == 2


def test_what_fails_is_rolled_back_and_raised(db: Database) -> None:
    def fail(connection: Connection) -> None:
        _add("a")(connection)
        raise LookupError("no")

    with pytest.raises(LookupError):
        db.write(fail)
    assert _count(db) == 0


def test_writes_from_many_threads_all_arrive(db: Database) -> None:
    def many(base: int) -> None:
        for n in range(50):
            db.write(_add(f"{base}-{n}"))

    threads = [threading.Thread(target=many, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _count(db) == 200


@contextmanager
def _blocked(db: Database) -> Iterator[None]:
    """Keep the writer busy, so that what is queued meanwhile is found together."""
    running, release = threading.Event(), threading.Event()

    def block(_: Connection) -> None:
        running.set()
        release.wait(10)

    first = db.submit(block)
    running.wait(10)
    try:
        yield
    finally:
        release.set()
        first.result(10)


def _behind_a_block(db: Database, *jobs: Callable[[Connection], None]) -> list[Future[None]]:
    with _blocked(db):
        return [db.submit(job) for job in jobs]


def test_what_waits_is_committed_together(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BATCH_S", 10.0)  # on a busy machine it takes a while
    begun: list[int] = []

    @event.listens_for(Engine, "begin")
    def count(_: Connection) -> None:
        begun.append(threading.get_ident())

    try:
        futures = _behind_a_block(db, *(_add(str(n)) for n in range(30)))
        wait(futures, 10)
    finally:
        event.remove(Engine, "begin", count)
    assert _count(db) == 30
    assert len(begun) == 1


def test_what_is_submitted_together_is_queued_at_the_end_in_order(db: Database) -> None:
    with suppress(ZeroDivisionError), db.together():
        futures = [db.submit(_add(str(n))) for n in range(5)]
        with db.together():
            futures.append(db.submit(_add("5")))
        db.write(lambda _: None)
        assert _count(db) == 0
        raise ZeroDivisionError
    wait(futures, 10)
    assert _count(db) == 6


def test_a_full_queue_takes_the_first_of_what_is_submitted_together(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/x.db", queue_limit=2)
    with _blocked(db), db.together():
        futures: list[Future[int]] = [db.submit(lambda _: 1) for _ in range(4)]
    wait(futures, 10)
    assert [type(future.exception()) for future in futures] == [type(None), type(None), StoreError, StoreError]
    assert db.dropped == 2
    db.close()


def test_what_is_cancelled_before_it_is_queued_leaves_the_others_alone() -> None:
    small = Database("sqlite://", queue_limit=1)
    try:
        with _blocked(small), small.together():
            kept, cancelled, last = (small.submit(lambda _: "done") for _ in range(3))
            cancelled.cancel()
        assert kept.result(10) == "done"
        assert cancelled.cancelled()
        with pytest.raises(StoreError, match="keep up"):
            last.result(10)
    finally:
        small.close()


def test_a_result_is_there_when_it_can_be_read(db: Database) -> None:
    seen: list[int] = []
    futures = _behind_a_block(db, *(_add(str(n)) for n in range(5)))
    futures[0].add_done_callback(lambda _: seen.append(_count(db)))
    wait(futures, 10)
    assert seen == [5]


@pytest.mark.parametrize("bad", [0, 2, 4])
def test_one_that_fails_fails_alone(db: Database, bad: int) -> None:
    def fail(connection: Connection) -> None:
        _add("half")(connection)
        raise LookupError("no")

    jobs = [_add(str(n)) for n in range(5)]
    futures = _behind_a_block(db, *jobs[:bad], fail, *jobs[bad + 1 :])
    wait(futures, 10)
    assert [type(future.exception()) for future in futures] == [
        LookupError if n == bad else type(None) for n in range(5)
    ]
    with db.read() as connection:
        rows = connection.execute(select(init_sections.c.id)).scalars()
        assert sorted(rows) == [str(n) for n in range(5) if n != bad]


def test_one_that_fails_among_many_costs_few_transactions(db: Database) -> None:
    begun = []

    def fail(connection: Connection) -> None:
        _add("half")(connection)
        raise LookupError("no")

    def count(_connection: Connection) -> None:
        begun.append(1)

    jobs = [_add(str(n)) for n in range(200)]
    event.listen(Engine, "begin", count)
    try:
        futures = _behind_a_block(db, *jobs[:77], fail, *jobs[78:])
        wait(futures, 20)
    finally:
        event.remove(Engine, "begin", count)
    assert [n for n, future in enumerate(futures) if future.exception()] == [77]
    assert _count(db) == 199
    assert len(begun) < 25


def test_a_cancelled_job_is_not_run(db: Database) -> None:
    with _blocked(db):
        cancelled, kept = db.submit(_add("a")), db.submit(_add("b"))
        assert cancelled.cancel()
    kept.result(10)
    assert _count(db) == 1


async def test_awrite_gives_the_result(db: Database) -> None:
    assert await db.awrite(lambda c: c.execute(text("select 7")).scalar()) == 7


def test_a_full_queue_drops_and_counts(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/x.db", queue_limit=1)
    running, release = threading.Event(), threading.Event()

    def block(_: Connection) -> None:
        running.set()
        release.wait(10)

    first = db.submit(block)
    running.wait(10)
    queued: Future[int] = db.submit(lambda _: 1)
    refused: Future[int] = db.submit(lambda _: 2)
    assert isinstance(refused.exception(0), StoreError)
    assert db.dropped == 1
    release.set()
    assert queued.result(10) == 1
    first.result(10)
    db.close()


def test_the_writer_thread_may_not_wait_for_itself(db: Database) -> None:
    with pytest.raises(StoreError, match="itself"):
        db.write(lambda _: db.write(_add("a")))


def test_close_finishes_what_is_queued(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path}/x.db")
    db.migrate()
    futures = [db.submit(_add(str(n))) for n in range(100)]
    db.close()
    assert all(future.done() and future.exception() is None for future in futures)
    with pytest.raises(StoreError, match="closed"):
        db.write(_add("late"))


def test_nobody_waits_for_ever_whose_work_comes_while_it_closes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = Database(f"sqlite:///{tmp_path}/x.db")
    db.migrate()
    put = db._queue.put

    def close_first(*args: Any, **options: Any) -> None:
        monkeypatch.undo()
        db.close()
        put(*args, **options)

    monkeypatch.setattr(db._queue, "put", close_first)
    with pytest.raises(StoreError):
        db.submit(_add("late")).result(timeout=2)


def test_close_does_not_wait_for_a_locked_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "CLOSE_S", 0.2)
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_MS", 1000)
    db = Database(f"sqlite:///{tmp_path}/dogwatch.db")
    db.migrate()
    other = sqlite3.connect(tmp_path / "dogwatch.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    futures = [db.submit(_add(str(n))) for n in range(30)]
    begun = time.monotonic()
    db.close()
    assert time.monotonic() - begun < 5
    assert isinstance(futures[-1].exception(timeout=0), StoreError)
    first = futures[0].exception(timeout=10)
    assert isinstance(first, StoreError)
    assert isinstance(first.__cause__, OperationalError)
    assert "locked" in str(first)
    other.close()


def test_what_happens_while_another_program_locks_the_file_is_written_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_MS", 100)
    db = Database(f"sqlite:///{tmp_path}/dogwatch.db")
    db.migrate()
    other = sqlite3.connect(tmp_path / "dogwatch.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    kept = [db.submit(_add(str(n))) for n in range(3)]
    with pytest.raises(StoreError, match="locked by another program"):
        db.write(_add("asked for"))
    assert not any(one.done() for one in kept)
    assert "locked" in db.problem
    other.execute("ROLLBACK")
    other.close()
    assert [one.exception(timeout=10) for one in kept] == [None] * 3
    db.write(_add("later"))
    assert db.problem == ""
    assert _count(db) == 4
    db.close()


def test_without_a_file_it_is_temporary() -> None:
    db = Database("sqlite://")
    db.migrate()
    path = Path(db.url.removeprefix("sqlite:///"))
    assert path.exists()
    db.close()
    assert not path.exists()


def test_a_present_schema_migrates_without_alembic(db: Database) -> None:
    began = time.perf_counter()
    db.migrate()
    assert time.perf_counter() - began < 0.2
