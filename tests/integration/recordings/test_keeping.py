"""Retention, budgets and the free-space floor on real files."""

import asyncio
from collections.abc import ItemsView, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest

from dogwatch.bus.messages import SpaceWanted
from dogwatch.config.record import RecordConfig
from dogwatch.errors import RecordingError, StoreFullError
from dogwatch.media import fragments
from dogwatch.recordings import space, volume
from dogwatch.recordings.retention import Retention
from dogwatch.recordings.rules import DAY_S, Rules, rules_of
from dogwatch.recordings.space import SpaceKeeper
from dogwatch.store import deletions, events, reviews, segment_deletion, segments
from dogwatch.store.database import Database
from dogwatch.testing import recordings
from dogwatch.testing.clock import StandingClock
from dogwatch.testing.recordings import T0
from tests.mounts import small_disk

LATER = 1000.0  # nothing younger goes: it may still be told to be before an alert
NOW = T0 + 40 + LATER


def record(db: Database, root: Path, camera: str = "front", count: int = 5, start: float = T0) -> int:
    """Record `count` analysed, quiet segments of 4 s; return the size of the last."""
    made = recordings.record(root, camera, start, count)
    for one in made:
        db.write(partial(segments.add, segment=one, init=fragments.scan(root / one.path).init))
        db.write(partial(segments.set_activity, path=one.path, motion=0, objects=0))
    return made[-1].size_bytes


def left(db: Database, root: Path) -> dict[str, list[float]]:
    """Return the start times (after T0) of what is left, having checked that rows and files agree."""
    found: dict[str, list[float]] = {}
    with db.read() as c:
        for span in segments.oldest(c, 1000):
            found.setdefault(span.camera, []).append(span.start_time - T0)
            assert (root / span.path).exists()
        count = segments.count(c)
    assert len(list((root / "recordings").rglob("*.mp4"))) == count
    return found


def retention(db: Database, root: Path, **record: Any) -> Retention:
    cameras = {"front": rules_of(RecordConfig.model_validate(record))}
    return Retention(db, root, cameras, clock=lambda: NOW)


def seconds(value: float) -> dict[str, float]:
    return {"days": value / DAY_S}


def test_what_is_too_old_goes_with_its_file(db: Database, tmp_path: Path) -> None:
    record(db, tmp_path)
    record(db, tmp_path, "removed-camera", 1)
    freed = retention(db, tmp_path, continuous=seconds(LATER + 30)).expire()
    assert freed > 0
    assert left(db, tmp_path) == {"front": [8, 12, 16], "removed-camera": [0]}
    with db.read() as c:
        (note,) = deletions.latest(c)
    assert (note.reason, note.segments, note.start_time, note.end_time) == ("retention", 2, T0, T0 + 8)


def test_alerts_keep_what_surrounds_them(db: Database, tmp_path: Path) -> None:
    record(db, tmp_path)
    row = {"id": "1-a", "camera": "front", "severity": "alert", "start_time": T0 + 9, "end_time": T0 + 10}
    db.write(lambda c: reviews.put(c, {**row, "thumb_path": "x.webp", "data": {}}))
    alerts = {"pre_capture": 2, "post_capture": 1, "retain": {**seconds(LATER + 60), "mode": "all"}}
    retention(db, tmp_path, alerts=alerts).expire()
    assert left(db, tmp_path) == {"front": [4, 8]}


def test_an_empty_hour_takes_its_directories_with_it(db: Database, tmp_path: Path) -> None:
    record(db, tmp_path)
    cameras = {"front": rules_of(RecordConfig())}
    Retention(db, tmp_path, cameras, clock=lambda: NOW + 999).expire()
    assert left(db, tmp_path) == {}
    assert list((tmp_path / "recordings").iterdir()) == []


def test_a_clock_that_leaps_ahead_does_not_wipe_the_disk(db: Database, tmp_path: Path) -> None:
    """Not in the run in which it leaps, not in the next, but in the end it is believed."""
    record(db, tmp_path)
    clock = StandingClock(NOW)
    cameras = {"front": rules_of(RecordConfig.model_validate({"continuous": {"days": 7}}))}

    def expire() -> bool:
        keeper = Retention(db, tmp_path, cameras, clock=clock)
        keeper.expire()
        return keeper.held()

    assert not expire()
    for later in (5 * 365 * DAY_S, 3600.0, 0.9 * DAY_S):
        clock.advance(later)
        assert expire()
        assert len(left(db, tmp_path)["front"]) == 5
    clock.now = NOW + 60
    assert not expire()
    assert len(left(db, tmp_path)["front"]) == 5
    clock.advance(8 * DAY_S)
    assert expire()
    clock.advance(0.6 * DAY_S)
    assert expire()
    clock.advance(0.6 * DAY_S)
    assert not expire()
    assert left(db, tmp_path) == {}


def test_a_disk_that_was_unmounted_has_lost_nothing(db: Database, tmp_path: Path) -> None:
    record(db, tmp_path)
    volume.check(db, tmp_path)
    mounted = tmp_path / "recordings"
    mounted.rename(tmp_path / "away")
    mounted.mkdir()
    with pytest.raises(RecordingError, match="mounted"):
        retention(db, tmp_path).expire()
    with pytest.raises(RecordingError, match="mounted"):
        SpaceKeeper(db, tmp_path, 100, free=lambda _: 0).make_room()
    mounted.rmdir()
    (tmp_path / "away").rename(mounted)
    assert len(left(db, tmp_path)["front"]) == 5


def test_the_budget_takes_the_oldest(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = record(db, tmp_path)
    monkeypatch.setattr("dogwatch.recordings.rules.MEGABYTE", size / 100)
    retention(db, tmp_path, continuous={"days": 9}, budget=250).expire()
    assert left(db, tmp_path) == {"front": [12, 16]}
    with db.read() as c:
        assert deletions.latest(c)[0].reason == "budget"


def test_old_notes_are_forgotten(db: Database, tmp_path: Path) -> None:
    for time in (NOW - 91 * DAY_S, NOW - DAY_S):
        note = deletions.Deletion(time, "front", time, time, 0, 0, "lost")
        db.write(partial(deletions.add, deletion=note))
    retention(db, tmp_path).expire()
    with db.read() as c:
        assert [note.time for note in deletions.latest(c)] == [NOW - DAY_S]


async def test_retention_runs_again_after_a_failure(db: Database, tmp_path: Path) -> None:
    calls: list[int] = []
    done = asyncio.Event()
    loop = asyncio.get_running_loop()

    class Cameras(dict[str, Rules]):
        def items(self) -> ItemsView[str, Rules]:  # type: ignore[override]
            calls.append(1)
            if len(calls) == 1:
                raise LookupError("once")
            loop.call_soon_threadsafe(done.set)
            return super().items()

    task = asyncio.create_task(Retention(db, tmp_path, Cameras()).run(lambda: 0.01))
    await asyncio.wait_for(done.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(calls) >= 2


class Disk:
    """A disk of `size` bytes that holds nothing but recordings."""

    def __init__(self, root: Path, size: int) -> None:
        self.root, self.size = root, size

    def free(self, _: Path) -> int:
        return self.size - sum(path.stat().st_size for path in self.root.rglob("*.mp4"))


def test_the_floor_is_kept_by_deleting_the_oldest_of_all_cameras(db: Database, tmp_path: Path) -> None:
    record(db, tmp_path, "front", 3)
    record(db, tmp_path, "back", 3, T0 + 2)
    disk = Disk(tmp_path, 1 << 20)
    size = (1 << 20) - disk.free(tmp_path)
    disk.size = size + 1000
    keeper = SpaceKeeper(db, tmp_path, 1000 + size // 3, free=disk.free, clock=lambda: NOW + 9999)
    freed = keeper.make_room()
    assert disk.free(tmp_path) >= 1000 + size // 3
    assert left(db, tmp_path) == {"front": [8], "back": [6, 10]} or left(db, tmp_path) == {
        "front": [4, 8],
        "back": [6, 10],
    }
    assert freed > 0
    assert keeper.make_room() == 0
    with db.read() as c:
        assert {note.reason for note in deletions.latest(c)} == {"free_space"}


def test_what_has_another_name_stays_because_to_delete_it_frees_nothing(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    media, other = tmp_path / "media", tmp_path / "other"
    size = record(db, media, count=6)
    other.mkdir()
    files = sorted(media.rglob("*.mp4"))
    for number, path in enumerate(files[:3]):
        (other / str(number)).hardlink_to(path)
    monkeypatch.setattr(space, "PAGE", 2)
    keeper = SpaceKeeper(db, media, size // 2, free=lambda _: 0, clock=lambda: NOW + 9999)
    for _ in range(2):
        keeper.make_room()
    assert left(db, media) == {"front": [0, 4, 8, 20]}
    for _ in range(3):
        keeper.make_room()
    assert left(db, media) == {"front": [0, 4, 8]}
    assert keeper.failed
    assert caplog.text.count("another name") == 1
    (other / "1").unlink()
    monkeypatch.setattr(space, "LINKS_S", 0)
    keeper.make_room()
    assert left(db, media) == {"front": [0, 8]}


def test_a_minute_of_recording_is_kept_free_beyond_the_floor(db: Database, tmp_path: Path) -> None:
    size = record(db, tmp_path, count=5)  # 4 s each: a minute is 15 of them, so all must go
    disk = Disk(tmp_path, 1 << 20)
    disk.size = (1 << 20) - disk.free(tmp_path) + size
    keeper = SpaceKeeper(db, tmp_path, 0, free=disk.free, clock=lambda: T0 + 40)
    keeper.make_room()
    assert left(db, tmp_path) == {}


def test_when_deleting_frees_nothing_it_does_not_go_on_for_ever(db: Database, tmp_path: Path) -> None:
    size = record(db, tmp_path, count=5)
    keeper = SpaceKeeper(db, tmp_path, size, free=lambda _: 0, clock=lambda: NOW + 9999)
    keeper.make_room()
    assert len(left(db, tmp_path)["front"]) >= 3


def test_with_nothing_left_to_delete_it_says_so_once(
    db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = SpaceKeeper(db, tmp_path, 1 << 40, free=lambda _: 0)
    assert keeper.make_room() == 0
    assert keeper.make_room() == 0
    assert keeper.failed
    assert caplog.text.count("no recordings left") == 1


def noted(db: Database) -> list[deletions.Deletion]:
    with db.read() as c:
        return deletions.latest(c)


async def test_a_wish_is_answered_at_once(db: Database, tmp_path: Path) -> None:
    size = record(db, tmp_path, count=3)
    keeper = SpaceKeeper(db, tmp_path, 0, free=lambda _: 1 << 40, clock=lambda: NOW + 9999)
    task = asyncio.create_task(keeper.run())
    await asyncio.sleep(0)
    keeper.on_space_wanted(SpaceWanted("front", size + 1))
    async with asyncio.timeout(10):
        while not noted(db):  # noqa: ASYNC110 - the deletion is seen in the database only
            await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert left(db, tmp_path)["front"] == [8] or left(db, tmp_path)["front"] == [4, 8]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "4m") as disk:
        yield disk


def test_on_a_disk_filled_to_the_last_byte_the_oldest_goes_all_the_same(disk: Path) -> None:
    """Deleting means writing to the database, for which there is no room before something is deleted."""
    db = Database(f"sqlite:///{disk / 'dogwatch.db'}")
    try:
        db.migrate()
        size = min(record(db, disk, f"camera{n}") for n in range(6))
        volume.check(db, disk)
        db.write(lambda _: None)
        cast("Any", db._backend).connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with suppress(OSError), (disk / "ballast").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        with pytest.raises(StoreFullError):
            db.write(
                lambda connection: connection.exec_driver_sql("CREATE TABLE room AS SELECT * FROM segments") and None
            )
        assert SpaceKeeper(db, disk, 0).make_room(18 * size) >= 18 * size
        assert sum(map(len, left(db, disk).values())) < 30
        with db.read() as connection:
            assert {one.reason for one in deletions.latest(connection)} == {"free_space"}
    finally:
        db.close()


def test_nothing_of_a_disk_counts_as_deleted_when_it_goes_in_the_middle(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The directory that was looked at stays open, so its files go; another directory in its place is not touched."""
    record(db, tmp_path, count=2)
    volume.check(db, tmp_path)
    marking = segment_deletion.mark

    def going(*arguments: Any, **named: Any) -> None:
        marking(*arguments, **named)
        (tmp_path / "recordings").rename(tmp_path / "away")
        (tmp_path / "recordings").mkdir()

    monkeypatch.setattr(segment_deletion, "mark", going)
    retention(db, tmp_path).expire()
    assert list((tmp_path / "away").rglob("*.mp4")) == []


def test_unanalysed_footage_and_its_surroundings_stay(db: Database, tmp_path: Path) -> None:
    record(db, tmp_path, count=6)
    with db.read() as c:
        paths = [one.path for one in segments.oldest(c, 6)]
    db.write(lambda c: segments.set_activity(c, paths[3], 0, None))
    keep = {"pre_capture": 3, "post_capture": 0, "retain": {"days": 1, "mode": "all"}}
    retention(db, tmp_path, alerts=keep).expire()
    assert left(db, tmp_path) == {"front": [8, 12]}


def test_a_retained_event_keeps_its_footage_until_it_is_no_longer(db: Database, tmp_path: Path) -> None:
    record(db, tmp_path, count=5)
    row = {"id": "1-a", "camera": "front", "label": "person", "type": "object", "zones": [], "data": {}}
    times = {"start_time": T0 + 9, "end_time": T0 + 10, "has_clip": True, "has_snapshot": False}
    db.write(lambda c: events.put(c, {**row, **times}))
    db.write(lambda c: events.retain(c, "1-a", on=True))
    none = {"pre_capture": 0, "post_capture": 0, "retain": {"days": 0}}
    retention(db, tmp_path, alerts=none, detections=none).expire()
    assert left(db, tmp_path) == {"front": [8]}
    db.write(lambda c: events.retain(c, "1-a", on=False))
    retention(db, tmp_path, alerts=none, detections=none).expire()
    assert left(db, tmp_path) == {}


def test_footage_of_the_last_minutes_stays_whatever_the_days(db: Database, tmp_path: Path) -> None:
    record(db, tmp_path, count=2)
    cameras = {"front": rules_of(RecordConfig())}
    Retention(db, tmp_path, cameras, clock=lambda: T0 + 600).expire()
    assert left(db, tmp_path) == {"front": [0, 4]}


def test_a_clock_set_ahead_by_an_hour_deletes_nothing(db: Database, tmp_path: Path) -> None:
    """The program knows how much time has passed while it runs; set back, the clock is believed again."""
    record(db, tmp_path)
    clock, passed = StandingClock(T0 + 30.0), StandingClock(0.0)
    cameras = {"front": rules_of(RecordConfig())}
    keeper = Retention(db, tmp_path, cameras, clock=clock, monotonic=passed)
    keeper.expire()
    clock.advance(3600 + 60)
    passed.advance(60)
    keeper.expire()
    assert keeper.held()
    assert len(left(db, tmp_path)["front"]) == 5
    clock.advance(-3600)
    keeper.expire()
    assert not keeper.held()
    assert len(left(db, tmp_path)["front"]) == 5
    clock.advance(3600)
    passed.advance(3600)
    keeper.expire()
    assert left(db, tmp_path) == {}


def test_a_clock_set_ahead_before_the_first_look_deletes_nothing(db: Database, tmp_path: Path) -> None:
    """Bringing disk and database together may take minutes."""
    record(db, tmp_path)
    clock, passed = StandingClock(T0 + 30.0), StandingClock(0.0)
    cameras = {"front": rules_of(RecordConfig())}
    keeper = Retention(db, tmp_path, cameras, clock=clock, monotonic=passed)
    clock.advance(3600 + 60)
    passed.advance(60)
    keeper.expire()
    assert keeper.held()
    assert len(left(db, tmp_path)["front"]) == 5


def test_a_manual_event_keeps_the_footage_before_it_that_was_asked_for(db: Database, tmp_path: Path) -> None:
    record(db, tmp_path, count=5)
    row = {"id": "1-a", "camera": "front", "label": "parcel", "type": "api", "zones": [], "data": {}}
    times = {"start_time": T0 + 5, "end_time": T0 + 18, "has_clip": True, "has_snapshot": False, "severity": "alert"}
    db.write(lambda c: events.put(c, {**row, **times}))
    review = {"id": "1-b", "camera": "front", "severity": "alert", "start_time": T0 + 17, "end_time": T0 + 18}
    db.write(lambda c: reviews.put(c, {**review, "thumb_path": "x.webp", "data": {}}))
    alerts = {"pre_capture": 0, "post_capture": 0, "retain": {"days": 1, "mode": "all"}}
    retention(db, tmp_path, alerts=alerts, detections={"retain": {"days": 0}}).expire()
    assert left(db, tmp_path) == {"front": [4, 8, 12, 16]}
