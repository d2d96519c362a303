"""Lines over libgpiod: on the kernel's gpio-sim where there is one, and on a stand-in for the module elsewhere."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import gpiod
import gpiozero
import pytest
from gpiod.line import Bias, Edge

from dogwatch.edge.sensors import gpiod_factory, pins
from dogwatch.edge.sensors.choice import SensorChoice
from dogwatch.edge.sensors.gpiod_factory import GpiodFactory, find_chip
from dogwatch.edge.sensors.pins import Libraries, Pins
from dogwatch.errors import LineBusyError, NoChipError
from tests.integration.edge.sensors.chips import CONFIGFS, FakeChip, SimChip, simulated
from tests.integration.edge.sensors.sensing import Bench

Heard = list[tuple[float, bool]]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeChip:
    chip = FakeChip()
    stand_in = SimpleNamespace(
        request_lines=chip.request_lines,
        LineSettings=gpiod.LineSettings,
        RequestReleasedError=gpiod.RequestReleasedError,
    )
    monkeypatch.setattr(gpiod_factory, "gpiod", stand_in)
    return chip


@pytest.fixture(params=["gpio-sim", "stand-in"])
def chip(request: pytest.FixtureRequest) -> Iterator[FakeChip | SimChip]:
    if request.param == "stand-in":
        yield request.getfixturevalue("fake")
        return
    if not CONFIGFS.is_dir() or not os.access(CONFIGFS, os.W_OK):
        pytest.skip("this kernel has no gpio-sim, or only root may use it")
    with simulated() as made:
        yield made


def lines_of(chip: FakeChip | SimChip) -> Pins:
    return Pins(lambda: Libraries(GpiodFactory(chip.path), debounces=True, kernel_clock=True))


def wait_for(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_edges_are_told_with_their_time(chip: FakeChip | SimChip) -> None:
    heard: Heard = []
    line = lines_of(chip).open(22, "up", 0.0, lambda at, high: heard.append((at, high)))
    assert line.level() is True
    before = time.monotonic()
    for high in (False, True, False):
        chip.pull(22, high=high)
        wait_for(lambda: heard and heard[-1][1] is high)  # noqa: B023 - it is asked before the next round
    assert [high for _, high in heard] == [False, True, False]
    assert before <= heard[0][0] <= heard[-1][0] <= time.monotonic()
    assert line.level() is False
    line.close()
    chip.pull(22, high=True)
    time.sleep(0.02)  # nothing is to come, so there is nothing to wait for
    assert len(heard) == 3


def test_a_line_is_given_back_and_can_be_opened_again(chip: FakeChip | SimChip) -> None:
    lines = lines_of(chip)
    for _ in range(2):
        line = lines.open(5, "down", 0.05, lambda *_: None)
        assert line.debounced
        assert line.level() is False
        with pytest.raises(LineBusyError, match="Dogwatch itself"):
            lines.read(5, "up")
        line.close()
    assert lines.read(5, "up") is True
    assert lines.read(5, "down") is False
    assert not [one for one in threading.enumerate() if one.name.startswith("gpio-")]


def test_a_line_that_another_program_has(chip: FakeChip | SimChip) -> None:
    other = GpiodFactory(chip.path)  # the kernel does not know that it is the same program
    with gpiozero.InputDevice(6, pin_factory=other), pytest.raises(LineBusyError, match="another program"):
        lines_of(chip).read(6, "up")
    assert lines_of(chip).read(6, "up") is True


def test_outputs(chip: FakeChip | SimChip) -> None:
    output = lines_of(chip).drive(17, high=False)
    assert chip.driven(17) is False
    output.write(True)
    assert chip.driven(17) is True
    output.write(False)
    assert chip.driven(17) is False
    output.close()


def test_a_sensor_on_the_chip_records(chip: FakeChip | SimChip) -> None:
    choice = SensorChoice("touch", 16, enabled=True, hold_seconds=0, calibration={"touch_duration": 0})
    bench = Bench(choice, lambda: Libraries(GpiodFactory(chip.path), debounces=True, kernel_clock=False))
    with bench.running() as subject:
        chip.pull(16, high=True)
        subject.until(subject.records)
        chip.pull(16, high=False)
        subject.until(lambda: not subject.records())


def test_the_kernel_debounces_and_pulls(fake: FakeChip) -> None:
    lines = lines_of(fake)
    line = lines.open(22, "up", 0.05, lambda *_: None)
    settings = fake.requests[22].settings
    assert settings.bias is Bias.PULL_UP
    assert settings.edge_detection is Edge.BOTH
    assert settings.debounce_period == timedelta(milliseconds=50)
    line.close()
    assert fake.requests == {}
    fixed = lines.open(2, "down", 0.0, lambda *_: None)  # the board pulls it up, whatever is asked for
    assert fake.requests[2].settings.bias is Bias.AS_IS
    fixed.close()


def test_edges_for_which_the_kernel_had_no_room(fake: FakeChip) -> None:
    heard: Heard = []
    line = lines_of(fake).open(22, "up", 0.0, lambda at, high: heard.append((at, high)))
    request = fake.requests[22]
    fake.pull(22, high=False)
    wait_for(lambda: len(heard) == 1)
    request.happen(True, lost=3)  # and the line is LOW by now
    wait_for(lambda: len(heard) == 3)
    assert [high for _, high in heard] == [False, True, False]
    line.close()


class LabelledChip:
    """What `gpiod.Chip` is to `find_chip`."""

    chips: ClassVar[dict[str, Any]] = {}

    def __init__(self, path: str) -> None:
        found = self.chips[path]
        if isinstance(found, OSError):
            raise found
        self.info = SimpleNamespace(label=found[0], num_lines=found[1])

    def __enter__(self) -> "LabelledChip":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def get_info(self) -> Any:
        return self.info


PI_5 = {"gpiochip0": ("gpio-brcmstb@107d508500", 32), "gpiochip4": ("pinctrl-rp1", 54)}


@pytest.mark.parametrize(
    ("chips", "found"),
    [
        pytest.param(PI_5, "gpiochip4", id="Pi 5"),
        pytest.param({"gpiochip0": ("pinctrl-bcm2711", 58)}, "gpiochip0", id="Pi 4"),
        pytest.param({"gpiochip0": ("INTC1055:00", 360)}, None, id="PC"),
        pytest.param(
            {"gpiochip0": OSError(5, "broken"), "gpiochip1": ("pinctrl-bcm2835", 54)}, "gpiochip1", id="broken"
        ),
        pytest.param({}, None, id="none"),
    ],
)
def test_the_chip_of_the_header_is_found_by_its_label(
    chips: dict[str, Any], found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpiod_factory, "gpiod", SimpleNamespace(Chip=LabelledChip))
    monkeypatch.setattr(LabelledChip, "chips", chips)
    assert find_chip([Path(path) for path in chips]) == found


def test_what_is_said_without_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY", raising=False)
    monkeypatch.setattr(gpiod_factory, "find_chip", lambda: None)
    with pytest.raises(NoChipError, match="no GPIO chip"):
        pins.find_libraries()

    def refuse() -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(gpiod_factory, "find_chip", refuse)
    with pytest.raises(NoChipError, match="group gpio"):
        pins.find_libraries()
    monkeypatch.setattr(gpiod_factory, "find_chip", lambda: "/dev/gpiochip4")
    assert pins.find_libraries().factory.path == "/dev/gpiochip4"
    for missing in ("gpiod", "gpiozero"):
        monkeypatch.setattr(
            pins, "find_spec", lambda name, missing=missing: None if name in (missing, "lgpio") else name
        )
        with pytest.raises(NoChipError, match=r"dogwatch\[edge\]"):
            pins.find_libraries()
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "dogwatch.edge.sensors.gpiod_factory", None)
    with pytest.raises(NoChipError, match="cannot be loaded"):
        pins.find_libraries()
    monkeypatch.undo()
    monkeypatch.setattr(gpiozero.Device, "pin_factory", None)  # which is what it is again afterwards
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    assert pins.find_libraries().borrowed
