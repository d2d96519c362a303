"""Switches over HTTP: the same commands as on the WebSocket (docs/api/cameras.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, BeforeValidator, Field

from dogwatch.api.errors import ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import Services, TheServices
from dogwatch.outputs.commands import parse

router = APIRouter(route_class=LateRoute)


def _text(value: Any) -> Any:
    """Take a number as its text."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class SwitchBody(BaseModel):
    """The body that sets a switch."""

    value: Annotated[str, BeforeValidator(_text), Field(max_length=100)]


@router.put("/api/camera/{camera}/set/{feature}")
def set_switch(services: TheServices, camera: str, feature: str, body: SwitchBody) -> dict[str, Any]:
    """Set a switch of a camera, or of every one with `*`."""
    return _set(services, camera, feature, body)


@router.put("/api/camera/{camera}/set/{feature}/{item}")
def set_switch_of_item(services: TheServices, camera: str, feature: str, item: str, body: SwitchBody) -> dict[str, Any]:
    """Set the switch of a zone or mask of a camera, or of every one with `*`."""
    return _set(services, camera, f"{feature}/{item}", body)


def _set(services: Services, camera: str, name: str, body: SwitchBody) -> dict[str, Any]:
    services.commands.do(parse(f"{camera}/{name}/set", body.value))
    return ok(f"Set {name} of {camera} to {body.value}.")
