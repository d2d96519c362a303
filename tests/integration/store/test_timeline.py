"""Lists of timeline entries, and that rare ones among millions are found along an index."""

import json
import random
from functools import partial
from itertools import product
from typing import Any

from sqlalchemy import Connection

from dogwatch.store import events, timeline
from dogwatch.store.database import Database
from dogwatch.store.event_filter import EventFilter
from tests.integration.store.statements import noted

CAMERAS, LABELS = ("front", "side", "yard"), ("person", "car", "dog", None)


def test_lists_have_what_every_filter_lets_through(db: Database) -> None:
    dice = random.Random(3)
    entries: list[dict[str, Any]] = [
        {
            "timestamp": float(dice.randrange(40)), "camera": dice.choice(CAMERAS), "source": "tracked_object",
            "source_id": f"{dice.randrange(9)}-é", "class_type": "visible",
            "data": {"label": dice.choice(LABELS), "number": number, "box": [0.1, 0.25]},
        }
        for number in range(150)
    ]  # fmt: skip
    db.write(partial(timeline.add, entries=entries))
    ordered = sorted(entries, key=lambda one: one["timestamp"])
    some_cameras: tuple[list[str] | None, ...] = (None, [], ["side"], ["front", "yard", "none"])
    some_labels = (None, ("dog",), ("car", "person", "é"))
    some_ids = (None, ["1-é"], [f"{number}-é" for number in range(5)])
    with db.read() as connection:
        for cameras, labels, ids, newest in product(some_cameras, some_labels, some_ids, (False, True)):
            expected = [
                one
                for one in ordered
                if (cameras is None or one["camera"] in cameras)
                and (labels is None or one["data"]["label"] in labels)
                and (ids is None or one["source_id"] in ids)
                and 3 < one["timestamp"] < 35
            ]
            found = timeline.find(
                connection, cameras=cameras, source_ids=ids, labels=labels, after=3, before=35, limit=11, newest=newest
            )
            assert [json.loads(one) for _, one in found] == (expected[-11:] if newest else expected[:11])
            assert [time for time, _ in found] == [json.loads(one)["timestamp"] for _, one in found]


def plans(connection: Connection, work: Any) -> str:
    """Return how SQLite reads what `work` asks for."""
    with noted(connection) as said:
        work(connection)
    queries = [text for text in said if text.startswith("SELECT")]
    assert queries
    steps = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all() for text in queries]
    return " | ".join(step[3] for plan in steps for step in plan)


def test_rare_rows_are_read_along_an_index() -> None:
    db = Database("sqlite://")
    db.migrate()
    with db.read() as connection:
        ways: tuple[tuple[dict[str, Any], str], ...] = (
            ({"cameras": ["side"]}, "ix_timeline_camera_timestamp"),
            ({"cameras": ["side", "front"]}, "ix_timeline_camera_timestamp"),
            ({"labels": ["dog"], "cameras": ["side"]}, "ix_timeline_label_timestamp"),
            ({"labels": ["dog", "cat"], "cameras": ["side", "front"]}, "ix_timeline_label_timestamp"),
            ({"source_ids": ["1", "2"], "cameras": ["side"]}, "ix_timeline_source_id"),
        )
        for wanted, index in ways:
            plan = plans(connection, partial(timeline.find, **wanted, newest=True))
            assert index in plan, plan
            assert "SCAN timeline" not in plan
            assert "source_ids" in wanted or "INDEX ix_timeline_timestamp" not in plan
        for sort, index in (("speed_desc", "ix_events_speed"), ("score_asc", "ix_events_score")):
            plan = plans(connection, lambda c, sort=sort: events.listed(c, EventFilter(sort=sort)))
            assert index in plan, plan
        plan = plans(connection, lambda c: events.listed(c, EventFilter(min_speed=2.0)))
        assert "ix_events_speed" in plan, plan
    db.close()
