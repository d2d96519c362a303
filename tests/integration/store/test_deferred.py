"""What waits for the end of the transaction is as if it had been done at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, func, insert, select, text, update
from sqlalchemy.event import listen, remove
from sqlalchemy.exc import IntegrityError

from dogwatch.events import writes
from dogwatch.store import deferred, event_names, event_removal, ongoing, timeline
from dogwatch.store import reviews as store
from dogwatch.store.database import Database
from dogwatch.store.tables import event_counts, event_groups, review_counts, review_events, review_views, reviews
from dogwatch.store.tables import events as table
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


def item(*listed: str) -> dict[str, Any]:
    return {
        "id": "9-item", "camera": "front", "severity": "alert", "start_time": 9.0, "end_time": None,
        "thumb_path": "clips/review/x.webp", "data": {"detections": list(listed), "objects": ["person"]},
    }  # fmt: skip


def test_any_other_statement_sees_what_waits(db: Database) -> None:
    def work(connection: Connection) -> tuple[int, int, int]:
        begin("1-a", connection)
        connection.execute(update(table).where(table.c.id == "1-a").values(sub_label="Ann"))
        begin("1-b", connection)
        counted = connection.scalar(select(func.count()).select_from(table)) or 0
        grouped = connection.scalar(select(func.count()).select_from(event_counts)) or 0
        return counted, grouped, len(connection.execute(select(entries.c.id)).all())

    assert db.write(work) == (2, 1, 2)
    with db.read() as connection:
        found = connection.execute(select(table.c.id, table.c.sub_label)).all()
    assert {key: name for key, name in found} == {"1-a": "Ann", "1-b": None}  # noqa: C416 - rows are no pairs


def test_a_savepoint_takes_what_waits_with_it(db: Database) -> None:
    def work(connection: Connection) -> None:
        begin("1-a", connection)
        savepoint = connection.begin_nested()
        begin("1-b", connection)
        savepoint.rollback()
        begin("1-c", connection)

    db.write(work)
    assert set(told(db)) == {"1-a", "1-c"}
    assert [row[0] for row in moments(db)] == ["1-a", "1-c"]


def test_states_of_one_event_are_written_once(db: Database) -> None:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    def work(connection: Connection) -> list[str]:
        listen(connection, "before_cursor_execute", note)
        for number in range(30):
            score = number / 100
            writes.put_event(event("1-a", score=score, plus_id=str(number)), [], state("1-a"), connection)
        listed = writes.put_review(item("1-a", "1-gone"), state("9-item", kind="review"), connection)
        writes.put_review(item("1-a"), state("9-item", kind="review", end_time=10.0), connection)
        deferred.send(connection)
        remove(connection, "before_cursor_execute", note)
        return listed

    assert db.write(work) == ["1-a"]
    assert len([statement for statement in seen if "INTO events" in statement]) == 1
    assert not [statement for statement in seen if statement.startswith("UPDATE events")]
    with db.read() as connection:
        found = connection.execute(select(table.c.score, table.c.plus_id)).all()
        assert [tuple(row) for row in found] == [(0.29, "0")]  # users set the latter
        (kept,) = connection.scalars(select(reviews.c.data))
    assert kept["detections"] == ["1-a"]


def test_what_is_known_of_rows_goes_with_their_transaction(db: Database) -> None:
    db.write(partial(begin, "1-a"))

    def fail(connection: Connection) -> None:
        begin("1-b", connection)
        writes.put_event(event("1-a", zones=["porch"]), [], None, connection)
        deferred.send(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        db.write(fail)
    db.write(partial(writes.put_event, event("1-a", zones=["porch"]), [], None))
    db.write(partial(begin, "1-b"))
    with db.read() as connection:
        assert set(connection.scalars(select(table.c.id))) == {"1-a", "1-b"}
        found = connection.execute(select(event_groups.c.zones, event_counts.c.quarters).join_from(
            event_groups, event_counts, event_groups.c.id == event_counts.c.group_id
        )).all()  # fmt: skip
    assert sorted((zones, len(quarters)) for zones, quarters in found) == [([], 1), (["porch"], 1)]


def listed_events(db: Database) -> tuple[list[str], list[str]]:
    """Return which events the item lists, and which the rows say that it does."""
    with db.read() as connection:
        (data,) = connection.scalars(select(reviews.c.data))
        return sorted(data["detections"]), sorted(connection.scalars(select(review_events.c.event_id)))


def test_an_item_that_goes_on_follows_who_else_changes_it(db: Database) -> None:
    db.write(partial(begin, "1-a"))
    db.write(partial(begin, "1-b"))
    db.write(lambda connection: store.put_with_known(connection, item("1-a")) and None)
    db.write(lambda connection: store.put_with_known(connection, item("1-a", "1-b")) and None)
    assert listed_events(db) == (["1-a", "1-b"], ["1-a", "1-b"])
    db.write(lambda connection: event_removal.remove(connection, ["1-a"]))  # it is in no item any more
    assert listed_events(db) == (["1-b"], ["1-b"])
    db.write(lambda connection: store.put_with_known(connection, item("1-a", "1-b")) and None)
    assert listed_events(db) == (["1-b"], ["1-b"])


def test_an_item_that_goes_on_follows_another_program(database_url: str) -> None:
    db = Database(database_url)
    db.migrate(owns=True)
    db.write(partial(begin, "1-a"))
    db.write(lambda connection: store.put_with_known(connection, item("1-a")) and None)
    other = create_engine(database_url)
    with other.begin() as connection:
        for name in ("reviews", "review_labels", "review_events", "review_zones", "events"):
            connection.execute(text(f"DELETE FROM {name}"))
    other.dispose()
    db.write(lambda connection: store.put_with_known(connection, item("1-a")) and None)
    assert listed_events(db) == ([], [])
    db.close()


def test_a_server_is_not_asked_for_what_was_written(postgres: PostgresServer) -> None:
    """While nobody else writes, a new state of an event, and of the item that lists it, needs nothing to be read."""
    db = Database(url := postgres.fresh())
    db.migrate(owns=True)
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    def change(number: int) -> list[str]:
        def work(connection: Connection) -> None:
            writes.put_event(event("1-a", data={"score": number}), [], state("1-a"), connection)
            store.put_with_known(connection, {**item("1-a"), "severity": ("alert", "detection")[number % 2]})

        asked.clear()
        db.write(work)
        return list(asked)

    for number in range(2):
        change(number)
    backend: Any = db._backend
    listen(backend._writer, "before_cursor_execute", note)
    assert change(2) == change(3) == []
    other = create_engine(url)
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE other AS SELECT 1"))
    other.dispose()
    assert change(4)
    assert change(5) == []
    with pytest.raises(ZeroDivisionError):
        db.write(lambda _: 1 / 0)
    assert change(6)
    assert change(7) == []
    db.close()


def test_an_item_whose_transaction_fails_is_as_before(db: Database) -> None:
    db.write(partial(begin, "1-a"))

    def fail(connection: Connection) -> None:
        store.put_with_known(connection, {**item("1-a"), "severity": "detection"})
        deferred.send(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        db.write(fail)
    db.write(lambda connection: store.put_with_known(connection, item("1-a")) and None)
    assert listed_events(db) == (["1-a"], ["1-a"])
    with db.read() as connection:
        counted = connection.execute(select(review_counts.c.severity, review_counts.c.quarters)).all()
    assert [(severity, len(quarters)) for severity, quarters in counted] == [("alert", 1)]


def test_texts_that_json_escapes_come_back(db: Database) -> None:
    odd = 'a " \\ \u20ac,\n\x7f'
    values = event("1-a", sub_label=odd, data={"description": odd, "half": "\ud800", "big": 1 << 60, "small": 1e-320})
    db.write(partial(writes.put_event, values, [moment("1-a", odd)], state("1-a", state={"text": odd})))
    with db.read() as connection:
        name, data = connection.execute(select(table.c.sub_label, table.c.data)).one()
    assert (name, data) == (odd, values["data"])
    assert told(db)["1-a"][1] == {"text": odd}
    assert moments(db)[0][1] == odd


def test_a_failed_commit_is_forgotten() -> None:
    db = Database("sqlite://")
    db.migrate(owns=True)

    def fail(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        connection.execute(insert(review_views).values(review_id="none", username="anna"))
        begin("1-a", connection)

    with pytest.raises(IntegrityError):
        db.write(fail)
    db.write(partial(begin, "1-a"))
    with db.read() as connection:
        assert connection.execute(select(table.c.id)).all() == [("1-a",)]
        assert connection.execute(select(event_counts.c.quarters)).all() == [(b"\0",)]
    db.close()


@pytest.mark.parametrize("count", [1, 2, 3, 64, 65, 131])
def test_as_many_rows_arrive_as_are_given(db: Database, count: int) -> None:
    keys = [f"1-{number:03}" for number in range(count)]

    def begin_all(connection: Connection) -> None:
        for key in keys:
            begin(key, connection)

    def tell_all(connection: Connection) -> None:
        for key in keys:
            writes.note_told(key, "new", connection)

    db.write(begin_all)
    db.write(tell_all)
    assert [row[0] for row in moments(db)] == keys
    assert told(db) == dict.fromkeys(keys, ("new", {"n": 1}))
    with db.read() as connection:
        assert connection.scalars(select(table.c.id).order_by(table.c.id)).all() == keys
