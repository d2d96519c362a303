"""The trigger sensor of the edge camera (docs/api/edge/sensors.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from dogwatch.api.edge.bodies import EdgeBody
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge.sensors.choice import SensorChoice, type_named
from dogwatch.edge.sensors.pin_test import look_at
from dogwatch.edge.sensors.types import TYPES, SensorType
from dogwatch.edge.settings_schema import Number
from dogwatch.errors import EdgeError

router = APIRouter(route_class=LateRoute)


class WiredBody(EdgeBody):
    """A type of sensor and its line; the mock type ignores whatever is given as its line."""

    type: str | None = None
    gpio: Any = None

    def kind(self) -> SensorType:
        """Return the type.

        Raises:
            EdgeError: 400; it is missing or unknown.
        """
        if not self.type:
            raise EdgeError(400, "type_required", "type is required", field="type")
        return type_named(self.type)

    def line(self, kind: SensorType) -> int | None:
        """Return the line, by default that of the type.

        Raises:
            EdgeError: 400; it is none.
        """
        if kind.gpio is None or self.gpio is None:
            return kind.gpio
        if isinstance(self.gpio, bool) or not isinstance(self.gpio, int) or not 0 <= self.gpio <= 27:
            raise EdgeError(400, "bad_field", "gpio has to be a whole number from 0 to 27", field="gpio")
        return self.gpio


class SensorBody(WiredBody):
    """The sensor that is to be armed."""

    enabled: bool = True
    hold_seconds: Number = Field(default=10, ge=0, le=3600)
    invert_logic: bool = False
    calibration: dict[str, Any] = Field(default={})

    def choice(self) -> SensorChoice:
        """Return it as the settings keep it.

        Raises:
            EdgeError: 400; a value will not do.
        """
        kind = self.kind()
        choice = SensorChoice(
            kind.type, self.line(kind), self.enabled, self.hold_seconds, self.invert_logic, self.calibration
        )
        choice.kind()
        return choice


@router.get("/sensor/status")
def sensor_status(edge: TheEdge) -> dict[str, Any]:
    """Return what the sensor does."""
    return edge.sensors.status()


@router.get("/sensor/types")
def sensor_types() -> list[dict[str, Any]]:
    """Return all types of sensors, with their wiring and calibration."""
    return [kind.body() for kind in TYPES.values()]


@router.post("/sensor/configure")
def configure_sensor(body: SensorBody, edge: TheEdge) -> dict[str, Any]:
    """Replace the sensor, and arm it."""
    choice = body.choice()
    edge.sensors.configure(choice)
    error, warning = edge.sensors.error, choice.warning()
    return {
        "message": "Sensor configured",
        "config": choice.body(),
        "armed": edge.sensors.flags()["armed"],
        **({"sensor_error": error} if error else {}),
        **({"warning": warning} if warning else {}),
    }


@router.post("/sensor/enable")
def enable_sensor(edge: TheEdge) -> dict[str, Any]:
    """Arm the sensor."""
    edge.sensors.enable(True)
    return {"message": "Sensor enabled", "armed": edge.sensors.flags()["armed"]}


@router.post("/sensor/disable")
def disable_sensor(edge: TheEdge) -> dict[str, Any]:
    """Disarm the sensor."""
    edge.sensors.enable(False)
    return {"message": "Sensor disabled", "armed": edge.sensors.flags()["armed"]}


@router.post("/sensor/test")
def test_sensor(body: WiredBody, edge: TheEdge) -> dict[str, Any]:
    """Read a line once."""
    kind = body.kind()
    chosen = SensorChoice.of(edge.settings.current.sensor)
    return look_at(kind, body.line(kind), chosen, edge.sensors, edge.pins)


@router.post("/sensor/mock/trigger")
def trigger_mock(edge: TheEdge) -> dict[str, Any]:
    """Trigger the mock sensor."""
    edge.sensors.trigger()
    return {"message": "Mock sensor triggered"}


@router.post("/sensor/mock/release")
def release_mock(edge: TheEdge) -> dict[str, Any]:
    """Release the mock sensor."""
    edge.sensors.release()
    return {"message": "Mock sensor released"}
