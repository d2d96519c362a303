"""A whole database is carried from SQLite to PostgreSQL and back, also when that is cut off half-way."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Float, Integer, LargeBinary, insert, select

from dogwatch.errors import ConflictError, StoreError
from dogwatch.store import deletions, event_sums, events, move
from dogwatch.store.database import Database
from dogwatch.store.deletions import Deletion
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.tables import metadata
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
    total = move.count(old)
    assert move.move(old, server, told.append) == sum(told) == total == ROWS * len(metadata.tables)
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


class CutError(Exception):
    """Stands for a kill."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_move_that_was_cut_off_begins_again(
    old: Database, tmp_path: Path, request: pytest.FixtureRequest, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move, "BATCH", 7)
    target = f"sqlite:///{tmp_path / 'new.db'}"
    if kind == "postgresql":
        target = request.getfixturevalue("postgres").empty()
    calls = count()

    def cut(_: int) -> None:
        if next(calls) == 30:
            raise CutError

    with pytest.raises(CutError):
        move.move(old, target, cut)
    if kind == "postgresql":
        unfinished = Database(target)
        with pytest.raises(StoreError, match="not finished"):
            unfinished.migrate()
        unfinished.close()
    else:
        assert not (tmp_path / "new.db").exists()
    move.move(old, target)
    new = opened(target)
    assert contents(new) == contents(old)
    new.close()
    with pytest.raises(ConflictError):
        move.move(old, target)


def test_rows_that_do_not_arrive_are_noticed(
    old: Database, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert_all = move._insert
    monkeypatch.setattr(move, "_insert", lambda c, table, rows: insert_all(c, table, rows[1:]))
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
