"""The manual tells every route of the edge API, with its query parameters and the keys of its body."""

import re
from pathlib import Path

import pytest

from dogwatch.api.edge import surface
from dogwatch.api.edge.page_policy import SEEN
from dogwatch.api.edge.policy import EDGE_POLICY
from dogwatch.api.surface import keys, routes_of
from tests.unit.api.test_docs import Key, parameters

FOLDER = Path(__file__).parents[3] / "docs" / "api" / "edge"
ROUTES = {key: route for router in surface.routers() for route in routes_of(router) for key in keys(route)}
HEAD = re.compile(r"^- `([A-Z]+) (\S+)` · (\w+)$", re.MULTILINE)


def told() -> dict[Key, tuple[str, str]]:
    """Return what each route needs, and the text below it up to the next ones."""
    found: dict[Key, tuple[str, str]] = {}
    for page in sorted(FOLDER.glob("*.md")):
        # Routes that follow one another share the text below them.
        for block in re.findall(
            r"(?:^- `[A-Z]+ \S+` · \w+\n)+(?:(?!^- `[A-Z]+ /).*\n?)*", page.read_text(), re.MULTILINE
        ):
            for method, path, needs in HEAD.findall(block):
                assert (method, path) not in found, f"{page.name} tells {method} {path} again"
                found[method, path] = needs, block
    return found


TOLD = told()


def test_every_route_is_told_with_what_it_needs() -> None:
    assert {key: needs for key, (needs, _) in TOLD.items()} == {key: need.value for key, need in EDGE_POLICY.items()}


def test_every_row_of_the_policy_has_a_route() -> None:
    assert set(ROUTES) == set(EDGE_POLICY)


@pytest.mark.parametrize("key", sorted(ROUTES), ids=" ".join)
def test_parameters_are_told(key: Key) -> None:
    text = TOLD[key][1]
    for name, _ in parameters(ROUTES[key]):
        assert re.search(rf'[`"]{name}[`"]', text), f"{' '.join(key)}: {name} is not told"


def test_the_index_links_every_page() -> None:
    linked = set(re.findall(r"\]\((\w+\.md)\)", (FOLDER / "README.md").read_text()))
    assert linked == {page.name for page in FOLDER.glob("*.md")} - {"README.md"}


def test_what_the_page_of_a_viewer_may_read_is_told() -> None:
    listed = re.findall(r"^- `(/[^`]+)`$", (FOLDER / "page.md").read_text(), re.MULTILINE)
    assert listed == sorted(path for _, path in SEEN)
