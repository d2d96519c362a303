"""Every route of video files has a contract test."""

from __future__ import annotations

import importlib
import pkgutil

from dogwatch.api.files.policy import POLICY
from tests.integration.contract import files


def test_every_route_of_video_files_has_a_contract_test() -> None:
    tested: set[str] = set()
    for module in pkgutil.iter_modules(files.__path__, files.__name__ + "."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for mark in getattr(value, "pytestmark", []):
                if mark.name == "files_endpoint" and name.startswith("test_"):
                    tested |= set(mark.args)
    present = {" ".join(key) for key in POLICY}
    assert tested - present == set(), "these routes are gone"
    assert present - tested == set(), "add a test of the contract for these"
