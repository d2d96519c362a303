"""`dogwatch database backup`, `restore` and `check` on a database of its own."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from dogwatch.cli import group
from dogwatch.runtime.paths import own
from dogwatch.store import backup, online_copy, schema, segments, users
from dogwatch.store.database import Database
from dogwatch.store.users import User
from tests.integration.store.test_mending import fill, no_header, segment, torn_events
from tests.integration.store.test_upgrade import OLD, downgrade
from tests.postgres import PASSWORD, PostgresServer

SEGMENTS = 200
ADD_BOB = (
    "INSERT INTO users (username, role, password_hash, password_changed_at, notification_tokens)"
    " VALUES ('bob', 'viewer', 'hash', 1, '[]')"
)


def run(data: Path, *arguments: str, status: int = 0) -> str:
    done: Result = CliRunner().invoke(group, ["database", "--data", str(data), *arguments])
    assert done.exit_code == status, done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.output


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory with a database, and the files of all its segments."""
    db = Database(f"sqlite:///{tmp_path / 'dogwatch.db'}")
    db.migrate(owns=True)
    fill(db)
    db.close()
    for n in range(SEGMENTS):
        path = tmp_path / segment(n).path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def ask(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def change(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def names(data: Path) -> list[tuple[object, ...]]:
    return ask(data / "dogwatch.db", "SELECT username FROM users ORDER BY username")


def test_a_backup_is_made_while_the_database_is_used(data: Path) -> None:
    db = Database(f"sqlite:///{data / 'dogwatch.db'}")
    db.migrate(owns=True)
    db.write(lambda connection: users.add(connection, User("bob", "viewer", "hash", 1.0)))
    with own(data):
        said = run(data, "backup")
    db.close()
    [made] = backup.existing(data / "dogwatch.db")
    assert str(made) in said
    assert ask(made, "SELECT username FROM users ORDER BY username") == [("ann",), ("bob",)]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_a_backup_goes_where_it_is_told(data: Path, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere"
    place.mkdir()
    run(data, "backup", str(place))
    run(data, "backup", str(place / "mine.db"))
    assert len(list(place.iterdir())) == 2
    assert ask(place / "mine.db", "SELECT count(*) FROM segments") == [(SEGMENTS,)]
    assert "exists already" in run(data, "backup", str(place / "mine.db"), status=1)
    assert "cannot be backed up" in run(data, "backup", str(place / "no" / "such.db"), status=1)
    assert not backup.existing(data / "dogwatch.db")


def test_without_room_none_is_made(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online_copy, "_free", lambda _: 1000)
    assert "there is no room for a backup" in run(data, "backup", status=1)
    assert not list(backup.folder(data / "dogwatch.db").iterdir())


def test_a_backup_is_restored_and_the_present_file_kept(data: Path) -> None:
    database = data / "dogwatch.db"
    change(database, "INSERT INTO sessions VALUES ('s', 'ann', 1, 9e9, 1, '', '')")
    database.chmod(0o640)
    run(data, "backup")
    [made] = backup.existing(database)
    assert ask(made, "SELECT count(*) FROM sessions") == [(0,)]
    assert run(data, "restore").startswith(made.name)
    change(database, ADD_BOB)
    said = run(data, "restore", made.name)
    assert names(data) == [("ann",)]
    assert made.exists()
    assert stat.S_IMODE(database.stat().st_mode) == 0o640
    [aside] = data.glob("dogwatch.db.aside-*[0-9]")
    assert aside.name in said
    assert ask(aside, "SELECT count(*) FROM users") == [(2,)]
    db = Database(f"sqlite:///{database}")
    db.migrate(owns=True)
    assert not db.mendings
    db.close()


def test_a_database_that_is_gone_is_restored(data: Path) -> None:
    run(data, "backup")
    (data / "dogwatch.db").unlink()
    [made] = backup.existing(data / "dogwatch.db")
    run(data, "restore", str(made))
    assert names(data) == [("ann",)]


def test_a_log_beside_the_present_file_does_not_reach_the_restored_one(data: Path) -> None:
    run(data, "backup")
    [made] = backup.existing(data / "dogwatch.db")
    with closing(sqlite3.connect(data / "dogwatch.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(ADD_BOB)
        for part in ("", "-wal"):
            shutil.copy(data / f"dogwatch.db{part}", data / f"kept{part}")
    for part in ("", "-wal"):
        (data / f"kept{part}").replace(data / f"dogwatch.db{part}")
    run(data, "restore", made.name)
    assert names(data) == [("ann",)]


def test_nothing_is_restored_while_dogwatch_runs(data: Path) -> None:
    run(data, "backup")
    [made] = backup.existing(data / "dogwatch.db")
    with own(data):
        assert f"(pid {os.getpid()}) already runs" in run(data, "restore", made.name, status=1)
        assert made.name in run(data, "restore")
    assert not list(data.glob("*.aside-*"))


def newer(path: Path) -> None:
    change(path, "UPDATE alembic_version SET version_num = '9999'")


def other(path: Path) -> None:
    path.unlink()
    change(path, "CREATE TABLE things (id INTEGER)")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (no_header, "not a database"),
        (torn_events, "damaged"),
        (newer, "newer version of Dogwatch (revision 9999)"),
        (other, "no database of Dogwatch"),
        (Path.unlink, "there is no file"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_copy_that_is_no_good_is_not_restored(data: Path, damage: object, reason: str) -> None:
    run(data, "backup")
    [made] = backup.existing(data / "dogwatch.db")
    damage(made)  # type: ignore[operator]
    before = (data / "dogwatch.db").read_bytes()
    assert reason in run(data, "restore", made.name, status=1)
    assert (data / "dogwatch.db").read_bytes() == before
    assert not list(data.glob("*.aside-*"))
    assert not list(data.glob(".dogwatch.db.new*"))


def test_an_older_copy_is_restored_and_migrated_by_the_next_start(data: Path) -> None:
    run(data, "backup")
    [made] = backup.existing(data / "dogwatch.db")
    downgrade(made)
    run(data, "restore", made.name)
    assert f"revision {OLD}, which is not that of this version" in run(data, "check", status=1)
    db = Database(f"sqlite:///{data / 'dogwatch.db'}")
    db.migrate(owns=True)
    db.close()
    run(data, "check")


def test_nothing_wrong_is_found(data: Path) -> None:
    said = run(data, "check")
    assert said.splitlines()[0] == "file: intact"
    assert f"segments: {SEGMENTS}, of which 0 have no file" in said
    assert said.endswith("everything is in order\n")


def test_all_that_is_wrong_is_counted(data: Path) -> None:
    for n in range(3):
        (data / segment(n).path).unlink()
    change(data / "dogwatch.db", "UPDATE segments SET deleting = 1 WHERE path LIKE '%/0.mp4'")
    change(data / "dogwatch.db", "INSERT INTO review_views VALUES ('gone', 'ann')")
    said = run(data, "check", status=1)
    assert "references: 1 rows refer to rows that do not exist\n  review_views: 1\n" in said
    assert f"segments: {SEGMENTS - 1}, of which 2 have no file" in said
    assert segment(2).path in said
    assert said.endswith("something is wrong\n")


def test_damage_is_found(data: Path) -> None:
    torn_events(data / "dogwatch.db")
    assert "file: damaged" in run(data, "check", status=1)
    no_header(data / "dogwatch.db")
    assert "not a database" in run(data, "check", status=1)


def test_a_server_has_tools_of_its_own(data: Path) -> None:
    (data / "config.yml").write_text("database: {url: 'postgresql://u:secret@127.0.0.1:1/x'}\ncameras: {}\n")
    for command, words in (("backup", "pg_dump"), ("restore", "pg_restore"), ("check", "does not answer")):
        said = run(data, command, status=1)
        assert words in said
        assert "secret" not in said


def test_a_database_on_a_server_is_checked(data: Path, postgres: PostgresServer) -> None:
    url = postgres.fresh()
    db = Database(url)
    db.migrate()
    for n in range(3):
        db.write(partial(segments.add, segment=segment(n), init=b"init"))
    (data / "config.yml").write_text(f"database: {{url: '{url.replace('+psycopg', '')}'}}\ncameras: {{}}\n")
    said = run(data, "check")
    assert "server: keeps references itself" in said
    assert f"schema: revision {schema.head()}\nsegments: 3, of which 0 have no file\neverything is in order" in said
    (data / segment(1).path).unlink()
    said = run(data, "check", status=1)
    assert f"segments: 3, of which 1 have no file; `dogwatch run` removes their rows\n  {segment(1).path}\n" in said
    db.write(lambda connection: connection.execute(text("DROP TABLE alembic_version")) and None)
    db.close()
    said = run(data, "check", status=1)
    assert "there is no database of Dogwatch" in said
    assert PASSWORD not in said


def test_no_database_is_said(tmp_path: Path) -> None:
    assert "there is no database" in run(tmp_path, "check", status=1)
    assert "there is no database" in run(tmp_path, "backup", status=1)
    assert "there are no backups" in run(tmp_path, "restore")


@pytest.mark.parametrize("command", ["backup", "restore", "check", "move"])
def test_help_needs_no_database(tmp_path: Path, command: str) -> None:
    assert (
        "Usage:" in CliRunner().invoke(group, ["database", "--data", str(tmp_path / "none"), command, "--help"]).output
    )
