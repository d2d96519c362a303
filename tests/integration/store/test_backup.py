"""Backups hold what the disk does not know, are whole, private, and few."""

import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from dogwatch.errors import StoreFullError
from dogwatch.store import backup, events
from dogwatch.store.database import Database
from dogwatch.store.tables import metadata
from tests.integration.store.test_mending import NOW, event, fill, known

DAY_S = 86_400


@pytest.fixture
def db(tmp_path: Path) -> Database:
    db = Database(f"sqlite:///{tmp_path / 'dogwatch.db'}")
    db.migrate(owns=True)
    fill(db)
    return db


def test_a_backup_is_a_whole_database_without_footage(db: Database) -> None:
    assert db.path is not None
    made = backup.make(db.path, NOW)
    db.close()
    assert made.parent == backup.folder(made.parent.parent / "dogwatch.db")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    copy = Database(f"sqlite:///{made}")
    copy.migrate()
    names, ids, footage = known(copy)
    assert (names, len(ids), footage) == (["ann"], 200, 0)
    with copy.read() as connection:
        found = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
        assert found == set(metadata.tables) | {"alembic_version"}
        indexes = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'index'")).scalars())
        assert {index.name for table in metadata.tables.values() for index in table.indexes} <= indexes
    copy.close()


def test_sessions_do_not_come_back(db: Database) -> None:
    assert db.path is not None
    db.write(lambda connection: connection.execute(text("CREATE TABLE IF NOT EXISTS sessions (id TEXT)")) and None)
    made = backup.make(db.path, NOW)
    db.close()
    copy = Database(f"sqlite:///{made}")
    with copy.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar() == 0
    copy.close()


def test_a_backup_does_not_hold_up_the_writer(db: Database) -> None:
    """The writer goes on during it, and none of its transactions is in it by half."""
    assert db.path is not None
    leave = threading.Event()

    def pairs() -> None:
        n = 0
        while not leave.is_set():

            def pair(connection: object, n: int = n) -> None:
                events.put(connection, event(f"a{n}", n))  # type: ignore[arg-type]
                events.put(connection, event(f"b{n}", n))  # type: ignore[arg-type]

            db.write(pair)
            n += 1

    writer = threading.Thread(target=pairs)
    writer.start()
    made = [backup.make(db.path, NOW + n) for n in range(5)]
    leave.set()
    writer.join()
    db.close()
    copy = Database(f"sqlite:///{made[-1]}")
    ids = known(copy)[1]
    copy.close()
    assert {key[1:] for key in ids if key[0] == "a"} == {key[1:] for key in ids if key[0] == "b"}


def test_few_are_kept(db: Database) -> None:
    assert db.path is not None
    for hours in range(0, 100, 6):
        backup.make(db.path, NOW + hours * 3600)
    found = [path.name for path in backup.existing(db.path)]
    db.close()
    assert len(found) == 4
    assert found == sorted(found, reverse=True)
    assert len({name.split("-")[1] for name in found}) == 3


def test_one_without_room_is_not_begun(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert db.path is not None
    backup.make(db.path, NOW)
    monkeypatch.setattr(backup, "_free", lambda _: 1000)
    with pytest.raises(StoreFullError):
        backup.make(db.path, NOW + DAY_S)
    assert len(list(backup.folder(db.path).iterdir())) == 1
    db.close()
