"""Statements that wait for the end of the transaction do what they would have done at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, select

from dogwatch.events import writes
from dogwatch.store import deferred, event_names, event_removal, ongoing, timeline
from dogwatch.store.database import Database
from dogwatch.store.tables import ongoing as states
from dogwatch.store.tables import timeline as entries
from tests.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "sqlite":
        made = Database("sqlite://")
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        made = Database(server.fresh())
    made.migrate(owns=True)
    yield made
    made.close()


def event(key: str, **values: Any) -> dict[str, Any]:
    return {
        "id": key, "camera": "front", "label": "person", "sub_label": None, "type": "object", "start_time": 9.0,
        "end_time": None, "zones": [], "has_clip": True, "has_snapshot": False, "data": {}, **values,
    }  # fmt: skip


def moment(key: str, kind: str) -> dict[str, Any]:
    return {
        "timestamp": 9.0, "camera": "front", "source": "tracked_object", "source_id": key, "class_type": kind,
        "data": {"label": "person"},
    }  # fmt: skip


def state(key: str, **values: Any) -> dict[str, Any]:
    return {"id": key, "camera": "front", "kind": "object", "end_time": None, "state": {"n": 1}, **values}


def begin(key: str, connection: Connection) -> None:
    writes.put_event(event(key), [moment(key, "visible")], state(key), connection)


def told(db: Database) -> dict[str, tuple[str | None, Any]]:
    with db.read() as connection:
        rows = connection.execute(select(states.c.id, states.c.told, states.c.state)).all()
    return {key: (kind, value) for key, kind, value in rows}


def moments(db: Database) -> list[tuple[str, str, Any]]:
    columns = (entries.c.source_id, entries.c.class_type, entries.c.data["sub_label"].as_string())
    with db.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(entries.c.id))]


def test_the_order_stays(db: Database) -> None:
    def work(connection: Connection) -> None:
        begin("1-a", connection)
        writes.note_told("1-a", "new", connection)
        begin("1-b", connection)
        writes.put_event(event("1-a", end_time=11.0), [moment("1-a", "gone")], state("1-a", end_time=11.0), connection)
        writes.note_told("1-b", "new", connection)
        writes.note_told("1-a", "end", connection)
        begin("1-c", connection)
        ongoing.remove(connection, "1-c")

    db.write(work)
    assert told(db) == {"1-a": ("end", {}), "1-b": ("new", {"n": 1})}
    assert [row[:2] for row in moments(db)] == [
        ("1-a", "visible"),
        ("1-b", "visible"),
        ("1-a", "gone"),
        ("1-c", "visible"),
    ]


def test_what_reads_or_deletes_their_rows_finds_them(db: Database) -> None:
    def work(connection: Connection) -> list[str]:
        begin("1-a", connection)
        begin("1-b", connection)
        event_names.rename(connection, "1-a", "Ann", 0.9)
        event_removal.remove(connection, ["1-b"])
        found = [row["id"] for row in ongoing.load(connection)]
        begin("1-c", connection)
        ongoing.forget_running(connection, {"1-a"})
        return found

    assert sorted(db.write(work)) == ["1-a", "1-b"]
    assert moments(db) == [("1-a", "visible", "Ann"), ("1-c", "visible", None)]
    assert set(told(db)) == {"1-a"}


def test_a_transaction_that_fails_leaves_none(db: Database) -> None:
    def fail(connection: Connection) -> None:
        begin("1-a", connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        db.write(fail)
    db.write(partial(begin, "1-b"))
    assert set(told(db)) == {"1-b"}
    assert [row[0] for row in moments(db)] == ["1-b"]


def test_one_that_is_refused_fails_its_own_job_alone(db: Database) -> None:
    bad = state("x" * 200, camera="y" * 500)
    futures = [
        db.submit(partial(begin, "1-a")),
        db.submit(partial(ongoing.put, rows=[bad])),
        db.submit(partial(begin, "1-b")),
    ]
    outcomes = [future.exception(10) for future in futures]
    assert outcomes[0] is outcomes[2] is None
    assert (outcomes[1] is None) == (db.path is not None)  # SQLite takes texts of any length
    assert {"1-a", "1-b"} <= set(told(db))


def test_not_too_many_wait(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deferred, "LIMIT", 3)
    rows = [moment(f"1-{number}", "visible") for number in range(8)]

    def work(connection: Connection) -> None:
        for row in rows:
            timeline.add(connection, [row])

    db.write(work)
    assert [row[0] for row in moments(db)] == [row["source_id"] for row in rows]
