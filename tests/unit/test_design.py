"""Each invariant of the design names the tests that hold it, and they are there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEST = re.compile(r"(tests/[\w/]+\.py)::(\w+)")


def invariants() -> dict[int, str]:
    """Return the text of each invariant by its number."""
    _, found, rest = (ROOT / "docs" / "design.md").read_text().partition("\n## Invariants\n")
    assert found
    parts = re.split(r"^(\d+)\. ", rest.partition("\n## ")[0], flags=re.MULTILINE)
    return {int(number): text for number, text in zip(parts[1::2], parts[2::2], strict=True)}


INVARIANTS = invariants()


def runs(test: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a test does something, and is not skipped or expected to fail whatever happens."""
    marks = [ast.unparse(mark) for mark in test.decorator_list]
    does = len(test.body) > bool(ast.get_docstring(test))
    return does and not any(re.match(r"pytest\.mark\.(skip|xfail)\b", mark) for mark in marks)


def test_invariants_are_numbered() -> None:
    assert list(INVARIANTS) == list(range(1, len(INVARIANTS) + 1))
    assert len(INVARIANTS) >= 15


@pytest.mark.parametrize("number", INVARIANTS)
def test_an_invariant_is_held(number: int) -> None:
    named = TEST.findall(INVARIANTS[number])
    assert named, f"invariant {number} names no test"
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text())
        found = [
            node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        ]
        assert found, f"invariant {number}: there is no {path}::{name}"
        assert name.startswith("test_")
        assert all(runs(test) for test in found), f"invariant {number}: {path}::{name} tests nothing"
