"""Names of persons, pictures and attempts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dogwatch.errors import RefusedError
from dogwatch.recognition.face_files import MOST_BYTES, MOST_LETTERS, FaceAttempt, attempt_of, person, picture

NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="/\\"), min_size=1, max_size=40)


@pytest.mark.parametrize("name", ["Bob", "Ann Lee", "O'Hara-Smith", "Zoë", "李", "a" * MOST_LETTERS, "v1.2"])
def test_usable_names(name: str) -> None:
    assert person(name) == name
    assert person(f"  {name} ") == name


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", ".", "..", "...", ".hidden", "a/b", "a\\b", "../x", "a\0b", "a\nb", "\x7f"),
        *("train", "Train", "unknown", "a" * (MOST_LETTERS + 1), "李" * (MOST_BYTES // 3 + 1), "\ud800"),
    ],
)
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(RefusedError):
        person(name)


@pytest.mark.parametrize("file", ["Bob-1700000000.webp", "x.JPG", "a b.png", "1.5-abc-2.5-Bob-0.93.webp"])
def test_usable_files(file: str) -> None:
    assert picture(file) == file


@pytest.mark.parametrize(
    "file", ["", "x", "x.gif", ".webp", "../x.webp", "a/x.webp", "a\\x.webp", "x.webp/", ".x.webp"]
)
def test_files_that_are_refused(file: str) -> None:
    with pytest.raises(RefusedError):
        picture(file)


@given(NAMES, st.floats(0, 1))
def test_an_attempt_is_read_back(name: str, score: float) -> None:
    made = FaceAttempt("1700000000.123456-a1b2c3", 1700000001.25, name, score)
    found = attempt_of(made.file)
    assert found is not None
    assert (found.event_id, found.time, found.name) == (made.event_id, made.time, name)
    assert abs(found.score - score) <= 0.0051


def test_files_of_other_programs_are_no_attempts() -> None:
    assert attempt_of("snapshot.webp") is None
    assert attempt_of("1700000000.5-abc-1700000001.5-unknown-0.0.webp") == FaceAttempt(
        "1700000000.5-abc", 1700000001.5, "unknown", 0.0
    )
