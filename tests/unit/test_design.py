"""The design is true: its table of folders, and the tests that its invariants name."""

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


def section(title: str) -> str:
    _, found, rest = (ROOT / "docs" / "design.md").read_text().partition(f"\n## {title}")
    assert found
    return rest.partition("\n## ")[0]


def folders() -> dict[str, frozenset[str]]:
    """Return what each folder or module may import, by the table."""
    leaves: list[str] = []
    allowed: dict[str, frozenset[str]] = {}
    rows = re.findall(r"^\| (`.*?) \| .*? \| (.*?) ?\|$", section("Folders"), re.MULTILINE)
    for names, imports in rows:
        own = [name.rstrip("/") for name in re.findall(r"`([\w/]+)`", names)]
        if not names.endswith("/`"):
            leaves += own
        above = frozenset(allowed) if "everything above" in imports else frozenset()
        for name in own:
            allowed[name] = above | set(re.findall(r"`([\w/]+)`", imports)) | set(leaves)
    return allowed


FOLDERS = folders()
SOURCE = ROOT / "src" / "dogwatch"


def folder_of(parts: tuple[str, ...]) -> str:
    return "/".join(parts[:2]) if parts[0] == "workers" else parts[0]


def imports(path: Path) -> set[str]:
    """Return the folders of this program that a module imports anywhere, under `TYPE_CHECKING` too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    parts = [tuple(name.split(".")[1:]) for name in names if name.startswith("dogwatch.")]
    return {folder_of(found) for found in parts} - {"__version__"}


def test_the_table_lists_every_folder() -> None:
    modules = {folder_of(path.relative_to(SOURCE).with_suffix("").parts) for path in SOURCE.rglob("*.py")}
    assert modules - {"__init__", "__main__", "workers/__init__"} == set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_what_its_row_lists(folder: str) -> None:
    for path in [*(SOURCE / folder).rglob("*.py"), SOURCE / f"{folder}.py"]:
        if path.is_file():
            others = imports(path) - FOLDERS[folder] - {folder}
            assert not others, f"{path.relative_to(SOURCE)} imports {', '.join(sorted(others))}"
