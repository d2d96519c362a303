"""`dogwatch database` on databases of its own."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dogwatch.cli import database, group
from dogwatch.runtime.paths import own
from dogwatch.store import users
from dogwatch.store.database import Database
from dogwatch.store.users import User
from tests.postgres import PASSWORD, PostgresServer


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["database", "--data", str(data), *arguments])


def names(url: str) -> list[str]:
    db = Database(url)
    try:
        with db.read() as connection:
            return [user.username for user in users.everyone(connection)]
    finally:
        db.close()


def begun(data: Path) -> str:
    """Make a database with a user; return its URL."""
    url = f"sqlite:///{data / 'dogwatch.db'}"
    db = Database(url)
    db.migrate()
    db.write(lambda connection: users.add(connection, User("ann", "admin", "x", 1.0)))
    db.close()
    return url


def test_a_database_is_moved_to_a_server_and_back(tmp_path: Path, postgres: PostgresServer) -> None:
    begun(tmp_path)
    url = postgres.empty().replace("+psycopg", "")
    moved = run(tmp_path, "move", url)
    assert moved.exit_code == 0, moved.output
    assert "1 rows were moved and counted" in moved.output
    assert "set database.url" in moved.output
    assert PASSWORD not in moved.output
    assert names(url) == ["ann"]
    (tmp_path / "config.yml").write_text(f"database: {{url: '{url}'}}\ncameras: {{}}\n")
    again = run(tmp_path, "move", str(tmp_path / "dogwatch.db"))
    assert again.exit_code == 1
    assert "exists already" in again.output
    (tmp_path / "dogwatch.db").rename(tmp_path / "old.db")
    back = run(tmp_path, "move", str(tmp_path / "dogwatch.db"))
    assert back.exit_code == 0, back.output
    assert "remove database.url and database.path" in back.output
    assert names(f"sqlite:///{tmp_path / 'dogwatch.db'}") == ["ann"]
    with closing(sqlite3.connect(tmp_path / "dogwatch.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (tmp_path / "dogwatch.db").stat().st_mode & 0o777 == 0o600


def test_the_password_need_not_be_seen_by_others(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The arguments of a command are in the list of processes, and in the history of the shell."""
    begun(tmp_path)
    url = postgres.empty().replace("+psycopg", "")
    hidden = url.replace(PASSWORD, "{DOGWATCH_DATABASE_PASSWORD}")
    monkeypatch.setenv("DOGWATCH_DATABASE_PASSWORD", PASSWORD)
    moved = run(tmp_path, "move", hidden)
    assert (moved.exit_code, "WARNING" in moved.output) == (0, False), moved.output
    for arguments, given, variable in (((), "", postgres.empty()), (("-",), postgres.empty(), "")):
        monkeypatch.setenv("DOGWATCH_DATABASE_URL", variable.replace("+psycopg", ""))
        found = CliRunner().invoke(
            group, ["database", "--data", str(tmp_path), "move", *arguments], input=given.replace("+psycopg", "") + "\n"
        )
        assert (found.exit_code, "WARNING" in found.output) == (0, False), found.output
        assert PASSWORD not in found.output
        assert names(given or variable) == ["ann"]
    seen = run(tmp_path, "move", postgres.empty().replace("+psycopg", ""))
    assert (seen.exit_code, "WARNING" in seen.output, PASSWORD in seen.output) == (0, True, False)
    monkeypatch.delenv("DOGWATCH_DATABASE_URL")
    assert "DOGWATCH_DATABASE_URL" in run(tmp_path, "move").output


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("postgresql://u@h/d", False),
        ("postgresql://u:p@h/d", True),
        ("postgresql://u:p@x@h:5432/d", True),
        ("postgresql://u:{DOGWATCH_P}@h/d", False),
        ("postgresql://u:x{DOGWATCH_P}@h/d", True),
        ("postgresql://u@h:5432/d?sslmode=require", False),
        ("postgresql+psycopg://u:p@h/d", True),
        ("postgresql://u@h/d?password=p", True),
        ("postgresql:///d?host=/run&user=u&password=p", True),
        ("data/dogwatch.db", False),
    ],
)
def test_a_password_in_the_open_is_warned_of(url: str, seen: bool, capsys: pytest.CaptureFixture[str]) -> None:
    database._asked_for(url)
    assert ("WARNING" in capsys.readouterr().err) == seen


def test_a_running_dogwatch_is_not_moved(tmp_path: Path) -> None:
    begun(tmp_path)
    with own(tmp_path):
        refused = run(tmp_path, "move", str(tmp_path / "new.db"))
    assert refused.exit_code == 1
    assert "another Dogwatch" in refused.output
    assert not (tmp_path / "new.db").exists()


def test_what_is_no_address_is_refused_without_repeating_it(tmp_path: Path) -> None:
    begun(tmp_path)
    for wrong in (f"mysql://u:{PASSWORD}@h/d", f"postgresql://u:{PASSWORD}@h:port/d"):
        refused = run(tmp_path, "move", wrong)
        assert refused.exit_code == 1
        assert PASSWORD not in refused.output


def test_a_database_is_not_moved_onto_itself(tmp_path: Path) -> None:
    begun(tmp_path)
    refused = run(tmp_path, "move", str(tmp_path / "dogwatch.db"))
    assert refused.exit_code == 1
    assert "used now" in refused.output
