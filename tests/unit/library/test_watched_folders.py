"""Each film of a watched folder is taken once, when it is complete."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from dogwatch.jobs.runner import QueueFullError
from dogwatch.library.watched_folders import WatchedFolder, WatchedFolders


class Watch:
    """A watched folder, and the films that were taken."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "card"
        self.folder.mkdir(exist_ok=True)
        self.taken: list[str] = []
        self.full = False
        self.again()

    def again(self) -> None:
        """Begin as after a restart."""
        self.watched = WatchedFolders(self.root / "watched.json", self.submit, [WatchedFolder(self.folder, "yard")])

    def submit(self, camera: str, params: dict[str, Any]) -> None:
        if self.full:
            raise QueueFullError("too many")
        assert (camera, params["cut"], params["at"]) == ("yard", True, None)
        self.taken.append(str(Path(params["path"]).relative_to(self.folder)))

    def write(self, name: str, data: bytes = b"film") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def look(self, times: int = 1) -> list[str]:
        self.taken.clear()
        for _ in range(times):
            self.watched.tick()
        return list(self.taken)


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return Watch(tmp_path)


def test_a_film_is_taken_once_when_it_no_longer_grows(watch: Watch) -> None:
    path = watch.write("20240718_143005.mp4")
    assert watch.look() == []
    path.write_bytes(b"film that grows")
    assert watch.look() == []
    assert watch.look() == ["20240718_143005.mp4"]
    assert watch.look(3) == []
    watch.again()
    assert watch.look(3) == []


def test_another_film_of_the_same_name_is_taken_too(watch: Watch) -> None:
    path = watch.write("a.mp4")
    assert watch.look(2) == ["a.mp4"]
    path.write_bytes(b"another")
    assert watch.look(2) == ["a.mp4"]


def test_films_come_in_order_from_folders_of_days(watch: Watch) -> None:
    for name in ("2024-07-18/b.MOV", "2024-07-17/a.mp4", "c.AVI"):
        watch.write(name)
    assert watch.look(2) == ["2024-07-17/a.mp4", "2024-07-18/b.MOV", "c.AVI"]


def test_other_files_are_left_alone(watch: Watch) -> None:
    for name in ("a.jpg", ".b.mp4", ".tmp/c.mp4", "d.mp4.part", "1/2/3/4/5/6/7/deep.mp4"):
        watch.write(name)
    watch.write("empty.mp4", b"")
    (watch.folder / "link.mp4").symlink_to(watch.write("real.txt"))
    assert watch.look(3) == []


def test_what_does_not_fit_into_the_queue_waits(watch: Watch) -> None:
    watch.write("a.mp4")
    watch.full = True
    assert watch.look(3) == []
    watch.full = False
    assert watch.look(2) == ["a.mp4"]


def test_a_disk_that_is_away_forgets_nothing_and_what_was_deleted_is_forgotten(watch: Watch) -> None:
    path = watch.write("a.mp4")
    assert watch.look(2) == ["a.mp4"]
    watch.folder.rename(watch.root / "away")
    assert watch.look(2) == []
    (watch.root / "away").rename(watch.folder)
    assert watch.look(2) == []
    stat = path.stat()
    path.unlink()
    assert watch.look(2) == []
    os.utime(watch.write("a.mp4"), ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert watch.look(2) == ["a.mp4"]


def test_damaged_notes_are_begun_anew(watch: Watch) -> None:
    watch.write("a.mp4")
    watch.look(2)
    (watch.root / "watched.json").write_text("{")
    watch.again()
    assert watch.look(2) == ["a.mp4"]
