"""The sixteen types of trigger sensors, as the edge contract's section 13 lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Pull = Literal["up", "down"]
Level = Literal["high", "low"]
Family = Literal["level", "pulse", "software"]

GROUND = ("GND [14]", "GND")
SUPPLY = ("3V3 [17]", "VCC (+)")
DRAGGED = frozenset({0, 1, 2, 3})
"""Lines with a purpose of their own: 0 and 1 read the board's ID, 2 and 3 have fixed, strong pull-ups."""
OVERLAYS: Mapping[int, str] = {8: "SPI", 12: "PWM", 13: "PWM", 19: "PCM"}
"""Lines that a device-tree overlay takes away when it is in use."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """One value by which users tune a type of sensor; whole numbers between `low` and `high`."""

    key: str
    name: str
    low: int
    high: int
    default: int
    description: str
    ends: tuple[str, str]
    unit: str | None = None

    def body(self) -> dict[str, Any]:
        """Return it as `GET /sensor/types` lists it."""
        unit = {"unit": self.unit} if self.unit else {}
        return {
            "key": self.key,
            "name": self.name,
            "type": "range",
            "min": self.low,
            "max": self.high,
            "default": self.default,
            "step": 1,
            **unit,
            "description": self.description,
            "labels": {"min": self.ends[0], "max": self.ends[1]},
        }


@dataclass(frozen=True, slots=True)
class SensorType:
    """A type of sensor.

    `pull` is the resistor inside the computer. A *level* type triggers on the edge into `trigger_level` and releases on
    the edge out of it; a *pulse* type counts edges into it; the *software* type has no line.
    """

    type: str
    name: str
    module: str
    gpio: int | None
    board_pin: int | None
    description: str
    use_case: str
    icon: str
    family: Family = "level"
    pull: Pull = "up"
    debounce_s: float = 0.05
    trigger_level: Level | None = "high"
    supply: tuple[tuple[str, str], ...] = (SUPPLY, GROUND)
    output: str = "OUT (S)"
    wiring_note: str = ""
    calibration: tuple[Calibration, ...] = ()

    def body(self) -> dict[str, Any]:
        """Return it as `GET /sensor/types` lists it."""
        lines = (*self.supply, (f"GPIO{self.gpio} [{self.board_pin}]", self.output)) if self.gpio is not None else ()
        return {
            "type": self.type,
            "name": self.name,
            "default_gpio": self.gpio,
            "module": self.module,
            "description": self.description,
            "use_case": self.use_case,
            "icon": self.icon,
            "image": self.module.lower().replace(" ", "-"),
            "wiring": [{"pin": pin, "connect": connect} for pin, connect in lines],
            "wiring_note": self.note(),
            "trigger_level": self.trigger_level,
            "calibration": [one.body() for one in self.calibration],
        }

    def note(self) -> str:
        """Return what is to be known about the wiring, also about an overlay that takes the default line."""
        overlay = OVERLAYS.get(self.gpio) if self.gpio is not None else None
        clash = f"GPIO{self.gpio} is not free while an overlay for {overlay} uses it." if overlay else ""
        return " ".join(part for part in (self.wiring_note, clash) if part)

    def value_of(self, given: Mapping[str, Any], key: str) -> int:
        """Return a calibration value: the given one, or the type's default."""
        default = next(one.default for one in self.calibration if one.key == key)
        return int(given.get(key, default))


def _pulses(most: int, default: int) -> tuple[Calibration, ...]:
    return (
        Calibration(
            "pulse_count",
            "Pulses",
            1,
            most,
            default,
            "How many pulses must come within the window.",
            ("Triggers easily", "Needs many pulses"),
        ),
        Calibration(
            "pulse_window", "Window", 1, 30, 5, "Within how many seconds the pulses must come.", ("Short", "Long"), "s"
        ),
    )


SETTLE = Calibration(
    "settle_time", "Settle time", 0, 50, 5, "How long it must stay tilted.", ("At once", "5 seconds"), "0.1 s"
)
TWO_WIRES = (("GND [14]", "one wire"),)
THRESHOLD = "The potentiometer on the board sets the threshold; which level is the active one depends on the board."

TYPES: Mapping[str, SensorType] = {
    row.type: row
    for row in (
        SensorType(
            "reed_switch",
            "Reed Switch",
            "KY-025",
            22,
            15,
            "A glass contact that a magnet closes.",
            "Doors, windows, letter boxes",
            "magnet",
            output="DO",
            wiring_note="HIGH while the magnet is away, that is while the door is open.",
        ),
        SensorType(
            "mini_reed",
            "Mini Reed Switch",
            "KY-021",
            20,
            38,
            "A bare reed contact with two wires.",
            "Doors and drawers, with long wires",
            "magnet",
            supply=TWO_WIRES,
            output="other wire",
            wiring_note="HIGH while the contact is open. It needs no supply.",
        ),
        SensorType(
            "hall_digital",
            "Hall Magnetic",
            "KY-003",
            13,
            33,
            "A switch that a magnetic field closes, without moving parts.",
            "Doors and gates that move often",
            "magnet",
            wiring_note="HIGH while there is no field, that is while the door is open.",
        ),
        SensorType(
            "hall_linear",
            "Hall Magnetic (Linear)",
            "KY-024",
            12,
            32,
            "Compares the strength of a magnetic field with a threshold.",
            "Doors whose magnet is weak or far away",
            "magnet",
            output="DO",
            wiring_note="HIGH while the field is weaker than the threshold that the potentiometer sets.",
        ),
        SensorType(
            "pir",
            "PIR Motion",
            "HC-SR501",
            17,
            11,
            "Sees warmth that moves.",
            "Rooms, halls, yards",
            "eye",
            pull="down",
            debounce_s=0.0,
            supply=(("5V [2]", "VCC"), ("GND [6]", "GND")),
            output="OUT",
            wiring_note="It needs 5 V and about a minute to warm up; its output is 3.3 V. HIGH means motion.",
            calibration=(
                Calibration(
                    "sensitivity",
                    "Sensitivity",
                    1,
                    10,
                    7,
                    "The higher it is, the shorter a motion may be.",
                    ("Long motion only", "Every motion"),
                ),
            ),
        ),
        SensorType(
            "vibration",
            "Vibration / Shock",
            "KY-002",
            5,
            29,
            "A spring that touches a contact when it is shaken.",
            "Windows, fences, machines",
            "zap",
            family="pulse",
            debounce_s=0.1,
            wiring_note="HIGH at rest, with short pulses LOW.",
            calibration=_pulses(20, 1),
        ),
        SensorType(
            "knock",
            "Knock / Tap",
            "KY-031",
            19,
            35,
            "Feels knocks on what it is mounted on.",
            "Doors, desks, safes",
            "zap",
            family="pulse",
            debounce_s=0.1,
            wiring_note="HIGH at rest, with short pulses LOW.",
            calibration=_pulses(10, 3),
        ),
        SensorType(
            "sound_big",
            "Sound (Big)",
            "KY-037",
            23,
            16,
            "A sensitive microphone with a threshold.",
            "Voices and breaking glass in a quiet room",
            "zap",
            family="pulse",
            debounce_s=0.1,
            output="DO",
            wiring_note=THRESHOLD,
            calibration=_pulses(20, 1),
        ),
        SensorType(
            "sound_small",
            "Sound (Small)",
            "KY-038",
            8,
            24,
            "A small microphone with a threshold.",
            "Loud noises nearby",
            "zap",
            family="pulse",
            debounce_s=0.1,
            output="DO",
            wiring_note=THRESHOLD,
            calibration=_pulses(20, 1),
        ),
        SensorType(
            "light_gate",
            "Light Gate",
            "KY-010",
            6,
            31,
            "A beam of light across a slot.",
            "Drawers, flaps, turning parts",
            "gate",
            wiring_note="HIGH while something is in the slot.",
        ),
        SensorType(
            "ir_proximity",
            "IR Proximity",
            "KY-032",
            24,
            18,
            "Sees what reflects its infrared light within a few centimetres to decimetres.",
            "Shelves, hatches, queues",
            "eye",
            wiring_note="HIGH while nothing is near, so set invert_logic to record when something comes near.",
        ),
        SensorType(
            "tilt",
            "Tilt Switch",
            "KY-017",
            26,
            37,
            "A contact that closes while it is upright.",
            "Garage doors, lids, boxes",
            "rotate",
            debounce_s=0.1,
            wiring_note="HIGH while it is tilted.",
            calibration=(SETTLE,),
        ),
        SensorType(
            "tilt_ball",
            "Tilt Switch (Ball)",
            "KY-020",
            25,
            22,
            "A ball that rolls off its contact.",
            "Garage doors, lids, boxes",
            "rotate",
            debounce_s=0.1,
            wiring_note="HIGH while it is tilted.",
            calibration=(SETTLE,),
        ),
        SensorType(
            "touch",
            "Touch Sensor",
            "KY-036",
            16,
            36,
            "Feels a finger on its wire.",
            "Handles, hidden switches",
            "hand",
            pull="down",
            output="DO",
            wiring_note="HIGH while it is touched.",
            calibration=(
                Calibration(
                    "touch_duration",
                    "Duration",
                    0,
                    30,
                    3,
                    "How long a touch must last.",
                    ("At once", "3 seconds"),
                    "0.1 s",
                ),
            ),
        ),
        SensorType(
            "button",
            "Button",
            "momentary",
            27,
            13,
            "A push button between the line and ground.",
            "Door bells, panic buttons",
            "circle",
            trigger_level="low",
            supply=TWO_WIRES,
            output="other wire",
            wiring_note="HIGH while it is not pressed. It needs no supply.",
        ),
        SensorType(
            "mock",
            "Mock",
            "none",
            None,
            None,
            "A sensor that is triggered over the API alone.",
            "Trying everything without hardware",
            "wrench",
            family="software",
            debounce_s=0.0,
            trigger_level=None,
            supply=(),
        ),
    )
}
"""Every type by its name."""
