"""The database is looked after: backed up when that is due, mended when its file has gone."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dogwatch.errors import StoreFullError
from dogwatch.runtime import database_care
from dogwatch.runtime.database_care import HOUR_S, SOON_S, DatabaseCare
from dogwatch.store import backup, users
from dogwatch.store.database import Database
from dogwatch.store.users import User

NOW = 1_790_000_000.0


@dataclass
class Trial:
    """A care with a clock of its own."""

    db: Database
    now: float = NOW
    mended: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.care = DatabaseCare(
            self.db, lambda: self.mended.append(self.now), clock=lambda: self.now, monotonic=lambda: self.now
        )

    def after(self, seconds: float) -> int:
        """Let time pass and look; return how many backups were made."""
        path = self.db.path
        assert path is not None
        before = backup.existing(path)
        self.now += seconds
        self.care.back_up()
        made = [one for one in backup.existing(path) if one not in before]
        for one in made:
            os.utime(one, (self.now, self.now))
        return len(made)

    def add(self, name: str) -> None:
        self.db.write(lambda connection: users.add(connection, User(name, "viewer", "hash", NOW)))


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    db = Database(f"sqlite:///{tmp_path / 'dogwatch.db'}")
    db.migrate(owns=True)
    yield Trial(db)
    db.close()


def test_backups_are_made_when_they_are_due(trial: Trial) -> None:
    assert trial.after(0) == 1
    assert trial.after(SOON_S) == 0
    assert trial.after(HOUR_S) == 1
    trial.add("ann")
    assert trial.after(10) == 0
    assert trial.after(SOON_S) == 1
    assert trial.after(SOON_S) == 0
    assert trial.care.state() == {"problem": "", "last_backup": trial.now - SOON_S, "mended": []}


def test_a_large_database_is_backed_up_less_often(trial: Trial) -> None:
    assert trial.after(0) == 1
    [path] = backup.existing(trial.db.path or Path())
    with path.open("r+b") as file:
        file.truncate(200 << 20)
    os.utime(path, (NOW, NOW))
    assert trial.after(2 * HOUR_S) == 0
    assert trial.after(1.4 * HOUR_S) == 1


def test_a_start_soon_after_another_makes_none(trial: Trial) -> None:
    assert trial.after(0) == 1
    assert Trial(trial.db, now=trial.now).after(SOON_S / 2) == 0


def test_without_room_it_says_so_once_and_tries_again(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> Path:
        raise StoreFullError("there is no room for a backup")

    with monkeypatch.context() as patch:
        patch.setattr(backup, "make", full)
        for _ in range(3):
            trial.after(SOON_S)
    assert trial.care.state()["problem"] == "there is no room for a backup"
    assert caplog.text.count("no room") == 1
    assert trial.after(SOON_S) == 1
    assert trial.care.state()["problem"] == ""


async def test_a_file_that_has_gone_is_noticed_and_followed_up(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_care, "LOOK_S", 0.05)
    path = trial.db.path
    assert path is not None
    running = asyncio.create_task(trial.care.run())
    for times in (1, 2):
        await asyncio.to_thread(path.unlink)
        async with asyncio.timeout(10):
            while len(trial.mended) < times:  # noqa: ASYNC110 - what is waited for knows no events
                await asyncio.sleep(0.02)
        assert await asyncio.to_thread(path.exists)
    running.cancel()
    assert len(trial.care.state()["mended"]) == 2


def test_damage_that_a_backup_meets_is_mended(trial: Trial) -> None:
    trial.add("ann")
    assert trial.after(0) == 1
    path = trial.db.path
    assert path is not None
    trial.db.close()
    with path.open("r+b") as file:  # in the middle of the tables
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dogwatch.store.mending.CHECK_S", -1.0)  # the start has no time to look at much
        db = Database(f"sqlite:///{path}")
        db.migrate(owns=True)
    again = Trial(db, now=trial.now + HOUR_S)
    again.care._guarded(again.care.back_up)
    db.write(lambda _: None)
    with db.read() as connection:
        assert [user.username for user in users.everyone(connection)] == ["ann"]
    assert db.mendings
    db.close()
