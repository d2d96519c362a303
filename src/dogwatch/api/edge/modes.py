"""The mode of all cameras, and outputs such as a siren (docs/api/edge/modes.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from dogwatch.api.edge.bodies import EdgeBody
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge.modes import MODES, mode_named

router = APIRouter(route_class=LateRoute)


class ModeBody(EdgeBody):
    """The mode that is to be in force."""

    mode: str


class OutputBody(EdgeBody):
    """Whether an output is to be on, and for how long."""

    on: bool
    seconds: Annotated[int | float, Field(gt=0, le=86400)] | None = None


@router.get("/mode")
def mode(edge: TheEdge) -> dict[str, Any]:
    """Return the mode in force."""
    return {**edge.modes.state.body(), "modes": list(MODES)}


@router.post("/mode")
def set_mode(body: ModeBody, edge: TheEdge) -> dict[str, Any]:
    """Put a mode in force."""
    edge.modes.set(mode_named(body.mode))
    return {"message": f"The mode is {body.mode}", **edge.modes.state.body()}


@router.get("/outputs")
def outputs(edge: TheEdge) -> list[dict[str, Any]]:
    """Return all outputs."""
    return [output.body() for output in edge.outputs.by_name.values()]


@router.get("/outputs/{name}")
def output(name: str, edge: TheEdge) -> dict[str, Any]:
    """Return one output."""
    return edge.outputs.named(name).body()


@router.post("/outputs/{name}")
def switch_output(name: str, body: OutputBody, edge: TheEdge) -> dict[str, Any]:
    """Turn an output on or off."""
    state = edge.outputs.named(name).ask(body.on, body.seconds)
    return {"message": f"The output is {'on' if body.on else 'off'}", **state}
