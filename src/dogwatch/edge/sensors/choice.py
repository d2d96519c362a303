"""Which sensor the settings choose, and whether its values will do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from dogwatch.edge.sensors.types import DRAGGED, TYPES, SensorType
from dogwatch.errors import EdgeError

if TYPE_CHECKING:
    from dogwatch.edge.settings_schema import SensorSettings


@dataclass(frozen=True, slots=True)
class SensorChoice:
    """The object `Sensor` of the settings."""

    type: str = "reed_switch"
    gpio: int | None = 22
    enabled: bool = False
    hold_seconds: float = 10
    invert_logic: bool = False
    calibration: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, sensor: SensorSettings) -> Self:
        """Return what the settings choose."""
        kind = TYPES.get(sensor.type)
        usual = kind.gpio if kind is not None else None  # for a type that followed the mock one, which has no line
        gpio = None if sensor.type == "mock" else sensor.gpio if sensor.gpio is not None else usual
        return cls(
            sensor.type, gpio, sensor.enabled, sensor.hold_seconds, sensor.invert_logic, dict(sensor.calibration)
        )

    def body(self) -> dict[str, Any]:
        """Return it as the settings and answers have it."""
        return {
            "type": self.type,
            "gpio": self.gpio,
            "enabled": self.enabled,
            "hold_seconds": self.hold_seconds,
            "invert_logic": self.invert_logic,
            "calibration": dict(self.calibration),
        }

    def kind(self) -> SensorType:
        """Return the type, after a look at the calibration.

        Raises:
            EdgeError: 400; there is no such type, or a calibration value will not do.
        """
        kind = type_named(self.type)
        check_calibration(kind, self.calibration)
        return kind

    def triggers(self, high: bool) -> bool:
        """Whether a level is the trigger level."""
        return high == ((TYPES[self.type].trigger_level == "high") != self.invert_logic)

    def warning(self) -> str | None:
        """Return what is to be said about the line."""
        if self.gpio not in DRAGGED:
            return None
        use = "reads the ID of an expansion board" if self.gpio in (0, 1) else "has a strong pull-up that stays"
        return f"GPIO {self.gpio} {use}; another line is a better choice"


def type_named(name: str) -> SensorType:
    """Return a type.

    Raises:
        EdgeError: 400; there is none of this name.
    """
    if name not in TYPES:
        raise EdgeError(400, "unknown_type", f"There is no sensor type '{name[:64]}'", available=list(TYPES))
    return TYPES[name]


def check_calibration(kind: SensorType, given: Mapping[str, Any]) -> None:
    """Look whether a type takes these values.

    Raises:
        EdgeError: 400; it does not.
    """
    known = {one.key: one for one in kind.calibration}
    for key, value in given.items():
        one = known.get(key)
        if one is None:
            raise _bad(key, f"{kind.type} has no calibration value '{key[:64]}'")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _bad(key, f"{key} has to be a number")
        if not one.low <= value <= one.high or value != int(value):
            raise _bad(key, f"{key} has to be a whole number from {one.low} to {one.high}")


def _bad(key: str, text: str) -> EdgeError:
    return EdgeError(400, "bad_calibration", text, field=key[:64])
