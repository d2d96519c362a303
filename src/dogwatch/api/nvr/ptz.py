"""Cameras that turn (docs/api/cameras.md)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from dogwatch.api.errors import ok
from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheServices
from dogwatch.outputs.commands import parse

router = APIRouter(route_class=LateRoute)


class PtzBody(BaseModel):
    """An order to a camera."""

    command: Annotated[str, Field(max_length=120)]


@router.get("/api/{camera}/ptz/info")
async def ptz_info(camera: str, services: TheServices) -> dict[str, Any]:
    """Tell what a camera that turns can do; nothing if it does not, or does not answer."""
    found: dict[str, Any] = await asyncio.wrap_future(services.ptz.info(camera))
    return found


@router.post("/api/{camera}/ptz")
def order_ptz(camera: str, services: TheServices, body: PtzBody) -> dict[str, Any]:
    """Have a camera turn, as the message `<camera>/ptz` does."""
    services.commands.do(parse(f"{camera}/ptz", body.command))
    return ok("The camera is told.")
