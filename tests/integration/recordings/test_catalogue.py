"""The catalogue over a real database and real files: what is asked for is there at every moment of a segment's life."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from dogwatch.bus.messages import FootageLost, FrameTracks, IngestStats, SegmentOpened, SegmentWritten
from dogwatch.errors import NoFootageError, StoreError
from dogwatch.media import fragments
from dogwatch.model import Box, Segment, TrackedObject
from dogwatch.recordings import recovery
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.store import deletions, segments
from dogwatch.store.database import Database
from dogwatch.testing import recordings
from dogwatch.testing.recordings import T0


@pytest.fixture
def catalogue(db: Database, tmp_path: Path) -> Catalogue:
    return Catalogue(db, tmp_path, clock=lambda: 5.0)


def settle(db: Database) -> None:
    """Wait until everything queued so far is written."""
    db.write(lambda _: None)


def written(root: Path, segment: Segment) -> SegmentWritten:
    return SegmentWritten(segment, fragments.scan(root / segment.path).init, True)


def tracks(time: float, motion: int = 0, objects: tuple[TrackedObject, ...] = ()) -> FrameTracks:
    return FrameTracks("front", time, 640, 360, motion, objects=objects)


def cells(db: Database) -> list[bytes | None]:
    with db.read() as c:
        return [row[-1] for row in segments.listed(c, "front", T0, T0 + 99)]


def thing(**changes: bool) -> TrackedObject:
    box = Box(0, 0, 9, 9)
    made = TrackedObject("1-a", "front", "person", 0, 0, box, box, 0.9, 0.9, 0.9, False)
    return replace(made, **changes)


def flush_part(root: Path, segment: Segment, count: int) -> None:
    """Leave of a file what is on disk when `count` fragments and half of the next one are flushed."""
    path = root / segment.path
    path.write_bytes(path.read_bytes()[: segment.fragments[count].offset + 99])


def test_a_written_segment_is_there_at_once_and_after_its_row(
    catalogue: Catalogue, db: Database, tmp_path: Path
) -> None:
    (one,) = recordings.record(tmp_path, count=1)
    release = threading.Event()
    blocked = db.submit(lambda _: release.wait(10))
    catalogue.on_segment_opened(SegmentOpened("front", one.path, T0))
    catalogue.on_segment_written(written(tmp_path, one))
    assert catalogue.segments("front", T0, T0 + 1) == [one]
    assert [span.path for span in catalogue.spans("front", T0, T0 + 1)] == [one.path]
    assert catalogue.listing("front", T0, T0 + 1) == ([], [], [one])
    assert not blocked.done()
    release.set()
    settle(db)
    assert catalogue.segments("front", T0, T0 + 1) == [one]
    assert catalogue.listing("front", T0, T0 + 1) == ([], [one], [])
    assert catalogue.listing("front", T0, T0 + 9) == ([(T0, T0 + 4, one.init_id, True, False)], [], [])
    assert catalogue.first("front", T0, T0 + 9) == (T0, T0 + 4, one.init_id, True)
    assert catalogue.init(one.init_id)[4:8] == b"ftyp"


def test_the_flushed_part_of_an_open_segment(catalogue: Catalogue, tmp_path: Path) -> None:
    one, two = recordings.record(tmp_path, count=2)
    flush_part(tmp_path, two, 2)
    catalogue.on_segment_opened(SegmentOpened("front", two.path, T0 + 4))
    (found,) = catalogue.segments("front", T0, T0 + 99)
    assert (found.start_time, found.end_time) == (T0 + 4, T0 + 6)
    assert found.fragments == two.fragments[:2]
    assert catalogue.listing("front", T0, T0 + 99) == ([], [], [found])
    assert catalogue.first("front", T0, T0 + 99, found.init_id) == (T0 + 4, T0 + 6, found.init_id, True)
    assert catalogue.first("front", T0, T0 + 99, "none") is None
    assert catalogue.peak("front", T0, T0 + 99, 0.5) == found.size_bytes / 2
    assert catalogue.init(found.init_id) == fragments.scan(tmp_path / one.path).init
    assert catalogue.segments("front", T0, T0 + 4) == []
    assert catalogue.segments("front", T0 + 6, T0 + 99) == []
    assert catalogue.segments("back", T0, T0 + 99) == []


def test_an_open_segment_of_which_nothing_is_flushed(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.on_segment_opened(SegmentOpened("front", "recordings/none.mp4", T0))
    assert catalogue.segments("front", T0, T0 + 9) == []


def test_what_a_dead_writer_left_is_rescued_with_the_next_segment(
    catalogue: Catalogue, db: Database, tmp_path: Path
) -> None:
    one, two = recordings.record(tmp_path, count=2)
    flush_part(tmp_path, one, 3)
    catalogue.on_segment_opened(SegmentOpened("front", one.path, T0))
    catalogue.on_segment_opened(SegmentOpened("front", two.path, T0 + 4))
    catalogue.on_segment_written(written(tmp_path, two))
    until(lambda: len(paths(db)) == 2)
    with db.read() as c:
        assert [(s.start_time, s.end_time) for s in segments.spans(c, "front", T0, T0 + 9)] == [
            (T0, T0 + 3),
            (T0 + 4, T0 + 8),
        ]


def test_a_dead_writers_file_is_read_while_the_database_writes(
    catalogue: Catalogue, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that hangs must not hold up all rows of all cameras."""
    one, two = recordings.record(tmp_path, count=2)
    index, hung, go_on = recovery.index, threading.Event(), threading.Event()

    def hang(root: Path, path: str) -> tuple[Segment, bytes, bool]:
        hung.set()
        go_on.wait(10)
        return index(root, path)

    catalogue.on_segment_opened(SegmentOpened("front", one.path, T0))
    monkeypatch.setattr(recovery, "index", hang)
    catalogue.on_segment_written(written(tmp_path, two))
    assert hung.wait(10)
    until(lambda: paths(db) == [two.path])
    go_on.set()
    until(lambda: paths(db) == [one.path, two.path])


def test_activity_is_stored_once_the_whole_segment_was_analysed(
    catalogue: Catalogue, db: Database, tmp_path: Path
) -> None:
    one, two = recordings.record(tmp_path, count=2)
    for n in range(10):
        objects = (thing(), thing(stationary=True), thing(false_positive=True)) if n > 7 else ()
        catalogue.on_tracks(tracks(T0 + n * 0.4, motion=n, objects=objects))
        if n == 1:
            catalogue.on_segment_opened(SegmentOpened("front", one.path, T0))
    catalogue.on_segment_written(written(tmp_path, one))
    settle(db)
    assert catalogue.segments("front", T0, T0 + 1)[0].motion is None
    catalogue.on_segment_opened(SegmentOpened("front", two.path, T0 + 4))
    catalogue.on_tracks(tracks(T0 + 4))
    settle(db)
    (found,) = catalogue.segments("front", T0, T0 + 1)
    assert (found.motion, found.objects) == (45, 2)
    catalogue.on_segment_written(written(tmp_path, two))
    catalogue.on_tracks(tracks(T0 + 8))
    settle(db)
    assert catalogue.segments("front", T0 + 5, T0 + 6)[0].motion == 0


def test_where_something_moved_is_kept_with_the_row(catalogue: Catalogue, db: Database, tmp_path: Path) -> None:
    one, two = recordings.record(tmp_path, count=2)
    for n in range(21):
        boxes = (Box(600, 340, 640, 360),) if n == 3 else ()  # the lower right cell of 16 x 16
        catalogue.on_tracks(replace(tracks(T0 + n * 0.4, motion=800 * len(boxes)), motion_boxes=boxes))
        if n % 10 == 9:
            catalogue.on_segment_written(written(tmp_path, (one, two)[n // 10]))
    settle(db)
    assert cells(db) == [bytes((255, 1)), None]
    [(_, first, *_), _] = catalogue.listed("front", T0, T0 + 99)
    assert first == T0


def test_a_span_that_vision_missed_stays_unknown(catalogue: Catalogue, db: Database, tmp_path: Path) -> None:
    (one,) = recordings.record(tmp_path, count=1, length_s=10)
    catalogue.on_segment_opened(SegmentOpened("front", one.path, T0))
    catalogue.on_tracks(tracks(T0 + 0.1, motion=3))
    catalogue.on_segment_written(written(tmp_path, one))
    catalogue.on_tracks(tracks(T0 + 11))
    settle(db)
    assert catalogue.segments("front", T0, T0 + 1)[0].motion is None


def test_lost_footage_leaves_a_note(catalogue: Catalogue, db: Database) -> None:
    catalogue.on_footage_lost(FootageLost("front", T0, T0 + 3, "no_space", "disk full"))
    settle(db)
    with db.read() as c:
        (note,) = deletions.latest(c)
    assert (note.reason, note.detail, note.start_time, note.end_time) == ("lost", "no_space: disk full", T0, T0 + 3)


def test_an_unknown_init_section(catalogue: Catalogue) -> None:
    with pytest.raises(NoFootageError):
        catalogue.init("0" * 16)


def test_a_lost_row_write_is_made_good_by_the_next_start(catalogue: Catalogue, db: Database, tmp_path: Path) -> None:
    (one,) = recordings.record(tmp_path, count=1)
    assert catalogue.segments("front", T0, T0 + 1) == []
    catalogue.reconcile()
    assert catalogue.segments("front", T0, T0 + 1) == [one]
    shutil.rmtree(tmp_path / "recordings" / "2025-11-18")
    catalogue.reconcile()
    assert catalogue.segments("front", T0, T0 + 1) == []


def test_a_row_that_cannot_be_written_is_tried_again_and_its_footage_plays_meanwhile(
    tmp_path: Path,
) -> None:
    db = Database("sqlite://", queue_limit=1)
    db.migrate()
    catalogue = Catalogue(db, tmp_path)
    made = recordings.record(tmp_path, count=3)
    release, running = threading.Event(), threading.Event()

    def block(_: object) -> None:
        running.set()
        release.wait(10)

    db.submit(block)
    running.wait(10)
    for one in made[:2]:  # the first waits in the queue, the second finds it full
        catalogue.on_segment_written(written(tmp_path, one))
    assert catalogue.segments("front", T0, T0 + 8) == made[:2]
    release.set()
    settle(db)
    db.write(lambda _: None)
    with db.read() as c:
        assert segments.count(c) == 1
    assert catalogue.segments("front", T0, T0 + 8) == made[:2]
    catalogue.on_segment_written(written(tmp_path, made[2]))
    settle(db)
    catalogue.on_segment_written(written(tmp_path, made[2]))  # the queue holds one: the last may have to come again
    settle(db)
    with db.read() as c:
        assert [span.start_time for span in segments.spans(c, "front", T0, T0 + 12)] == [T0, T0 + 4, T0 + 8]
    db.close()


def stats(dropped: int) -> IngestStats:
    return IngestStats("front", 10, 10, 5, 1000, "full", dropped_messages=dropped)


def paths(db: Database) -> list[str]:
    with db.read() as c:
        return [span.path for span in segments.oldest(c, 100)]


def test_recordings_whose_messages_were_lost_are_found_without_a_restart(db: Database, tmp_path: Path) -> None:
    """As after the core was stopped for so long that ingest had no room for more messages."""
    catalogue = Catalogue(db, tmp_path, clock=lambda: T0)
    made = recordings.record(tmp_path, count=6)
    for one in made:
        os.utime(tmp_path / one.path, (T0, T0))
    recordings.record(tmp_path, start=T0 - 7200, count=1)  # before the program began: what `reconcile` is for
    recordings.record(tmp_path, camera="back", count=1)
    torn = tmp_path / made[4].path
    torn.write_bytes(torn.read_bytes()[: made[4].fragments[2].offset + 9])
    os.utime(torn, (T0, T0))
    size = torn.stat().st_size
    catalogue.on_stats(stats(0))
    catalogue.on_segment_written(written(tmp_path, made[0]))
    catalogue.on_stats(stats(0))
    catalogue.on_segment_opened(SegmentOpened("front", made[5].path, T0 + 20))
    catalogue.on_stats(stats(8))
    until(lambda: len(paths(db)) == 5)
    assert paths(db) == [one.path for one in made[:5]]
    assert torn.stat().st_size == size


@pytest.mark.parametrize(("counts", "looks"), [((0, 0), 0), ((2, 2), 1), ((2, 3), 2), ((5, 0, 0), 1), ((5, 1), 2)])
def test_the_disk_is_searched_once_for_each_loss(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, counts: tuple[int, ...], looks: int
) -> None:
    calls: list[str] = []

    def reindex(*args: object) -> int:
        calls.append(str(args[2]))
        return 0

    monkeypatch.setattr(recovery, "reindex", reindex)
    for count in counts:
        catalogue.on_stats(stats(count))
    until(lambda: len(calls) >= looks)
    assert calls == ["front"] * looks


def until(condition: Callable[[], bool]) -> None:
    """Wait for a thread."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_loss_that_cannot_be_noted_yet_is_noted_later(catalogue: Catalogue, db: Database, tmp_path: Path) -> None:
    settle(db)
    driver: Any = cast("Any", db._backend).connection.connection.driver_connection
    driver.execute("PRAGMA query_only=ON")
    catalogue.on_footage_lost(FootageLost("front", T0, T0 + 4, "write_error", "Read-only file system"))
    with pytest.raises(StoreError):
        settle(db)
    driver.execute("PRAGMA query_only=OFF")
    (segment,) = recordings.record(tmp_path, "front", T0 + 10, 1)
    catalogue.on_segment_written(written(tmp_path, segment))
    settle(db)
    with db.read() as connection:
        assert [(one.start_time, one.reason) for one in deletions.latest(connection)] == [(T0, "lost")]
