import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dogwatch.store import event_names, events, reviews, timeline
from dogwatch.store.database import Database
from dogwatch.store.reviews import ReviewFilter

DAY = 1_714_521_600.0  # 2024-05-01 00:00 UTC


def item(key: str, **changes: Any) -> dict[str, Any]:
    data = {
        "detections": [], "objects": ["person"], "verified_objects": [], "sub_labels": [], "zones": [], "audio": [],
        "thumb_time": None, "metadata": None, "significant_motion_areas": [], **changes.pop("data", {}),
    }  # fmt: skip
    values: dict[str, Any] = {
        "id": f"{DAY:.0f}-{key}",
        "camera": "front",
        "severity": "alert",
        "start_time": DAY,
        "end_time": DAY + 10,
        "thumb_path": f"clips/review/thumb-front-{DAY:.0f}-{key}.webp",
        "data": data,
    }
    return {**values, **changes}


ITEMS = (
    item("a", start_time=DAY + 1, data={"objects": ["person-verified"], "zones": ["porch"]}),
    item(
        "b", start_time=DAY + 2, camera="side", severity="detection", data={"objects": ["car"], "detections": ["1-x"]}
    ),
    item("c", start_time=DAY + 3, end_time=None, data={"objects": ["dog"], "audio": ["bark"]}),
)


def fill(db: Database, *items: dict[str, Any]) -> None:
    for each in items:
        db.write(lambda connection, one=each: reviews.put(connection, one))  # type: ignore[misc]


def keys(db: Database, username: str = "ann", **wanted: Any) -> str:
    with db.read() as connection:
        return "".join(row["id"][-1] for row in reviews.find(connection, ReviewFilter(**wanted), username))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "cba"),
        ({"limit": 1}, "c"),
        ({"cameras": ("side",)}, "b"),
        ({"labels": ("person",)}, "a"),
        ({"labels": ("person-verified", "bark")}, "ca"),
        ({"zones": ("porch",)}, "a"),
        ({"severity": "alert"}, "ca"),
        ({"severity": "significant_motion"}, ""),
        ({"after": DAY + 100}, "c"),
        ({"after": DAY, "before": DAY + 2}, "a"),
        ({"after": DAY + 10}, "c"),
        ({"reviewed": False}, "cba"),
        ({"reviewed": True}, ""),
    ],
)
def test_every_filter(db: Database, wanted: dict[str, Any], found: str) -> None:
    fill(db, *ITEMS)
    assert keys(db, **wanted) == found


def test_views_belong_to_one_user(db: Database) -> None:
    fill(db, *ITEMS)
    ids = [ITEMS[0]["id"], "nothing"]
    for _ in range(2):
        db.write(lambda connection: reviews.view(connection, ids, "ann", seen=True))
    assert keys(db, reviewed=True) == "a"
    assert keys(db, reviewed=False) == "cb"
    assert keys(db, "bob", reviewed=True) == ""
    db.write(lambda connection: reviews.view(connection, ids, "ann", seen=False))
    assert keys(db, reviewed=True) == ""


def test_a_row_has_every_key_of_the_contract(db: Database) -> None:
    fill(db, ITEMS[0])
    db.write(lambda connection: reviews.view(connection, [ITEMS[0]["id"]], "ann", seen=True))
    with db.read() as connection:
        assert reviews.many(connection, [ITEMS[0]["id"], "nothing"], "ann") == [
            {
                "id": f"{DAY:.0f}-a",
                "camera": "front",
                "severity": "alert",
                "start_time": DAY + 1,
                "end_time": DAY + 10,
                "has_been_reviewed": True,
                "thumb_path": f"/media/frigate/clips/review/thumb-front-{DAY:.0f}-a.webp",
                "data": ITEMS[0]["data"],
            }
        ]


def test_the_item_of_an_event(db: Database) -> None:
    fill(db, *ITEMS)
    with db.read() as connection:
        found = reviews.of_event(connection, "1-x", "ann")
        assert found is not None
        assert found["id"] == ITEMS[1]["id"]
        assert reviews.of_event(connection, "2-x", "ann") is None


def test_the_summary_counts_by_day_and_user(db: Database) -> None:
    fill(
        db,
        *ITEMS,
        item("d", start_time=DAY - 3600, severity="detection"),
        item("e", start_time=DAY - 40 * 86_400),
    )
    db.write(lambda connection: reviews.view(connection, [ITEMS[0]["id"]], "ann", seen=True))
    with db.read() as connection:
        found = reviews.summary(connection, ReviewFilter(), "ann", ZoneInfo("UTC"), DAY + 84_000)
        other = reviews.summary(connection, ReviewFilter(("attic",)), "ann", ZoneInfo("UTC"), DAY + 84_000)
        berlin = reviews.summary(connection, ReviewFilter(), "ann", ZoneInfo("Europe/Berlin"), DAY + 84_000)
    one = {"reviewed_alert": 1, "reviewed_detection": 0, "total_alert": 2, "total_detection": 1}
    two = {"reviewed_alert": 0, "reviewed_detection": 0, "total_alert": 0, "total_detection": 1}
    assert found == {
        "last24Hours": one,
        "2024-05-01": {"day": "2024-05-01", **one},
        "2024-04-30": {"day": "2024-04-30", **two},
    }
    assert list(found) == ["last24Hours", "2024-05-01", "2024-04-30"]
    assert other == {"last24Hours": dict.fromkeys(one, 0)}
    assert list(berlin) == ["last24Hours", "2024-05-01"]  # 23:00 UTC is 01:00 there


def test_removal_takes_the_views_along(db: Database) -> None:
    fill(db, *ITEMS)
    db.write(lambda connection: reviews.view(connection, [ITEMS[0]["id"]], "ann", seen=True))
    gone = db.write(lambda connection: reviews.remove(connection, [ITEMS[0]["id"], "nothing"]))
    assert [(row["camera"], row["start_time"], row["end_time"]) for row in gone] == [("front", DAY + 1, DAY + 10)]
    assert keys(db) == "cb"


def test_open_items_are_ended_after_a_restart(db: Database) -> None:
    fill(db, *ITEMS)
    assert db.write(lambda connection: reviews.end_running(connection, DAY + 99)) == 1
    with db.read() as connection:
        assert reviews.many(connection, [ITEMS[2]["id"]], "ann")[0]["end_time"] == DAY + 99


def event(key: str, label: str, sub_label: str | None = None) -> dict[str, Any]:
    return {
        "id": key, "camera": "front", "label": label, "sub_label": sub_label, "type": "object", "start_time": DAY,
        "end_time": DAY + 5, "zones": [], "has_clip": True, "has_snapshot": True, "score": 0.7, "top_score": 0.7,
        "average_speed": 0.0, "severity": "alert", "data": {},
    }  # fmt: skip


def test_naming_an_event_renames_its_timeline_and_its_finished_item(db: Database) -> None:
    for one in (event("1-x", "person"), event("2-x", "person", "Ann")):
        db.write(lambda connection, row=one: events.put(connection, row))  # type: ignore[misc]
    listed = {
        "detections": ["1-x", "2-x", "3-x"],
        "objects": ["person", "person-verified", "car"],
        "sub_labels": ["Ann"],
    }
    fill(db, item("a", data=listed))
    moment = {
        "timestamp": DAY, "camera": "front", "source": "tracked_object", "source_id": "1-x",
        "class_type": "visible", "data": {"label": "person", "sub_label": None},
    }  # fmt: skip
    db.write(lambda connection: timeline.add(connection, [moment]))

    assert db.write(lambda connection: event_names.rename(connection, "1-x", "Bob", 0.9))

    with db.read() as connection:
        found = events.one(connection, "1-x")
        assert found is not None
        assert (found["sub_label"], found["data"]["sub_label_score"]) == ("Bob", 0.9)
        assert json.loads(timeline.find(connection)[0][1])["data"]["sub_label"] == "Bob"
        data = reviews.many(connection, [f"{DAY:.0f}-a"], "ann")[0]["data"]
    assert data["objects"] == ["person-verified", "car"]
    assert data["sub_labels"] == ["Bob", "Ann"]

    assert db.write(lambda connection: event_names.rename(connection, "1-x", None, None))
    with db.read() as connection:
        data = reviews.many(connection, [f"{DAY:.0f}-a"], "ann")[0]["data"]
    assert data["objects"] == ["person", "person-verified", "car"]
    assert not db.write(lambda connection: event_names.rename(connection, "9-x", "Bob", None))


def test_labels_and_zones_are_found_whatever_ids_are_like(db: Database) -> None:
    """A server reads the entries between the first and the last id of a time, where entries of other items are too."""
    labels, zones = (("dog",), ("cat",), ("dog", "cat")), ((), ("porch",), ("yard",))
    items = [
        item(
            str(number),
            id=f"{number * 7919 % 60:02}-{number}",
            start_time=DAY + number * 60,
            end_time=DAY + number * 60 + 10,
            data={"objects": list(labels[number % 3]), "zones": list(zones[number // 3 % 3])},
        )
        for number in range(60)
    ]
    fill(db, *items)
    first, end = DAY + 11 * 60, DAY + 50 * 60
    seen = [one for one in reversed(items) if first < one["end_time"] and one["start_time"] < end]
    for with_labels, in_zones in ((("dog",), None), (None, ("porch", "yard")), (("cat", "bird"), ("yard",))):
        expected = [
            one["id"]
            for one in seen
            if with_labels is None or {*with_labels} & {*one["data"]["objects"]}
            if in_zones is None or {*in_zones} & {*one["data"]["zones"]}
        ]
        assert 0 < len(expected) < len(seen)
        for cameras in (None, ("front",)):
            wanted = ReviewFilter(cameras, with_labels, in_zones, first, end)
            with db.read() as connection:
                assert [row["id"] for row in reviews.find(connection, wanted, "ann")] == expected
