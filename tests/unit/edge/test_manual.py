"""What docs/edge.md tells is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dogwatch.config import parse
from dogwatch.edge.sensors.types import TYPES

MANUAL = (Path(__file__).parents[3] / "docs" / "edge.md").read_text()
ROWS = {
    match[1]: [cell.strip() for cell in match[0].strip("|").split("|")]
    for match in re.finditer(r"^\| `(\w+)`.*\|$", MANUAL, re.MULTILINE)
}


def test_the_wiring_table_has_every_sensor_with_a_line() -> None:
    assert set(ROWS) == {name for name, found in TYPES.items() if found.gpio is not None}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_row_has_the_pins_of_its_sensor(name: str) -> None:
    kind, (_, supply, ground, output, notes) = TYPES[name], ROWS[name]
    assert output == f"pin {kind.board_pin}, GPIO {kind.gpio}"
    pins = {pin.split(" ")[0]: f"pin {pin.split('[')[1].rstrip(']')}" for pin, _ in kind.supply}
    assert ground == pins["GND"]
    power = next((f"{label}, {pin}" for label, pin in pins.items() if label != "GND"), "–")
    assert supply == power
    assert ("two wires" in notes) == (power == "–")


def test_the_configuration_is_right() -> None:
    [text] = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
    loaded = parse(text)
    assert not loaded.notices
    assert loaded.config.edge.camera in loaded.config.cameras


def test_the_units_name_is_the_default() -> None:
    unit = parse("cameras: {}\n").config.edge.unit
    assert f"/etc/systemd/system/{unit}.service" in MANUAL
    assert f'"{unit}.service"' in MANUAL
