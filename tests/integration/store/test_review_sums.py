"""Rows and sums of review items agree with the items after whatever happens to these."""

import json
import random
import struct
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from sqlalchemy import Connection, select, text

from dogwatch.store import event_names, event_removal, events, review_kinds, reviews, schema
from dogwatch.store import review_sets as review_set_rows
from dogwatch.store.database import Database
from dogwatch.store.review_sums import SummaryChoice
from dogwatch.store.reviews import ReviewFilter
from dogwatch.store.spans import items_between
from dogwatch.store.tables import review_counts, review_events, review_labels, review_sets, review_views, review_zones
from dogwatch.store.tables import reviews as table

DAY_S = 86_400
DAY = 1_711_756_800.0  # 2024-03-30 00:00 UTC: Europe puts its clocks forward a day later
NOW = DAY + 5 * DAY_S + 12_345.678
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns")
USERS = ("ann", "bob")


def item(dice: random.Random, number: int) -> dict[str, Any]:
    """Return an item that may be anything, whose camera and start follow from its number."""
    same = random.Random(number)
    start = NOW - same.choice((0.4, 1, 2, 30, 31)) * DAY_S + same.uniform(-1200, 1200)
    return {
        "id": f"{start}-{number}",
        "camera": same.choice(("front", "side")),
        "severity": dice.choice(("alert", "detection")),
        "start_time": start,
        "end_time": dice.choice((None, start + 5, start + dice.random() * 9000)),
        "thumb_path": "clips/review/thumb.webp",
        "data": {
            "detections": [event(n)["id"] for n in dice.sample(range(12), 3)],
            "objects": dice.sample(("person", "person-verified", "car", "dog-verified", "api: é"), 2),
            "sub_labels": [],
            "zones": dice.sample(("porch", "drive"), dice.randrange(3)),
            "audio": dice.sample(("bark", "car", "odd-verified"), dice.randrange(2)),
        },
    }


def event(number: int) -> dict[str, Any]:
    return {
        "id": f"{DAY + number}-x", "camera": "front", "label": "person", "sub_label": None, "type": "object",
        "start_time": DAY + number, "end_time": DAY + number + 5, "zones": [], "has_clip": True, "has_snapshot": True,
        "score": 0.7, "top_score": 0.7, "average_speed": 0.0, "severity": "alert", "data": {},
    }  # fmt: skip


def happen(dice: random.Random, db: Database) -> None:
    """Do one of all things that change review items."""
    ids = [item(dice, dice.randrange(40))["id"] for _ in range(6)]
    an_event = event(dice.randrange(12))
    db.write(
        dice.choice(
            (
                partial(reviews.put, values=item(dice, dice.randrange(40))),
                partial(reviews.put, values=item(dice, dice.randrange(40))),
                partial(reviews.put_with_known, values=item(dice, dice.randrange(40))),
                partial(reviews.view, ids=ids, username=dice.choice(USERS), seen=dice.random() < 0.7),
                partial(reviews.remove, ids=ids[:2]),
                partial(reviews.end_running, time=NOW, alive=ids),
                partial(events.put, values=an_event),
                partial(event_removal.remove, ids=[an_event["id"]]),
                partial(event_names.rename, event_id=an_event["id"], name=dice.choice((None, "Ann")), score=0.9),
            )
        )
    )


def check(connection: Connection) -> int:
    """Compare all that is kept with the items themselves; return how many of these there are."""
    rows = {row.id: row for row in connection.execute(select(table))}
    lists = {"label": set[Any](), "zone": set[Any](), "event_id": set[Any]()}
    for key, row in rows.items():
        bare = {one.removesuffix("-verified") for one in row.data["objects"]}
        lists["label"] |= {(key, one) for one in {*row.data["objects"], *bare, *row.data["audio"]}}
        lists["zone"] |= {(key, one) for one in row.data["zones"]}
        lists["event_id"] |= {(key, one) for one in row.data["detections"]}
    for name, kept in (("label", review_labels), ("zone", review_zones), ("event_id", review_events)):
        assert {tuple(one) for one in connection.execute(select(kept))} == lists[name]
    views = [(row, "") for row in rows.values()]
    views += [(rows[key], name) for key, name in connection.execute(select(review_views))]
    counts: dict[Any, list[Any]] = defaultdict(list)
    for row, name in views:
        place = (row.camera, row.severity, int(row.start_time // DAY_S), name)
        labels, zones = ({value for one, value in lists[kind] if one == row.id} for kind in ("label", "zone"))
        counts[place].append(
            (int(row.start_time % DAY_S // 900), json.dumps(sorted(labels)), json.dumps(sorted(zones)))
        )
    names = {one.id: json.dumps(json.loads(one.names)) for one in connection.execute(select(review_sets))}
    assert len(set(names.values())) == len(names)
    kept_counts: dict[Any, list[Any]] = {}
    for one in connection.execute(select(review_counts)):
        numbers = struct.unpack(f"<{2 * len(one.quarters)}I", one.sets)
        items = list(zip(one.quarters, numbers[1::2], numbers[::2], strict=True))
        assert items == sorted(items)
        kept_counts[tuple(one)[:4]] = sorted((quarter, names[labels], names[zones]) for quarter, labels, zones in items)
    assert kept_counts == {place: sorted(items) for place, items in counts.items()}
    return len(rows)


def summed(
    connection: Connection,
    zone: str,
    user: str,
    camera: str | None,
    labels: tuple[str, ...] | None = None,
    zones: tuple[str, ...] | None = None,
) -> dict[str, Any]:
    """Return what the summary is, from the items alone."""
    rows = connection.execute(select(table)).all()
    seen = set(connection.scalars(select(review_views.c.review_id).where(review_views.c.username == user)))
    found: dict[str, Any] = {}
    last = dict.fromkeys(("reviewed_alert", "reviewed_detection", "total_alert", "total_detection"), 0)
    for row in rows:
        if row.start_time < NOW - 30 * DAY_S or (camera is not None and row.camera != camera):
            continue
        if not has(row.data, labels, zones):
            continue
        day = datetime.fromtimestamp(row.start_time, ZoneInfo(zone)).date().isoformat()
        tallies = [found.setdefault(day, {"day": day, **dict.fromkeys(last, 0)})]
        tallies += [last] if row.start_time >= NOW - DAY_S else []
        for tally in tallies:
            tally[f"total_{row.severity}"] += 1
            tally[f"reviewed_{row.severity}"] += row.id in seen
    return {"last24Hours": last, **dict(sorted(found.items(), reverse=True))}


def has(data: dict[str, Any], labels: tuple[str, ...] | None, zones: tuple[str, ...] | None) -> bool:
    """Tell whether an item has any of labels and any of zones."""
    objects = {*data["objects"], *(one.removesuffix("-verified") for one in data["objects"]), *data["audio"]}
    return (labels is None or not objects.isdisjoint(labels)) and (
        zones is None or not set(data["zones"]).isdisjoint(zones)
    )


@pytest.mark.parametrize("seed", range(4))
def test_sums_agree_with_the_items(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    most = 0
    for turn in range(160):
        happen(dice, db)
        with db.read() as connection:
            most = max(most, check(connection))
            if turn % 8:
                continue
            zone, user, camera = dice.choice(ZONES), dice.choice(USERS), dice.choice((None, "front", "none"))
            cameras = None if camera is None else (camera,)
            found = reviews.summary(connection, ReviewFilter(cameras), user, ZoneInfo(zone), NOW)
            assert json.dumps(found) == json.dumps(summed(connection, zone, user, camera))
            labels = dice.choice((None, (), ("car",), ("person-verified", "bark"), ("person", "none"), ("none",)))
            zones = dice.choice((None, ("porch",), ("drive", "none"), ("none",)))
            wanted = ReviewFilter(cameras, labels, zones)
            read = reviews.summary(connection, wanted, user, ZoneInfo(zone), NOW)
            assert json.dumps(read) == json.dumps(summed(connection, zone, user, camera, labels, zones))
    assert most > 10


@pytest.mark.parametrize("seed", range(3))
def test_items_of_a_time_are_those_that_last_until_it(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    for number in range(40):
        db.write(partial(reviews.put, values=item(dice, number)))
    with db.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.start_time.desc(), table.c.id.desc())).all()
        for _ in range(30):
            after = dice.choice(rows).start_time + dice.choice((0.0, 3.0, 5.0, 4000.0))
            before = after + dice.choice((1.0, 5000.0, 99_999.0))
            limit = dice.choice((None, 1, 5))
            labels, zones = dice.choice((None, ("car",), ("none",))), dice.choice((None, None, ("porch", "none")))
            wanted = ReviewFilter(labels=labels, zones=zones, after=after, before=before, limit=limit)
            found = reviews.find(connection, wanted, "ann")
            during = [r for r in rows if r.start_time < before and (r.end_time is None or r.end_time > after)]
            expected = [r.id for r in during if has(r.data, labels, zones)]
            assert [one["id"] for one in found] == expected[:limit]
            text = reviews.listed_json(connection, wanted, "ann")
            assert text.decode() == json.dumps(found, ensure_ascii=False, separators=(",", ":"))
            spans = items_between(connection, "front", after, before)
            ends = {(r.start_time, r.end_time) for r in during if r.camera == "front"}
            touching = {(r.start_time, r.end_time) for r in rows if r.camera == "front" and r.end_time == after}
            assert {(one.start_time, one.end_time) for one in spans} == ends | touching


@pytest.mark.parametrize("most", [1, 2, 200])
def test_what_is_rare_is_read_where_it_is(db: Database, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    for number in range(12):
        one = item(random.Random(number), number) | {"start_time": DAY + number * 7300, "end_time": None}
        one["data"] |= {"objects": ["package" if number in (2, 5, 6, 11) else "car"], "audio": []}
        db.write(partial(reviews.put, values=one))
    monkeypatch.setattr(review_kinds, "MOST_SPANS", most)
    wanted = ReviewFilter(labels=("package",), after=DAY + 7300, before=DAY + DAY_S)
    with db.read() as connection:
        read = review_kinds.spans(connection, SummaryChoice(DAY, None, "", ("package",)), DAY + DAY_S)
        found = reviews.find(connection, wanted, "ann")
        two = reviews.find(connection, replace(wanted, limit=2), "ann")
    assert len(read) == min(most, 4)
    assert [one["start_time"] for one in found] == [DAY + number * 7300 for number in (11, 6, 5, 2)]
    assert two == found[:2]


def test_sets_that_no_item_has_are_forgotten(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(4)
    for _ in range(120):
        happen(dice, db)
    with db.read() as connection:
        before = len(connection.execute(select(review_sets)).all())
    monkeypatch.setattr(review_set_rows, "KEPT", before)
    db.write(review_set_rows.forget_unused)
    with db.read() as connection:
        assert len(connection.execute(select(review_sets)).all()) == before
    monkeypatch.setattr(review_set_rows, "KEPT", 0)
    db.write(review_set_rows.forget_unused)
    with db.read() as connection:
        check(connection)
        assert len(connection.execute(select(review_sets)).all()) < before
    for _ in range(20):
        happen(dice, db)
    with db.read() as connection:
        check(connection)


def test_the_last_half_second_of_a_day_belongs_to_it(db: Database) -> None:
    late = item(random.Random(1), 1) | {"start_time": DAY + DAY_S - 0.3, "end_time": DAY + DAY_S + 9}
    db.write(partial(reviews.put, values=late))
    with db.read() as connection:
        for labels in (None, tuple(late["data"]["objects"])):
            found = reviews.summary(connection, ReviewFilter(labels=labels), "ann", ZoneInfo("UTC"), NOW)
            assert list(found) == ["last24Hours", "2024-03-30"]


def test_a_failed_transaction_leaves_sums_as_they_were(db: Database) -> None:
    dice = random.Random(2)
    db.write(partial(reviews.put, values=item(dice, 1)))

    def fail(connection: Connection) -> None:
        reviews.put(connection, item(dice, 2))
        reviews.remove(connection, [item(dice, 1)["id"]])
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        db.write(fail)
    with db.read() as connection:
        assert check(connection) == 1


def test_an_older_database_gets_the_same_rows(db: Database) -> None:
    dice = random.Random(3)
    for _ in range(150):
        happen(dice, db)
    columns = [review_counts.c[name] for name in ("camera", "severity", "day", "username", "quarters")]
    kept = (select(*columns), select(review_labels), select(review_zones), select(review_events))

    def rows() -> list[Any]:  # without sets, whose numbers may be others: `check` compares these
        with db.read() as connection:
            return [sorted(tuple(one) for one in connection.execute(query)) for query in kept]

    before = rows()
    assert all(before)
    db.write(lambda connection: command.downgrade(schema.alembic_config(connection), "0010"))
    db.write(schema.migrate)
    assert rows() == before
    with db.read() as connection:
        assert check(connection) > 5


def test_lists_are_read_along_indexes() -> None:
    db = Database("sqlite://")
    db.migrate()
    statements = (
        "SELECT id FROM reviews WHERE (end_time IS NULL OR end_time - start_time > 3600) AND end_time > 5"
        " ORDER BY start_time DESC",
        "SELECT review_id FROM review_events WHERE event_id = 'x'",
        "SELECT id FROM reviews WHERE end_time IS NULL",
    )
    with db.read() as connection:
        plans = [str(connection.execute(text(f"EXPLAIN QUERY PLAN {one}")).all()) for one in statements]
    db.close()
    for plan, index in zip(plans, ("ix_reviews_long", "ix_review_events_event_id", "ix_reviews_end"), strict=True):
        assert index in plan
