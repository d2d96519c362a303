"""GPIO chips for tests: the kernel's gpio-sim, and a stand-in for the module `gpiod` where there is none."""

import contextlib
import errno
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import gpiod
from gpiod.line import Bias, Direction, Edge, Value

CONFIGFS = Path("/sys/kernel/config/gpio-sim")
LINES = 28


class PulledChip(Protocol):
    """A chip whose lines a test pulls up and down."""

    path: str

    def pull(self, line: int, *, high: bool) -> None:
        """Pull a line, as something that is wired to it would."""

    def driven(self, line: int) -> bool:
        """Return the level that an output has."""


class FakeRequest:
    """A requested line; a byte in a pipe stands for each event that the kernel keeps."""

    def __init__(self, chip: "FakeChip", offset: int, settings: Any) -> None:
        self.chip, self.offset = chip, offset
        self.fd, self._writer = os.pipe()
        self.events: list[gpiod.EdgeEvent] = []
        self.number = 0
        self.reconfigure_lines({offset: settings})

    def reconfigure_lines(self, config: dict[int, Any]) -> None:
        """Take other settings."""
        self.settings = config[self.offset]
        if self.settings.direction is Direction.OUTPUT:
            self.chip.levels[self.offset] = self.settings.output_value is Value.ACTIVE
        elif self.settings.bias in (Bias.PULL_UP, Bias.PULL_DOWN):
            self.chip.levels[self.offset] = self.settings.bias is Bias.PULL_UP

    def get_value(self, offset: int) -> Value:
        """Return the level."""
        return Value.ACTIVE if self.chip.levels[offset] else Value.INACTIVE

    def set_value(self, offset: int, value: Value) -> None:
        """Drive the line."""
        self.chip.levels[offset] = value is Value.ACTIVE

    def happen(self, high: bool, *, lost: int = 0) -> None:
        """Keep an event, as the kernel would; `lost` ones before it found no room."""
        wanted = {Edge.BOTH: True, Edge.RISING: high, Edge.FALLING: not high}.get(self.settings.edge_detection, False)
        if not wanted:
            return
        self.number += 1 + lost
        kind = gpiod.EdgeEvent.Type.RISING_EDGE if high else gpiod.EdgeEvent.Type.FALLING_EDGE
        self.events.append(gpiod.EdgeEvent(kind.value, time.monotonic_ns(), self.offset, self.number, self.number))
        os.write(self._writer, b"!")

    def read_edge_events(self) -> list[gpiod.EdgeEvent]:
        """Return the events, and forget them."""
        os.read(self.fd, 1000)
        found, self.events = self.events, []
        return found

    def release(self) -> None:
        """Give the line back."""
        del self.chip.requests[self.offset]
        os.close(self._writer)
        os.close(self.fd)


class FakeChip:
    """A chip as the module `gpiod` shows it."""

    def __init__(self) -> None:
        self.path = "/dev/gpiochip7"
        self.label = "pinctrl-bcm2711"
        self.levels = [False] * LINES
        self.requests: dict[int, FakeRequest] = {}
        self.taken: set[int] = set()
        self._lock = threading.Lock()

    def request_lines(self, path: str, config: dict[int, Any], consumer: str, event_buffer_size: int) -> FakeRequest:
        """Stand in for `gpiod.request_lines`."""
        assert (path, consumer) == (self.path, "dogwatch")
        assert event_buffer_size > 0
        ((offset, settings),) = config.items()
        if offset in self.requests or offset in self.taken:
            raise OSError(errno.EBUSY, "Device or resource busy")
        self.requests[offset] = FakeRequest(self, offset, settings)
        return self.requests[offset]

    def pull(self, line: int, *, high: bool) -> None:
        """See `PulledChip`."""
        if self.levels[line] != high:
            self.levels[line] = high
            if line in self.requests:
                self.requests[line].happen(high)

    def driven(self, line: int) -> bool:
        """See `PulledChip`."""
        return self.levels[line]


class SimChip:
    """A chip of the kernel's gpio-sim."""

    def __init__(self, root: Path) -> None:
        device, chip = (root / "dev_name").read_text().strip(), (root / "bank0" / "chip_name").read_text().strip()
        self.path = f"/dev/{chip}"
        self._lines = Path("/sys/devices/platform") / device / chip

    def pull(self, line: int, *, high: bool) -> None:
        """See `PulledChip`."""
        (self._lines / f"sim_gpio{line}" / "pull").write_text("pull-up" if high else "pull-down")

    def driven(self, line: int) -> bool:
        """See `PulledChip`."""
        return (self._lines / f"sim_gpio{line}" / "value").read_text().strip() == "1"


@contextlib.contextmanager
def simulated() -> Iterator[SimChip]:
    """Make a chip with gpio-sim; needs root and the module."""
    root = CONFIGFS / f"dogwatch-{os.getpid()}"
    bank = root / "bank0"
    bank.mkdir(parents=True)
    try:
        (bank / "num_lines").write_text(str(LINES))
        (bank / "label").write_text("pinctrl-dogwatch")
        (root / "live").write_text("1")
        yield SimChip(root)
    finally:
        (root / "live").write_text("0")
        bank.rmdir()
        root.rmdir()
