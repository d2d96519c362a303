"""A file that cannot be replaced is overwritten: whole or not at all, whenever that ends."""

from __future__ import annotations

import errno
import itertools
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from dogwatch.cli.core import load_or_last
from dogwatch.config import text_file
from dogwatch.config.load import text_of
from dogwatch.runtime.paths import Paths

OLD, NEW = "# old\ncameras: {}\n" + "# more\n" * 1000, "# new\ncameras: {}\n"


class KilledError(BaseException):
    """The process has ended."""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that nothing can be renamed to, as if it were a mount point."""
    path = tmp_path / "config.yml"
    path.write_text(OLD)
    rename = Path.replace

    def busy(self: Path, target: Path) -> Path:
        if target == path:
            raise OSError(errno.EBUSY, "Device or resource busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", busy)
    return path


def fail_at(monkeypatch: pytest.MonkeyPatch, moment: int, error: BaseException, *, once: bool = True) -> list[int]:
    """Let something go wrong when the disk is told for the `moment`th time to keep what was written."""
    told: list[int] = []
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        told.append(descriptor)
        if len(told) == moment or (len(told) > moment and not once):
            raise error
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return told


@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (NEW, OLD), (OLD, ""), ("", NEW)])
def test_it_is_overwritten(file: Path, before: str, after: str) -> None:
    file.write_text(before)
    file.chmod(0o640)
    known = file.stat()
    text_file.write(file, after)
    assert file.read_text() == after
    assert (file.stat().st_ino, file.stat().st_mode) == (known.st_ino, known.st_mode)
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (NEW, OLD), (OLD, "")], ids=["shorter", "longer", "empty"])
def test_killed_at_any_moment(file: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str) -> None:
    found = []
    for moment in itertools.count(1):
        file.write_text(before)
        with monkeypatch.context() as patched:
            told = fail_at(patched, moment, KilledError())
            try:
                text_file.write(file, after)
            except KilledError:
                pass
            else:
                assert len(told) < moment
                break
        found.append(text_of(file))
        for secret in file.parent.glob(".*"):
            assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        text_file.finish(file)
        assert file.read_text() == text_of(file) == found[-1]
        assert list(file.parent.iterdir()) == [file]
    assert [before, after] == [text for text, _ in itertools.groupby(found)]


@pytest.mark.parametrize("moment", range(1, 6))
def test_a_disk_that_fails_once(file: Path, monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    with monkeypatch.context() as patched:
        fail_at(patched, moment, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(OSError, match="No space left"):
            text_file.write(file, NEW)
    assert file.read_text() == OLD
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("moment", range(3, 6))
def test_a_disk_that_fails_for_good_loses_nothing(file: Path, monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    with monkeypatch.context() as patched:
        fail_at(patched, moment, OSError(errno.EIO, "Input/output error"), once=False)
        with pytest.raises(OSError, match="Input/output error"):
            text_file.write(file, NEW)
    assert text_of(file) in (OLD, NEW)


def test_a_change_that_fails_after_an_interrupted_one_loses_neither(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        fail_at(patched, 4, KilledError())
        with pytest.raises(KilledError):
            text_file.write(file, NEW)
    with monkeypatch.context() as patched:
        fail_at(patched, 4, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(OSError, match="No space left"):
            text_file.write(file, "# newest\ncameras: {}\n")
    assert text_of(file) == NEW
    text_file.finish(file)
    assert file.read_text() == NEW


def test_a_file_of_somebody_else_that_may_only_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def refuse(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if self == file and mode == "r+b":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PermissionError):
        text_file.write(file, NEW)
    assert file.read_text() == OLD
    assert list(file.parent.iterdir()) == [file]


def test_a_start_uses_and_writes_what_was_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "cameras:\n  front: {ffmpeg: {inputs: [{path: rtsp://192.0.2.1/}]}}\n"
    with monkeypatch.context() as patched:
        fail_at(patched, 4, KilledError())  # cut off
        with pytest.raises(KilledError):
            text_file.write(file, text)
    loaded = load_or_last(file, Paths.below(file.parent))
    assert list(loaded.config.cameras) == ["front"]
    assert loaded.mistakes == ()
    assert file.read_text() == text


def test_what_a_user_writes_meanwhile_counts(file: Path) -> None:
    (file.parent / ".config.yml.saved").write_text(NEW)
    assert text_of(file) == OLD
    text_file.finish(file)
    assert file.read_text() == OLD
    assert list(file.parent.iterdir()) == [file]


def test_a_file_of_somebody_else_that_may_be_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("dogwatch.config.text_file.shutil.copystat", refuse)
    text_file.write(file, NEW)
    assert file.read_text() == NEW


def test_a_network_file_system_that_syncs_no_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def refused(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", refused)
    path = tmp_path / "config.yml"
    path.write_text("a: 1\n")
    text_file.write(path, "a: 2\n")
    assert path.read_text() == "a: 2\n"
