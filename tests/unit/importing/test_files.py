"""Files come over as links or copies, whole or not at all, and never from outside of the source."""

import errno
import os
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest

from dogwatch.errors import DogwatchError
from dogwatch.importing import files
from dogwatch.importing.files import FileCarrier
from dogwatch.importing.layout import LeftOutError

KINDS = ("recordings", "clips")


class Usage(NamedTuple):
    free: int


def carrier(tmp_path: Path, way: Literal["link", "copy"], *, dry: bool = False) -> FileCarrier:
    source, target = tmp_path / "source", tmp_path / "target"
    target.mkdir(exist_ok=True)
    (source / "clips").mkdir(parents=True, exist_ok=True)
    (source / "clips/a.jpg").write_bytes(b"picture")
    return FileCarrier(source, target, way, dry=dry)


@pytest.mark.parametrize("way", ["link", "copy"])
def test_a_file_comes_over_once(tmp_path: Path, way: Any) -> None:
    one = carrier(tmp_path, way)
    one.check(KINDS, 0)
    assert one.bring("clips/a.jpg")
    assert not one.bring("clips/a.jpg")
    assert one.bring("clips/a.jpg", "clips/b/c.jpg")
    goal = tmp_path / "target/clips/a.jpg"
    assert goal.read_bytes() == b"picture"
    assert goal.samefile(tmp_path / "source/clips/a.jpg") == (way == "link")
    assert goal.stat().st_mtime_ns == (tmp_path / "source/clips/a.jpg").stat().st_mtime_ns
    assert sorted(path.name for path in (tmp_path / "target").rglob("*")) == ["a.jpg", "b", "c.jpg", "clips"]


def test_another_file_in_its_place_stays(tmp_path: Path) -> None:
    for way in ("link", "copy"):
        one = carrier(tmp_path, way)
        (tmp_path / "target/clips").mkdir(exist_ok=True)
        (tmp_path / "target/clips/a.jpg").write_bytes(b"mine")
        with pytest.raises(LeftOutError, match="another file"):
            one.bring("clips/a.jpg")
        assert (tmp_path / "target/clips/a.jpg").read_bytes() == b"mine"


def test_links_and_odd_files_of_the_source_are_left_out(tmp_path: Path) -> None:
    one = carrier(tmp_path, "copy")
    source = tmp_path / "source"
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key.jpg").write_bytes(b"secret")
    (source / "clips/link.jpg").symlink_to(tmp_path / "secret/key.jpg")
    (source / "clips/elsewhere").symlink_to(tmp_path / "secret")
    os.mkfifo(source / "clips/pipe.jpg")
    for path, reason in [
        ("clips/link.jpg", "no ordinary file"),
        ("clips/pipe.jpg", "no ordinary file"),
        ("clips", "no ordinary file"),
        ("clips/elsewhere/key.jpg", "leads out"),
        ("../secret/key.jpg", "leads out"),
        ("clips/missing.jpg", "not there"),
        ("clips/a.jpg/b", "not there"),
    ]:
        with pytest.raises(LeftOutError, match=reason):
            one.bring(path)
    assert not list((tmp_path / "target").rglob("*.jpg"))


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    assert carrier(tmp_path, "copy", dry=True).bring("clips/a.jpg")
    assert list((tmp_path / "target").iterdir()) == []


@pytest.mark.parametrize(
    ("number", "reason"), [(errno.EXDEV, "different file systems"), (errno.EPERM, "belong to another")]
)
def test_links_that_cannot_be_made_are_told_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    one = carrier(tmp_path, "link")
    monkeypatch.setattr("os.link", refuse)
    with pytest.raises(DogwatchError, match=f"{reason}.*--footage copy"):
        one.check(KINDS, 0)
    with pytest.raises(LeftOutError, match=reason):
        one.bring("clips/a.jpg")


def test_space_is_checked_before_copying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = carrier(tmp_path, "copy")
    monkeypatch.setattr(files, "_clone", lambda *_: False)
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(100))
    one.check(KINDS, 93)
    with pytest.raises(DogwatchError, match="not enough space"):
        one.check(KINDS, 94)
    one.bring("clips/a.jpg")
    one.check(KINDS, 94)  # what is there already needs no more
    monkeypatch.setattr(files, "_clone", lambda *_: True)
    one.check(KINDS, 1000)  # copies that share their blocks need none


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    one = carrier(tmp_path, "copy")
    monkeypatch.setattr(files, "_clone", lambda *_: False)
    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(LeftOutError, match="No space left"):
        one.bring("clips/a.jpg")
    assert list((tmp_path / "target/clips").iterdir()) == []
