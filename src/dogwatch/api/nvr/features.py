"""Features that Dogwatch does not have, as clients expect to be told of them (docs/api/config.md)."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from dogwatch.api.late_route import LateRoute

router = APIRouter(route_class=LateRoute)


@router.get("/api/plus/models")
def plus_models() -> JSONResponse:
    """Return no models: there is no labelling service."""
    return JSONResponse([])


@router.get("/api/audio_labels")
def audio_labels() -> JSONResponse:
    """Return no labels: no sounds are recognised."""
    return JSONResponse({})
