"""What a camera that moves is told to do, as text (docs/mqtt.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from dogwatch.errors import RefusedError

PtzAction = Literal[
    "move_up", "move_down", "move_left", "move_right", "zoom_in", "zoom_out", "focus_in", "focus_out", "stop",
    "preset", "move_relative",
]  # fmt: skip
PLAIN: dict[str, PtzAction] = {
    "move_up": "move_up",
    "move_down": "move_down",
    "move_left": "move_left",
    "move_right": "move_right",
    "zoom_in": "zoom_in",
    "zoom_out": "zoom_out",
    "focus_in": "focus_in",
    "focus_out": "focus_out",
    "stop": "stop",
}
PRESET, RELATIVE = "preset_", "move_relative_"
LONGEST = 200


@dataclass(frozen=True, slots=True)
class PtzMove:
    """One move. It goes on until `stop`, but for a `preset` and `move_relative`.

    `preset` is the name of a preset, in lower case. `pan`, `tilt` and `zoom` are -1 to 1 of the picture's size.
    """

    action: PtzAction
    preset: str = ""
    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0


def parse_move(text: str) -> PtzMove:
    """Read a move, in upper or lower case.

    Raises:
        RefusedError: It is none.
    """
    given = text.strip().lower()
    if len(given) <= LONGEST:
        if (plain := PLAIN.get(given)) is not None:
            return PtzMove(plain)
        if given.startswith(PRESET) and len(given) > len(PRESET):
            return PtzMove("preset", preset=given.removeprefix(PRESET))
        if given.startswith(RELATIVE):
            steps = [_number(part) for part in given.removeprefix(RELATIVE).split("_")]
            numbers = [step for step in steps if step is not None]
            if len(numbers) == len(steps) and len(steps) in (2, 3):
                return PtzMove("move_relative", pan=numbers[0], tilt=numbers[1], zoom=numbers[2] if steps[2:] else 0.0)
    raise RefusedError(f"'{text[:100]}' is no move of a camera.")


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and -1 <= found <= 1 else None
