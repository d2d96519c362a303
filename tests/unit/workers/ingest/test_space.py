"""The free-space floor, as ingest sees it."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from dogwatch.model import VOLUME_FILE
from dogwatch.workers.ingest import space
from dogwatch.workers.ingest.space import FIRST_ESTIMATE_BYTES, SpaceGuard


@pytest.fixture
def disks(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Return the free bytes by the name of a directory."""
    free: dict[str, int] = {}
    monkeypatch.setattr(os, "statvfs", lambda path: SimpleNamespace(f_bavail=free[Path(path).name], f_frsize=1))
    monkeypatch.setattr(space, "WAIT_S", 0.0)
    return free


def test_recordings_may_be_on_a_disk_of_their_own(tmp_path: Path, disks: dict[str, int]) -> None:
    (tmp_path / "recordings").mkdir()
    asked: list[int] = []
    guard = SpaceGuard(tmp_path, 1000, asked.append)
    disks |= {tmp_path.name: 1 << 40, "recordings": 900 + FIRST_ESTIMATE_BYTES}
    assert not guard.reserve()
    assert asked == [100]
    disks |= {tmp_path.name: 0, "recordings": 1 << 40}
    assert guard.reserve()


def test_before_the_first_recording_the_media_directory_is_looked_at(tmp_path: Path, disks: dict[str, int]) -> None:
    disks[tmp_path.name] = 1 << 40
    assert SpaceGuard(tmp_path, 1000, lambda _: None).reserve()


def test_nothing_is_written_past_a_disk_that_was_unmounted(tmp_path: Path) -> None:
    identity = tmp_path / "recordings" / VOLUME_FILE
    identity.parent.mkdir()
    identity.touch()
    guard = SpaceGuard(tmp_path, 0, lambda _: None)
    assert guard.reserve()
    identity.unlink()
    with pytest.raises(FileNotFoundError, match="mounted"):
        guard.reserve()
    identity.touch()
    assert guard.reserve()
