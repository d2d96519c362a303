"""A migration of a database on a server: all of it, or nothing."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from dogwatch.errors import StoreError
from dogwatch.store import schema, users
from dogwatch.store.database import Database
from dogwatch.store.users import User
from tests.postgres import PASSWORD, PostgresServer

FAILING = '''
"""Fails at its end."""
from alembic import op
revision, down_revision, branch_labels, depends_on = "{revision}", "{before}", None, None

def upgrade():
    op.execute("CREATE TABLE half (id INTEGER)")
    op.execute("ALTER TABLE users ADD COLUMN half INTEGER")
    op.execute("UPDATE users SET username = 'bob'")
    op.execute("{last}")
'''


def tables(db: Database) -> set[str]:
    with db.read() as connection:
        found = inspect(connection)
        return {*found.get_table_names(), *(f"users.{one['name']}" for one in found.get_columns("users"))}


def revision_of(db: Database) -> str:
    with db.read() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


@pytest.mark.parametrize("last", ["SELECT 1 / 0", "SELECT 1"], ids=["fails", "succeeds"])
def test_a_migration_that_fails_leaves_the_database_as_it_was(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, last: str
) -> None:
    url = postgres.fresh()
    old = Database(url)
    old.migrate()
    old.write(lambda connection: users.add(connection, User("ann", "admin", "x", 1.0)))
    before, old_head = tables(old), schema.head()

    migrations = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, migrations)
    script = FAILING.format(revision="9999", before=old_head, last=last)
    (migrations / "versions" / "9999_half.py").write_text(script)
    with monkeypatch.context() as newer:
        newer.setattr(schema, "MIGRATIONS", migrations)
        db = Database(url)
        if last == "SELECT 1":
            db.migrate(owns=True)
        else:
            with pytest.raises(StoreError, match=r"division by zero. The version .* can still use it") as caught:
                db.migrate(owns=True)
            assert "is as it was" in str(caught.value)
            assert PASSWORD not in str(caught.value)
        db.close()

    if last == "SELECT 1":  # so the test sees what a migration does
        assert (tables(old) - before, revision_of(old)) == ({"half", "users.half"}, "9999")
        with pytest.raises(StoreError, match="knows only"):
            old.migrate(owns=True)
    else:
        assert (tables(old), revision_of(old)) == (before, old_head)
        old.migrate(owns=True)
        with old.read() as connection:
            assert [user.username for user in users.everyone(connection)] == ["ann"]
    old.close()


def test_json_that_a_server_does_not_look_into_does_not_stop_a_migration(postgres: PostgresServer) -> None:
    found = {
        "1-a": {"description": "a dog", "half": "\ud800"},
        "1-b": {"nul": "\0"},
        "1-c": {"description": "\ud800 cat"},
    }
    row = {"camera": "front", "label": "dog", "type": "object", "start_time": 9.0, "zones": "[]", "has_clip": True}
    row |= {"has_snapshot": False, "retain_indefinitely": False}

    def age(connection: Connection) -> None:
        schema.migrate(connection, "0015")
        for key, data in found.items():
            values = {"id": key, "data": json.dumps(data), **row}
            statement = f"INSERT INTO events ({', '.join(values)}) VALUES (:{', :'.join(values)})"
            connection.execute(
                text(statement.replace(":data", "CAST(:data AS json)").replace(":zones", "'[]'")), values
            )

    url = postgres.empty()
    db = Database(url)
    db.write(age)
    db.migrate()
    with db.read() as connection:
        assert connection.scalars(text("SELECT text FROM event_texts ORDER BY id")).all() == [" a dog ", " cat "]
    db.close()
    postgres.drop(url)
