"""Disk and database are brought together, whichever of them is behind."""

import os
import shutil
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert

from dogwatch.errors import RecordingError
from dogwatch.media import fragments
from dogwatch.model import VOLUME_FILE, Segment
from dogwatch.recordings import recovery, removal, volume
from dogwatch.recordings.catalogue import Catalogue
from dogwatch.recordings.recovery import RecoveryReport
from dogwatch.store import deletions, segment_deletion, segments
from dogwatch.store.database import Database
from dogwatch.store.tables import init_sections
from dogwatch.store.tables import segments as table
from dogwatch.testing import recordings
from dogwatch.testing.recordings import T0
from tests import plain_recordings


def add(db: Database, root: Path, *some: Segment) -> None:
    for one in some:
        db.write(partial(segments.add, segment=one, init=fragments.scan(root / one.path).init))


def age(root: Path) -> None:
    """Make all files older than the run that is about to begin."""
    for path in (root / "recordings").rglob("*.mp4"):
        os.utime(path, (T0, T0))


def stored(db: Database) -> list[Segment]:
    with db.read() as c:
        spans = [span for day in segments.folders(c) for span in segments.paths_below(c, day).values()]
        near = [one for s in spans for one in segments.overlapping(c, s.camera, s.start_time, s.end_time)]
    return sorted({one.path: one for one in near}.values(), key=lambda one: one.path)


def spans(db: Database) -> list[segments.SegmentRow]:
    with db.read() as c:
        return [span for day in segments.folders(c) for span in segments.paths_below(c, day).values()]


def test_imported_files_without_rows_are_indexed_by_their_names(db: Database, tmp_path: Path) -> None:
    made = plain_recordings.record(tmp_path, count=2)
    age(tmp_path)
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=2, added=2)
    assert stored(db) == made
    before = [(tmp_path / one.path).read_bytes() for one in made]
    (tmp_path / made[0].path).write_bytes(before[0][:-100])
    db.write(lambda connection: segment_deletion.drop(connection, [span.id for span in spans(db)]))
    age(tmp_path)
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=2, added=1, broken=1)


def test_files_without_rows_are_indexed_exactly(db: Database, tmp_path: Path) -> None:
    made = recordings.record(tmp_path, count=2) + recordings.record(tmp_path, "back-yard", T0 + 90000, count=1)
    age(tmp_path)
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=3, added=3)
    assert stored(db) == sorted(made, key=lambda one: one.path)
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=3)


def test_a_disk_that_goes_away_meanwhile_costs_no_rows(db: Database, tmp_path: Path) -> None:
    made = recordings.record(tmp_path, count=2)
    add(db, tmp_path, *made)
    volume.check(db, tmp_path)

    def unmount(done: int, days: int) -> None:
        if not done:
            (tmp_path / "recordings").rename(tmp_path / "unmounted")

    with pytest.raises(RecordingError):
        recovery.reconcile(db, tmp_path, unmount)
    assert stored(db) == made


def test_files_that_began_in_the_same_second(db: Database, tmp_path: Path) -> None:
    first, second = recordings.record(tmp_path, count=2)
    namesake = first.path.replace(".mp4", "_1.mp4")
    (tmp_path / second.path).rename(tmp_path / namesake)
    age(tmp_path)
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=2, added=2)
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=2)
    assert [one.path for one in stored(db)] == [first.path, namesake]


def test_what_a_running_recorder_may_have_open_is_left_alone(db: Database, tmp_path: Path) -> None:
    """A core that begins anew does not know yet which files these are; what nobody tells of is indexed later."""
    old, young = recordings.record(tmp_path, count=2)
    path = tmp_path / young.path
    path.write_bytes(path.read_bytes()[: young.fragments[3].offset + 57])
    age(tmp_path)
    os.utime(path, (time.time() - 8,) * 2)
    size = path.stat().st_size
    assert recovery.reconcile(db, tmp_path, since=time.time() - recovery.OPEN_S) == RecoveryReport(files=2, added=1)
    assert [one.path for one in stored(db)] == [old.path]
    Catalogue(db, tmp_path, clock=lambda: T0 + 30).reindex(["front"])
    assert [one.path for one in stored(db)] == [old.path, young.path]
    assert path.stat().st_size == size


def test_what_this_core_has_begun_to_record_is_left_alone(db: Database, tmp_path: Path) -> None:
    """Recording begins before disk and table are reconciled. A row would hide what is written to the file later."""
    old, begun = recordings.record(tmp_path, count=2)
    age(tmp_path)
    os.utime(tmp_path / old.path, (time.time() - 3,) * 2)
    os.utime(tmp_path / begun.path, (time.time() - 1,) * 2)
    assert recovery.reconcile(db, tmp_path, since=time.time() - 2) == RecoveryReport(files=2, added=1)
    assert [one.path for one in stored(db)] == [old.path]


def test_a_torn_end_is_cut_off(db: Database, tmp_path: Path) -> None:
    (one,) = recordings.record(tmp_path, count=1)
    path = tmp_path / one.path
    path.write_bytes(path.read_bytes()[: one.fragments[3].offset + 57])
    age(tmp_path)
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=1, added=1, trimmed=1)
    (found,) = stored(db)
    assert found.fragments == one.fragments[:3]
    assert path.stat().st_size == one.fragments[3].offset == found.size_bytes


def test_unplayable_files_are_set_aside_with_a_note(db: Database, tmp_path: Path) -> None:
    (one,) = recordings.record(tmp_path, count=1)
    path = tmp_path / one.path
    path.write_bytes(b"")
    age(tmp_path)
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=1, broken=1)
    assert stored(db) == []
    assert (tmp_path / "recordings/.broken/2025-11-18/11/front/06.40.mp4").exists()
    assert not path.parent.exists()
    with db.read() as c:
        (note,) = deletions.latest(c)
    assert (note.reason, note.camera) == ("broken", "front")
    assert recovery.reconcile(db, tmp_path) == RecoveryReport()


def test_one_file_that_cannot_be_set_aside_does_not_keep_the_others_from_being_indexed(
    db: Database, tmp_path: Path
) -> None:
    broken, good = recordings.record(tmp_path, count=2)
    (tmp_path / broken.path).write_bytes(b"")
    (tmp_path / "recordings" / recovery.BROKEN).write_text("in the way, as a disk that is read-only would be")
    age(tmp_path)
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=2, added=1)
    assert stored(db) == [good]


def test_what_two_delete_at_once_is_noted_once(db: Database, tmp_path: Path) -> None:
    """Such as retention and the removal of the camera, which have looked at the same moment."""
    made = recordings.record(tmp_path, count=2)
    add(db, tmp_path, *made)
    with db.read() as connection:
        spans = segments.spans(connection, made[0].camera, T0, T0 + 60)
    assert removal.remove(db, tmp_path, spans[:1], "retention") == made[0].size_bytes
    assert removal.remove(db, tmp_path, spans, "api") == made[1].size_bytes
    with db.read() as connection:
        noted = {one.reason: one.segments for one in deletions.latest(connection)}
    assert noted == {"retention": 1, "api": 1}


def test_rows_without_files_are_dropped_with_a_note(db: Database, tmp_path: Path) -> None:
    made = recordings.record(tmp_path, count=3)
    add(db, tmp_path, *made)
    volume.check(db, tmp_path)
    for one in made[:2]:
        (tmp_path / one.path).unlink()
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=1, missing=2)
    assert stored(db) == [made[2]]
    with db.read() as c:
        (note,) = deletions.latest(c)
    assert (note.reason, note.segments, note.start_time, note.end_time) == ("missing", 2, T0, T0 + 8)


def test_a_whole_day_that_has_gone(db: Database, tmp_path: Path) -> None:
    made = recordings.record(tmp_path, count=1) + recordings.record(tmp_path, start=T0 + 86400, count=1)
    add(db, tmp_path, *made)
    shutil.rmtree(tmp_path / "recordings" / "2025-11-18")
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=1, missing=1)


@pytest.mark.parametrize("unlinked", [False, True])
def test_interrupted_deletions_are_completed(db: Database, tmp_path: Path, unlinked: bool) -> None:
    made = recordings.record(tmp_path, count=2)
    add(db, tmp_path, *made)
    with db.read() as c:
        first = segments.oldest(c, 1)
    db.write(lambda c: segment_deletion.mark(c, [one.id for one in first], "budget"))
    if unlinked:
        (tmp_path / made[0].path).unlink()
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=1, finished=1)
    assert not (tmp_path / made[0].path).exists()
    assert stored(db) == [made[1]]
    with db.read() as c:
        (note,) = deletions.latest(c)
    assert (note.reason, note.segments, note.detail) == ("budget", 1, "completed after a restart")


def test_files_that_are_being_written_are_left_alone(db: Database, tmp_path: Path) -> None:
    (one,) = recordings.record(tmp_path, count=1)
    later = time.time() + 100
    os.utime(tmp_path / one.path, (later, later))
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=1)
    assert stored(db) == []


def test_a_file_of_the_last_seconds_is_indexed_but_not_changed(db: Database, tmp_path: Path) -> None:
    one, two = recordings.record(tmp_path, count=2)
    torn = (tmp_path / one.path).read_bytes()[: one.fragments[3].offset + 57]
    (tmp_path / one.path).write_bytes(torn)
    (tmp_path / two.path).write_bytes(torn[:500])
    just_now = time.time() - 1
    for path in (one.path, two.path):
        os.utime(tmp_path / path, (just_now, just_now))
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=2, added=1)
    assert (tmp_path / one.path).read_bytes() == torn
    assert (tmp_path / two.path).exists()
    assert stored(db)[0].fragments == one.fragments[:3]


def test_what_is_no_segment_is_not_touched(db: Database, tmp_path: Path) -> None:
    for name in ("readme.txt", "2025-11-18/notes.mp4", "2025-11-18/11/front/cover.jpg", "2025-11-18/11/front/x.mp4"):
        path = tmp_path / "recordings" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert recovery.reconcile(db, tmp_path) == RecoveryReport()
    assert (tmp_path / "recordings/2025-11-18/11/front/x.mp4").exists()


def test_progress_is_told_by_days(db: Database, tmp_path: Path) -> None:
    recordings.record(tmp_path, count=1)
    recordings.record(tmp_path, start=T0 + 86400, count=1)
    told: list[tuple[int, int]] = []
    recovery.reconcile(db, tmp_path, lambda done, total: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_an_unmounted_disk_is_refused_and_nothing_is_forgotten(db: Database, tmp_path: Path) -> None:
    add(db, tmp_path, *recordings.record(tmp_path, count=1))
    recovery.reconcile(db, tmp_path)
    (tmp_path / "recordings").rename(tmp_path / "elsewhere")
    (tmp_path / "recordings").mkdir()
    with pytest.raises(RecordingError, match=r"is its disk mounted\? .*\.dogwatch-volume"):
        recovery.reconcile(db, tmp_path)
    assert len(stored(db)) == 1
    assert list((tmp_path / "recordings").iterdir()) == []


def test_an_empty_identity_file_is_the_users_word(db: Database, tmp_path: Path) -> None:
    recovery.reconcile(db, tmp_path)
    (tmp_path / "recordings" / VOLUME_FILE).write_text("")
    recovery.reconcile(db, tmp_path)
    assert (tmp_path / "recordings" / VOLUME_FILE).read_text().strip()
    recovery.reconcile(db, tmp_path)


def test_a_disk_of_another_database_is_refused_but_adopted_by_a_new_one(db: Database, tmp_path: Path) -> None:
    volume.check(db, tmp_path)
    (tmp_path / "recordings" / VOLUME_FILE).write_text("other\n")
    with pytest.raises(RecordingError, match="another Dogwatch database"):
        volume.check(db, tmp_path)
    fresh = Database("sqlite://")
    fresh.migrate()
    volume.check(fresh, tmp_path)
    volume.check(fresh, tmp_path)
    fresh.close()


def test_removal_marks_unlinks_drops_and_says_why(db: Database, tmp_path: Path) -> None:
    made = recordings.record(tmp_path, count=2) + recordings.record(tmp_path, "back", count=1)
    add(db, tmp_path, *made)
    with db.read() as c:
        spans = segments.oldest(c, 9)
    freed = removal.remove(db, tmp_path, spans, "api", "by hand", clock=lambda: 7.0)
    assert freed == sum(one.size_bytes for one in made)
    assert stored(db) == []
    assert list((tmp_path / "recordings").iterdir()) == []
    with db.read() as c:
        notes = {note.camera: note for note in deletions.latest(c)}
    assert notes["front"].segments == 2
    assert (notes["back"].reason, notes["back"].detail, notes["back"].time) == ("api", "by hand", 7.0)


def test_a_file_that_cannot_be_unlinked_keeps_its_marked_row(db: Database, tmp_path: Path) -> None:
    (one,) = recordings.record(tmp_path, count=1)
    add(db, tmp_path, one)
    path = tmp_path / one.path
    path.unlink()
    path.mkdir()  # a directory cannot be unlinked, not even by root
    with db.read() as c:
        spans = segments.oldest(c, 9)
    assert removal.remove(db, tmp_path, spans, "retention") == 0
    with db.read() as c:
        assert [span.path for span in segment_deletion.marked(c)["retention"]] == [one.path]
        assert deletions.latest(c) == []


def test_many_files_with_rows_are_looked_at_quickly(db: Database, tmp_path: Path) -> None:
    hours, count = 10, 300
    rows = []
    for hour in range(hours):
        folder = tmp_path / f"recordings/2026-04-01/{hour:02}/front"
        folder.mkdir(parents=True)
        for n in range(count):
            name = f"{n // 60:02}.{n % 60:02}.mp4"
            (folder / name).touch()
            start = hour * 3600.0 + n * 10
            rows.append(
                {
                    "id": f"{start}",
                    "camera": "front",
                    "path": f"recordings/2026-04-01/{hour:02}/front/{name}",
                    "start_time": start,
                    "end_time": start + 10,
                    "size_bytes": 1,
                    "init_id": "i",
                    "fragments": b"",
                }
            )
    db.write(lambda c: c.execute(insert(init_sections).values(id="i", data=b"")) and None)
    db.write(lambda c: c.execute(insert(table), rows) and None)
    volume.check(db, tmp_path)
    began = time.process_time()
    assert recovery.reconcile(db, tmp_path) == RecoveryReport(files=3000)
    assert time.process_time() - began < 0.6  # 100 000 in 20 s at worst


def test_what_is_deleted_meanwhile_is_not_missing(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = recordings.record(tmp_path, count=1)
    add(db, tmp_path, one)
    listing = recovery._files

    def deleting(root: Path, day: str) -> Iterator[str]:
        with db.read() as c:
            spans = segments.oldest(c, 1)
        removal.remove(db, root, spans, "free_space")
        return listing(root, day)

    monkeypatch.setattr(recovery, "_files", deleting)
    assert recovery.reconcile(db, tmp_path) == RecoveryReport()
    with db.read() as c:
        assert [note.reason for note in deletions.latest(c)] == ["free_space"]
