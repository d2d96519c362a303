"""Every route of the edge API has a contract test."""

from __future__ import annotations

import importlib
import pkgutil

from dogwatch.api.edge.policy import EDGE_POLICY
from tests.integration.contract import edge

ANEW: set[str] = set()
"""Routes without a contract test yet; a row goes as soon as its route has one."""


def test_every_route_of_the_edge_api_has_a_contract_test() -> None:
    tested: set[str] = set()
    for module in pkgutil.iter_modules(edge.__path__, edge.__name__ + "."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for mark in getattr(value, "pytestmark", []):
                if mark.name == "edge_endpoint" and name.startswith("test_"):
                    tested |= set(mark.args)
    present = {" ".join(key) for key in EDGE_POLICY}
    assert tested - present == set(), "these routes are gone"
    assert present - tested - ANEW == set(), "add a test of the contract for these"
    assert present - tested >= ANEW, "these have one now: take them out of ANEW"
