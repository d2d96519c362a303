"""A database that is damaged or gone is replaced by what is left of it and by its backups, and goes on."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from dogwatch.errors import StoreDamagedError, StoreError
from dogwatch.model import Fragment, Segment
from dogwatch.store import (
    backup,
    database_file,
    events,
    group_counts,
    known_groups,
    mending,
    salvage,
    segments,
    switches,
    users,
)
from dogwatch.store.database import Database
from dogwatch.store.users import User

NOW = 1_790_000_000.0


def event(event_id: str, n: float = 0.0) -> dict[str, object]:
    return {
        "id": event_id, "camera": "front", "label": "person", "sub_label": None, "type": "object",
        "start_time": NOW + n, "end_time": NOW + n + 5, "zones": [], "has_clip": True, "has_snapshot": False,
        "score": 0.8, "top_score": 0.8, "average_speed": 0.0, "severity": "alert", "data": {"text": "x" * 300},
    }  # fmt: skip


def segment(n: int) -> Segment:
    start = NOW + n * 10
    fragments = tuple(Fragment(800 + i, 1000, start + i, 1.0, i == 0) for i in range(10))
    return Segment("front", f"recordings/2026-09-21/13/front/{n}.mp4", start, start + 10, 10_000, "i", fragments)


def fill(db: Database) -> None:
    def work(connection: object) -> None:
        users.add(connection, User("ann", "admin", "hash", NOW))  # type: ignore[arg-type]
        switches.save(connection, "front", "detect", False)  # type: ignore[arg-type]
        for n in range(200):
            events.put(connection, event(f"e{n}", n))  # type: ignore[arg-type]
            segments.add(connection, segment(n), b"init")  # type: ignore[arg-type]

    db.write(work)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of a closed database with a backup, and one event that is newer than it."""
    directory = tmp_path_factory.mktemp("filled")
    db = opened(directory / "dogwatch.db")
    fill(db)
    backup.make(directory / "dogwatch.db", NOW)
    db.write(lambda connection: events.put(connection, event("later", 999)))
    db.close()
    return directory


@pytest.fixture
def path(tmp_path: Path, filled: Path) -> Path:
    """A copy of it that a test may damage."""
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    return tmp_path / "dogwatch.db"


def opened(path: Path) -> Database:
    db = Database(f"sqlite:///{path}")
    db.migrate(owns=True)
    return db


def known(db: Database) -> tuple[list[str], set[str], int]:
    """Return the users, the events and how many segments, whose sums are right."""
    with db.read() as connection:
        sizes = connection.execute(text("SELECT camera, sum(size_bytes) FROM segments GROUP BY camera")).all()
        assert segments.usage(connection) == {camera: size for camera, size in sizes}  # noqa: C416
        clips = connection.scalar(text("SELECT count(*) FROM events WHERE has_clip"))
        counts = group_counts.read(connection, None)
        groups = known_groups.known(connection, counts.groups.tolist())
        chosen = [groups[number].has_clip for number in counts.groups.tolist()]
        assert counts.of(np.array(chosen, bool)).quarters.size == clips
        names = [user.username for user in users.everyone(connection)]
        ids = set(connection.execute(text("SELECT id FROM events")).scalars())
        return names, ids, segments.count(connection)


def overwrite(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def page_of(path: Path, table: str) -> int:
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    return int((page - 1) * size)


def no_header(path: Path) -> None:
    overwrite(path, 0, b"something else entirely" * 10)


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def torn_events(path: Path) -> None:
    overwrite(path, page_of(path, "events"), os.urandom(4096))


def torn_users(path: Path) -> None:
    overwrite(path, page_of(path, "users"), bytes(4096))


def torn_footage(path: Path) -> None:
    overwrite(path, page_of(path, "segments"), bytes(4096))


def torn_list(path: Path) -> None:
    overwrite(path, 100, b"\xff" * 3000)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def deleted(path: Path) -> None:
    path.unlink()


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "mine").write_text("kept")


def lacking(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE reviews")
    connection.close()


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("ALTER TABLE users ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'")
        connection.execute("CREATE TABLE things (id INTEGER)")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def foreign_log(path: Path) -> None:
    """The log of another, larger database lies beside the file, as when a copy was put back under a running program."""
    other = path.with_name("other.db")
    with sqlite3.connect(other) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE noise (text)")
        connection.executemany("INSERT INTO noise VALUES (?)", [(f"{n}" * 500,) for n in range(500)])
        connection.commit()
        shutil.copy(f"{other}-wal", f"{path}-wal")
    connection.close()


WHOLE = {f"e{n}" for n in range(200)}
ALL = WHOLE | {"later"}


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (no_header, WHOLE),
        (truncated, WHOLE),
        (torn_events, WHOLE),
        (torn_users, WHOLE),
        (torn_footage, ALL),
        (torn_list, WHOLE),
        (emptied, WHOLE),
        (deleted, WHOLE),
        (directory, WHOLE),
        (lacking, ALL),
        (newer, ALL),
        (foreign_log, ALL),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_damaged_file_is_set_aside_and_what_was_known_comes_back(
    path: Path, damage: Callable[[Path], None], expected: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    damage(path)
    db = opened(path)
    try:
        names, ids, footage = known(db)
        assert names == ["ann"]
        assert ids == expected
        assert footage == 200
        with db.read() as connection:
            assert switches.load(connection) == {("front", "detect"): False}
        db.write(lambda connection: events.put(connection, event("new", 5000)))
        [done] = db.mendings
        assert done.restored_from
        assert bool(done.aside) == (damage is not deleted)
        if done.aside:
            assert path.with_name(done.aside).exists()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert any(record.levelname == "ERROR" and done.cause in record.message for record in caplog.records)
    finally:
        db.close()
    again = opened(path)
    assert not again.mendings
    again.close()


@pytest.mark.parametrize("damage", [no_header, emptied, torn_list], ids=lambda value: value.__name__)
def test_without_a_backup_a_new_one_is_empty(path: Path, damage: Callable[[Path], None]) -> None:
    shutil.rmtree(backup.folder(path))
    damage(path)
    db = opened(path)
    assert known(db) == ([], set(), 0)
    assert [done.restored_from for done in db.mendings] == ([] if damage is emptied else [""])
    db.close()


def test_a_damaged_backup_is_passed_over(path: Path) -> None:
    good = backup.make(path, NOW + 10)
    no_header(backup.make(path, NOW + 20))
    no_header(path)
    db = opened(path)
    assert known(db)[1] == ALL
    assert db.mendings[0].restored_from == f"the backup {good.name}"
    db.close()


def test_footage_comes_from_a_backup_that_has_it(path: Path) -> None:
    """Backups of earlier versions have none."""
    old = backup.make(path, NOW + 10)
    with sqlite3.connect(old) as connection:
        for table in salvage.FOOTAGE:
            connection.execute(f"DELETE FROM {table}")
    connection.close()
    no_header(path)
    db = opened(path)
    assert known(db) == (["ann"], ALL, 200)
    assert db.mendings[0].restored_from == f"the backup {old.name}"
    db.close()


def test_a_first_start_is_no_damage(tmp_path: Path) -> None:
    db = opened(tmp_path / "dogwatch.db")
    assert not db.mendings
    assert not list(tmp_path.glob("*.aside-*"))
    db.close()


@pytest.mark.parametrize("damage", [no_header, deleted], ids=lambda value: value.__name__)
def test_another_program_does_not_mend(path: Path, damage: Callable[[Path], None]) -> None:
    damage(path)
    db = Database(f"sqlite:///{path}")
    with pytest.raises(StoreError):
        db.migrate()
    db.close()
    assert not list(path.parent.glob("*.aside-*"))
    assert path.exists() == (damage is no_header)


def test_only_some_files_that_were_set_aside_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "dogwatch.db"
    names = []
    for n in range(9):
        path.write_text(str(n))
        aside = mending.set_aside(path)
        assert aside is not None
        names.append(aside)
    kept = [n for n, aside in enumerate(names) if aside.exists()]
    assert kept == [0, 5, 6, 7, 8]


@pytest.fixture
def db(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(database_file, "MEND_REST_S", 0.0)
    opened_again = opened(path)
    yield opened_again
    opened_again.close()


def vanish(path: Path) -> None:
    path.unlink()


def vanish_wholly(path: Path) -> None:
    for part in ("", "-wal", "-shm"):
        path.with_name(path.name + part).unlink(missing_ok=True)


def log_vanishes(path: Path) -> None:
    path.with_name(path.name + "-wal").unlink()


def replaced(path: Path) -> None:
    other = path.with_name("other.db")
    other.write_bytes(b"not a database")
    other.replace(path)


@pytest.mark.parametrize("loss", [vanish, vanish_wholly, log_vanishes, replaced], ids=lambda value: value.__name__)
def test_a_file_that_vanishes_while_it_is_used_is_made_anew_with_everything(
    db: Database, loss: Callable[[Path], None]
) -> None:
    assert db.path is not None
    db.write(lambda connection: events.put(connection, event("newest", 1000)))
    known(db)  # readers are connected
    loss(db.path)
    db.look()
    db.write(lambda connection: events.put(connection, event("after", 1001)))
    expected = (["ann"], ALL | {"newest", "after"}, 200)
    assert known(db) == expected
    assert [done.restored_from for done in db.mendings] == ["the file that was still open"]
    db.look()
    assert len(db.mendings) == 1
    assert stat.S_IMODE(db.path.stat().st_mode) == 0o600
    path = db.path
    db.close()
    again = opened(path)
    assert known(again) == expected
    again.close()


def test_reading_from_a_file_that_vanished_makes_no_empty_one(db: Database) -> None:
    assert db.path is not None
    vanish_wholly(db.path)
    taken = []
    for _ in range(3):  # a connection of the pool is open; further ones cannot be opened
        context = db.read()
        try:
            context.__enter__()
            taken.append(context)
        except StoreError:
            break
    for context in taken:
        context.__exit__(None, None, None)
    db.write(lambda _: None)
    assert known(db)[2] == 200


@pytest.mark.parametrize(("damage", "expected"), [(torn_footage, ALL), (torn_events, WHOLE)])
def test_damage_that_shows_in_a_write_is_mended_and_the_write_succeeds(
    path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None], expected: set[str]
) -> None:
    monkeypatch.setattr(mending, "examine", lambda *_: "")  # as if deep in a large file
    damage(path)
    db = opened(path)
    db.write(lambda connection: segments.add(connection, segment(1000), b"init"))
    db.write(lambda connection: events.put(connection, event("after", 1001)))
    assert db.mendings
    names, ids, footage = known(db)
    assert (names, footage) == (["ann"], 201 if damage is torn_footage else 200)
    assert ids == expected | {"after"}
    db.close()


def test_on_a_disk_that_damages_everything_new_files_come_ever_more_seldom(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("dogwatch.store.database_file.time.monotonic", lambda: now[0])
    db = opened(path)

    def damaged(_: object) -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    for _ in range(360):
        now[0] += 10.0
        with pytest.raises(StoreDamagedError):
            db.write(damaged)
    assert 5 < len(db.mendings) < 10
    assert known(db)[:2] == (["ann"], ALL)
    db.close()


def test_a_start_that_is_killed_while_it_mends_leaves_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torn_footage(path)
    shutil.rmtree(backup.folder(path))

    def killed(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mending, "set_aside", killed)
        with pytest.raises(KeyboardInterrupt):
            mending.mend(path, "the database is damaged")
    db = opened(path)
    assert known(db)[:2] == (["ann"], ALL)
    db.close()


def test_damage_that_shows_in_a_read_is_mended(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "examine", lambda *_: "")
    torn_events(path)
    db = opened(path)
    with pytest.raises(StoreDamagedError), db.read() as connection:
        connection.execute(text("SELECT data FROM events")).all()
    db.write(lambda _: None)
    assert known(db) == (["ann"], WHOLE, 200)
    db.close()


def test_damage_deep_in_the_file_is_found_by_looking_at_all_of_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torn_footage(path)
    look = mending.examine
    monkeypatch.setattr(mending, "examine", lambda path, stop=None: look(path, stop) if stop else "")
    db = opened(path)
    db.inspect()
    db.write(lambda _: None)
    assert known(db) == (["ann"], ALL, 200)
    db.close()


def test_what_waits_while_a_file_is_made_anew_is_bounded(path: Path) -> None:
    db = Database(f"sqlite:///{path}", queue_limit=50)
    db.migrate(owns=True)
    rescue = mending.rescue

    def slow(*arguments: object) -> object:
        futures.extend(db.submit(lambda _: 1) for _ in range(200))
        return rescue(*arguments)  # type: ignore[arg-type]

    futures: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mending, "rescue", slow)
        vanish(path)
        db.look()
        db.write(lambda _: None)
    assert len(futures) == 200
    assert db.dropped >= 149
    assert known(db)[2] == 200
    db.close()
