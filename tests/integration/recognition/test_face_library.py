"""The directories of faces."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from dogwatch.errors import DiskGoneError, NotFoundError, RefusedError
from dogwatch.recognition import face_library
from dogwatch.recognition.face_files import FaceAttempt
from dogwatch.recognition.face_library import FaceLibrary


@pytest.fixture
def library(tmp_path: Path) -> FaceLibrary:
    return FaceLibrary(tmp_path, clock=lambda: 1700000000.0)


def attempt(number: int, name: str = "unknown") -> FaceAttempt:
    return FaceAttempt(f"170000000{number}.5-abc", 1700000001.0 + number, name, 0.5)


def test_there_is_nothing_at_first(library: FaceLibrary) -> None:
    assert library.names() == {}
    assert library.delete("train", ["x.webp"]) == 0
    assert not library.root.exists()


def test_pictures_are_kept_moved_and_deleted(library: FaceLibrary) -> None:
    library.create("Bob")
    assert library.names() == {"Bob": []}
    first, second = library.add("Bob", b"one"), library.add("Bob", b"two")
    assert first != second
    assert library.names() == {"Bob": sorted((first, second))}
    assert library.read("Bob", second) == b"two"
    moved = library.classify(first, "Ann Lee", "Bob")
    assert library.names() == {"Ann Lee": [moved], "Bob": [second]}
    assert library.read("Ann Lee", moved) == b"one"
    assert moved.startswith("Ann Lee-1700000000.")
    assert library.classify(moved, "Ann Lee", "Ann Lee") == moved
    assert library.delete("Bob", [second, "gone.webp"]) == 1
    assert library.names() == {"Ann Lee": [moved]}  # nobody is left without a picture


def test_a_name_that_something_else_has_is_refused(library: FaceLibrary) -> None:
    library.create("Ann")
    (library.root / "Bob").write_text("x")
    for change in (
        lambda: library.create("Bob"),
        lambda: library.add("Bob", b"x"),
        lambda: library.rename("Ann", "Bob"),
    ):
        with pytest.raises(RefusedError):
            change()
    assert library.names() == {"Ann": []}


def test_names_are_listed_while_pictures_go(library: FaceLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts come, and make the oldest go, while somebody looks at them."""
    kept, gone = library.add("Bob", b"one"), library.add("Bob", b"two")
    scan = os.scandir

    def scan_and_delete(path: Path) -> list[os.DirEntry[str]]:
        entries = sorted(scan(path), key=lambda entry: entry.name)
        if path.name == "Bob":
            (library.root / "Bob" / gone).unlink()
        return entries

    monkeypatch.setattr(os, "scandir", scan_and_delete)
    assert library.names() == {"Bob": [kept]}
    monkeypatch.setattr(library, "_find", lambda *_: library.root / "Bob" / gone)  # found a moment ago
    with pytest.raises(NotFoundError):
        library.read("Bob", gone)


def test_who_has_no_picture_goes_when_asked(library: FaceLibrary) -> None:
    library.create("Bob")
    assert library.delete("Bob", []) == 0
    assert library.names() == {}


def test_attempts_are_few_and_the_oldest_go(library: FaceLibrary) -> None:
    for number in range(5):
        library.attempt(attempt(number), b"%d" % number, 3)
    assert library.names() == {"train": [attempt(number).file for number in (4, 3, 2)]}
    assert library.attempt(attempt(9), b"9", 0) is None
    library.create("Zoe")
    assert list(library.names()) == ["Zoe", "train"]
    moved = library.classify(attempt(3).file, "Zoe")
    assert library.read("Zoe", moved) == b"3"
    rated = library.rate(attempt(4).file, "Zoe", 0.93)
    assert rated == "1700000004.5-abc-1700000005.000000-Zoe-0.93.webp"
    assert library.names() == {"Zoe": [moved], "train": [rated, attempt(2).file]}
    assert library.delete("train", [rated]) == 1


def test_renaming(library: FaceLibrary) -> None:
    file = library.add("Bob", b"one")
    library.create("Ann")
    for old, new in (("Bob", "Ann"), ("Eve", "Eva"), ("Bob", "../x"), ("Bob", "train"), ("train", "Eve")):
        with pytest.raises(RefusedError):
            library.rename(old, new)
    library.rename("Bob", "Robert")
    library.rename("Robert", "Robert")
    assert library.names() == {"Ann": [], "Robert": [file]}


def test_nothing_outside_is_reached(library: FaceLibrary, tmp_path: Path) -> None:
    outside = tmp_path / "clips" / "secret.webp"
    outside.parent.mkdir()
    outside.write_bytes(b"secret")
    library.create("Bob")
    for file in ("../../secret.webp", "..", "/etc/passwd", "x/../../secret.webp"):
        with pytest.raises(RefusedError):
            library.read("Bob", file)
        with pytest.raises(RefusedError):
            library.delete("Bob", [file])
    for name in ("..", "../clips", ".", ""):
        with pytest.raises(RefusedError):
            library.read(name, "secret.webp")
        with pytest.raises(RefusedError):
            library.delete(name, ["secret.webp"])
    assert outside.read_bytes() == b"secret"


def test_what_is_not_there_is_told(library: FaceLibrary) -> None:
    with pytest.raises(NotFoundError):
        library.classify("x.webp", "Bob")
    with pytest.raises(NotFoundError):
        library.delete("Bob", [])
    with pytest.raises(NotFoundError):
        library.rate("x.webp", "Bob", 0.5)
    assert library.names() == {}


def test_there_is_an_end(library: FaceLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_library, "MOST_OF_PERSON", 2)
    monkeypatch.setattr(face_library, "MOST_PERSONS", 2)
    for _ in range(2):
        library.add("Bob", b"one")
    with pytest.raises(RefusedError, match="at most 2 pictures"):
        library.add("Bob", b"one")
    library.create("Ann")
    with pytest.raises(RefusedError, match="2 persons"):
        library.create("Eve")


def test_a_disk_that_has_gone_takes_nothing(tmp_path: Path) -> None:
    def gone() -> None:
        raise OSError(errno.ENODEV, "not mounted")

    library = FaceLibrary(tmp_path, gone)
    for change in (
        lambda: library.create("Bob"),
        lambda: library.add("Bob", b"x"),
        lambda: library.delete("train", []),
        lambda: library.rename("Bob", "Ann"),
        lambda: library.classify("x.webp", "Bob"),
    ):
        with pytest.raises(DiskGoneError):
            change()
    with pytest.raises(DiskGoneError):
        library.attempt(attempt(1), b"x", 5)
    assert not (tmp_path / "clips").exists()
