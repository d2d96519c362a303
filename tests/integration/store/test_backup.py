"""Backups are whole, private, and few."""

import os
import shutil
import stat
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from dogwatch.errors import StoreDamagedError, StoreError, StoreFullError
from dogwatch.store import backup, events, online_copy, shares
from dogwatch.store.database import Database
from dogwatch.store.online_copy import Pace
from dogwatch.store.shares import Share
from dogwatch.store.tables import metadata
from tests.integration.store.test_mending import NOW, event, fill, known, opened, torn_events

DAY_S = 86_400


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "dogwatch.db"
    db = opened(path)
    fill(db)
    db.close()
    return path


@pytest.fixture
def db(tmp_path: Path, filled: Path) -> Database:
    return opened(Path(shutil.copy2(filled, tmp_path / "dogwatch.db")))


def test_a_backup_is_a_whole_database(db: Database) -> None:
    assert db.path is not None
    made = backup.make(db.path, NOW)
    db.close()
    assert made.parent == backup.folder(made.parent.parent / "dogwatch.db")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    copy = Database(f"sqlite:///{made}")
    copy.migrate()
    names, ids, footage = known(copy)
    assert (names, len(ids), footage) == (["ann"], 200, 200)
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


def test_links_do_not_come_back(db: Database) -> None:
    assert db.path is not None
    link = Share(
        "1a2b", "clip", "front", "", 1.0, 2.0, None, None, "ann", "account", "admin", "", NOW, NOW + DAY_S, "ready"
    )
    db.write(partial(shares.add, share=link, token_hash="x"))
    made = backup.make(db.path, NOW)
    for database, state in ((db, "ready"), (Database(f"sqlite:///{made}"), "ended")):
        with database.read() as connection:
            found = shares.one(connection, "1a2b")
        assert found is not None
        assert (found.state, found.ended_at is None) == (state, state == "ready")
        database.close()


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
    assert len(found) == 6  # the newest of five days, and one more of today
    assert found == sorted(found, reverse=True)
    assert len({name.split("-")[1] for name in found}) == 5


def test_what_is_kept_of_many() -> None:
    def name(day: int, hour: int = 12, more: str = "") -> Path:
        return Path(f"dogwatch-202609{day:02}-{hour:02}0000{more}.db")

    days = [name(day, hour) for day in range(20, 5, -1) for hour in (18, 6)]
    assert backup.worth_keeping(days) == [name(20, 18), name(20, 6), *(name(day, 18) for day in range(19, 14, -1))]
    migrated = name(7, 12, "-before-0009")
    kept = backup.worth_keeping([*days, migrated])
    assert len(kept) == 7
    assert kept[-1] == migrated
    assert backup.worth_keeping([]) == []


def test_backups_of_one_second_are_in_order(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert db.path is not None
    monkeypatch.setattr(backup, "NEWEST", 3)
    made = [backup.make(db.path, NOW) for _ in range(2)]
    before = backup.make(db.path, NOW, before="0099")
    db.close()
    (made[0].parent / f"{made[0].name}-wal").touch()
    assert backup.existing(db.path) == [made[1], before, made[0]]


@pytest.mark.parametrize("how", ["copy", "check", "killed"])
def test_one_that_fails_leaves_nothing(db: Database, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    assert db.path is not None
    first = backup.make(db.path, NOW)

    def fail(*_: object) -> bool:
        if how == "killed":
            raise KeyboardInterrupt
        return True

    monkeypatch.setattr(online_copy, "STEP_PAGES", 8)
    monkeypatch.setattr(online_copy, "CHECK_STEPS", 10)
    pace = Pace("a backup")
    monkeypatch.setattr(pace, "checked" if how == "check" else "copied", fail)
    if how == "copy":
        pace = Pace("a backup", stop=lambda: True)
    with pytest.raises((StoreError, KeyboardInterrupt)):
        backup.make(db.path, NOW + 10, pace)
    db.close()
    assert list(first.parent.iterdir()) == [first]


def test_a_copy_of_a_damaged_database_is_none(db: Database) -> None:
    assert db.path is not None
    path = db.path
    db.close()
    torn_events(path)
    with pytest.raises(StoreDamagedError):
        backup.make(path, NOW)
    assert not list(backup.folder(path).iterdir())


def test_a_copy_has_the_permissions_of_the_database(db: Database) -> None:
    assert db.path is not None
    db.path.chmod(0o640)
    made = backup.make(db.path, NOW)
    db.close()
    assert stat.S_IMODE(made.stat().st_mode) == 0o640


def test_what_a_killed_program_left_is_removed(db: Database, tmp_path: Path) -> None:
    assert db.path is not None
    backup.folder(db.path).mkdir()
    left, used = (backup.folder(db.path) / f".backup-{pid}.part" for pid in (2**22 + 1, os.getppid()))
    for path in (left, used):
        path.touch()
    backup.make(db.path, NOW)
    db.close()
    assert (left.exists(), used.exists()) == (False, True)


SLOW = """
import sys, time
from pathlib import Path
from dogwatch.store import backup, online_copy
online_copy.STEP_PAGES = 1
pace = online_copy.Pace("a copy")
def copied(status, remaining, total):
    if remaining < total / 2:
        print("half", flush=True)
        time.sleep(60)
pace.copied = copied
backup.make(Path(sys.argv[1]), time.time(), pace)
"""


def test_a_program_that_is_killed_half_way_leaves_no_backup(db: Database) -> None:
    assert db.path is not None
    with subprocess.Popen([sys.executable, "-c", SLOW, str(db.path)], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"half\n"
        db.write(lambda connection: events.put(connection, event("meanwhile")))
        assert not backup.existing(db.path)
        program.kill()
    assert {path.name.split("-")[0] for path in backup.folder(db.path).iterdir()} == {".backup"}
    made = backup.make(db.path, NOW)
    db.close()
    assert list(made.parent.iterdir()) == [made]


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = tmp_path / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a file system cannot be mounted here (not root)")
    monkeypatch.setattr(online_copy, "require_room", lambda *_: None)
    try:
        db = Database(f"sqlite:///{disk / 'dogwatch.db'}")
        db.migrate(owns=True)
        fill(db)
        assert db.path is not None
        left = db.path.stat().st_size // 2
        (disk / "other").write_bytes(bytes(shutil.disk_usage(disk).free - left))
        with pytest.raises(StoreFullError, match="disk of the database is full"):
            backup.make(db.path, NOW)
        assert not list(backup.folder(db.path).iterdir())
        db.close()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_one_without_room_is_not_begun(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert db.path is not None
    backup.make(db.path, NOW)
    monkeypatch.setattr(online_copy, "_free", lambda _: 1000)
    with pytest.raises(StoreFullError):
        backup.make(db.path, NOW + DAY_S)
    assert len(list(backup.folder(db.path).iterdir())) == 1
    db.close()
