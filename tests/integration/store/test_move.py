"""A whole database is carried from SQLite to PostgreSQL and back, also when that is cut off half-way."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Float, Integer, LargeBinary, insert, inspect, select

from dogwatch.errors import ConflictError, StoreError
from dogwatch.store import connections, deletions, event_sums, events, move, users
from dogwatch.store import postgres as server_connections
from dogwatch.store.database import Database
from dogwatch.store.deletions import Deletion
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.tables import metadata
from dogwatch.store.users import User
from tests.postgres import PostgresServer

ROWS = 25


def value(column: Column[Any], number: int) -> Any:
    """Return a value that is hard to carry; keys of other tables are met by the same number."""
    if column.primary_key or column.foreign_keys or not column.nullable:
        given: Any = number
    else:
        given = None if number % 5 == 0 else number
    if given is None:
        return None
    kind = column.type
    if isinstance(kind, JSON):
        return [{"nested": [1, 2.5, None, True], "text": f'“{number}” \\ "\n'}, [], {}][number % 3]
    if isinstance(kind, LargeBinary):
        return bytes(range(256)) if number else b""
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Float):
        return 1_790_000_000.123456 + number / 3
    if isinstance(kind, Integer):
        return number
    return f"{number:03}é\t\\N" if not (column.primary_key or column.foreign_keys) else f"{number:03}"


def fill(db: Database) -> None:
    for table in metadata.sorted_tables:
        rows = [{column.name: value(column, number) for column in table.c} for number in range(1, ROWS + 1)]
        db.write(lambda connection, table=table, rows=rows: connection.execute(insert(table), rows) and None)  # type: ignore[misc]


def contents(db: Database) -> dict[str, list[Any]]:
    with db.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in metadata.sorted_tables
            if table.name != "marks"  # a server's owner leaves a mark of its last transaction there
        }


def opened(url: str) -> Database:
    db = Database(url)
    db.migrate(owns=True)
    return db


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Database]:
    db = opened(f"sqlite:///{tmp_path / 'dogwatch.db'}")
    fill(db)
    yield db
    db.close()


def test_there_and_back(
    old: Database, postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move, "BATCH", 7)
    before = contents(old)
    server = postgres.empty()
    told: list[int] = []
    total, indexes = move.total(old)
    made: list[None] = []
    moved_rows = move.move(old, server, told.append, lambda: made.append(None))
    assert moved_rows == sum(told) == total == ROWS * len(metadata.tables)
    assert len(made) == indexes
    moved = opened(server)
    assert contents(moved) == before
    back = f"sqlite:///{tmp_path / 'back.db'}"
    move.move(moved, back)
    returned = opened(back)
    assert contents(returned) == before
    assert sorted(path.name for path in tmp_path.glob("back*") if "-" not in path.name) == ["back.db"]
    for db in (moved, returned):  # numbers go on after the highest one
        db.write(lambda connection: deletions.add(connection, Deletion(9e9, "a", 0, 1, 1, 1 << 40, "api")))
        with db.read() as connection:
            assert deletions.latest(connection, 1)[0].size_bytes == 1 << 40
        assert len(contents(db)["deletions"]) == ROWS + 1
        db.close()


KILLED = """
import os, signal, sys
from dogwatch.store import move
from dogwatch.store.database import Database
move.BATCH = 7
rows, indexes = int(sys.argv[3]), int(sys.argv[4])

def copied(count):
    global rows
    rows -= count
    if rows <= 0:
        os.kill(os.getpid(), signal.SIGKILL)

def indexed():
    global indexes
    indexes -= 1
    if indexes <= 0:
        os.kill(os.getpid(), signal.SIGKILL)

db = Database(sys.argv[1])
db.migrate(owns=True)
move.move(db, sys.argv[2], copied, indexed)
"""
ALL = ROWS * len(metadata.tables)


def killed(source: str, target: str, *, rows: int = ALL + 1, indexes: int = 1000) -> None:
    """Move in a process that is killed after so many rows or indexes."""
    ended = subprocess.run([sys.executable, "-c", KILLED, source, target, str(rows), str(indexes)], timeout=60)
    assert ended.returncode == -signal.SIGKILL


def place(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if kind == "postgresql":
        return str(request.getfixturevalue("postgres").empty())
    return f"sqlite:///{tmp_path / 'new.db'}"


kinds = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])


@kinds
def test_a_killed_move_goes_on_where_it_was(
    old: Database, tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    source, target, before = old.url, place(kind, tmp_path, request), contents(old)
    old.close()
    killed(source, target, rows=ALL // 3)
    if kind == "postgresql":
        unfinished = Database(target)
        with pytest.raises(StoreError, match="not finished"):
            unfinished.migrate()
        unfinished.close()
    else:
        assert not (tmp_path / "new.db").exists()
    killed(source, target, rows=ALL * 2 // 3)
    killed(source, target, indexes=1)
    killed(source, target, indexes=20)
    old = opened(source)
    told: list[int] = []
    assert move.move(old, target, told.append) == ALL
    assert len(told) == len(metadata.tables)  # nothing was copied again
    old.close()
    new = opened(target)
    assert contents(new) == before
    with new.read() as connection:
        there = {str(one["name"]) for table in metadata.tables for one in inspect(connection).get_indexes(table)}
    assert there >= {str(index.name) for table in metadata.sorted_tables for index in table.indexes}
    new.close()


@kinds
def test_a_killed_move_begins_again_if_the_old_database_has_changed(
    old: Database, tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    source, target = old.url, place(kind, tmp_path, request)
    old.close()
    killed(source, target, rows=ALL * 2 // 3)
    old = opened(source)
    old.write(lambda c: c.execute(metadata.tables["events"].update().values(label="changed")) and None)
    before = contents(old)
    assert move.move(old, target) == ALL
    new = opened(target)
    assert contents(new) == before
    with pytest.raises(ConflictError):
        move.move(old, target)
    old.close()
    new.close()


@kinds
def test_nobody_writes_while_a_database_is_moved(
    old: Database, tmp_path: Path, request: pytest.FixtureRequest, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BUSY_TIMEOUT_MS", 100)
    monkeypatch.setitem(server_connections.SESSION, "lock_timeout", "100ms")
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").empty()
        move.move(old, url)
        source = opened(url)
    else:
        source = old
    other = Database(url if kind == "postgresql" else old.url)
    refused: list[str] = []

    def write(_: int) -> None:
        if not refused:
            with pytest.raises(StoreError, match="locked by another program") as caught:
                other.write(lambda connection: users.add(connection, User("late", "admin", "x", 1.0)))
            refused.append(str(caught.value))

    move.move(source, f"sqlite:///{tmp_path / 'copy.db'}", write)
    assert refused
    other.write(lambda connection: users.add(connection, User("late", "admin", "x", 1.0)))
    source.write(lambda connection: users.add(connection, User("later", "admin", "x", 1.0)))
    other.close()
    if source is not old:
        source.close()


def test_a_server_that_dies_meanwhile_is_no_damage_of_the_old_database(old: Database, postgres: PostgresServer) -> None:
    target, before = postgres.empty(), contents(old)
    calls = count()

    def kill(_: int) -> None:
        if next(calls) == 12:
            postgres.kill()
            postgres.start()

    with pytest.raises(StoreError, match="cannot be moved"):
        move.move(old, target, kill)
    assert not old.problem
    assert not old.mendings
    move.move(old, target)
    new = opened(target)
    assert contents(new) == before
    new.close()


def test_rows_that_do_not_arrive_are_noticed(
    old: Database, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = move._batches
    monkeypatch.setattr(move, "_batches", lambda *of: (rows[1:] for rows in batches(*of)))
    with pytest.raises(StoreError, match=f"{ROWS - 1} of {ROWS} rows of the table"):
        move.move(old, postgres.empty())


def test_a_value_that_does_not_fit_is_told(old: Database, postgres: PostgresServer) -> None:
    events = metadata.tables["events"]
    old.write(lambda c: c.execute(events.update().values(sub_label="x" * 300)) and None)
    with pytest.raises(StoreError, match=r"too long.* column sub_label$") as caught:
        move.move(old, postgres.empty())
    assert "xxx" not in str(caught.value)


def test_a_server_that_is_used_is_refused(old: Database, postgres: PostgresServer) -> None:
    url = postgres.fresh()
    other = opened(url)
    with pytest.raises(ConflictError, match="another Dogwatch"):
        move.move(old, url)
    other.close()
    with pytest.raises(ConflictError, match="not empty"):
        move.move(old, url)


def test_nul_in_texts_of_a_file_does_not_keep_it_from_being_moved(tmp_path: Path, postgres: PostgresServer) -> None:
    old = opened(f"sqlite:///{tmp_path / 'dogwatch.db'}")
    row = {
        "id": "1-a", "camera": "front", "label": "person", "sub_label": "A\0nn", "type": "object", "start_time": 9.0,
        "end_time": 10.0, "zones": [], "data": {"colour": "re\0d", "description": "\\u0000 \\\0"},
    }  # fmt: skip
    old.write(lambda connection: events.put(connection, row))
    server = postgres.empty()
    move.move(old, server)
    old.close()
    new = opened(server)
    with new.read() as connection:
        assert event_sums.sub_labels(connection, None, split=False) == ["A\ufffdnn"]
        (found,) = events.find(connection, EventFilter())
        assert found["data"]["colour"] == "re\ufffdd"
        assert found["data"]["description"] == "\\u0000 \\\ufffd"
    new.close()
