"""The table of sensor types against the contract's section 13."""

import re

import pytest

from dogwatch.edge.sensors.types import TYPES
from tests.media import ROOT

CONTRACT = ROOT.parent / "shared" / "contract" / "edge-api.md"
ROW = re.compile(r"^\| `(\w+)` \| (.+) / (.+?) \| (\d+|null) (?:\[(\d+)\] )?\| (up|down|–) \| (\w+)")


def contract_rows() -> dict[str, tuple[str, ...]]:
    """Return the rows of the contract's table by type."""
    return {found[1]: found.groups() for line in CONTRACT.read_text().splitlines() if (found := ROW.match(line))}


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract is not in this checkout")
def test_the_table_is_that_of_the_contract() -> None:
    rows = contract_rows()
    assert list(rows) == list(TYPES)
    for kind, (_, name, module, gpio, board_pin, pull, family) in rows.items():
        row = TYPES[kind]
        assert (row.name, row.module, row.family) == (name, module, family)
        assert (str(row.gpio), str(row.board_pin)) == (gpio.replace("null", "None"), str(board_pin))
        assert pull in (row.pull, "–")


@pytest.mark.parametrize("kind", TYPES)
def test_a_body_has_what_clients_show(kind: str) -> None:
    body = TYPES[kind].body()
    assert set(body) == {
        *("type", "name", "default_gpio", "module", "description", "use_case", "icon", "image"),
        *("wiring", "wiring_note", "trigger_level", "calibration"),
    }
    assert re.fullmatch(r"[a-z0-9-]+", body["image"])
    for one in body["calibration"]:
        assert one["min"] <= one["default"] <= one["max"]
        assert set(one["labels"]) == {"min", "max"}


def test_trigger_levels() -> None:
    assert {kind: row.trigger_level for kind, row in TYPES.items() if row.trigger_level != "high"} == {
        "button": "low",
        "mock": None,
    }


def test_overlays_are_told_of() -> None:
    assert "SPI" in TYPES["sound_small"].note()
    assert "invert_logic" in TYPES["ir_proximity"].note()
