"""Every route of the program has a contract test, which is named after its section of the contract."""

from __future__ import annotations

import importlib
import pkgutil
import re

from tests.integration import contract
from tests.routes import ROUTES

ANEW: set[str] = set()
"""Routes without a contract test yet; a row goes as soon as its route has one."""
OWN = re.compile(r"test_(\d+(_\d+)*|own)_")
"""A section's number, or `own` for what the contract does not have."""


def marked() -> dict[str, set[str]]:
    """Return the routes of each test."""
    found: dict[str, set[str]] = {}
    for module in pkgutil.iter_modules(contract.__path__, contract.__name__ + "."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for mark in getattr(value, "pytestmark", []) if callable(value) else ():
                if mark.name == "endpoint" and name.startswith("test_"):
                    found.setdefault(name, set()).update(mark.args)
    return found


def test_every_route_has_a_contract_test() -> None:
    present = {" ".join(key) for key, _ in ROUTES}
    tested = {route for routes in marked().values() for route in routes}
    assert tested - present == set(), "these routes are gone"
    assert present - tested - ANEW == set(), "add a test of the contract for these"
    assert present - tested >= ANEW, "these have one now: take them out of ANEW"


def test_tests_are_named_after_sections() -> None:
    assert [name for name in marked() if not OWN.match(name)] == []
