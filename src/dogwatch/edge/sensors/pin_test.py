"""A look at a line for a user who has just wired it: its electrical level, which neither triggers nor is logged."""

from __future__ import annotations

from typing import Any

from dogwatch.edge.sensors.choice import SensorChoice
from dogwatch.edge.sensors.pins import Pins
from dogwatch.edge.sensors.runner import SensorRunner
from dogwatch.edge.sensors.types import SensorType
from dogwatch.errors import EdgeError, LineBusyError, LineError


def look_at(
    kind: SensorType, gpio: int | None, chosen: SensorChoice, sensors: SensorRunner, pins: Pins
) -> dict[str, Any]:
    """Return the body of `POST /sensor/test`.

    Args:
        kind: The type that is wired.
        gpio: The line; None for that of the type.
        chosen: What the settings choose; its inversion counts if it is this type on this line.
        sensors: The sensor, whose open line is read if it is this one.
        pins: The lines.

    Raises:
        EdgeError: 409; another program has the line.
    """
    line = kind.gpio if gpio is None or kind.gpio is None else gpio
    nothing = {"value": None, "level": None, "gpio": line, "type": kind.type, "would_trigger": None}
    if line is None:
        return {**nothing, "message": "This type has no line: it is triggered over the API"}
    try:
        high = sensors.level(line)
        if high is None:
            high = pins.read(line, kind.pull)
    except LineBusyError as error:
        raise EdgeError(409, "gpio_busy", str(error), gpio=line) from error
    except LineError as error:
        return {**nothing, "message": f"The line cannot be read: {error}"}
    same = chosen.type == kind.type and chosen.gpio == line
    choice = SensorChoice(kind.type, line, invert_logic=same and chosen.invert_logic)
    return {
        **nothing,
        "value": high,
        "level": "high" if high else "low",
        "would_trigger": choice.triggers(high) if kind.family == "level" else None,  # pulses trigger, levels do not
    }
