"""Cleanup of old videos, on files of a real disk whose fullness a script tells."""

import threading
from pathlib import Path

import pytest

from dogwatch.edge.storage import DiskUsage, StorageWatch, disk_usage
from tests.integration.edge.archive_folder import ArchiveFolder

VIDEO_BYTES = 1 << 20
DISK = 100 * VIDEO_BYTES


class ScriptedDisk:
    """A disk of 100 MiB, on which there is something else beside the videos of `folder`."""

    def __init__(self, folder: ArchiveFolder, other: int) -> None:
        self.folder, self.other = folder, other * VIDEO_BYTES
        self.probes = 0

    def __call__(self, path: Path) -> DiskUsage:
        assert path == self.folder.save
        self.probes += 1
        used = self.other + sum(file.stat().st_size for file in path.rglob("*.mp4") if not file.is_symlink())
        return DiskUsage(DISK, used, DISK - used)


@pytest.fixture
def folder(tmp_path: Path) -> ArchiveFolder:
    made = ArchiveFolder(tmp_path)
    for hour in range(5):
        made.recording(f"output_20260401_1{hour}0000", 1000 + hour, bytes(VIDEO_BYTES))
    made.add("timelapse/timelapse_20260331.mp4", 1001.5, bytes(VIDEO_BYTES))
    made.add("timelapse/timelapse_20260331.thumb.jpg", 1001.5)
    made.add("snapshot_20260401_000000.jpg", 1)
    return made


def test_10_cleanup_leaves_no_orphan_sidecars(folder: ArchiveFolder) -> None:
    (folder.save / "linked.mp4").symlink_to(folder.save / "output_20260401_140000.mp4")
    watch = StorageWatch(folder.settings, folder.archive, ScriptedDisk(folder, other=82))
    assert watch.clean() == {
        "enabled": False, "action": "cleaned", "deleted": 3, "freed_mb": 3.0, "disk_percent": 85.0, "threshold": 85,
    }  # fmt: skip
    left = folder.names()
    assert [name for name in left if name.endswith(".mp4")] == [
        "linked.mp4", "output_20260401_120000.mp4", "output_20260401_130000.mp4", "output_20260401_140000.mp4",
    ]  # fmt: skip
    stems = {name.partition(".")[0] for name in left if name.endswith(".mp4")}
    assert {name.partition(".")[0] for name in left} == stems | {"snapshot_20260401_000000"}
    assert [(event, data["type"]) for event, data in folder.told] == [
        ("archive_removed", "recording"), ("archive_removed", "recording"), ("archive_removed", "timelapse"),
    ]  # fmt: skip
    assert watch.clean() == {"enabled": False, "action": "ok", "disk_percent": 85.0, "threshold": 85}


def test_the_file_in_progress_and_snapshots_stay_however_full_the_disk_is(folder: ArchiveFolder) -> None:
    held = folder.save / "output_20260401_100000.mp4"
    folder.archive.hold(held)
    told = StorageWatch(folder.settings, folder.archive, ScriptedDisk(folder, other=94)).clean()
    assert told == {
        "enabled": False, "action": "cleaned", "deleted": 5, "freed_mb": 5.0, "disk_percent": 95.0, "threshold": 85,
        "insufficient": True,
    }  # fmt: skip
    assert {name.partition(".")[0] for name in folder.names()} == {"output_20260401_100000", "snapshot_20260401_000000"}


def test_what_cannot_be_deleted_is_passed_over(folder: ArchiveFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink = Path.unlink

    def failing(path: Path, missing_ok: bool = False) -> None:
        if "_100000" in path.name:
            raise PermissionError(13, "no")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", failing)
    told = StorageWatch(folder.settings, folder.archive, ScriptedDisk(folder, other=84)).clean()
    assert (told["deleted"], told["disk_percent"]) == (5, 85.0)


def test_without_being_asked_it_deletes_only_if_that_is_wanted(folder: ArchiveFolder) -> None:
    disk = ScriptedDisk(folder, other=82)
    watch = StorageWatch(folder.settings, folder.archive, disk)
    watch.check()
    assert (disk.probes, len(folder.archive.files("recording", "timelapse"))) == (0, 6)
    assert watch.configure(enabled=True, max_percent=96) == {"enabled": True, "max_percent": 95}
    assert watch.configure(max_percent=1) == {"enabled": True, "max_percent": 10}
    assert watch.configure(max_percent=87) == {"enabled": True, "max_percent": 87}
    watch.check()
    assert len(folder.archive.files("recording", "timelapse")) == 5


def test_room_for_a_recording_is_made_in_the_background(folder: ArchiveFolder) -> None:
    watch = StorageWatch(folder.settings, folder.archive, ScriptedDisk(folder, other=82))
    watch.configure(enabled=True)
    watch.make_room(0.001)  # nobody is there to make it
    assert len(folder.archive.files("recording", "timelapse")) == 6
    watch.start()
    watch.make_room(20)
    assert len(folder.archive.files("recording", "timelapse")) == 3
    watch.configure(enabled=False, max_percent=20)
    watch.make_room(20)
    watch.close()
    assert len(folder.archive.files("recording", "timelapse")) == 3


def test_it_cleans_by_itself(folder: ArchiveFolder) -> None:
    done = threading.Event()
    disk = ScriptedDisk(folder, other=82)

    def probe(path: Path) -> DiskUsage:
        found = disk(path)
        if found.percent <= 85:
            done.set()
        return found

    watch = StorageWatch(folder.settings, folder.archive, probe, every_s=0.01)
    watch.configure(enabled=True)
    watch.start()
    assert done.wait(20)
    watch.close()
    assert len(folder.archive.files("recording", "timelapse")) == 3


def test_the_status(folder: ArchiveFolder) -> None:
    usage = DiskUsage(29 * (1 << 30) + 12345, 10 * (1 << 30), 18 * (1 << 30))
    assert StorageWatch(folder.settings, folder.archive, lambda _: usage).status() == {
        "enabled": False, "max_percent": 85, "disk_percent": 35.7, "disk_total_gb": 29.0, "disk_used_gb": 10.0,
        "disk_free_gb": 18.0,
    }  # fmt: skip


def test_the_disk_of_a_directory_that_is_not_there(tmp_path: Path) -> None:
    found = disk_usage(tmp_path / "none" / "at" / "all")
    assert found.total >= found.used > 0
