"""Snapshots (docs/api/edge/snapshots.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from dogwatch.api.edge import media
from dogwatch.api.edge.bodies import EdgeBody
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge.archive_files import SNAPSHOT
from dogwatch.errors import EdgeError

router = APIRouter(route_class=LateRoute)


class SnapshotBody(EdgeBody):
    """Which snapshot is meant."""

    snapshot_path: str = ""


@router.post("/snapshot")
def take(edge: TheEdge) -> dict[str, str]:
    """Take a snapshot."""
    return {"path": str(edge.snapshots.take())}


@router.get("/snapshots")
def snapshots(edge: TheEdge) -> list[dict[str, Any]]:
    """Return all snapshots, newest first."""
    return edge.snapshots.rows()


@router.get("/snapshot_image", responses=media.PICTURE)
def image(edge: TheEdge, path: str = "") -> Response:
    """Serve a snapshot."""
    return media.picture(edge.archive.find(media.required(path, "path"), SNAPSHOT))


@router.post("/delete_snapshot")
def delete(edge: TheEdge, body: SnapshotBody) -> dict[str, str]:
    """Delete a snapshot."""
    if not body.snapshot_path:
        raise EdgeError(400, "path_required", "snapshot_path is missing", field="snapshot_path")
    edge.archive.delete(body.snapshot_path, SNAPSHOT, "snapshot")
    return {"message": "Snapshot deleted"}
