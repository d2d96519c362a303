"""A database of an older version is migrated in a copy, which takes its place only if that succeeds."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.operations import Operations

from dogwatch.errors import StoreError
from dogwatch.store import backup, mending, online_copy, schema, upgrade
from dogwatch.store.database import Database
from tests.integration.store.test_mending import ALL, filled, known, no_header, opened, path

__all__ = ["filled", "path"]

OLD = "0007"


def downgrade(path: Path) -> None:
    """Make a database one of an older version."""
    db = Database(f"sqlite:///{path}")
    db.write(lambda connection: command.downgrade(schema.alembic_config(connection), OLD))
    db.close()


@pytest.fixture
def old(path: Path) -> Path:
    """A database of an older version."""
    downgrade(path)
    for one in backup.existing(path):
        one.unlink()
    return path


def is_old(database: Path) -> bool:
    with sqlite3.connect(database) as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(ongoing)")}
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        rows = connection.execute("SELECT count(*) FROM events").fetchone()
    connection.close()
    return found == (OLD,) and "told" not in columns and rows == (len(ALL),)


def files(database: Path) -> set[str]:
    return {path.name for path in database.parent.rglob("*") if path.is_file()}


def test_the_file_from_before_is_kept(old: Path) -> None:
    mode = old.stat().st_mode
    db = opened(old)
    assert known(db) == (["ann"], ALL, 200)
    db.close()
    [kept] = backup.existing(old)
    assert files(old) == {old.name, kept.name}
    assert kept.name.endswith(f"-before-{schema.head()}.db")
    assert is_old(kept)
    assert schema.revision_of(old) == schema.head()
    assert old.stat().st_mode == mode


def test_logins_go_on(old: Path) -> None:
    with sqlite3.connect(old) as connection:
        connection.execute("INSERT INTO sessions VALUES ('s', 'ann', 1, 9e9, 1, '', '')")
    connection.close()
    db = opened(old)
    with db.read() as reader:
        assert reader.exec_driver_sql("SELECT id FROM sessions").all() == [("s",)]
    db.close()


def test_a_disk_without_links_keeps_a_copy(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_: object) -> None:
        raise OSError(1, "no links here")

    monkeypatch.setattr(os, "link", no_link)
    opened(old).close()
    [kept] = backup.existing(old)
    assert is_old(kept)
    assert files(old) == {old.name, kept.name}


def failing(*_: object, **__: object) -> None:
    raise RuntimeError("the migration has a fault")


def breaking(fresh: Path) -> None:
    upgrade_copy(fresh)
    no_header(fresh)


def lacking(fresh: Path) -> None:
    upgrade_copy(fresh)
    with sqlite3.connect(fresh) as connection:
        connection.execute("DROP TABLE reviews")
    connection.close()


def orphaning(fresh: Path) -> None:
    upgrade_copy(fresh)
    with sqlite3.connect(fresh) as connection:
        connection.execute("DELETE FROM init_sections")
    connection.close()


upgrade_copy = upgrade._migrate


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (failing, "the migration has a fault"),
        (breaking, "not a database"),
        (lacking, "lacks the table reviews"),
        (orphaning, "200 rows of the migrated copy refer to rows that do not exist"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_migration_that_fails_leaves_the_file(
    old: Path, monkeypatch: pytest.MonkeyPatch, fault: Callable[[Path], None], reason: str
) -> None:
    db = Database(f"sqlite:///{old}")
    with monkeypatch.context() as patch:
        if fault is failing:
            patch.setattr(Operations, "execute", failing)
        else:
            patch.setattr(upgrade, "_migrate", fault)
        with pytest.raises(StoreError, match="cannot be brought up to date") as caught:
            db.migrate(owns=True)
    db.close()
    assert reason in str(caught.value)
    assert "The file is as it was" in str(caught.value)
    assert is_old(old)
    assert files(old) == {old.name}
    db = opened(old)
    assert known(db) == (["ann"], ALL, 200)
    db.close()


def test_a_failure_names_the_newest_backup(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = backup.make(old, 1_790_000_000.0)
    monkeypatch.setattr(upgrade, "_migrate", failing)
    with pytest.raises(StoreError, match=made.name):
        upgrade.upgrade(old)


def test_a_database_that_another_program_uses_is_left_alone(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(old) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("SELECT count(*) FROM users").fetchone()
        connect = sqlite3.connect
        monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: connect(*a, **k | {"timeout": 0.1}))
        with pytest.raises(StoreError, match=r"locked by another program.*Stop that program"):
            upgrade.upgrade(old)
    other.close()
    assert is_old(old)


def test_without_room_it_is_migrated_in_its_place(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online_copy, "_free", lambda _: 1000)
    db = opened(old)
    assert known(db) == (["ann"], ALL, 200)
    db.close()
    assert schema.revision_of(old) == schema.head()
    assert not backup.existing(old)


def test_without_room_a_migration_that_fails_leaves_the_file_too(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online_copy, "_free", lambda _: 1000)
    monkeypatch.setattr(Operations, "execute", failing)
    db = Database(f"sqlite:///{old}")
    with pytest.raises(StoreError, match="cannot be brought up to date, and is as it was: the migration has a fault"):
        db.migrate(owns=True)
    db.close()
    assert is_old(old)


def test_a_program_that_does_not_own_it_backs_it_up_first(old: Path) -> None:
    db = Database(f"sqlite:///{old}")
    db.migrate()
    db.close()
    [kept] = backup.existing(old)
    assert is_old(kept)
    assert schema.revision_of(old) == schema.head()


KILLED = """
import os, signal, sys
from pathlib import Path
from dogwatch.store import upgrade
def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)
{patch}
upgrade.upgrade(Path(sys.argv[1]))
"""
MOMENTS = {
    "copying": "upgrade.Pace.copied = killed",
    "migrating": "from alembic.operations import Operations; Operations.execute = killed",
    "checking": "upgrade._check = killed",
    "keeping": "upgrade.sync_directory = killed",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_program_that_is_killed_while_it_migrates_loses_nothing(old: Path, moment: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED.format(patch=MOMENTS[moment]), str(old)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert is_old(old) == (moment != "keeping")
    db = opened(old)
    assert not db.mendings
    assert known(db) == (["ann"], ALL, 200)
    db.close()
    assert not mending.examine(old)
