"""The manual tells every route of video files, with its parameters, the keys of its body, and every code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dogwatch.api.files import error_form, surface
from dogwatch.api.files.policy import POLICY
from dogwatch.api.surface import Route, keys, routes_of
from tests.unit.api.test_docs import Key

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs" / "api" / "files"
ROUTES: dict[Key, Route] = {
    key: route for router in surface.routers() for route in routes_of(router) for key in keys(route)
}
HEAD = re.compile(r"^- `([A-Z]+) (\S+)` · (\w+)$", re.MULTILINE)


def told() -> dict[Key, tuple[str, str]]:
    """Return what each route needs, and the text below it up to the next ones or the next heading."""
    found: dict[Key, tuple[str, str]] = {}
    for page in sorted(FOLDER.glob("*.md")):
        for block in re.findall(
            r"(?:^- `[A-Z]+ \S+` · \w+\n)+(?:(?!^- `[A-Z]+ /|^#).*\n?)*", page.read_text(), re.MULTILINE
        ):
            for method, path, needs in HEAD.findall(block):
                assert (method, path) not in found, f"{page.name} tells {method} {path} again"
                found[method, path] = needs, block
    return found


TOLD = told()


def test_every_route_is_told_with_what_it_needs() -> None:
    assert {key: needs for key, (needs, _) in TOLD.items()} == {key: needs.value for key, needs in POLICY.items()}


def rows_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names in the tables of a text, with their defaults."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 4 and cells[0].startswith("`"):
            yield from ((name, cells[2] or "–") for name in re.findall(r"`(\w+)`", cells[0]))


def extra(key: Key) -> dict[str, Any]:
    found: dict[str, Any] = getattr(ROUTES[key], "openapi_extra", None) or {}
    return found


@pytest.mark.parametrize("key", sorted(ROUTES), ids=" ".join)
def test_parameters_and_bodies_are_told(key: Key) -> None:
    text = TOLD[key][1]
    rows = dict(rows_of(text))
    for one in extra(key).get("parameters", []):
        default = one["schema"].get("default")
        shown = (
            "required"
            if one["required"]
            else "–"
            if default is None
            else f"`{default:g}`"
            if type(default) is float
            else f"`{default}`"
        )
        assert rows.get(one["name"]) == shown, f"{' '.join(key)}: {one['name']}"
    fields = {
        name: field
        for content in extra(key).get("requestBody", {}).get("content", {}).values()
        for name, field in content["schema"].get("properties", {}).items()
    }
    assert rows.keys() <= {one["name"] for one in extra(key).get("parameters", [])} | fields.keys()
    for name in fields:
        assert f"`{name}`" in text, f"{' '.join(key)}: {name} is not told"


def test_the_index_links_every_page() -> None:
    linked = set(re.findall(r"\]\((\w+\.md)\)", (FOLDER / "README.md").read_text()))
    assert linked == {page.name for page in FOLDER.glob("*.md")} - {"README.md"}


def test_every_code_is_told() -> None:
    """Those of every `FileError` in the source, and those of other refusals."""
    used = set(error_form.CODES.values()) - {"conflict"}
    for path in (ROOT / "src" / "dogwatch").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "FileError" and len(node.args) > 1:
                code = node.args[1]
                if isinstance(code, ast.Constant):
                    used.add(str(code.value))
    _, _, table = (FOLDER / "README.md").read_text().partition("\n## Codes\n")
    missing = used - set(re.findall(r"`(\w+)`", table))
    assert not missing
