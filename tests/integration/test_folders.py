"""Nothing is written past a disk that has gone: real mounts, while running and at start."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dogwatch.errors import DiskGoneError, RecordingError
from dogwatch.events.files import PictureFiles
from dogwatch.model import VOLUME_FILE
from dogwatch.recordings import volume
from dogwatch.runtime.folders import WrittenFolders
from dogwatch.store import volumes
from dogwatch.store.database import Database
from dogwatch.volume import is_own_disk
from tests.mounts import Disk


@pytest.fixture
def db() -> Iterator[Database]:
    opened = Database("sqlite://")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    for name in ("clips", "logs"):
        (data / name).mkdir(parents=True)
    return data


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "store")
    yield made
    made.close()


def opened(db: Database, data: Path) -> WrittenFolders:
    """Look which disks are there, as a start does."""
    folders = WrittenFolders(db, data)
    folders.check()
    return folders


def test_where_all_is_one_disk_nothing_is_in_the_way(db: Database, data: Path) -> None:
    folders = opened(db, data)
    for name in volumes.OTHERS:
        folders[name].verify()
    shutil.rmtree(data / "clips")
    folders["clips"].verify()
    opened(db, data)["clips"].verify()
    assert list(data.rglob(VOLUME_FILE)) == []


def test_a_disk_that_is_unmounted_while_running(db: Database, data: Path, disk: Disk) -> None:
    disk.mount(data / "clips")
    folders = opened(db, data)
    files = PictureFiles(data, folders["clips"].verify)
    files.write(files.thumb("front", "1"), b"one")
    disk.unmount()
    assert not files.there()
    files.write(files.thumb("front", "2"), b"two")
    files.write(files.clean("front", "2"), b"clean")
    assert files.read(files.thumb("front", "2")) == b"two"
    assert list((data / "clips").iterdir()) == [], "nothing goes past the mount"
    assert files.write_held() == 2
    with pytest.raises(DiskGoneError, match="mounted"):
        files.verify()
    folders.check()
    with pytest.raises(OSError, match="mounted"):
        folders["clips"].verify()
    disk.mount(data / "clips")
    folders.check()
    assert files.write_held() == 0
    assert [files.thumb("front", n).read_bytes() for n in "12"] == [b"one", b"two"]
    assert (files.bytes_held, files.lost) == (0, 0)


def test_a_disk_that_is_not_there_at_start(
    db: Database, data: Path, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    disk.mount(data / "clips")
    opened(db, data)
    disk.unmount()
    folders = opened(db, data)
    folders.check()
    with pytest.raises(OSError, match="is its disk mounted"):
        folders["clips"].verify()
    folders["logs"].verify()
    assert caplog.text.count("is its disk mounted") == 1, "said once"
    assert list((data / "clips").iterdir()) == []
    with caplog.at_level(logging.INFO):
        disk.mount(data / "clips")
        folders.check()
    assert "is there again" in caplog.text
    folders["clips"].verify()


def test_a_new_directory_on_purpose(db: Database, data: Path, disk: Disk) -> None:
    disk.mount(data / "clips")
    opened(db, data)
    disk.unmount()
    folders = opened(db, data)
    (data / "clips" / VOLUME_FILE).touch()
    folders.check()
    folders["clips"].verify()
    opened(db, data)["clips"].verify()


def test_another_disk_is_refused(db: Database, data: Path, disk: Disk, tmp_path: Path) -> None:
    disk.mount(data / "clips")
    folders = opened(db, data)
    disk.unmount()
    other = Disk(tmp_path / "other")
    try:
        other.mount(data / "clips")
        with pytest.raises(OSError, match="mounted"):
            folders["clips"].verify()
        folders.check()
        with pytest.raises(OSError, match="make an empty file"):
            folders["clips"].verify()
        (data / "clips" / VOLUME_FILE).write_text("clips-ofsomebodyelse\n")
        folders.check()
        with pytest.raises(OSError, match="another Dogwatch"):
            folders["clips"].verify()
    finally:
        other.close()


def test_a_disk_that_is_added_later_is_taken(db: Database, data: Path, disk: Disk) -> None:
    folders = opened(db, data)
    disk.mount(data / "clips")
    with pytest.raises(OSError, match="mounted"):
        folders["clips"].verify()
    folders.check()
    folders["clips"].verify()
    assert (data / "clips" / VOLUME_FILE).read_text().startswith("clips-")


def test_what_has_not_changed_is_not_looked_up_again(
    db: Database, data: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[Path] = []

    def own(folder: Path, parent: Path) -> bool:
        looked.append(folder)
        return is_own_disk(folder, parent)

    monkeypatch.setattr("dogwatch.runtime.folders.is_own_disk", own)
    disk.mount(data / "clips")
    folders = opened(db, data)
    folders.check()
    looked.clear()
    folders.check()
    assert looked == []
    (data / "clips" / VOLUME_FILE).write_text("clips-ofsomebodyelse\n")
    folders.check()
    folders.check()
    assert looked == [data / "clips"] * 2, "a fault is looked at again"
    with pytest.raises(OSError, match="another Dogwatch"):
        folders["clips"].verify()
    (data / "clips" / VOLUME_FILE).write_text("")
    folders.check()
    folders["clips"].verify()
    monkeypatch.setattr(type(db), "mendings", [object()])
    looked.clear()
    folders.check()
    assert len(looked) == len(volumes.OTHERS), "a new database does not know the disks"


def test_a_link_to_another_place_is_a_disk_of_its_own(db: Database, data: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (data / "clips").rmdir()
    (data / "clips").symlink_to(elsewhere)
    folders = opened(db, data)
    folders["clips"].verify()
    assert (elsewhere / VOLUME_FILE).exists()
    elsewhere.rename(tmp_path / "away")
    with pytest.raises(OSError, match="mounted"):
        folders["clips"].verify()


def test_the_whole_data_directory_goes(db: Database, tmp_path: Path, disk: Disk) -> None:
    data = tmp_path / "data"
    disk.mount(data)
    (data / "clips").mkdir()
    folders = opened(db, data)
    folders["clips"].verify()
    disk.unmount()
    for name in ("clips", "logs"):
        with pytest.raises(OSError, match="mounted"):
            folders[name].verify()


def test_a_directory_bound_from_the_same_disk_counts_as_a_mount(data: Path, tmp_path: Path, disk: Disk) -> None:
    place = tmp_path / "with a space"
    disk.mount(place)
    (place / "clips").mkdir()
    (place / "shelf").mkdir()
    assert not is_own_disk(place / "clips", place)
    bound = Disk.__new__(Disk)
    bound._store, bound._places = place / "shelf", []
    bound.mount(place / "clips")
    try:
        assert is_own_disk(place / "clips", place)
    finally:
        bound.unmount()
    assert not is_own_disk(place / "clips", place)


def test_recordings_on_another_disk_are_not_deleted(db: Database, data: Path, disk: Disk, tmp_path: Path) -> None:
    disk.mount(data / "recordings")
    volume.check(db, data)
    volume.verify(db, data)
    disk.unmount()
    other = Disk(tmp_path / "other")
    try:
        other.mount(data / "recordings")
        (data / "recordings" / VOLUME_FILE).write_text("somebody else's\n")
        with pytest.raises(RecordingError, match="another disk"):
            volume.verify(db, data)
    finally:
        other.close()


def test_pictures_beyond_what_may_wait_are_counted(tmp_path: Path) -> None:
    def away() -> None:
        raise OSError("away")

    files = PictureFiles(tmp_path, away, held_bytes=100)
    for n in range(5):
        files.write(files.clean("front", str(n)), bytes(40))
    assert (files.bytes_held, files.lost) == (80, 3)
    assert files.read(files.clean("front", "2")) is None
    assert files.read(files.clean("front", "4")) == bytes(40)
    files.forget_event("front", "4")
    assert files.read(files.clean("front", "4")) is None
    assert files.write_held() == 1
