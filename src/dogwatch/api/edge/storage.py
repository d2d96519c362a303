"""How full the disk is, and the deletion of old videos (docs/api/edge/storage.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from dogwatch.api.edge.bodies import EdgeBody
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge.settings_schema import Number

router = APIRouter(route_class=LateRoute)


class StorageBody(EdgeBody):
    """When old videos are deleted; what is not given stays."""

    enabled: bool = False
    max_percent: Number = 0


@router.get("/storage/status")
def status(edge: TheEdge) -> dict[str, Any]:
    """Return how full the disk is."""
    return edge.storage.status()


@router.post("/storage/configure")
def configure(edge: TheEdge, body: StorageBody) -> dict[str, Any]:
    """Say from when on old videos are deleted."""
    return {
        "message": "Storage settings saved",
        "config": edge.storage.configure(**body.model_dump(exclude_unset=True)),
    }


@router.post("/storage/cleanup")
def cleanup(edge: TheEdge) -> dict[str, Any]:
    """Delete old videos now, if the disk is too full."""
    return edge.storage.clean()
