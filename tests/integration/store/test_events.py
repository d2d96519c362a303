import json
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection
from sqlalchemy.event import listen, remove

from dogwatch.events import writes
from dogwatch.store import compiled, deferred, event_removal, event_summary, event_sums, events, timeline
from dogwatch.store.database import Database
from dogwatch.store.event_filter import EventFilter
from tests.integration.store.statements import noted

DAY = 1_714_521_600.0  # 2024-05-01 00:00 UTC


def row(key: str, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": f"{DAY:.0f}-{key}",
        "camera": "front",
        "label": "person",
        "sub_label": None,
        "type": "object",
        "start_time": DAY,
        "end_time": DAY + 10,
        "zones": [],
        "has_clip": True,
        "has_snapshot": True,
        "score": 0.7,
        "top_score": 0.8,
        "average_speed": 0.0,
        "severity": "alert",
        "data": {},
    }
    return {**values, **changes}


def fill(db: Database, *rows: dict[str, Any]) -> None:
    for each in rows:
        db.write(lambda connection, one=each: events.put(connection, one))  # type: ignore[misc]


def keys(db: Database, **wanted: Any) -> str:
    with db.read() as connection:
        return "".join(found["id"][-1] for found in events.find(connection, EventFilter(**wanted)))


ROWS = (
    row("a", start_time=DAY + 1, zones=["porch", "drive"], sub_label="Bob, Ann"),
    row("b", start_time=DAY + 2, camera="side", label="car", zones=["drive"], sub_label="Bobby", score=0.9),
    row("c", start_time=DAY + 3, label="dog", has_clip=False, sub_label="José", data={"colour": "red"}),
    row("d", start_time=DAY + 4, has_snapshot=False, end_time=None, average_speed=12.0),
    row("e", start_time=DAY + 5, end_time=DAY + 65, recognized_license_plate="AB123", label="car"),
)


def test_events_that_begin_together_are_listed_by_their_ids(db: Database) -> None:
    together = [row(key, start_time=DAY + 2) for key in "cadb"]
    fill(db, row("z", start_time=DAY + 1), *together, row("y", start_time=DAY + 3))
    for limit in range(8):
        assert keys(db, limit=limit) == "ydcbaz"[:limit]
        assert keys(db, limit=limit, sort="date_asc") == "zdcbay"[:limit]


def test_queries_of_one_shape_are_compiled_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(db, *ROWS)
    kept: dict[Any, Any] = {}
    monkeypatch.setattr(compiled, "_known", kept)
    first = keys(db, cameras=("front",), labels=("person",), min_score=0.5, before=DAY + 9)
    shapes = len(kept)
    second = keys(db, cameras=("side", "front"), labels=("car",), min_score=0.6, before=DAY + 8)
    assert (first, second, len(kept)) == ("da", "eb", shapes)
    monkeypatch.setattr(compiled, "KNOWN", 3)
    assert keys(db, cameras=("side",), zones=("drive",), sort="score_asc", max_score=0.9) == "b"
    assert len(kept) <= 3


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "edcba"),
        ({"limit": 2}, "ed"),
        ({"limit": None}, "edcba"),
        ({"limit": 0}, ""),
        ({"cameras": ("side",)}, "b"),
        ({"cameras": ()}, ""),
        ({"labels": ("car", "dog")}, "ecb"),
        ({"sub_labels": ("bob",)}, "a"),
        ({"sub_labels": ("ANN", "bobby")}, "ba"),
        ({"sub_labels": ("bob, ann",)}, "a"),
        ({"sub_labels": ("JOSÉ",)}, "c"),
        ({"sub_labels": ("None",)}, "ed"),
        ({"sub_labels": ("None", "Bobby")}, "edb"),
        ({"sub_labels": ("nobody",)}, ""),
        ({"zones": ("drive",)}, "ba"),
        ({"zones": ("drive", "porch")}, "ba"),
        ({"zones": ("porch",), "limit": 1}, "a"),
        ({"zones": ("None",)}, "edc"),
        ({"zones": ("None", "porch")}, "edca"),
        ({"plates": ("AB123",)}, "e"),
        ({"plates": ("^AB",)}, "e"),
        ({"plates": ("B.2", "nothing")}, "e"),
        ({"plates": ("None",)}, "dcba"),
        ({"plates": ("[",)}, ""),
        ({"plates": ("None", "^AB")}, "edcba"),
        ({"plates": ("(A+)+B",)}, ""),
        ({"plates": ("a{99999999999}",)}, ""),
        ({"plates": (*tuple(f"P{n}" for n in range(5000)), "AB123")}, "e"),
        ({"attributes": ("red",)}, "c"),
        ({"attributes": ("None",)}, "edba"),
        ({"after": DAY + 2, "before": DAY + 4}, "c"),
        ({"has_clip": False}, "c"),
        ({"has_snapshot": False}, "d"),
        ({"in_progress": True}, "d"),
        ({"in_progress": False}, "ecba"),
        ({"favorites": True}, ""),
        ({"is_submitted": True}, ""),
        ({"is_submitted": False, "limit": 1}, "e"),
        ({"min_score": 0.9}, "b"),
        ({"max_score": 0.7, "limit": 2}, "ed"),
        ({"min_speed": 5.0}, "d"),
        ({"max_speed": 0.0}, "ecba"),
        ({"min_length": 60.0}, "e"),
        ({"max_length": 10.0}, "cba"),
        ({"event_id": f"{DAY:.0f}-c"}, "c"),
        ({"sort": "date_asc"}, "abcde"),
        ({"sort": "score_desc", "limit": 1}, "b"),
        ({"sort": "speed_desc", "limit": 1}, "d"),
        ({"sort": "score_asc", "limit": 2}, "ed"),
        ({"sort": "nonsense"}, "edcba"),
    ],
)
def test_every_filter(db: Database, wanted: dict[str, Any], found: str) -> None:
    fill(db, *ROWS)
    assert keys(db, **wanted) == found


@pytest.mark.parametrize(
    ("clock", "zone", "found"),
    [
        ((7 * 3600, 9 * 3600), "UTC", "b"),
        ((7 * 3600, 9 * 3600), "America/New_York", "ca"),  # EST: 13:00 UTC, EDT: 12:00 UTC
        ((22 * 3600, 9 * 3600), "UTC", "db"),
        ((8 * 3600, 9 * 3600), "UTC", ""),
    ],
)
def test_clock_times_follow_the_zone_through_the_year(
    db: Database, clock: tuple[int, int], zone: str, found: str
) -> None:
    winter, summer = 1_705_276_800.0, 1_721_001_600.0  # 2024-01-15 and 2024-07-15, 00:00 UTC
    fill(
        db,
        row("a", start_time=winter + 13 * 3600),
        row("b", start_time=winter + 8 * 3600),
        row("c", start_time=summer + 12 * 3600),
        row("d", start_time=summer + 23 * 3600),
    )
    assert keys(db, time_range=clock, zone=ZoneInfo(zone)) == found


ROW_TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,), "camera": (str,), "label": (str,), "labels": (list,), "sub_label": (str,), "zones": (list,),
    "start_time": (float,), "end_time": (float,), "has_clip": (bool,), "has_snapshot": (bool,),
    "retain_indefinitely": (bool,), "plus_id": (type(None),), "top_score": (float,),
    "false_positive": (type(None),), "box": (type(None),), "data": (dict,),
}  # fmt: skip


def test_a_row_has_every_key_of_the_contract_in_its_type(db: Database) -> None:
    fill(db, ROWS[0])
    with db.read() as connection:
        (found,) = events.find(connection, EventFilter())
    assert found.keys() == ROW_TYPES.keys()
    for key, types in ROW_TYPES.items():
        assert type(found[key]) in types, key
    assert found["data"] == {
        "type": "object",
        "score": 0.7,
        "top_score": 0.8,
        "average_estimated_speed": 0.0,
        "max_severity": "alert",
        "recognized_license_plate": None,
    }


def test_an_update_keeps_what_users_have_set(db: Database) -> None:
    fill(db, row("a"))
    assert db.write(lambda connection: events.retain(connection, row("a")["id"], on=True))
    fill(db, row("a", end_time=DAY + 20))
    with db.read() as connection:
        found = events.one(connection, row("a")["id"])
    assert found is not None
    assert (found["retain_indefinitely"], found["end_time"]) == (True, DAY + 20)
    assert not db.write(lambda connection: events.retain(connection, "nothing", on=True))


def test_explore_gives_each_label_its_newest(db: Database) -> None:
    fill(db, *ROWS, row("f", start_time=DAY + 6, label="car"))
    with db.read() as connection:
        found = events.explore(connection, None, 1)
        assert [(each["label"], each["event_count"], each["id"][-1]) for each in found] == [
            ("car", 3, "f"),
            ("person", 2, "d"),
            ("dog", 1, "c"),
        ]
        assert [each["id"][-1] for each in events.explore(connection, ["side"], 10)] == ["b"]


def test_the_summary_counts_days_of_the_zone(db: Database) -> None:
    fill(
        db,
        row("a", start_time=DAY + 3600, zones=["porch"]),
        row("b", start_time=DAY + 7200, zones=["porch"]),
        row("c", start_time=DAY + 7200, zones=["porch"], has_clip=False),
        row("d", start_time=DAY + 6 * 3600, sub_label="Bob"),
    )
    wanted = EventFilter(has_clip=True, zone=ZoneInfo("America/New_York"))
    with db.read() as connection:
        assert json.loads(event_summary.summary(connection, wanted)) == [
            {
                "camera": "front",
                "label": "person",
                "sub_label": None,
                "zones": ["porch"],
                "day": "2024-04-30",
                "count": 2,
            },
            {"camera": "front", "label": "person", "sub_label": "Bob", "zones": [], "day": "2024-05-01", "count": 1},
        ]


def test_an_empty_table_has_nothing(db: Database) -> None:
    with db.read() as connection:
        assert event_summary.summary(connection, EventFilter(zone=ZoneInfo("Europe/Berlin"))) == "[]"
        assert events.explore(connection, None, 10) == []
        assert event_sums.labels(connection, None) == []
        assert events.find(connection, EventFilter(time_range=(1, 2), zone=ZoneInfo("Europe/Berlin"))) == []
        assert events.latest(connection, "front", "any") is None


def test_lists_of_names(db: Database) -> None:
    fill(db, *ROWS)
    with db.read() as connection:
        assert event_sums.labels(connection, None) == ["car", "dog", "person"]
        assert event_sums.labels(connection, ["side"]) == ["car"]
        assert event_sums.sub_labels(connection, None, split=False) == ["Bob, Ann", "Bobby", "José"]
        assert event_sums.sub_labels(connection, ["front"], split=True) == ["Ann", "Bob", "José"]
        assert events.plates(connection, None, split=False) == ["AB123"]
        latest = events.latest(connection, "front", "person", has="has_snapshot")
        assert latest is not None
        assert latest["id"][-1] == "a"


def test_removal_takes_the_timeline_along(db: Database) -> None:
    fill(db, *ROWS)
    moment = {
        "timestamp": DAY, "camera": "front", "source": "tracked_object", "source_id": ROWS[0]["id"],
        "class_type": "visible", "data": {},
    }  # fmt: skip
    db.write(lambda connection: timeline.add(connection, [moment]))
    assert db.write(lambda connection: event_removal.remove(connection, [ROWS[0]["id"], "nothing"])) == [
        (ROWS[0]["id"], "front")
    ]
    with db.read() as connection:
        assert events.one(connection, ROWS[0]["id"]) is None
        assert timeline.find(connection) == []


def test_data_keys_are_set_and_removed(db: Database) -> None:
    fill(db, row("a", data={"box": [0, 0, 1, 1], "description": "old"}))
    change = {"sub_label": "Bob"}
    assert db.write(lambda c: events.change(c, row("a")["id"], change, {"description": None, "sub_label_score": 0.5}))
    with db.read() as connection:
        found = events.one(connection, row("a")["id"])
    assert found is not None
    assert found["sub_label"] == "Bob"
    assert "description" not in found["data"]
    assert found["data"]["sub_label_score"] == 0.5
    assert found["data"]["box"] == [0, 0, 1, 1]


def test_many_rows_are_put_at_once(db: Database) -> None:
    fill(db, row("a"), row("b", retain_indefinitely=True))
    missing = [row(key, score=0.9) for key in "abc"]
    db.write(partial(writes.put_all, missing, []))
    with db.read() as connection:
        found = {each["id"][-1]: each for each in events.find(connection, EventFilter())}
    assert {key: each["data"]["score"] for key, each in found.items()} == {"a": 0.9, "b": 0.9, "c": 0.9}
    assert [key for key, each in found.items() if each["retain_indefinitely"]] == ["b"]


def test_each_step_of_an_event_takes_few_statements(db: Database) -> None:
    """Each waits for the interpreter several times, which other threads hold: see docs/performance.md."""
    waited: list[str] = []

    def note(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name != "sqlite" and not driver.pgconn.pipeline_status:
            waited.append(statement.split()[0])

    def write(key: str, **changes: Any) -> str:
        waited.clear()
        values = row(key, **{"end_time": None, **changes})
        state = {"id": values["id"], "camera": "front", "kind": "object", "end_time": None, "state": {}}
        moment = {"timestamp": DAY, "camera": "front", "source": "tracked_object", "source_id": values["id"]}
        entry = {**moment, "class_type": "visible", "data": {}}
        seen: list[str] = []

        def work(connection: Connection) -> None:
            listen(connection, "before_cursor_execute", note)
            with noted(connection) as said:
                writes.put_event(values, [entry], state, connection)
                deferred.send(connection)
            kinds = [statement.split()[0] for statement in said if "pg_current_snapshot" not in statement]
            # Asked once a transaction, on a server with BEGIN: whether others have written.
            seen.extend(kind for kind in kinds if kind not in ("PRAGMA", "BEGIN"))
            remove(connection, "before_cursor_execute", note)

        db.write(work)
        return " ".join(sorted(seen))

    db.migrate(owns=True)  # else another owner might change a server's rows
    write("a", zones=["porch"])
    write("b")
    # The row, a moment, its state, the count of its group. A server is asked whether there is a row.
    assert write("c") == "INSERT INSERT INSERT INSERT" + ("" if db.path else " SELECT")
    assert waited == ([] if db.path else ["SELECT"])
    assert write("c", score=0.8) == "INSERT INSERT UPDATE"
    assert write("c", zones=["porch"]) == "INSERT INSERT INSERT UPDATE"  # the counts of both groups
    assert write("c", zones=["porch"], end_time=DAY + 10) == "INSERT INSERT UPDATE"
    assert waited == []


def test_events_of_one_transaction_are_counted_together(db: Database) -> None:
    seen: list[str] = []

    def work(connection: Connection) -> None:
        with noted(connection) as said:
            for number in range(40):
                events.put(connection, row(f"{number:02}", label=f"label{number % 8}", zones=[]))
            events.put(connection, row("00", label="label0", zones=["porch"]))
            deferred.send(connection)
        seen.extend(said)

    fill(db, *(row(f"x{n}", label=f"label{n}", zones=[]) for n in range(8)))
    db.write(work)
    counting = [statement.split()[0] for statement in seen if "event_counts" in statement]
    assert counting == ["SELECT", "INSERT"]
    with db.read() as connection:
        assert dict(event_sums.by_label(connection, None)) == {f"label{number}": 6 for number in range(8)}
