import concurrent.futures
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dogwatch.errors import MediaError
from dogwatch.events.files import PictureFiles, write
from dogwatch.events.snapshots import HARD_LIMIT, LIGHT_LIMIT, ObjectPictures, PictureWorkers
from tests.tracks import best


def make(tmp_path: Path, budget: int) -> tuple[ObjectPictures, PictureWorkers, PictureFiles]:
    workers, files = PictureWorkers(), PictureFiles(tmp_path)
    return ObjectPictures(files, workers, budget), workers, files


def test_a_picture_is_in_memory_until_it_is_on_disk(tmp_path: Path) -> None:
    pictures, workers, files = make(tmp_path, 1000)
    shot = best(0, jpeg=b"one")
    pictures.keep(shot)
    pictures.keep(best(1, jpeg=b"two", thumb=b"small"))
    assert pictures.get(shot.object_id, "front") == b"two"
    assert pictures.bytes_held == 3
    assert not files.clips.exists()
    pictures.save(shot.object_id)
    workers.close()
    assert files.clean("front", shot.object_id).read_bytes() == b"two"
    assert pictures.bytes_held == 0
    assert pictures.get(shot.object_id, "front") == b"two"
    assert files.thumb("front", shot.object_id).read_bytes() == b"small"
    assert {path for path in files.clips.rglob("*.*") if path.is_file()} == {
        files.clean("front", shot.object_id),
        files.thumb("front", shot.object_id),
    }


@pytest.mark.parametrize("first", [True, False])
def test_a_thumbnail_is_written_whichever_thread_comes_first(tmp_path: Path, first: bool) -> None:
    """The picture goes from memory with the one that writes it, and the other one finds nothing to do."""
    queued: list[Callable[[], None]] = []

    class Queue(PictureWorkers):
        def run(self, job: Callable[[], Any], *, light: bool = False) -> concurrent.futures.Future[Any]:
            queued.append(job)
            return concurrent.futures.Future()

    files = PictureFiles(tmp_path)
    pictures, shot = ObjectPictures(files, Queue(), 1000), best(0, jpeg=b"one", thumb=b"small")
    pictures.keep(shot)
    pictures.save(shot.object_id, thumb=first)
    pictures.save(shot.object_id, thumb=not first)
    for job in reversed(queued) if first else queued:
        job()
    assert files.clean("front", shot.object_id).read_bytes() == b"one"
    assert files.thumb("front", shot.object_id).read_bytes() == b"small"


def test_memory_is_bounded_by_going_to_disk_early(tmp_path: Path) -> None:
    pictures, workers, files = make(tmp_path, 10)
    first, second = best(0, "a", jpeg=b"aaaaaaaa"), best(0, "b", jpeg=b"bbbbbbbb")
    pictures.keep(first)
    pictures.keep(second)
    assert pictures.bytes_held == 8
    workers.close()
    assert files.clean("front", first.object_id).read_bytes() == b"aaaaaaaa"
    assert pictures.get(first.object_id, "front") == b"aaaaaaaa"
    assert not files.clean("front", second.object_id).exists()


def test_a_dropped_object_leaves_no_file(tmp_path: Path) -> None:
    pictures, workers, files = make(tmp_path, 10)
    first = best(0, "a", jpeg=b"aaaaaaaa")
    pictures.keep(first)
    pictures.keep(best(0, "b", jpeg=b"bbbbbbbb"))
    pictures.drop(first.object_id)
    workers.close()
    assert not files.clean("front", first.object_id).exists()
    assert pictures.get(first.object_id, "front") is None


def test_a_dropped_object_leaves_no_file_although_its_disk_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def slowly(path: Path, data: bytes) -> None:
        go.wait(5)
        write(path, data)

    monkeypatch.setattr("dogwatch.events.files.write", slowly)
    pictures, workers, files = make(tmp_path, 10)
    first = best(0, "a", jpeg=b"aaaaaaaa")
    pictures.keep(first)
    pictures.keep(best(0, "b", jpeg=b"bbbbbbbb"))
    pictures.drop(first.object_id)
    idle = workers.run(lambda: None)  # by the second thread, which has done all else that it could
    if idle is not None:
        concurrent.futures.wait([idle], 0.3)
    go.set()
    workers.close()
    assert not files.clean("front", first.object_id).exists()


def test_a_picture_asked_for_later_outlives_its_object(tmp_path: Path) -> None:
    pictures, workers, _ = make(tmp_path, 1000)
    shot = best(0, jpeg=b"one")
    pictures.keep(shot)
    later, never = pictures.later(shot.object_id, "front"), pictures.later("2-b", "front")
    pictures.drop(shot.object_id)
    workers.close()
    assert later() == b"one"
    assert never() is None


def test_nothing_is_half_written(tmp_path: Path) -> None:
    path = tmp_path / "clips" / "a.jpg"
    write(path, b"old")
    write(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_work_is_bounded_and_thumbnails_give_way_first() -> None:
    workers, gate = PictureWorkers(), threading.Event()
    for _ in range(LIGHT_LIMIT):
        assert workers.run(gate.wait) is not None
    assert workers.run(gate.wait, light=True) is None
    for _ in range(HARD_LIMIT - LIGHT_LIMIT):
        assert workers.run(gate.wait) is not None
    assert workers.run(gate.wait) is None
    assert workers.dropped == 2
    gate.set()
    workers.close()
    assert workers.run(gate.wait) is None


def test_failures_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    workers = PictureWorkers()

    def job() -> None:
        raise MediaError("no picture")

    workers.run(job)
    workers.close()
    assert workers.failed == 1
    assert "no picture" in caplog.text


def test_an_event_is_forgotten_with_all_its_pictures(tmp_path: Path) -> None:
    files = PictureFiles(tmp_path)
    mine, other = files.thumb("front", "1.5-a"), files.thumb("front", "2-b")
    for path in (files.clean("front", "1.5-a"), mine, mine.with_suffix(".webp"), other):
        write(path, b"x")
    assert mine.with_suffix(".webp").name == "1.5-a.webp"
    files.forget_event("front", "1.5-a")
    files.forget_event("front", "1.5-a")
    assert [path for path in files.clips.rglob("*") if path.is_file()] == [other]


def test_an_items_thumbnail_is_forgotten_in_either_format(tmp_path: Path) -> None:
    files = PictureFiles(tmp_path)
    mine, other = files.review("front", "1.5-a"), files.review("front", "2.5-b")
    for path in (mine, mine.with_suffix(".webp"), other):
        write(path, b"x")
    files.forget_review("front", "1.5-a")
    files.forget_review("front", "1.5-a")
    assert list(mine.parent.iterdir()) == [other]
