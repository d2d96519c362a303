"""What `pyproject.toml` asks for is what the program imports."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGGED_IN = {"httptools", "websockets"}  # uvicorn takes these by itself


def imported() -> set[str]:
    """Return the top-level names that the package's modules import."""
    names: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names


def test_every_dependency_is_imported() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {re.split(r"[\[<>=;~! ]", text)[0] for text in project["dependencies"]}
    used = imported()
    providers = importlib.metadata.packages_distributions()
    given = {name.lower() for module in used for name in providers.get(module, [])}
    assert asked - PLUGGED_IN - {name.replace("_", "-") for name in given} == set()
