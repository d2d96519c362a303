"""The log of an SQLite database is copied beside the writer."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from dogwatch.store import checkpoints
from dogwatch.store.database import Database

MIB = 1 << 20


@pytest.fixture
def db(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(checkpoints, "LOG_BYTES", MIB)
    monkeypatch.setattr(checkpoints, "REST_S", 0.0)
    database = Database(f"sqlite:///{tmp_path}/dogwatch.db")
    database.migrate()
    yield database
    database.close()


def add(connection: Connection, number: int) -> None:
    connection.execute(
        text("INSERT INTO init_sections (id, data) VALUES (:id, :data)"), {"id": f"{number}", "data": bytes(100_000)}
    )


def log_size(db: Database) -> int:
    return Path(f"{db.path}-wal").stat().st_size


def test_the_length_of_a_log_is_that_since_it_began_again(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "LOG_BYTES", 64 * MIB)
    log = f"{db.path}-wal"
    for number in range(20):
        db.write(partial(add, number=number))
    assert checkpoints.is_long(log, MIB)
    assert not checkpoints.is_long(log, 4 * MIB)
    with db.read() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    db.write(partial(add, number=20))
    assert not checkpoints.is_long(log, MIB)
    assert log_size(db) > MIB
    for number in range(21, 40):
        db.write(partial(add, number=number))
    assert checkpoints.is_long(log, MIB)


def copy_done(db: Database) -> None:
    thread = db._backend._checkpoints._thread  # type: ignore[attr-defined]
    if thread is not None:
        thread.join()


def test_a_long_log_is_copied_and_begins_again(db: Database) -> None:
    most = 0
    for number in range(100):  # 10 MB
        db.write(partial(add, number=number))
        most = max(most, log_size(db))
        copy_done(db)
    assert MIB <= most < 2 * MIB
    assert db.path is not None
    assert db.path.stat().st_size > 8_000_000


def test_the_log_is_copied_by_a_thread_of_its_own(db: Database) -> None:
    by: set[str] = set()
    run: Any = checkpoints.Checkpoints._copy

    def noted(self: checkpoints.Checkpoints) -> None:
        by.add(threading.current_thread().name)
        run(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints.Checkpoints, "_copy", noted)
        for number in range(30):
            before = db.path.stat().st_size if db.path else 0
            db.write(partial(add, number=number))
            if not by:  # no commit has copied anything
                assert db.path
                assert db.path.stat().st_size == before
        copy_done(db)
    assert by == {"db-checkpoint"}


def test_a_reader_of_an_old_state_keeps_it(db: Database) -> None:
    query = select(text("count(*)")).select_from(text("init_sections"))
    with db.read() as connection:
        assert connection.scalar(query) == 0
        for number in range(30):
            db.write(partial(add, number=number))
        copy_done(db)
        assert connection.scalar(query) == 0
    with db.read() as connection:
        assert connection.scalar(query) == 30


def test_a_file_that_is_replaced_while_its_log_is_copied(db: Database) -> None:
    """The replacement waits for the copy, whose connection would else delete the new file's log."""
    db.migrate(owns=True)
    for number in range(30):
        db.write(partial(add, number=number))
    assert db.path
    db.path.unlink()
    db.look()
    for number in range(30, 60):
        db.write(partial(add, number=number))
    copy_done(db)
    with db.read() as connection:
        assert connection.scalar(select(text("count(*)")).select_from(text("init_sections"))) == 60
    assert len(db.mendings) == 1
