"""A class has a name of its own in the whole package, so that one can say which is meant."""

import ast
from collections import defaultdict
from pathlib import Path

import dogwatch

ROOT = Path(dogwatch.__file__).parent


def public_classes() -> dict[str, list[str]]:
    """Return the modules that define each public class."""
    found = defaultdict(list)
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(path.relative_to(ROOT)))
    return found


def test_no_class_name_is_used_twice() -> None:
    classes = public_classes()
    assert len(classes) > 300
    assert {name: modules for name, modules in classes.items() if len(modules) > 1} == {}
