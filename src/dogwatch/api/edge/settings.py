"""The settings of the edge camera (docs/api/edge/settings.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute

router = APIRouter(route_class=LateRoute)


@router.get("/settings")
def settings(edge: TheEdge) -> dict[str, Any]:
    """Return all settings, of the login only whether it is on and its token."""
    found = edge.settings.current.document()
    auth = found["Auth"]
    return {**found, "Auth": {"enabled": auth["enabled"], "token": auth["token"]}}
