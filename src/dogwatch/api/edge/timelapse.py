"""The timelapse: its settings, and the videos of days (docs/api/edge/timelapse.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from dogwatch.api.edge import media
from dogwatch.api.edge.bodies import EdgeBody
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge.archive_files import THUMBNAIL, TIMELAPSE
from dogwatch.edge.settings_schema import Number, Resolution

router = APIRouter(route_class=LateRoute)


class TimelapseBody(EdgeBody):
    """Settings; what is not given stays."""

    enabled: bool = False
    interval_minutes: Number = Field(default=5, ge=1, le=60)
    fps: int = Field(default=24, ge=1, le=60)
    resolution: Resolution = "640x480"


class TimelapsePath(EdgeBody):
    """Which timelapse video is meant."""

    path: str = ""


@router.get("/timelapse/status")
def status(edge: TheEdge) -> dict[str, Any]:
    """Return the settings, and how many frames there are of today."""
    return edge.timelapse.status()


@router.post("/timelapse/configure")
def configure(edge: TheEdge, body: TimelapseBody) -> dict[str, Any]:
    """Change the settings; if they want frames, the first is taken at once."""
    return _configured(edge, body.model_dump(exclude_unset=True))


@router.post("/timelapse/start")
def start(edge: TheEdge, body: TimelapseBody) -> dict[str, Any]:
    """Begin to take frames, with other settings if some are given."""
    return _configured(edge, body.model_dump(exclude_unset=True) | {"enabled": True})


@router.post("/timelapse/stop")
def stop(edge: TheEdge) -> dict[str, Any]:
    """Take no more frames."""
    return _configured(edge, {"enabled": False})


@router.get("/timelapse")
def videos(edge: TheEdge) -> list[dict[str, Any]]:
    """Return the videos, newest day first."""
    return edge.timelapse.rows()


@router.get("/timelapse/video", responses=media.VIDEO)
def video(edge: TheEdge, path: str = "") -> Response:
    """Serve a video."""
    return media.video(edge.archive.find(media.required(path, "path"), TIMELAPSE, edge.archive.timelapses))


@router.get("/timelapse/thumbnail", responses=media.PICTURE)
def thumbnail(edge: TheEdge, path: str = "") -> Response:
    """Serve a video's thumbnail."""
    wanted = media.required(path, "path")
    return media.picture(edge.archive.find_sidecar(wanted, THUMBNAIL, TIMELAPSE, edge.archive.timelapses))


@router.post("/timelapse/delete")
def delete(edge: TheEdge, body: TimelapsePath) -> dict[str, str]:
    """Delete a video with its sidecars."""
    edge.archive.delete(body.path, TIMELAPSE, "timelapse", directly_in=edge.archive.timelapses)
    return {"message": "Timelapse deleted"}


def _configured(edge: TheEdge, given: dict[str, Any]) -> dict[str, Any]:
    return {"message": "Timelapse settings saved", "config": edge.timelapse.configure(given)}
