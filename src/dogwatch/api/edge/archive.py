"""Recordings: the list, videos and their sidecars, deletion (docs/api/edge/archive.md)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from dogwatch.api.edge import media
from dogwatch.api.edge.bodies import EdgeBody
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge.archive_files import SPRITE, THUMBNAIL, VIDEO

router = APIRouter(route_class=LateRoute)


class VideoBody(EdgeBody):
    """Which video is meant."""

    video_path: str = ""


@router.get("/archive")
def recordings(edge: TheEdge) -> list[dict[str, Any]]:
    """Return the finished recordings, newest first."""
    return edge.archive.recordings()


@router.get("/archive/count")
def count(edge: TheEdge) -> dict[str, int]:
    """Return how many recordings there are."""
    return {"count": len(edge.archive.files("recording"))}


@router.get("/archive/new_count")
def new_count(edge: TheEdge, since: str = "") -> dict[str, int]:
    """Return how many recordings, timelapse videos and snapshots are newer than `since`."""
    return {"count": edge.archive.count_since(since)}


@router.get("/stream_video", responses=media.VIDEO)
def stream_video(edge: TheEdge, video_path: str = "", download: str = "") -> Response:
    """Serve a video."""
    return media.video(edge.archive.find(video_path, VIDEO), download=download in ("1", "true"))


@router.get("/thumbnail", responses=media.PICTURE)
def thumbnail(edge: TheEdge, video_path: str = "") -> Response:
    """Serve a video's thumbnail."""
    return media.picture(edge.archive.find_sidecar(media.required(video_path, "video_path"), THUMBNAIL))


@router.get("/thumbnail/{file}", responses=media.PICTURE)
def thumbnail_by_name(edge: TheEdge, file: str) -> Response:
    """Serve a video's thumbnail by the name of either."""
    return media.picture(edge.archive.find_sidecar(file, THUMBNAIL))


@router.get("/sprite", responses=media.PICTURE)
def sprite(edge: TheEdge, video_path: str = "") -> Response:
    """Serve a video's strip of ten pictures."""
    return media.picture(edge.archive.find_sidecar(media.required(video_path, "video_path"), SPRITE))


@router.get("/sprite/{file}", responses=media.PICTURE)
def sprite_by_name(edge: TheEdge, file: str) -> Response:
    """Serve a video's strip of ten pictures by the name of either."""
    return media.picture(edge.archive.find_sidecar(file, SPRITE))


@router.post("/delete_video")
def delete_video(edge: TheEdge, body: VideoBody) -> dict[str, str]:
    """Delete a video with its sidecars."""
    edge.archive.delete(body.video_path, VIDEO)
    return {"message": "Video deleted"}
