"""Logs of the program, of the media server and of scripts (docs/api/edge/logs.md)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import FileResponse

from dogwatch.api import answers
from dogwatch.api.edge.services import TheEdge
from dogwatch.api.late_route import LateRoute
from dogwatch.edge import logs
from dogwatch.edge.camera import EdgeCamera
from dogwatch.errors import EdgeError

router = APIRouter(route_class=LateRoute)

Words = Annotated[str, Query(max_length=200)]


@router.get("/logs/api")
@router.get("/logs")
def own(edge: TheEdge, limit: str = "", level: Words = "", search: Words = "", source: Words = "") -> list[Any]:
    """Return entries of the program's log, newest first."""
    return _entries(edge, "api/security-cam.log", limit, level, search, source)


@router.get("/logs/mediamtx")
def media_server(
    edge: TheEdge, limit: str = "", level: Words = "", search: Words = "", source: Words = ""
) -> list[Any]:
    """Return entries of the media server's log, newest first."""
    return _entries(edge, "mediamtx/mediamtx.log", limit, level, search, source)


@router.get("/logs/install")
@router.get("/logs/scripts")
def scripts(edge: TheEdge) -> list[dict[str, Any]]:
    """Return the logs of scripts, newest first."""
    return logs.scripts(edge.context.root / "logs")


@router.get("/logs/script/{category}/{file}", responses=answers.body(answers.TEXT))
@router.get("/logs/scripts/{category}/{file}", responses=answers.body(answers.TEXT))
def script(edge: TheEdge, category: str, file: str) -> FileResponse:
    """Return the log of a script."""
    found = logs.script(edge.context.root / "logs", category, file)
    if found is None:
        raise EdgeError(404, "not_found", "There is no such log")
    return FileResponse(found, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def _entries(edge: EdgeCamera, name: str, limit: str, level: str, search: str, source: str) -> list[Any]:
    query = logs.LogQuery(logs.limit_of(limit), level, search, source)
    return logs.read(edge.context.root / "logs" / name, query)
