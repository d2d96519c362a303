"""Names that clients look up: of sounds, and of models of a labelling service that there is none of."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from dogwatch.api.late_route import LateRoute
from dogwatch.api.services import TheServices
from dogwatch.config.sound_labels import sound_labels

router = APIRouter(route_class=LateRoute)


@router.get("/api/plus/models")
def plus_models() -> JSONResponse:
    """Return no models: there is no labelling service."""
    return JSONResponse([])


@router.get("/api/audio_labels")
def audio_labels(services: TheServices) -> JSONResponse:
    """Return the sounds that the configured model tells apart, by number; none without a model."""
    model = services.config.audio.model
    return JSONResponse({str(number): label for number, label in (sound_labels(model) if model.path else {}).items()})
