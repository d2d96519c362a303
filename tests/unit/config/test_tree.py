from __future__ import annotations

import pytest

from dogwatch.config.problems import Mark, Report
from dogwatch.config.tree import Items, Map, locate, read


def tree(text: str) -> Map:
    report = Report()
    found = read(text, report)
    assert found is not None
    assert report.errors == []
    return found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1), ("-1", -1), ("0x1F", 31), ("0o17", 15), ("1.5", 1.5), ("1e3", 1000.0), ("true", True), ("off", "off"),
        ("null", None), ("~", None), ("''", ""), ("'5'", "5"), ("a b", "a b"), ("12:30", "12:30"),
        ("2024-01-02", "2024-01-02"),
    ],
)  # fmt: skip
def test_scalars(text: str, value: object) -> None:
    assert tree(f"a: {text}")["a"] == value


def test_numbers_remember_how_they_were_written() -> None:
    found = tree("a: 0123\nb: 1.50\nc: 1_000")
    assert [str(found[name]) for name in "abc"] == ["0123", "1.50", "1_000"]
    assert found["a"] == 123


def test_marks_say_where_keys_and_items_stand() -> None:
    found = tree("a:\n  b:\n    - x\n    - c: 1\n")
    assert locate(found, ("a", "b")) == Mark(2, 3, "a.b")
    assert locate(found, ("a", "b", 1)) == Mark(4, 7, "a.b.1")
    assert locate(found, ("a", "b", 1, "c")) == Mark(4, 7, "a.b.1.c")


def test_locate_falls_back_to_what_is_around() -> None:
    found = tree("a:\n  b: 1\n")
    assert locate(found, ("a", "str", "b")) == Mark(2, 3, "a.b")
    assert locate(found, ("a", "z")) == Mark(1, 1, "a")
    assert locate(found, ("z",)) is None


def test_keys_are_texts() -> None:
    assert list(tree("1: a\ntrue: b\n")) == ["1", "true"]


def test_marks_travel_with_moved_values() -> None:
    found = tree("a: {b: 1}\n")
    value, mark = found["a"].take("b")
    found.inner("c").put("d", value, mark)
    assert locate(found, ("c", "d")) == Mark(1, 5, "a.b")


def test_a_list_of_merged_maps() -> None:
    found = tree("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {<<: [*x, *y], a: 3}\n")
    assert found["z"] == {"a": 3, "b": 1, "c": 2}


def test_several_documents_are_an_error() -> None:
    report = Report()
    assert read("a: 1\n---\nb: 1\n", report) is None
    assert report.errors[0].line == 2


def test_items_are_lists() -> None:
    assert isinstance(tree("a: [1, 2]")["a"], Items)
