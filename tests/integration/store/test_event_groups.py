"""Groups of events and their counts agree with the events after whatever happens to these."""

import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Text, cast, func, select, text

from dogwatch.events import writes
from dogwatch.store import (
    backup,
    event_days,
    event_expiry,
    event_names,
    event_removal,
    event_rows,
    event_summary,
    event_sums,
    events,
    group_counts,
    schema,
)
from dogwatch.store import event_filter as filters
from dogwatch.store.database import Database
from dogwatch.store.event_filter import EventFilter
from dogwatch.store.event_groups import Group, forget_empty, group_of
from dogwatch.store.tables import event_attributes, event_counts, event_groups, event_zones
from dogwatch.store.tables import event_days as table_of_days
from dogwatch.store.tables import events as table

DAY = 1_714_521_600.0
NAMES = (None, None, None, "Ann", "José, Bob")
DATA: tuple[dict[str, Any], ...] = ({}, {"colour": "red"}, {"colour": "blau", "shape": "groß"}, {"description": "x"})


def row(dice: random.Random, number: int) -> dict[str, Any]:
    """Return an event that may be anything, whose camera, label and times follow from its number."""
    same = random.Random(number)
    start = DAY + same.randrange(3 * 86400) + same.random()
    return {
        "id": f"{start}-{number}",
        "camera": same.choice(("front", "side")),
        "label": same.choice(("person", "car")),
        "sub_label": dice.choice(NAMES),
        "type": "object",
        "start_time": start,
        "end_time": dice.choice((None, start + dice.random() * 100)),
        "zones": dice.sample(("porch", "drive"), dice.randrange(3)),
        "has_clip": dice.random() < 0.7,
        "has_snapshot": dice.random() < 0.7,
        "score": dice.choice((None, dice.random())),
        "top_score": 0.8,
        "average_speed": dice.choice((None, 3.5)),
        "severity": "alert",
        "data": {"box": [0.1, 0.25], **dice.choice(DATA)},
    }


def change(dice: random.Random) -> Callable[[Connection], Any]:
    """Return one of all things that change events."""
    some = [row(dice, dice.randrange(40)) for _ in range(4)]
    ids = [one["id"] for one in some]
    name = dice.choice(NAMES)
    return dice.choice(
        (
            partial(events.put, values=some[0]),
            partial(events.put, values=some[1]),
            partial(writes.put_all, some, []),
            partial(events.end, event_id=ids[0], end_time=DAY + 9e5, has_snapshot=dice.random() < 0.5),
            partial(events.change, event_id=ids[0], columns={"end_time": DAY + 9e5}, data={"colour": "red"}),
            partial(events.change, event_id=ids[0], columns={}, data={"colour": None, "description": "y"}),
            partial(events.retain, event_id=ids[0], on=True),
            partial(event_names.rename, event_id=ids[0], name=name, score=None),
            partial(event_expiry.forget_clips, ids=ids),
            partial(event_expiry.forget_snapshots, ids=ids),
            partial(event_removal.remove, ids=ids),
            forget_empty,
            pack_days,
        )
    )


def pack_days(connection: Connection) -> None:
    """Pack all days that are over, as the expiry does."""
    for camera, day in event_days.changed(connection):
        event_days.pack(connection, camera, day)


def check(connection: Connection) -> int:
    """Compare all that is kept with the events themselves; return how many of these there are."""
    groups: dict[int, Group] = {}
    counts: dict[tuple[int, int], list[int]] = defaultdict(list)
    rows = connection.execute(select(table)).all()
    for found in rows:
        group = group_of(found._asdict())
        groups[group.id] = group
        assert found.group_id == group.id
        assert found.duration == (None if found.end_time is None else found.end_time - found.start_time)
        counts[group.id, int(found.start_time // 86400)].append(int(found.start_time % 86400 // 900))
    kept = {(one.group_id, one.day): list(one.quarters) for one in connection.execute(select(event_counts))}
    kept = {key: quarters for key, quarters in kept.items() if quarters}
    assert kept == {key: sorted(quarters) for key, quarters in counts.items()}
    named = {one.id: tuple(one)[1:] for one in connection.execute(select(event_groups)) if one.id in groups}
    assert named == {key: (*one[:3], list(one.zones), *one[4:6]) for key, one in groups.items()}
    zones = {tuple(one) for one in connection.execute(select(event_zones)) if one.group_id in groups}
    assert zones == {(key, zone) for key, one in groups.items() for zone in one.zones}
    values = {tuple(one) for one in connection.execute(select(event_attributes)) if one.group_id in groups}
    assert values == {(key, value) for key, one in groups.items() for value in one.attributes}
    for cameras in (None, ["front"], ["side", "front", "none"], ["none"]):
        begun = Counter(int(one.start_time // 900) for one in rows if cameras is None or one.camera in cameras)
        read = group_counts.read(connection, cameras)
        assert dict(zip(*(numbers.tolist() for numbers in read.by_quarter()), strict=True)) == begun
        assert Counter(read.groups.tolist()).keys() == {
            one.group_id for one in rows if cameras is None or one.camera in cameras
        }
    return len(rows)


def packed(connection: Connection) -> int:
    return connection.scalar(select(func.count()).where(table_of_days.c.packed.is_not(None))) or 0


def test_what_is_packed_is_forgotten_when_its_day_changes(db: Database) -> None:
    """Also where the writer's connection knows the count, and another one has packed its day."""
    for number in range(30):
        db.write(partial(events.put, values=going_on(number)))
    db.write(pack_days)
    with db.read() as connection:
        assert packed(connection) == 4  # of two cameras and three days, the last of which is not over
    days = {int(going_on(number)["start_time"] // 86400) for number in range(30)}
    (one, *_) = [going_on(n) for n in range(30) if going_on(n)["start_time"] // 86400 == min(days)]
    for zones in (["porch"], ["drive"], ["porch"]):  # the last two change counts that the connection knows
        db.write(pack_days)
        db.write(partial(events.put, values={**one, "zones": zones}))
        with db.read() as connection:
            assert packed(connection) == 2
            check(connection)
    db.write(partial(event_removal.remove, ids=[going_on(number)["id"] for number in range(30)]))
    db.write(forget_empty)
    with db.read() as connection:
        assert connection.execute(select(table_of_days)).first() is None


@pytest.mark.parametrize("seed", range(4))
def test_groups_agree_with_their_events(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    most = 0
    for _ in range(150):
        db.write(change(dice))
        with db.read() as connection:
            most = max(most, check(connection))
    assert most > 10


@pytest.mark.parametrize("most", [3, 4096])
def test_groups_agree_after_transactions_of_several_changes(
    db: Database, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Some of them fail; what is kept in mind of the others holds, also if little is kept."""
    monkeypatch.setattr("dogwatch.store.event_groups.COUNTS_KNOWN", most)
    dice, found = random.Random(most), 0
    for _ in range(60):
        some, fails = [change(dice) for _ in range(dice.randrange(1, 7))], dice.random() < 0.2

        def work(connection: Connection, some: Any = some, fails: bool = fails) -> None:
            for one in some:
                one(connection)
            if fails:
                raise ValueError("no")

        with pytest.raises(ValueError, match="no") if fails else nullcontext():
            db.write(work)
        with db.read() as connection:
            found = max(found, check(connection))
    assert found > 10


def test_without_events_there_are_no_groups(db: Database) -> None:
    dice = random.Random(1)
    rows = [row(dice, number) for number in range(20)]
    for one in rows:
        db.write(partial(events.put, values=one))
    db.write(partial(event_removal.remove, ids=[one["id"] for one in rows]))
    with db.read() as connection:
        assert check(connection) == 0
        assert event_sums.labels(connection, None) == []
        assert event_sums.by_label(connection, None) == []
        assert event_summary.summary(connection, EventFilter()) == "[]"
    db.write(forget_empty)
    with db.read() as connection:
        for kept in (event_groups, event_counts, table_of_days, event_zones, event_attributes):
            assert connection.execute(select(kept)).first() is None


def test_a_failed_transaction_leaves_groups_as_they_were(db: Database) -> None:
    dice = random.Random(2)
    db.write(partial(events.put, values=row(dice, 1)))

    def fail(connection: Connection) -> None:
        events.put(connection, row(dice, 2))
        event_removal.remove(connection, [row(dice, 1)["id"]])
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        db.write(fail)
    db.write(partial(events.put, values=row(dice, 2)))
    with db.read() as connection:
        assert check(connection) == 2


def going_on(number: int, **changes: Any) -> dict[str, Any]:
    return {**row(random.Random(number), number), "end_time": None, "zones": [], "has_clip": True, **changes}


def test_what_is_counted_twice_in_a_transaction_is_counted(db: Database) -> None:
    """What was ended is counted before the rows that were put are written, which are counted then."""
    same = {"start_time": DAY, "camera": "front", "label": "person", "sub_label": None, "data": {}}
    db.write(partial(events.put, values=going_on(1, **same, id="a", has_snapshot=False)))

    def work(connection: Connection) -> None:
        events.end(connection, "a", DAY + 9, has_snapshot=True)
        events.put(connection, going_on(1, **same, id="b", has_snapshot=True))

    db.write(work)
    with db.read() as connection:
        assert check(connection) == 2


def test_what_a_failed_transaction_has_counted_does_not_stay(db: Database) -> None:
    """The writer's connection keeps counts and the groups of running events, which may be those of the failed one."""
    for number in (1, 2):
        db.write(partial(events.put, values=going_on(number)))

    def fail(connection: Connection) -> None:
        events.put(connection, going_on(1, zones=["porch"]))
        events.put(connection, going_on(2, end_time=DAY + 9e5))
        events.put(connection, going_on(3))
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        db.write(fail)
    for one in (going_on(1, zones=["porch"]), going_on(1, zones=["drive"]), going_on(2, zones=["porch"]), going_on(3)):
        db.write(partial(events.put, values=one))
        with db.read() as connection:
            check(connection)


def test_what_another_program_has_changed_is_seen(database_url: str) -> None:
    db, other = Database(database_url), Database(database_url)
    db.migrate(owns=True)
    ids = [going_on(number)["id"] for number in range(4)]
    for number in range(4):
        db.write(partial(events.put, values=going_on(number)))
    other.write(partial(event_removal.remove, ids=ids[:2]))
    other.write(partial(event_names.rename, event_id=ids[2], name="Ann", score=None))
    other.write(partial(events.put, values=going_on(3, zones=["porch"])))
    for number in range(4):
        db.write(partial(events.put, values=going_on(number, zones=["drive"])))
        with db.read() as connection:
            check(connection)
    with db.read() as connection:
        assert check(connection) == 4
    db.close()
    other.close()


def test_a_backup_has_groups_that_agree(tmp_path: Path) -> None:
    path = tmp_path / "dogwatch.db"
    db = Database(f"sqlite:///{path}")
    db.migrate()
    dice = random.Random(3)
    for _ in range(60):
        db.write(change(dice))
    made = backup.make(path, time.time())
    db.close()
    copied = Database(f"sqlite:///{made}")
    with copied.read() as connection:
        assert check(connection) > 10
    copied.close()


def test_a_database_from_before_the_groups_gets_them(db: Database, tmp_path: Path) -> None:
    dice = random.Random(4)
    for number in range(60):
        db.write(partial(events.put, values=row(dice, number)))
    old = Database(f"sqlite:///{tmp_path}/old.db")
    names = [
        name
        for name in table.columns.keys()  # noqa: SIM118 - a collection of columns is no mapping
        if name not in ("duration", "group_id", "false_positive")
    ]
    query = f"INSERT INTO events ({', '.join(names)}) VALUES (:{', :'.join(names)})"
    with db.read() as connection:
        rows = [one._asdict() for one in connection.execute(select(*(table.c[name] for name in names)))]

    def age(connection: Connection) -> None:
        schema.migrate(connection, "0008")
        texts = [{**one, "zones": json.dumps(one["zones"]), "data": json.dumps(one["data"])} for one in rows]
        connection.execute(text(query), texts)

    old.write(age)
    old.migrate()
    columns = [*(table.c[name] for name in table.c.keys() if name != "data"), cast(table.c.data, Text)]  # noqa: SIM118
    with old.read() as connection, db.read() as ours:
        assert check(connection) == 60
        assert connection.execute(select(*columns)).all() == ours.execute(select(*columns)).all()
    old.close()


def test_texts_that_a_disk_has_damaged_do_not_stop_a_conversion(tmp_path: Path) -> None:
    old = Database(f"sqlite:///{tmp_path}/old.db")
    event = {"id": "1-a", "camera": "front", "label": "dog", "type": "object", "start_time": 9.0, "has_clip": True}
    event |= {"has_snapshot": False, "retain_indefinitely": False, "zones": "[tor", "data": '{"a": 1, tor'}
    item = {
        "id": "2-a",
        "camera": "front",
        "severity": "alert",
        "start_time": 9.0,
        "thumb_path": "a",
        "data": "nothing",
    }
    moment = {"timestamp": 9.0, "camera": "front", "source": "a", "source_id": "1-a", "class_type": "b", "data": "}"}

    def age(connection: Connection) -> None:
        schema.migrate(connection, "0008")
        for name, one in (("events", event), ("reviews", item), ("timeline", moment)):
            connection.execute(text(f"INSERT INTO {name} ({', '.join(one)}) VALUES (:{', :'.join(one)})"), one)

    old.write(age)
    old.migrate()
    with old.read() as connection:
        (found,) = events.find(connection, EventFilter())
        assert (found["zones"], found["label"]) == ([], "dog")
        assert check(connection) == 1
    old.close()


def test_the_text_of_a_row_is_that_of_its_mapping(db: Database) -> None:
    dice = random.Random(5)
    for number in range(60):
        db.write(partial(events.put, values=row(dice, number)))
    nul = "\x00" if db.path else ""  # which PostgreSQL does not store
    odd = {"a": 'quotes ": " and ", " in it', "b": f"{nul}\x01\u2028é", "half": "\ud800"}
    db.write(partial(events.put, values={**row(dice, 60), "zones": ["é", 'a", "b'], "data": odd}))
    db.write(partial(events.put, values={**row(dice, 61), "data": {}}))
    with db.read() as connection:
        rows = events.find(connection, EventFilter())
        texts = [event_rows.encode(found).decode() for found in events.listed(connection, EventFilter())]
    assert len(rows) == 62
    assert [json.loads(found) for found in texts] == rows
    plain = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in rows]
    assert [one for one in texts if "\\ud800" not in one] == [one for one in plain if "\ud800" not in one]


def test_what_an_earlier_version_has_written_reads_the_same(db: Database) -> None:
    one = {**row(random.Random(6), 1), "data": {"box": [1, 2.5], "description": "groß"}, "zones": ["é", "b"]}
    db.write(partial(events.put, values=one))
    with db.read() as connection:
        before = event_rows.encode(events.listed(connection, EventFilter()))
    texts = {"zones": json.dumps(one["zones"]), "data": json.dumps(one["data"])}
    db.write(lambda c: c.execute(text("UPDATE events SET zones = :zones, data = :data"), texts) and None)
    with db.read() as connection:
        assert event_rows.encode(events.listed(connection, EventFilter())) == before
        assert json.loads(event_summary.summary(connection, EventFilter()))[0]["zones"] == ["é", "b"]


WANTED: tuple[dict[str, Any], ...] = (
    {"min_score": 0.5}, {"max_score": 0.5}, {"min_length": 50.0}, {"max_length": 50.0, "min_score": 0.2},
    {"min_speed": 1.0, "limit": 9}, {"min_length": 50.0, "cameras": ("front",)}, {"min_speed": 1.0}, {"max_speed": 1.0},
    {"cameras": ("front",), "labels": ("person",), "zones": ("porch",)},
    {"sub_labels": ("ann",), "min_score": 0.1}, {"sub_labels": ("None", "bob")}, {"zones": ("None", "drive")},
    {"attributes": ("red", "None")}, {"has_clip": True, "has_snapshot": False}, {"in_progress": True},
    {"in_progress": False, "min_score": 0.3}, {"in_progress": True, "min_score": 0.3}, {"favorites": True},
    {"after": DAY + 86400, "before": DAY + 172800, "min_score": 0.2}, {"time_range": (3600, 80000)}, {"limit": 7},
)  # fmt: skip
SORTS = ("date_desc", "date_asc", "score_desc", "score_asc", "speed_desc", "speed_asc")


def passes(one: dict[str, Any], wanted: EventFilter) -> bool:
    """Whether a filter lets an event's mapping through, told without SQL."""

    def within(value: float | None, low: float | None, high: float | None) -> bool:
        if low is None and high is None:
            return True
        return value is not None and (low is None or value >= low) and (high is None or value <= high)

    def among(values: list[str], names: tuple[str, ...] | None) -> bool:
        return names is None or bool(set(values) & set(names)) or (not values and "None" in names)

    data = one["data"]
    own = [data[key] for key in ("colour", "shape") if key in data]
    parts = [part.casefold() for part in filters.items(one["sub_label"] or "")]
    ended, clock = one["end_time"] is not None, one["start_time"] % 86400
    return all(
        (
            wanted.cameras is None or one["camera"] in wanted.cameras,
            wanted.labels is None or one["label"] in wanted.labels,
            among(parts, wanted.sub_labels),
            among(one["zones"], wanted.zones),
            among(own, wanted.attributes),
            within(data["score"], wanted.min_score, wanted.max_score),
            within(data["average_estimated_speed"], wanted.min_speed, wanted.max_speed),
            within(one["end_time"] - one["start_time"] if ended else None, wanted.min_length, wanted.max_length),
            wanted.has_clip in (None, one["has_clip"]),
            wanted.has_snapshot in (None, one["has_snapshot"]),
            wanted.favorites in (None, one["retain_indefinitely"]),
            wanted.in_progress in (None, not ended),
            wanted.after is None or one["start_time"] > wanted.after,
            wanted.before is None or one["start_time"] < wanted.before,
            wanted.time_range[0] < clock < wanted.time_range[1] or wanted.time_range == filters.ALL_DAY,
        )
    )


@pytest.mark.parametrize("few", [0, 3, 15, 2000])
def test_every_way_of_reading_finds_the_same(db: Database, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """`FEW` decides which index a filter is read by."""
    monkeypatch.setattr(filters, "FEW", few)
    dice = random.Random(7)
    for number in range(120):
        db.write(partial(events.put, values=row(dice, number)))
    db.write(partial(events.retain, event_id=row(dice, 3)["id"], on=True))
    with db.read() as connection:
        every = [event_rows.as_row(found) for found in connection.execute(select(*event_rows.ROW.all))]
        raw = {one.id: one.average_speed for one in connection.execute(select(table.c.id, table.c.average_speed))}
        keys: dict[str, Callable[[dict[str, Any]], Any]] = {
            "date": lambda one: one["start_time"],
            "score": lambda one: one["data"]["score"],
            "speed": lambda one: raw[one["id"]] or 0.0,
        }
        for changes in WANTED:
            for sort in SORTS:
                wanted = EventFilter(**changes, sort=sort)
                expected = [one for one in every if passes(one, wanted)]
                expected.sort(key=lambda one: (one["start_time"], one["id"]), reverse=True)
                name, _, direction = sort.partition("_")
                key = keys[name]
                expected.sort(
                    key=lambda one: (key(one) is not None, key(one) or 0.0),
                    reverse=direction == "desc",
                )
                found = events.find(connection, wanted)
                assert [one["id"] for one in found] == [one["id"] for one in expected[: wanted.limit]], (changes, sort)
