"""Segments, deletions and summaries in a real database."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from sqlalchemy import BigInteger, Connection, cast, event, func, select

from dogwatch.model import Fragment, Segment
from dogwatch.store import deletions, events, schema, segment_deletion, segments, summaries
from dogwatch.store.database import Database
from dogwatch.store.deletions import Deletion
from dogwatch.store.quarters import recount
from dogwatch.store.tables import init_sections, quarters, recorded
from dogwatch.store.tables import segments as table
from tests.integration.store.statements import noted

T0 = datetime(2026, 4, 1, 12, tzinfo=UTC).timestamp()


def seg(start: float, length: float = 10.0, camera: str = "front", **more: object) -> Segment:
    when = datetime.fromtimestamp(start, UTC)
    path = when.strftime(f"recordings/%Y-%m-%d/%H/{camera}/%M.%S.mp4")
    fragments = tuple(Fragment(1000 + n * 100, 100, start + n, 1.0, n % 2 == 0) for n in range(int(length)))
    made = Segment(camera, path, start, start + length, 2_000_000, "0123456789abcdef", fragments, has_audio=True)
    return replace(made, **more)  # type: ignore[arg-type]


def fill(db: Database, *made: Segment) -> None:
    for one in made:
        db.write(partial(segments.add, segment=one, init=b"init"))


def test_a_segment_comes_back_as_it_went_in(db: Database) -> None:
    one = seg(T0 + 0.123456, motion=4, objects=0, dbfs=-30.5)
    fill(db, one)
    with db.read() as c:
        assert segments.overlapping(c, "front", T0, T0 + 60) == [one]
        assert segments.init(c, one.init_id) == b"init"
        assert segments.init(c, "none") is None


def test_ids_have_the_contracts_form(db: Database) -> None:
    fill(db, seg(T0))
    with db.read() as c:
        (span,) = segments.spans(c, "front", T0, T0 + 1)
    assert span.id.startswith(f"{T0:.0f}-")
    assert len(span.id.split("-")[1]) == 6


def test_the_same_path_again_replaces_the_row(db: Database) -> None:
    fill(db, seg(T0), seg(T0, 8.0))
    with db.read() as c:
        assert [one.duration for one in segments.spans(c, "front", T0, T0 + 60)] == [8.0]


def test_a_segment_that_is_told_of_again_keeps_what_is_known_of_it(db: Database) -> None:
    fill(db, seg(T0, dbfs=-20.0))
    db.write(partial(segments.set_activity, path=seg(T0).path, motion=7, objects=2, cells=b"\x05\x01"))
    with db.read() as c:
        before = segments.listed(c, "front", T0, T0 + 60)
    fill(db, seg(T0))  # by a worker whose core was killed before it had acknowledged
    with db.read() as c:
        assert segments.listed(c, "front", T0, T0 + 60) == before
        assert segments.overlapping(c, "front", T0, T0 + 60) == [seg(T0, motion=7, objects=2, dbfs=-20.0)]
    fill(db, seg(T0, 8.0))  # another recording
    with db.read() as c:
        [(_, _, _, _, *known)] = segments.listed(c, "front", T0, T0 + 60)
    assert known == [None, None, None]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [(0, 30, 3), (0, 10, 1), (9.9, 10.1, 2), (10, 20, 1), (-5, 0, 0), (30, 40, 0), (29.9, 40, 1), (12, 13, 1)],
)
def test_the_overlap_test_takes_touching_ranges_for_apart(db: Database, start: float, end: float, found: int) -> None:
    fill(db, seg(T0), seg(T0 + 10), seg(T0 + 20), seg(T0 + 10, camera="back"))
    with db.read() as c:
        assert len(segments.overlapping(c, "front", T0 + start, T0 + end)) == found
        assert len(segments.spans(c, "front", T0 + start, T0 + end)) == found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_playlists_are_read_from_an_index_alone(db: Database) -> None:
    fill(db, seg(T0), seg(T0 + 10, init_id="f" * 16), seg(T0 + 20, 8.0, size_bytes=9_000_000))
    said: list[tuple[str, tuple[object, ...]]] = []
    with db.read() as c:
        event.listen(c, "before_cursor_execute", lambda *args: said.append((args[2], args[3])))
        assert [start for start, *_ in segments.whole(c, "front", T0, T0 + 25)] == [T0, T0 + 10]
        assert segments.first(c, "front", T0 + 1, T0 + 99) == (T0, T0 + 10, "0123456789abcdef", True)
        assert segments.first(c, "front", T0 + 1, T0 + 99, "f" * 16) == (T0 + 10, T0 + 20, "f" * 16, True)
        assert segments.first(c, "front", T0 + 1, T0 + 10, "f" * 16) is None
        assert segments.peak(c, "front", T0, T0 + 15, 0.5) == 200_000
        assert segments.peak(c, "front", T0, T0 + 21, 0.5) == 1_125_000
        assert segments.peak(c, "front", T0, T0 + 21, 30) == 300_000
        assert segments.peak(c, "back", T0, T0 + 21, 30) == 0
        queries = [(text, values) for text, values in said if text != "BEGIN"]
        assert len(queries) == 8
        for text, values in queries:
            plan = [step[3] for step in c.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)]
            uses = [step for step in plan if step.startswith("SEARCH")]
            assert uses
            assert all("USING COVERING INDEX" in step for step in uses), plan
            assert not [step for step in plan if step.startswith("SCAN segments")]


def test_marked_segments_are_given_to_nobody_until_they_are_dropped(db: Database) -> None:
    fill(db, seg(T0), seg(T0 + 10))
    with db.read() as c:
        first = segments.oldest(c, 1)
    db.write(lambda c: segment_deletion.mark(c, [one.id for one in first]))
    with db.read() as c:
        assert [one.start_time for one in segments.spans(c, "front", T0, T0 + 60)] == [T0 + 10]
        assert [one.id for one in segment_deletion.marked(c)["retention"]] == [first[0].id]
        assert segments.oldest(c, 5)[0].start_time == T0 + 10
    db.write(lambda c: segment_deletion.drop(c, [one.id for one in first]))
    with db.read() as c:
        assert segment_deletion.marked(c) == {}


def test_init_sections_go_with_their_last_segment(db: Database) -> None:
    fill(db, seg(T0))
    db.write(segment_deletion.drop_unused_inits)
    with db.read() as c:
        assert segments.init(c, "0123456789abcdef") == b"init"
        ids = [one.id for one in segments.oldest(c, 5)]
    db.write(lambda c: segment_deletion.drop(c, ids))
    db.write(segment_deletion.drop_unused_inits)
    with db.read() as c:
        assert c.execute(select(init_sections)).all() == []


def test_days_are_walked_by_folder(db: Database) -> None:
    fill(db, seg(T0), seg(T0 + 10), seg(T0 + 86400), seg(T0 + 5 * 86400, camera="back"))
    with db.read() as c:
        assert list(segments.folders(c)) == [
            "recordings/2026-04-01",
            "recordings/2026-04-02",
            "recordings/2026-04-06",
        ]
        assert len(segments.paths_below(c, "recordings/2026-04-01")) == 2


def test_usage_and_bandwidth(db: Database) -> None:
    fill(db, seg(T0), seg(T0 + 10), seg(T0, 20.0, "back"))
    with db.read() as c:
        assert segments.usage(c) == {"front": 4_000_000, "back": 2_000_000}
        assert segments.bandwidth(c, T0) == {"front": 200_000, "back": 100_000}
        assert segments.count(c) == 3


def add_event(db: Database, id_: str, start: float, end: float | None, *, has_clip: bool = True) -> None:
    row = {"id": id_, "camera": "front", "label": "person", "type": "object", "start_time": start, "end_time": end}
    db.write(partial(events.put, values={**row, "has_clip": has_clip, "zones": [], "data": {}}))


def test_deletions_are_remembered_newest_first_and_expire(db: Database) -> None:
    first = Deletion(T0, "front", T0, T0 + 10, 1, 5, "retention")
    second = Deletion(T0 + 1, "back", T0, T0 + 10, 1, 5, "lost", "disk full")
    for one in (first, second):
        db.write(partial(deletions.add, deletion=one))
    with db.read() as c:
        assert deletions.latest(c) == [second, first]
        assert deletions.latest(c, camera="front") == [first]
    db.write(lambda c: deletions.expire(c, T0 + 0.5))
    with db.read() as c:
        assert deletions.latest(c) == [second]


def test_hours_and_days_newest_first(db: Database) -> None:
    fill(db, seg(T0, motion=5, objects=1), seg(T0 + 10, motion=7), seg(T0 + 3600), seg(T0 + 86400))
    add_event(db, "1", T0 + 5, T0 + 6)
    add_event(db, "2", T0 + 5, T0 + 6, has_clip=False)
    add_event(db, "3", T0 + 4 * 3600, T0 + 4 * 3600 + 1)
    with db.read() as c:
        found = summaries.by_day(c, "front", ZoneInfo("UTC"))
        assert summaries.days(c, ["front", "back"], ZoneInfo("UTC")) == ["2026-04-02", "2026-04-01"]
        assert summaries.days(c, ["back"], ZoneInfo("UTC")) == []
    assert [day.day for day in found] == ["2026-04-02", "2026-04-01"]
    first = found[1]
    assert (first.events, [(one.hour, one.events) for one in first.hours]) == (2, [("13", 0), ("12", 1)])
    assert first.hours[1] == summaries.Hour("12", 1, 12, 1, 20)


def test_half_hour_zones_and_daylight_saving(db: Database) -> None:
    fill(db, seg(datetime(2026, 4, 1, 18, 40, tzinfo=UTC).timestamp()))
    berlin = ZoneInfo("Europe/Berlin")  # 2026-10-25: 02:00-03:00 happens twice, 00:30 UTC and 01:30 UTC
    for hour in (0, 1):
        fill(db, seg(datetime(2026, 10, 25, hour, 30, tzinfo=UTC).timestamp()))
    with db.read() as c:
        kolkata = summaries.by_day(c, "front", ZoneInfo("Asia/Kolkata"))
        local = summaries.by_day(c, "front", berlin)
    assert [(day.day, [one.hour for one in day.hours]) for day in kolkata if day.day < "2026-10"] == [
        ("2026-04-02", ["00"])
    ]
    (back,) = (day for day in local if day.day == "2026-10-25")
    assert [(one.hour, one.duration) for one in back.hours] == [("02", 20)]


def test_an_event_of_the_other_side_of_a_clock_change_is_in_its_own_hour(db: Database) -> None:
    sydney = ZoneInfo("Australia/Sydney")  # 2026-10-04: 02:00-03:00 is left out, at 16:00 UTC the day before
    change = datetime(2026, 10, 3, 16, tzinfo=UTC).timestamp()
    fill(db, seg(change - 600))
    add_event(db, "1", change + 60, None)
    with db.read() as c:
        found = summaries.by_day(c, "front", sydney)
    assert [(day.day, day.events) for day in found] == [("2026-10-04", 1)]
    assert [(one.hour, one.events) for one in found[0].hours] == [("01", 0)]


def test_summaries_and_usage_do_not_look_at_segments(db: Database) -> None:
    fill(db, seg(T0, motion=1), seg(T0 + 86400))
    with db.read() as c, noted(c) as said:
        assert len(summaries.by_day(c, "front", ZoneInfo("Europe/Berlin"))) == 2
        assert len(summaries.days(c, ["front"], ZoneInfo("Europe/Berlin"))) == 2
        assert segments.usage(c, "front") == {"front": 4_000_000}
    assert said
    assert not [text for text in said if "FROM segments" in text]


def test_the_years_between_two_recordings_are_not_looked_through(db: Database) -> None:
    """A camera's clock that had not been set yet gives segments of 1970."""
    fill(db, seg(5 * 3600.0, camera="back"), seg(T0), seg(T0 + 40 * 86400, camera="back"))
    with db.read() as c, noted(c) as said:
        found = summaries.days(c, ["front", "back", "side"], ZoneInfo("America/New_York"))
        assert summaries.days(c, ["front"], ZoneInfo("UTC")) == ["2026-04-01"]
    assert found == ["2026-05-11", "2026-04-01", "1970-01-01"]
    assert 5 < len(said) < 30


def sums(connection: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(select(quarters).order_by(quarters.c.camera, quarters.c.number))]


def test_quarters_follow_every_change_of_segments(db: Database) -> None:
    some = [seg(T0 + n * 300, camera=camera, motion=n) for n in range(7) for camera in ("front", "back")]
    fill(db, *some)
    fill(db, replace(some[0], start_time=T0 + 900, end_time=T0 + 905, size_bytes=7))  # the same path, later
    db.write(lambda c: segments.set_activity(c, some[2].path, 9, 4))
    with db.read() as c:
        ids = [one.id for one in segments.oldest(c, 5)]
    db.write(lambda c: segment_deletion.mark(c, ids))
    with db.read() as c:
        assert sum(segments.usage(c).values()) == 13 * 2_000_000 + 7  # what is marked lies on the disk still
    db.write(lambda c: segment_deletion.drop(c, ids[:3]))

    def again(connection: Connection) -> None:
        before = sums(connection)
        connection.execute(quarters.delete())
        recount(connection, [(one.camera, one.start_time) for one in [*some, replace(some[0], start_time=T0 + 900)]])
        assert sums(connection) == before

    db.write(again)
    db.write(lambda c: segment_deletion.drop(c, [one.id for one in segments.oldest(c, 99)] + ids))
    with db.read() as c:
        assert sums(c) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_sums_of_a_camera_follow_every_change_of_segments(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    some = [seg(T0 + n * 450, camera=camera) for n in range(6) for camera in ("front", "back")]
    for _ in range(80):
        one = dice.choice(some)
        start = one.start_time + dice.choice((0, 0, 900))
        changed = replace(one, start_time=start, end_time=start + 10, size_bytes=dice.choice((0, 7, 3_000_000_000)))
        with db.read() as c:
            ids = [row.id for row in segments.oldest(c, 4) if dice.random() < 0.5]
            ids += [row.id for rows in segment_deletion.marked(c).values() for row in rows if dice.random() < 0.5]
        db.write(
            dice.choice(
                (
                    partial(segments.add, segment=changed, init=b"init"),
                    partial(segments.add, segment=changed, init=b"init"),
                    partial(segments.set_activity, path=one.path, motion=5, objects=None),
                    partial(segment_deletion.mark, ids=ids),
                    partial(segment_deletion.drop, ids=ids),
                )
            )
        )
        with db.read() as c:
            sizes = func.count(), func.sum(quarters.c.size_bytes)
            expected = c.execute(select(quarters.c.camera, *sizes).group_by(quarters.c.camera)).all()
            assert sorted(tuple(row) for row in c.execute(select(recorded))) == sorted(tuple(row) for row in expected)
            rows = select(table.c.camera, func.sum(cast(table.c.size_bytes, BigInteger))).group_by(table.c.camera)
            assert segments.usage(c) == {camera: int(size) for camera, size in c.execute(rows)}


def test_an_older_database_gets_the_sums_of_each_camera(db: Database) -> None:
    fill(db, *(seg(T0 + n * 450, camera=camera) for n in range(6) for camera in ("front", "back")))

    def kept() -> list[tuple[object, ...]]:
        with db.read() as c:
            return sorted(tuple(row) for row in c.execute(select(recorded)))

    before = kept()
    assert before == [("back", 3, 12_000_000), ("front", 3, 12_000_000)]
    db.write(lambda c: command.downgrade(schema.alembic_config(c), "0011"))
    db.write(schema.migrate)
    assert kept() == before


def test_hours_and_days_of_which_all_is_being_deleted_are_not_listed(db: Database) -> None:
    fill(db, seg(T0), seg(T0 + 86400))
    with db.read() as c:
        first = segments.oldest(c, 1)
    db.write(lambda c: segment_deletion.mark(c, [first[0].id]))
    with db.read() as c:
        assert [day.day for day in summaries.by_day(c, "front", ZoneInfo("UTC"))] == ["2026-04-02"]
        assert summaries.days(c, ["front"], ZoneInfo("UTC")) == ["2026-04-02"]
