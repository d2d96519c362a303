"""The computer: figures, alerts, what runs and whether there is something newer (docs/api/edge/system.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute

router = APIRouter(route_class=LateRoute)


@router.get("/system_info")
def system_info(edge: TheEdge, extended: str = "") -> dict[str, Any]:
    """Return temperature, load, memory, the card and what the firmware limits."""
    return edge.system.info(extended=extended in ("1", "true"))


@router.get("/system_stats")
def system_stats(edge: TheEdge) -> dict[str, Any]:
    """Return more of the same."""
    return edge.system.stats()


@router.get("/deploy_info")
def deploy_info(edge: TheEdge) -> dict[str, str | None]:
    """Return branch and commit of what runs."""
    return edge.updates.deployed()


@router.get("/system/update/check")
def check_update(edge: TheEdge) -> dict[str, Any]:
    """Look for something newer."""
    return edge.updates.check()


@router.get("/system_alert_state")
@router.get("/system/alert")
def alert_state(edge: TheEdge) -> dict[str, Any]:
    """Return what is alarming."""
    return edge.health.state()
