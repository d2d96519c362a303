"""Restarts, and the captive portal (docs/api/edge/system_power.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from dogwatch.api.edge.bodies import EdgeBody
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge.firewall import Portal

router = APIRouter(route_class=LateRoute)


class PortalBody(EdgeBody):
    """Whether pages of the access point's clients are redirected."""

    enabled: bool = True


@router.post("/system/restart")
async def restart(edge: TheEdge) -> dict[str, str]:
    """Restart the service in a second."""
    await edge.power.restart()
    return {"message": "Restarting services..."}


@router.post("/system/reboot")
async def reboot(edge: TheEdge) -> dict[str, str]:
    """Restart the computer in two seconds."""
    await edge.power.reboot()
    return {"message": "Rebooting..."}


@router.get("/captive-portal")
def captive_portal(edge: TheEdge) -> dict[str, bool]:
    """Return whether the redirection is wanted, and whether it is there."""
    return {"enabled": edge.captive_portal.enabled, "active": edge.captive_portal.state().active}


@router.post("/captive-portal")
def set_captive_portal(edge: TheEdge, body: PortalBody) -> dict[str, Any]:
    """Save whether the redirection is wanted, and add or remove it."""
    portal: Portal = edge.captive_portal.set(enabled=body.enabled)
    warning = {"warning": portal.warning} if portal.warning else {}
    return {"enabled": body.enabled, "active": portal.active, **warning}
