"""The types with which the web page's client is checked are those of the routes as they are."""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from dogwatch.api import documents
from dogwatch.api.edge.policy import EDGE_POLICY
from dogwatch.api.files.policy import POLICY as FILES_POLICY
from dogwatch.api.nvr.policy import POLICY
from dogwatch.api.surface import Key

TYPES = Path(__file__).parents[3] / "ui" / "src" / "api"
POLICIES: dict[str, Iterable[Key]] = {"nvr": POLICY, "files": FILES_POLICY, "edge": EDGE_POLICY}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    documents.write(folder)
    return folder


@pytest.mark.parametrize("name", POLICIES)
def test_the_types_are_made_from_the_routes_as_they_are(made: Path, name: str) -> None:
    digest = hashlib.sha256((made / f"{name}.openapi.json").read_bytes()).hexdigest()
    head = (TYPES / f"{name}.d.ts").read_text().partition("\n")[0]
    assert digest in head, "the routes or their answers have changed: run `make ui-types` and commit ui/src/api"


def test_every_route_is_told(made: Path) -> None:
    for name, policy in POLICIES.items():
        told = json.loads((made / f"{name}.openapi.json").read_text())["paths"]
        operations = {(method.upper(), path) for path, found in told.items() for method in found}
        wanted = {(method, re.sub(r":\w+}", "}", path)) for method, path in policy if method != "WS"}
        assert operations == wanted


def test_a_refusal_is_told_once(made: Path) -> None:
    for name in POLICIES:
        for path, found in json.loads((made / f"{name}.openapi.json").read_text())["paths"].items():
            for operation in found.values():
                refused = {code for code in operation["responses"] if not code.startswith(("1", "2", "3"))}
                assert refused == {"default"}, path
