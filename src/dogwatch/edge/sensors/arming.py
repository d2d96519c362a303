"""A sensor that is armed: what was chosen, the open line, and the filter that it goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from dogwatch.edge.sensors.choice import SensorChoice
from dogwatch.edge.sensors.filters import LineFilter, filter_for
from dogwatch.edge.sensors.types import SensorType
from dogwatch.errors import LineError

if TYPE_CHECKING:
    from dogwatch.edge.sensors.pins import Line, Pins


@dataclass(slots=True, eq=False)
class ArmedSensor:
    """An armed sensor; the software type has no line and no filter."""

    kind: SensorType
    choice: SensorChoice
    line: Line | None = None
    filter: LineFilter | None = None

    def active(self, high: bool) -> bool:
        """Whether a level is the trigger level."""
        return self.choice.triggers(high)

    def close(self) -> None:
        """Give the line back."""
        if self.line is not None:
            self.line.close()


Heard: TypeAlias = Callable[[ArmedSensor, float, bool], None]
"""Told of a change of the line: the monotonic time, and whether it is HIGH. It must return at once."""


def armed_with(choice: SensorChoice, pins: Pins, heard: Heard) -> ArmedSensor:
    """Open the line of a choice, and learn its level.

    Raises:
        EdgeError: 400; the choice will not do.
        LineError: The line cannot be opened or read.
    """
    armed = ArmedSensor(choice.kind(), choice)
    kind = armed.kind
    if kind.family == "software":
        return armed
    if choice.gpio is None:
        raise LineError(f"a sensor of the type {kind.type} needs a GPIO line")
    # A pulse is shorter than any debouncer's patience, so its filter counts the edges as they are.
    debounce_s = kind.debounce_s if kind.family == "level" else 0.0
    line = pins.open(choice.gpio, kind.pull, debounce_s, lambda at, high: heard(armed, at, high))
    try:
        level = line.level()
    except LineError:
        line.close()
        raise
    armed.line, armed.filter = line, filter_for(kind, choice.calibration, debounced=line.debounced)
    armed.filter.begin(armed.active(level))
    return armed
